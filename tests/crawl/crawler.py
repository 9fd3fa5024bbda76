"""Someone with a browser who wants to see everything: every address there could be, and every link on every page."""

from __future__ import annotations

import re
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from django.db import models

from meetings.models import (
    ActionPoint,
    AgendaItem,
    DateOption,
    DatePoll,
    Decision,
    Hosting,
    HostTask,
    Material,
    Meeting,
    PressingQuestion,
    Speaker,
    SpeakerCall,
    Talk,
    TalkProposal,
)
from members.models import JoinRequest, Membership
from regions.models import Circle, LocalGovernment, Participation
from regions.wall import Actor
from tests.house.test_urls import pages
from tests.wall import oracle

from .words import Row, rows_in

PASSWORD = "kenniskring-demo"
KEYS: dict[str, type[models.Model]] = {
    "bijeenkomsten": Meeting,
    "aanwezig": Meeting,
    "gastbeurten": Hosting,
    "gastheertaken": HostTask,
    "datumprikkers": DatePoll,
    "voorgestelde-datums": DateOption,
    "prangende-vragen": PressingQuestion,
    "acties": ActionPoint,
    "besluiten": Decision,
    "deelnames": Participation,
    "programmapunten": AgendaItem,
    "spreekbeurten": Talk,
    "sprekers": Speaker,
    "sprekers/oproep": SpeakerCall,
    "oproepen": SpeakerCall,
    "sprekersvoorstellen": TalkProposal,
    "materiaal": Material,
    "aanvragen": JoinRequest,
    "lidmaatschappen": Membership,
    "kringen": Circle,
    "besturen": LocalGovernment,
}
"""Whose key stands in an address, by how the address begins."""

FOUND_BY_LINKS = ("account/", "beheer/", "demo/")
LEFT_ALONE = re.compile(r"/(demo|static)/|/account/logout/|/jsi18n/")


def addresses(world: oracle.World) -> Iterator[str]:
    """Every address with every key there is, whoever may see it. Raises KeyError for a beginning it does not know."""
    for route, _ in pages():
        if route.startswith(FOUND_BY_LINKS):
            continue
        first, *others = re.findall(r"<[^>]*>", route) or [""]
        keys = ["een-sleutel"]
        if first.endswith(("pk>", "slug>")):
            start = route.partition("/<")[0]
            model = KEYS.get(start) or KEYS[start.partition("/")[0]]
            rows = world.of(model._meta.label)
            keys = [str(row["slug" if "slug" in first else "id"]) for row in rows]
        for key in keys if first else [""]:
            path = route.replace(first, key, 1) if first else route
            for other in others:
                path = path.replace(other, "een-sleutel")
            yield f"/{path}"


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src", "action", "hx-get") and value]


@dataclass
class Crawl:
    """What one actor was answered."""

    answers: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    seen: set[Row] = field(default_factory=set)
    foreign: list[tuple[str, Row]] = field(default_factory=list)
    """Where which row was read that does not exist for this actor."""
    unread: int = 0
    """Addresses known at the end, and not visited."""

    def read(self, where: str, rows: Iterable[Row], may_see: Callable[[Row], bool]) -> None:
        for row in rows:
            self.seen.add(row)
            if not may_see(row):
                self.foreign.append((where, row))

    def total(self) -> int:
        return sum(self.answers.values())


def log_in(base: str, address: str) -> requests.Session:
    """A browser in which the member with this address is logged in."""
    browser = requests.Session()
    door = f"{base}/account/login/"
    for _ in range(30):  # many log in from one place here, and are asked to wait
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(door).text)
        fields = {"login": address, "password": PASSWORD, "csrfmiddlewaretoken": token and token[1]}
        answer = browser.post(door, fields, headers={"Referer": door}, allow_redirects=False)
        if answer.status_code != 429:
            break
        time.sleep(int(answer.headers.get("Retry-After", 10)))
    assert answer.status_code == 302, f"{address} cannot log in: {answer.status_code}"
    return browser


def crawl(
    base: str, browser: requests.Session, start: Iterable[str], *, may_see: Callable[[Row], bool], most: int
) -> Crawl:
    """Visit ``start`` and what pages link to, in turn, ``most`` addresses together; all that is answered is read."""
    found, waiting, linked, known = Crawl(), deque(start), deque[str](), set()
    while (waiting or linked) and found.total() < most:
        first, second = (linked, waiting) if found.total() % 2 else (waiting, linked)
        path = (first or second).popleft()
        if path in known:
            continue
        known.add(path)
        answer = browser.get(base + path, allow_redirects=False)
        kind = answer.headers.get("Content-Type", "none").partition(";")[0]
        found.answers[answer.status_code] += 1
        found.kinds[kind] += 1
        said = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        found.read(path, rows_in(answer.content) | rows_in(said.encode()), may_see)
        links = [answer.headers["Location"]] if "Location" in answer.headers else []
        if kind == "text/html" and answer.status_code == 200:
            page = _Links()
            page.feed(answer.text)
            links += page.found
        linked.extend(link for link in _own(base, path, links) if link not in known)
    found.unread = len({*waiting, *linked} - known)
    return found


def _own(base: str, path: str, links: list[str]) -> Iterator[str]:
    """Those links that stay here, as paths."""
    for link in links:
        whole = urlsplit(urldefrag(urljoin(base + path, link)).url)
        if f"{whole.scheme}://{whole.netloc}" == base and not LEFT_ALONE.search(whole.path):
            yield whole.path + (f"?{whole.query}" if whole.query else "")


def eyes_of(world: oracle.World, actor: Actor) -> Callable[[Row], bool]:
    """Whether a row exists for this actor, as the oracle says."""
    visible = {label: oracle.visible(world, actor, label) for label in oracle.RULES}
    return lambda row: row[1] in visible[row[0]]
