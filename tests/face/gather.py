"""Every page that anyone can get: from the table of addresses, and what allauth and errors have beside it.

What only says another name or number is the same page, also for somebody else: it is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from tests import sample
from tests.wall import http_table
from tests.wall.http_world import STATES, Stage, address, taken_back

ROLES = ("visitor", "member", "elsewhere", "trekker", "manager")
CHAPTERS = ("public", "own", "meetings", "planning", "speakers", "after", "account", "admin")
NO_PAGE = {
    *("live", "ready", "answers_sheet", "meeting_calendar", "circle_feed", "feed", "material", "material_by_link"),
    *("demo_letter_html", "demo_letter_calendar", "admin:jsi18n", "admin:autocomplete"),
    *("dossier_pdf", "dossier_zip"),
    "admin:search",  # a part of a page
}
"""What is a file, or is read by programs; a letter is tried in tests/mailroom."""
REFUSED = {403, 404}  # the same page wherever it happens
OF = {"-", *STATES, "asked"}
TABLES_OF_THE_ADMIN = {"meetings.meeting", "mailroom.silence", "mailroom.delivery"}
"""One for each way in which a table is kept (regions/desks.py): those of the others are made of the same parts."""


@dataclass(frozen=True)
class Shown:
    """An answer that a person looks at."""

    name: str  # of the address
    who: str
    path: str
    status: int
    html: str
    csp: str

    def __str__(self) -> str:
        return f"{self.name} {self.status} as {self.who}"

    @property
    def chapter(self) -> str:
        return chapter_of(self.name)


def chapter_of(name: str) -> str:
    """Which part of the portal an address belongs to: the tests go through them one at a time."""
    if name.startswith("admin:"):
        return "admin"
    if name.startswith(("report", "write_report", "evaluat", "circle_actions", "circle_decisions")) or name.endswith(
        ("_action", "_decision")
    ):
        return "after"
    if name.startswith(("account_", "mfa_", "socialaccount_", "outside_", "secure", "go_on", "error:")):
        return "account"
    if name in {"calls", "propose_talk", "confirm_proposal"}:
        return "speakers"
    if name.startswith(("talk", "speaker", "add_speaker", "ask_speaker", "add_material", "material", "answer_by")):
        return "speakers"
    if name in {
        "desk",
        "plan",
        "poll",
        "ask_dates",
        "ask_host",
        "host",
        "rota",
        "tell_visit",
        "agenda",
        "edit_item",
        "edit_meeting",
        "balance",
        "take_question",
        "invite",
        "move_meeting",
        "cancel_meeting",
    }:
        return "planning"
    if name in {"pressing_questions", "edit_question", "round"}:
        return "meetings"
    if name.startswith(("meeting", "answer", "circle_meetings", "demo")):
        return "meetings"
    if name.startswith(("front", "circle", "government", "join", "accessibility")) and name != "circle_members":
        return "public"
    return "own"


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
VARIES = {"href", "action", "value", "id", "for", "datetime", "d", "src", "content"} | {
    "aria-labelledby", "aria-describedby"
}  # fmt: skip


class _Parts(HTMLParser):
    """What a page is made of, without what it says: each kind of element in each kind of element, with text or
    without, and its headings in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open = [""]
        self.found: set[str] = set()
        self.headings: list[str] = []
        self.feed(html)
        self.found.add(" ".join(self.headings))

    def handle_starttag(self, tag, attrs):
        kept = sorted(name if name in VARIES else f"{name}={value}" for name, value in attrs if name != "selected")
        start = re.sub(r"\d+", "0", f"{tag} {' '.join(kept)}")
        self.found.add(f"{self.open[-1]} > {start}")
        if tag in {"h1", "h2", "h3", "h4"} and self.headings[-1:] != [tag]:
            self.headings.append(tag)
        if tag not in VOID:
            self.open.append(start)

    def handle_endtag(self, tag):
        if tag not in VOID and len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data):
        if data.strip():
            self.found.add(f"{self.open[-1]} with text")


def pages(stage: Stage, chapter: str) -> list[Shown]:
    """The pages of a chapter."""
    return new_ones(_in_the_table(stage, chapter))


def new_ones(answers: Iterable[Shown]) -> list[Shown]:
    """Those in which something stands that stands in none before; and each address once."""
    seen: set[str] = set()
    names: set[tuple[str, int]] = set()
    found = []
    for each in answers:
        parts = _Parts(each.html).found
        if parts - seen or (each.status not in REFUSED and (each.name, each.status) not in names):
            seen |= parts
            names.add((each.name, each.status))
            found.append(each)
    return found


def names() -> set[str]:
    """The addresses of all these pages."""
    return {line.name for chapter in CHAPTERS for who in ROLES for line, _ in _lines(chapter, who)}


def other_tables() -> set[str]:
    """The pages of the admin that are not looked at."""
    return {line.name for line in http_table.lines() if "." in line.of and line.of not in TABLES_OF_THE_ADMIN}


def _lines(chapter: str, who: str) -> Iterator[tuple[http_table.Line, str]]:
    """Which addresses of a chapter show this person a page, and how they are asked."""
    for line in http_table.lines():
        if chapter_of(line.name) != chapter or line.name in NO_PAGE or line.of not in TABLES_OF_THE_ADMIN | OF:
            continue
        for method, status in zip(line.methods, line.answers[who], strict=False):
            if status not in (302, 405):
                yield line, method


def _in_the_table(stage: Stage, chapter: str) -> Iterator[Shown]:
    for who in ROLES:
        for line, method in _lines(chapter, who):
            if not sample.is_in(f"{who} {method} {line.page} {line.of}", 10):
                continue
            if shown := _ask(stage, who, line, method):
                yield shown


def _ask(stage: Stage, who: str, line: Any, method: str) -> Shown | None:
    path = address(stage, line.page, line.of)
    with taken_back():
        response = stage.ask(who, method, path, {"niets": "x"} if method == "post" else None)
    return shown(line.name, who, path, response)


def shown(name: str, who: str, path: str, response: Any) -> Shown | None:
    """This answer as a page, when it is one."""
    if (
        response.streaming
        or 300 <= response.status_code < 400
        or not response.get("Content-Type", "").startswith("text/html")
    ):
        return None
    return Shown(name, who, path, response.status_code, response.text, response.get("Content-Security-Policy", ""))
