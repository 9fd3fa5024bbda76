"""What the crawl does with a demo: plant words, let the circles live a little, read everything as everyone."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import requests
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kenniskring.demo.slides import slides
from mailroom.models import Delivery
from meetings.actions import planning
from meetings.actions.material import add_material
from meetings.actions.speakers import ask_speaker
from meetings.models import Meeting, Speaker
from members.models import FeedAddress, Member, Membership
from regions.models import Circle
from regions.wall import SYSTEM, VISITOR, Actor, acting_as, member
from tests.wall import oracle

from .crawler import Crawl, addresses, crawl, eyes_of, log_in
from .words import Row, a_workbook, plant, rows_in_letter, word

ACTORS = [
    "lid.waasland@demo.example",
    "trekker.waasland@demo.example",
    "lid.kempen@demo.example",
    "trekker.kempen@demo.example",
    "lid.beide@demo.example",
    "beheer@demo.example",
]
LEAST, MOST = 1000, 4000  # answers per logged-in actor


def run(base: str, superuser: psycopg.Connection, post: Path, most: int = MOST) -> tuple[str, bool]:
    """What was read, as a table; whether nobody read what is not there for them, and the crawl was long enough."""
    planted = plant(superuser)
    files = live_a_little()
    wait_for_the_post()
    with acting_as(SYSTEM):
        world = oracle.World()
        people = {person.email: member(person.pk) for person in Member.objects.all()}
        feeds = dict(FeedAddress.objects.values_list("member__email", "secret"))
    letters = [path.read_bytes() for path in sorted(Path(post, "new").iterdir())]
    everywhere = sorted(addresses(world), key=lambda path: hashlib.md5(path.encode()).digest())  # a bit of everything

    def read_as(address: str | None) -> Crawl:
        actor, browser = (people[address], log_in(base, address)) if address else (VISITOR, requests.Session())
        own = [f"/agenda/{feeds[address]}.ics"] if address in feeds else []
        start = [*own, *links_in_letters(letters, address, base), "/", "/mijn/", "/beheer/", *everywhere]
        return crawl(base, browser, start, may_see=eyes_of(world, actor), most=most)

    with ThreadPoolExecutor(4) as readers:
        found = dict(zip(["visitor", *ACTORS], readers.map(read_as, [None, *ACTORS]), strict=True))
    found["letters"] = read_letters(letters, world, people)
    leaks = [f"  {who} read {row[0]} {row[1]} at {where}" for who in found for where, row in found[who].foreign]
    short = [who for who in ACTORS if found[who].total() < LEAST]
    blind = [who for who in found if not found[who].seen]
    kinds: Counter[str] = sum((each.kinds for each in found.values()), Counter())
    report = [
        f"{planted} texts and {files} files carry a word of their row; {len(letters)} letters went out\n",
        *_table(found),
        "\nread: " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()),
        f"foreign words: {len(leaks)}; fewer than {LEAST} answers: {short or 'nobody'}; no word: {blind or 'nobody'}",
        *leaks[:20],
    ]
    return "\n".join(report), not (leaks or short or blind)


def live_a_little() -> int:
    """In every circle that has a trekker: a new meeting with files and a speaker, a move and a cancellation, so that
    letters tell of words. Gives the number of files."""
    with acting_as(SYSTEM):
        circles = list(Circle.objects.all())
        leaders = {
            circle: place.member
            for circle in circles
            for place in Membership.objects.filter(circle=circle, ended_at=None, role="trekker").select_related(
                "member"
            )
        }
        coming = Meeting.objects.filter(state="published", starts_at__gt=timezone.now() + dt.timedelta(days=2))
        meetings = {circle: list(coming.filter(circle=circle).order_by("starts_at")) for circle in leaders}
    files = 0
    for circle, trekker in leaders.items():
        with acting_as(member(trekker.pk)):
            files += _meet(circle, trekker)
            for meeting, change in zip(meetings[circle], [_postpone, _call_off], strict=False):
                change(meeting, trekker)
    return files


def _meet(circle: Circle, by: Member) -> int:
    starts_at = timezone.now() + dt.timedelta(days=40)
    meeting = planning.plan(
        circle, by=by, title="Nieuw", starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=3), venue="Zaal"
    )
    own = word(("meetings.Meeting", meeting.pk))
    planning.edit(meeting, by=by, title=f"{own} Nieuw", online_link=f"https://teams.example/#{own}")
    files = [("slides.pdf", slides(own), "application/pdf"), ("lijst.xlsx", a_workbook(own), XLSX)]
    for file in files:
        add_material(meeting, by=by, file=SimpleUploadedFile(*file))
    planning.publish(meeting, by=by)
    planning.invite(meeting, by=by)
    speaker, item = Speaker.objects.order_by("pk").first(), meeting.agenda.last()
    if speaker and item:
        ask_speaker(item, by=by, speaker=speaker, message=f"{own} Komt u spreken?")
    return len(files)


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _postpone(meeting: Meeting, by: Member) -> None:
    hour = dt.timedelta(hours=1)
    planning.move(meeting, by=by, starts_at=meeting.starts_at + hour, ends_at=meeting.ends_at + hour)


def _call_off(meeting: Meeting, by: Member) -> None:
    own = word(("meetings.Meeting", meeting.pk))
    planning.cancel(meeting, by=by, because=f"{own} Te weinig volk.")


def wait_for_the_post() -> None:
    """Until no letter is due any more."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with acting_as(SYSTEM):
            if not Delivery.objects.filter(state__in=["queued", "handing_over"], due_at__lte=timezone.now()).exists():
                return
        time.sleep(1)


def _reader(raw: bytes) -> str:
    return str(email.message_from_bytes(raw, policy=email.policy.default)["X-Envelope-To"]).lower()


def links_in_letters(letters: list[bytes], address: str | None, base: str) -> list[str]:
    """Paths of all links to us in the letters to this person."""
    found: dict[str, None] = {}
    for raw in letters:
        if address and _reader(raw) == address:
            message = email.message_from_bytes(raw, policy=email.policy.default)
            text = message.get_body(("plain",))
            links = re.findall(rf"{re.escape(base)}[^\s<>\"]*", text.get_content() if text else "")
            found |= dict.fromkeys(urlsplit(link).path for link in links)
    return list(found)


def read_letters(letters: list[bytes], world: oracle.World, people: dict[str, Actor]) -> Crawl:
    """Every letter to a member that tells of a row, with the eyes of that member."""
    found = Crawl()
    eyes: dict[Actor, Callable[[Row], bool]] = {}
    for raw in letters:
        rows, address = rows_in_letter(raw), _reader(raw)
        actor = people.get(address)
        if not rows or actor is None:
            continue
        eyes.setdefault(actor, eyes_of(world, actor))
        found.answers[200] += 1
        found.read(f"a letter to {address}", rows, eyes[actor])
    return found


def _table(found: dict[str, Crawl]) -> list[str]:
    statuses = sorted({status for each in found.values() for status in each.answers})
    lines: list[list[object]] = [["", "answers", *statuses, "words", "foreign", "unread"]]
    for who, each in found.items():
        counts = [each.answers[status] for status in statuses]
        lines.append([who, each.total(), *counts, len(each.seen), len(each.foreign), each.unread])
    return [f"{who!s:30}" + "".join(f"{number!s:>8}" for number in numbers) for who, *numbers in lines]
