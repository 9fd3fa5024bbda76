"""Someone with a browser who wants to see everything: every address there could be, and every link on every page."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from heapq import heappop, heappush
from html.parser import HTMLParser
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit

import requests
from django.db import models
from django.urls import Resolver404, resolve

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
MORE, MOST = 600, 15_000  # answers per reader: of what has no end, and of all together
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
    visited: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    """Addresses known at the end and not visited, by what ``endless`` calls them."""

    def read(self, where: str, rows: Iterable[Row], may_see: Callable[[Row], bool]) -> None:
        for row in rows:
            self.seen.add(row)
            if not may_see(row):
                self.foreign.append((where, row))

    def visit(self, base: str, browser: requests.Session, path: str, may_see: Callable[[Row], bool]) -> Iterator[str]:
        """Ask for this address and read all that is answered. Gives the links in it."""
        answer = browser.get(base + path, allow_redirects=False)
        kind = answer.headers.get("Content-Type", "none").partition(";")[0]
        self.visited.append(path)
        self.answers[answer.status_code] += 1
        self.kinds[kind] += 1
        said = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        self.read(path, rows_in(answer.content) | rows_in(said.encode()), may_see)
        links = [answer.headers["Location"]] if "Location" in answer.headers else []
        if kind == "text/html" and answer.status_code == 200:
            page = _Links()
            page.feed(answer.text)
            links += page.found
            links += re.findall(rf"{re.escape(base)}/[^\s<>\"']*", answer.text)  # to be copied
        return _own(base, path, links)

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
    base: str,
    browser: requests.Session,
    start: Iterable[str],
    *,
    may_see: Callable[[Row], bool],
    more: int = MORE,
    most: int = MOST,
) -> Crawl:
    """Visit ``start`` and what pages link to; all that is answered is read.

    First every page, then ``more`` of what has no end, of each kind in turn. Gives up after ``most`` answers.
    """
    found, known, kinds = Crawl(), set[str](), Counter[str]()
    waiting: list[tuple[int, int, str]] = []

    def wait(paths: Iterable[str]) -> None:
        for path in paths:
            if path not in known:
                known.add(path)
                kind = endless(path)
                kinds[kind] += 1
                heappush(waiting, (kinds[kind] if kind else 0, len(known), path))

    wait(start)
    while waiting and found.total() < most:
        turn, _, path = waiting[0]
        if turn and not more:
            break
        more -= bool(turn)
        heappop(waiting)
        wait(found.visit(base, browser, path, may_see))
    found.unread = Counter(endless(path) for _, _, path in waiting)
    return found


def ask(base: str, paths: Iterable[str], *, may_see: Callable[[Row], bool]) -> Crawl:
    """Visit these addresses and no others, as somebody who is not logged in."""
    found, browser = Crawl(), requests.Session()
    for path in paths:
        found.visit(base, browser, path, may_see)
    return found


def endless(path: str) -> str:
    """Which kind of combination of filters, pages and orders this is, or of page of the admin; "" for other pages."""
    where, _, query = path.partition("?")
    if not query and not where.startswith("/beheer/"):
        return ""
    try:
        route = resolve(unquote(where)).route
    except Resolver404:
        route = where
    return f"{route}?{'&'.join(sorted({name for name, _ in parse_qsl(query, keep_blank_values=True)}))}"


def has_a_key(path: str) -> bool:
    """Whether holding this address is enough to be answered: a calendar's, or one of a letter."""
    try:
        return getattr(resolve(path).func, "lock", None) == "by_link"
    except Resolver404:
        return False


def _own(base: str, path: str, links: list[str]) -> Iterator[str]:
    """Those links that stay here, as paths."""
    for link in links:
        whole = urlsplit(urldefrag(urljoin(base + path, link)).url)
        if f"{whole.scheme}://{whole.netloc}" == base and not LEFT_ALONE.search(whole.path):
            yield whole.path + (f"?{whole.query}" if whole.query else "")


@cache  # it takes a while, and many letters have the same reader
def eyes_of(world: oracle.World, actor: Actor) -> Callable[[Row], bool]:
    """Whether a row exists for this actor, as the oracle says."""
    visible = {label: oracle.visible(world, actor, label) for label in oracle.RULES}
    return lambda row: row[1] in visible[row[0]]


def nothing(row: Row) -> bool:
    """What exists for who was deactivated: beside what is open to all, no row."""
    return False
