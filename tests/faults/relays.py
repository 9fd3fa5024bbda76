"""A mail server that is away, refuses, dawdles or hangs up: one copy or a doubt, and the trekker sees which."""

from __future__ import annotations

import html
import re
import threading
import time
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.db import connections
from django.test import Client, override_settings

from mailroom import actions, postman
from mailroom import relay as line
from mailroom.models import Delivery
from meetings.models import Meeting
from members.models import Member
from regions.wall import SYSTEM, acting_as, member
from tests.faults.stage import a_circle, states, wait_until
from tests.mailroom.letters import make_due, outgoing
from tests.servers import empty_tables
from tests.smtp import DROP, QuickRelay

State = Delivery.State
UNREACHABLE = "De mailserver was niet bereikbaar"


@dataclass
class Town:
    """Whose post it is, and the relay of the moment."""

    trekker: Member
    meeting: Meeting
    relay: QuickRelay
    numbers: count

    def post(self, letters: int = 1) -> list[Delivery]:
        """Invitations to so many people."""
        made = [
            outgoing(
                f"lid{next(self.numbers)}@temse.example",
                thing=f"meeting:{self.meeting.pk}",
                circle=self.meeting.circle,
            )
            for _ in range(letters)
        ]
        with acting_as(SYSTEM):
            actions.post_all(made)
            return list(Delivery.objects.filter(dedupe_key__in=[letter.dedupe_key for letter in made]).order_by("pk"))

    def rounds(self, times: int = 1) -> None:
        """The postman goes round; between two rounds all pauses and leases pass."""
        for number in range(times):
            if number:
                make_due()
            postman.work()

    def copies(self, delivery: Delivery) -> int:
        return self.relay.taken.count(delivery.message_id.strip("<>"))

    def seen(self, delivery: Delivery) -> tuple[str, str]:
        """State and remarks of this letter on the page that the trekker looks at."""
        client = Client()
        with acting_as(member(self.trekker.pk)):
            client.force_login(self.trekker)
        for page in count(1):
            text = client.get(f"/bijeenkomsten/{self.meeting.pk}/post/?page={page}").content.decode()
            for row in re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL):
                cells = [
                    html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<td.*?</td>", row)
                ]
                if cells and cells[0] == delivery.to:
                    return cells[2], cells[4]
            if f"page={page + 1}" not in text:
                return "not on the page", ""
        raise AssertionError


Line = tuple[str, str, bool]


def expect(
    town: Town, what: str, deliveries: list[Delivery], *, state: str, remark: str = "", copies: int = 1
) -> Line:
    """All of these are in this state, so often at the relay, and told so on the page."""
    found = set()
    for delivery in deliveries:
        shown, remarks = town.seen(delivery)
        found.add((shown, remarks.startswith(remark) if remark else not remarks, town.copies(delivery)))
    figure = "; ".join(f"{copies} × {shown}{'' if told else ', not told'}" for shown, told, copies in sorted(found))
    return (what, figure, found == {(str(State(state).label), True, copies)})


def away(town: Town, size: str) -> list[Line]:
    """For the whole run; then it is back at the same place."""
    relay, deliveries = town.relay, town.post(3)
    relay.__exit__()
    town.rounds(3)
    lines = [
        expect(town, "away: letters wait, in sight", deliveries[:1], state="queued", remark=UNREACHABLE, copies=0)
    ]
    with QuickRelay(port=relay.port) as town.relay:
        town.rounds(2)
        lines.append(expect(town, "away, and back again", deliveries, state="sent"))
    return lines


def refused(town: Town, size: str) -> list[Line]:
    lines = []
    for step in ("MAIL", "RCPT", "DATA", "DOT"):
        reply, answered = f"552 {step} exceeds what I take", "De mailserver antwoordde: 552"
        deliveries = town.post()
        town.relay.replies(step, reply)
        town.rounds(2)
        lines.append(expect(town, f"552 to {step}", deliveries, state="failed", remark=answered, copies=0))
        deliveries = town.post()
        town.relay.replies(step, "451 greylisted", "450 not yet")
        town.rounds(3)
        lines.append(expect(town, f"greylisted at {step}", deliveries, state="sent"))
        deliveries = town.post()
        town.relay.replies(step, *["450 busy"] * 6)
        town.rounds(8)
        lines.append(expect(town, f"450 to {step}, always", deliveries, state="failed", remark="De mails", copies=0))
    return lines


