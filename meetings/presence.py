"""Who was at a meeting, who let know that they could not come, and who was not there: per government.

Colleagues read the names of who was there. Of the others they read the government, and not who it was.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.expressions import RawSQL

from members.models import Member
from regions.models import LocalGovernment, Participation, Partner
from regions.wall import as_system

from .models import Attendance, Invitation, Meeting, Registration
from .models.attendance import in_order

WAS_AT = RawSQL("SELECT unnest(app.was_at())", ())
"""Ids of the meetings at which whoever asks was. Looks past the wall, which may hide others from them."""


@dataclass(frozen=True)
class Presence:
    """Names per organisation of who was there; governments of which nobody was. ``is_noted``: somebody wrote down who
    was there; without that we only know who said yes."""

    present: list[tuple[str, list[str]]]
    excused: list[str]
    absent: list[str]
    is_noted: bool

    @property
    def people(self) -> int:
        return sum(len(names) for _organisation, names in self.present)


def of(meeting: Meeting) -> Presence:
    """As far as the actor may know; who calls it may read the report of this meeting."""
    noted = Attendance.objects.filter(meeting=meeting).by_organisation()
    excused, absent = _missing(meeting)
    return Presence(noted or _who_said_yes(meeting), excused, absent, bool(noted))


def _who_said_yes(meeting: Meeting) -> list[tuple[str, list[str]]]:
    groups: dict[str, list[str]] = defaultdict(list)
    coming = Registration.objects.coming().filter(meeting=meeting)
    for answer in coming.select_related("member__government", "member__partner"):
        groups[str(answer.member.organisation or "")].append(answer.member.name)
    return in_order(groups)


def _missing(meeting: Meeting) -> tuple[list[str], list[str]]:
    """The governments of the circle of which nobody was there: those that let know, and those that did not."""
    with as_system("of who was not there a report names the government, not the person"):
        there = LocalGovernment.objects.filter(members__in=_there(meeting)).values_list("pk", flat=True)
        here = {*there, *Attendance.objects.filter(meeting=meeting).values_list("government", flat=True)}
        said_no = Registration.objects.filter(meeting=meeting, answer=Registration.Answer.NO)
        excused = set(said_no.values_list("member__government", flat=True))
    taking_part = Participation.objects.current().filter(circle=meeting.circle_id)
    missing = LocalGovernment.objects.filter(pk__in=taking_part.values("government")).exclude(pk__in=here - {None})
    rows = list(missing.order_by("name").values_list("pk", "name"))
    return [name for pk, name in rows if pk in excused], [name for pk, name in rows if pk not in excused]


def _there(meeting: Meeting):
    """Ids of the members who were there; who said yes, while nobody noted it. Call it as the system."""
    noted = Attendance.objects.filter(meeting=meeting)
    if noted.exists():
        return noted.exclude(member=None).values("member")
    return Registration.objects.coming().filter(meeting=meeting).values("member")


def readers(meeting: Meeting) -> tuple[list[Member], list[Member]]:
    """Who hears of the report of a meeting: absent, and present. Call it as the system.

    Those who were invited, answered or were there, and are colleagues in the circle today: nobody else may read it.
    """
    concerned = (
        Q(pk__in=Invitation.objects.filter(meeting=meeting).values("member"))
        | Q(pk__in=Registration.objects.filter(meeting=meeting).values("member"))
        | Q(pk__in=_there(meeting))
    )
    colleagues = Member.objects.in_circle(meeting.circle).exclude(partner__kind=Partner.Kind.VENDOR)
    members = list(colleagues.filter(concerned).order_by("pk"))
    there = {row["member"] for row in _there(meeting)}
    return [each for each in members if each.pk not in there], [each for each in members if each.pk in there]


def who_was_there(meeting: Meeting) -> list[Member]:
    """Active members. Call it as the system."""
    return list(Member.objects.active().filter(pk__in=_there(meeting)).order_by("pk"))
