"""Answers counted: seats per way of taking part, people per government."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from members.models import Member

from .models import Attendance, Attending, Registration
from .shown import Coming


@dataclass(frozen=True)
class Seats:
    """How many take part in one way, and can still; ``left`` is None where nobody counts."""

    way: Attending
    taken: int
    left: int | None


def seats_of(meeting: Any) -> list[Seats]:
    """Per way that the meeting offers, on site first. The meeting comes from ``with_seats_taken()``."""
    counted = []
    for way in meeting.ways_to_attend:
        taken, seats = getattr(meeting, f"taken_{way}"), meeting.seats(way)
        counted.append(Seats(way, taken, None if seats is None else max(0, seats - taken)))
    return counted


def by_organisation[Person: (Member, Coming)](members: Iterable[Person]) -> list[tuple[str, list[Person]]]:
    """The people per local government or partner, by name; those who work nowhere last."""
    groups: dict[str, list[Person]] = defaultdict(list)
    for member in sorted(members, key=lambda member: member.name.casefold()):
        groups[str(member.organisation or "")].append(member)
    names = sorted(groups, key=lambda name: (not name, name.casefold()))
    return [(name or _("no organisation"), groups[name]) for name in names]


@dataclass
class Answers:
    """What the people of one government said."""

    organisation: str
    yes: list[Member] = field(default_factory=list)
    waiting: list[Member] = field(default_factory=list)
    maybe: list[Member] = field(default_factory=list)
    no: list[Member] = field(default_factory=list)
    silent: list[Member] = field(default_factory=list)
    there: list[str] = field(default_factory=list)


def answers_by_organisation(
    registrations: Iterable[Registration], silent: Iterable[Member], there: Iterable[Attendance] = ()
) -> list[Answers]:
    """All that was said and not said, and who was there, by name of the government."""
    said = {each.member: "waiting" if each.waiting else each.answer for each in registrations}
    silent = set(silent)
    rows: dict[str, Answers] = {}
    for organisation, members in by_organisation([*said, *silent]):
        row = rows[organisation] = Answers(organisation)
        for member in members:
            getattr(row, said.get(member, "silent")).append(member)
    for each in sorted(there, key=lambda each: name_of(each).casefold()):
        organisation = organisation_of(each)
        rows.setdefault(organisation, Answers(organisation)).there.append(name_of(each))
    nowhere = _("no organisation")
    return sorted(rows.values(), key=lambda row: (row.organisation == nowhere, row.organisation.casefold()))


def organisation_of(attendance: Attendance) -> str:
    """Where somebody who was there works, as noted then."""
    member = attendance.member
    return str(attendance.government or (member and member.organisation) or _("no organisation"))


def name_of(attendance: Attendance) -> str:
    """The guest's, or the member's if the reader may know it."""
    return attendance.name or (attendance.member.name if attendance.member else _("a colleague"))