def hung_up(town: Town, size: str) -> list[Line]:
    relay, lines = town.relay, []
    deliveries = town.post(3)
    relay.replies("DOT", None, DROP)
    town.rounds(2)
    double = "Is misschien twee keer aangekomen."
    lines.append(expect(town, "drops the line after the dot", deliveries[1:2], state="sent", remark=double, copies=2))
    lines.append(expect(town, "the letters beside it", [deliveries[0], deliveries[2]], state="sent"))
    deliveries = town.post()
    relay.replies("DOT", DROP, DROP, DROP)
    town.rounds(4)
    perhaps = "Is misschien toch aangekomen."
    lines.append(expect(town, "does so each time", deliveries, state="failed", remark=perhaps, copies=2))
    relay.forget_replies()
    deliveries = town.post()
    relay.replies("TEXT", DROP)
    town.rounds(2)
    lines.append(expect(town, "drops the line in the middle of DATA", deliveries, state="sent", remark=double))
    deliveries = town.post(3)
    relay.replies("BANNER", "421 too busy")
    town.rounds(1)
    lines.append(expect(town, "421 on connect", deliveries[:1], state="queued", remark=UNREACHABLE, copies=0))
    town.rounds(2)
    lines.append(expect(town, "421 on connect, and later not", deliveries, state="sent"))
    with override_settings(RELAY_LOOKUP_URL=relay.lookup_url):
        deliveries = town.post()
        relay.replies("DOT", DROP)
        town.rounds(2)
        lines.append(expect(town, "drops the line after the dot, and can be asked", deliveries, state="sent"))
    return lines


def slow(town: Town, size: str) -> list[Line]:
    """At the final dot, when a postman has his hands full; another postman goes on with what he lets go."""
    relay, seconds = town.relay, (65.0, 8.0) if size == "full" else (2.0, 1.0)
    deliveries = town.post(40)
    relay.replies("DOT", *[None] * 20, seconds[0])
    first = threading.Thread(target=_work_alone)
    first.start()
    wait_until(lambda: len(relay.taken) >= 21, every=0.01)
    began = time.monotonic()
    while states()[State.SENT] < 39 and first.is_alive():
        postman.work()
        time.sleep(0.05)
    others, meanwhile = time.monotonic() - began, first.is_alive()
    first.join()
    figure = f"{others:.1f} s until the other 19 left"
    lines = [
        (f"answers the dot after {seconds[0]:.0f} s", figure, meanwhile and others < line.HEARTBEAT + 10),
        expect(town, "all of these", deliveries, state="sent"),
    ]
    deliveries = town.post()
    relay.replies("BANNER", seconds[1])
    town.rounds()
    return [*lines, expect(town, f"banner after {seconds[1]:.0f} s", deliveries, state="sent")]


def _work_alone() -> None:
    try:
        postman.work(1)
    finally:
        connections.close_all()


def run(size: str) -> list[Line]:
    lines, heartbeat = [], line.HEARTBEAT
    if size == "small":
        line.HEARTBEAT = 0.2  # type: ignore[assignment]
    try:
        for scene in (away, refused, hung_up, slow):
            trekker, meeting = a_circle(2)
            with QuickRelay() as relay, override_settings(MAILERS=mailers(relay)):
                lines += scene(Town(trekker, meeting, relay, count()), size)
            empty_tables()
    finally:
        line.HEARTBEAT = heartbeat
    return lines


def mailers(relay: QuickRelay) -> dict[str, Any]:
    where = {"host": "127.0.0.1", "port": relay.port}
    return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": where}}
