"""Who was there: said with the code on the screen, or noted from the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from meetings import check_in as codes
from meetings.models import Attendance, Meeting
from members.models import Member
from regions.journal import action
from regions.models import LocalGovernment
from regions.wall import as_system

from .answers import WrongWayToAttend

NotedBy = Attendance.NotedBy


class CheckInClosed(Exception):
    """It is not the time of this meeting, or the meeting does not take place."""


class WrongCode(Exception):
    """That is not what stands on the screen."""


@action
def check_in(meeting: Meeting, *, by: Member, code: str, attending: str) -> Attendance:
    """Note that ``by`` is there. A second time is harmless, and may say another way of being there.

    ``meeting`` is one that ``by`` sees; they need not have registered. Raises CheckInClosed, WrongWayToAttend or
    WrongCode.
    """
    if not codes.is_open(meeting):
        raise CheckInClosed
    if attending not in meeting.ways_to_attend:
        raise WrongWayToAttend
    if not codes.is_code_of(meeting, code):
        raise WrongCode
    with as_system("whoever read the code on the screen is there"):
        Attendance.objects.bulk_create(
            [_there(meeting, by, attending, NotedBy.CODE)], ignore_conflicts=True
        )  # at once from two phones: PostgreSQL lets the second wait, and forgets it
        Attendance.objects.filter(meeting=meeting, member=by).exclude(how=attending).update(how=attending)
    return Attendance.objects.get(meeting=meeting, member=by)


@dataclass(frozen=True)
class Guest:
    """Somebody without a profile, as the paper says."""

    name: str
    government: LocalGovernment | None
    how: str


@action
def note_presence(
    meeting: Meeting,
    *,
    by: Member,
    members: Mapping[Member, str],
    guests: Iterable[Guest] = (),
    gone: Iterable[int] = (),
) -> Meeting:
    """Type in the list: ``members`` with how they were there, or "" for who was not after all; only these change.

    ``gone`` are the rows of guests to take away. The same again adds nothing.
    """
    known = sorted(members.items(), key=lambda each: each[0].pk)  # two at once do not wait for each other in a ring
    present = [_there(meeting, member, how, NotedBy.LIST) for member, how in known if how]
    rows = Attendance.objects.filter(meeting=meeting)
    rows.filter(member__in=[member for member, how in known if not how]).delete()
    rows.filter(pk__in=gone, member=None).delete()
    new = [
        Attendance(meeting=meeting, name=each.name, government=each.government, how=each.how, noted_by=NotedBy.LIST)
        for each in guests
    ]
    Attendance.objects.bulk_create(new, ignore_conflicts=True)
    Attendance.objects.bulk_create(
        present, update_conflicts=True, unique_fields=["meeting", "member"], update_fields=["how"]
    )
    return meeting


def _there(meeting: Meeting, member: Member, how: str, noted_by: str) -> Attendance:
    return Attendance(meeting=meeting, member=member, government_id=member.government_id, how=how, noted_by=noted_by)
