"""Answers that the portal expects of people and that they have not given: proposed, never counted, never a seat.

A registration is only ever made by the person. What is proposed is worked out from what they said elsewhere, shown to
them as a question ("confirm"), and to the trekker as what is still open.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import BooleanField, CharField, Func, QuerySet, Value
from django.utils.translation import gettext as _

from .models import AlwaysComes, DateVote, Excuse, Meeting, Registration

if TYPE_CHECKING:
    from .models import MeetingQuerySet


class Why(StrEnum):
    """From what we know that someone may well come."""

    DATE = "date"  # said in the poll that this day suits
    ALWAYS = "always"  # said to come to every meeting of this circle
    INSTEAD = "instead"  # was named by a colleague who cannot come


RANK = [Why.ALWAYS, Why.DATE, Why.INSTEAD]
"""Of what is true of somebody, the last is what they are told."""


@dataclass(frozen=True)
class Proposed:
    """A yes that somebody may want to confirm."""

    why: Why
    attending: str = ""  # how, where that was said

    def __str__(self) -> str:
        """To the person it is about."""
        return {
            Why.DATE: _("You said that this day suits you. Confirm that you are coming."),
            Why.ALWAYS: _("You always come to this circle. Confirm that you are coming this time too."),
            Why.INSTEAD: _("A colleague cannot come and named you instead. Confirm if you can."),
        }[self.why]


def _suits() -> QuerySet[DateVote]:
    """Votes of yes for the day that was chosen, while the meeting is still on that moment."""
    return DateVote.objects.filter(
        answer=DateVote.Answer.YES,
        option__chosen=True,
        option__poll__decided_at__isnull=False,
        member__isnull=False,
    )


SUITS_ME = """EXISTS (
    SELECT FROM meetings_datevote AS v JOIN meetings_dateoption AS o ON o.id = v.option_id
    JOIN meetings_datepoll AS p ON p.id = o.poll_id
    WHERE v.member_id = (SELECT app.me()) AND v.answer = 'yes' AND o.chosen AND p.decided_at IS NOT NULL
      AND p.meeting_id = meetings_meeting.id AND o.starts_at = meetings_meeting.starts_at)"""
I_ALWAYS_COME = """(
    SELECT a.attending FROM meetings_alwayscomes AS a
    WHERE a.member_id = (SELECT app.me()) AND a.circle_id = meetings_meeting.circle_id)"""
I_AM_NAMED = """EXISTS (
    SELECT FROM meetings_excuse AS e
    WHERE e.substitute_id = (SELECT app.me()) AND e.meeting_id = meetings_meeting.id)"""


PROPOSAL = f"{SUITS_ME}, {I_ALWAYS_COME}, {I_AM_NAMED}"
"""Three columns, as ``with_proposal`` asks them."""


def with_proposal(meetings: MeetingQuerySet) -> MeetingQuerySet:
    """Each with what ``proposed_to`` reads of the member who asks, in the same query; it hangs on nobody else."""
    return meetings.annotate(
        suits=Func(template=SUITS_ME, output_field=BooleanField()),
        always=Func(template=I_ALWAYS_COME, output_field=CharField()),
        named=Func(template=I_AM_NAMED, output_field=BooleanField()),
    )


def proposed_to(meeting: Meeting) -> Proposed | None:
    """What is proposed to the member who asked ``with_proposal`` and has not answered. Asks nothing more."""
    if getattr(meeting, "named", False):
        return Proposed(Why.INSTEAD)
    always = getattr(meeting, "always", None) or ""
    if getattr(meeting, "suits", False):
        return Proposed(Why.DATE, always)
    return Proposed(Why.ALWAYS, always) if always else None


def proposed_answers(meeting: Meeting) -> dict[int, Proposed]:
    """By member who has not answered: what is proposed to them. For who leads the circle, or the system."""
    votes = _suits().filter(option__poll__meeting=meeting, option__starts_at=meeting.starts_at)
    always = AlwaysComes.objects.filter(circle=meeting.circle_id).still_in_the_circle()
    named = Excuse.objects.filter(meeting=meeting, substitute__isnull=False)
    answered = Registration.objects.filter(meeting=meeting).values("member")
    ways = [
        always.exclude(member__in=answered).values_list("member", Value(Why.ALWAYS.value), "attending"),
        votes.exclude(member__in=answered).values_list("member", Value(Why.DATE.value), Value("")),
        named.exclude(substitute__in=answered).values_list("substitute", Value(Why.INSTEAD.value), Value("")),
    ]
    found = sorted(ways[0].union(*ways[1:], all=True).order_by(), key=lambda row: RANK.index(Why(row[1])))
    return {pk: Proposed(Why(why), how) for pk, why, how in found if pk is not None}
