"""The letters of the demo: the links in them, and whether each tells its reader only what that person may know."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Iterable, Iterator
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from regions.wall import VISITOR, Actor
from tests.wall import oracle
from tests.wall.rows import leads_on

from .crawler import Crawl, eyes_of, nothing
from .words import Row, rows_in_letter


def _message(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def reader_of(raw: bytes) -> str:
    """Whose letter this is: the post office of the demo writes that on top."""
    return raw.partition(b"\n")[0].decode().removeprefix("X-Envelope-To:").strip().lower()


def links_in_letters(letters: list[bytes], address: str, base: str) -> list[str]:
    """Paths of all links to us in the letters to this person."""
    found: dict[str, None] = {}
    for raw in letters:
        if reader_of(raw) == address:
            text = _message(raw).get_body(("plain",))
            links = re.findall(rf"{re.escape(base)}[^\s<>\"]*", text.get_content() if text else "")
            found |= dict.fromkeys(urlsplit(link).path for link in links)
    return list(found)


def read_letters(
    letters: Iterable[tuple[bytes, oracle.World]], last: oracle.World, people: dict[str, Actor]
) -> dict[str, Crawl]:
    """Every letter that tells of a row, with the eyes of its reader in the world in which it was sent.

    The ``last`` world knows all deliveries.
    """
    deliveries = {row["message_id"]: row for row in last.of("mailroom.Delivery")}
    found = {"letters to members": Crawl(), "letters to others": Crawl()}
    worlds: dict[int, Judge] = {}
    for raw, world in letters:
        if rows := rows_in_letter(raw):
            address, message = reader_of(raw), _message(raw)
            judge = worlds.setdefault(id(world), Judge(world, people, deliveries))
            read = found["letters to members" if address in people else "letters to others"]
            read.answers[200] += 1
            read.read(
                f"{message['Subject']!r} to {address}", rows, judge.may_see(address, str(message["Message-ID"]))
            )
    return found


class Judge:
    """Who may be told what by letter in this world."""

    def __init__(self, world: oracle.World, people: dict[str, Actor], deliveries: dict[str, Any]) -> None:
        self.world, self.people, self.deliveries = world, people, deliveries

    def may_see(self, address: str, message_id: str) -> Callable[[Row], bool]:
        """A member what exists for them, who was deactivated nothing; anyone whom a circle knows by address alone
        also what that circle tells outside."""
        actor = self.people.get(address, VISITOR)
        if actor.member_id and not self.world.get("members.Member", actor.member_id)["is_active"]:
            return nothing
        eyes, delivery = eyes_of(self.world, actor), self.deliveries[message_id]
        if delivery["member_id"]:
            return eyes
        told = set(told_outside(self.world, address, delivery["circle_id"]))
        return lambda row: row in told or eyes(row)


def told_outside(world: oracle.World, address: str, circle: int) -> Iterator[Row]:
    """What a circle tells someone by address: who leads it, the meeting where it asked them to speak with its
    programme, and the talk that they proposed to it themselves."""
    for place in world.of("members.Membership"):
        if place["circle_id"] == circle and leads_on(place, world.today):
            yield "members.Member", place["member_id"]
    for asking in world.of("meetings.Asking"):
        talk = world.get("meetings.Talk", asking["talk_id"])
        meeting = world.get("meetings.AgendaItem", talk["item_id"])["meeting_id"]
        if asking["to"].lower() == address and world.get("meetings.Meeting", meeting)["circle_id"] == circle:
            yield from [("meetings.Asking", talk["id"]), ("meetings.Talk", talk["id"])]
            yield from [("meetings.Speaker", talk["speaker_id"]), ("meetings.Meeting", meeting)]
            yield "meetings.JoinLink", meeting
            for item in world.of("meetings.AgendaItem"):
                if item["meeting_id"] == meeting:
                    yield "meetings.AgendaItem", item["id"]
    for proposal in world.of("meetings.TalkProposal"):
        theirs = proposal["email"] in (address, "")  # forgotten once it was declined
        if theirs and world.get("meetings.SpeakerCall", proposal["call_id"])["circle_id"] == circle:
            yield from [("meetings.TalkProposal", proposal["id"]), ("meetings.SpeakerCall", proposal["call_id"])]
