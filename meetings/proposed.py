"""Answers that the portal expects of people and that they have not given: proposed, never counted, never a seat.

A registration is only ever made by the person. What is proposed is worked out from what they said elsewhere, shown to
them as a question ("confirm"), and to the trekker as what is still open.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from .models import DateVote, Meeting, Registration

if TYPE_CHECKING:
    from members.models import Member

    from .models import MeetingQuerySet


class Why(StrEnum):
    """From what we know that someone may well come."""

    DATE = "date"  # said in the poll that this day suits


@dataclass(frozen=True)
class Proposed:
    """A yes that somebody may want to confirm."""

    why: Why

    def __str__(self) -> str:
        """To the person it is about."""
        return {Why.DATE: _("You said that this day suits you. Confirm that you are coming.")}[self.why]


def _suits() -> QuerySet[DateVote]:
    """Votes of yes for the day that was chosen, while the meeting is still on that moment."""
    return DateVote.objects.filter(
        answer=DateVote.Answer.YES,
        option__chosen=True,
        option__poll__decided_at__isnull=False,
        member__isnull=False,
    )


def with_proposal(meetings: MeetingQuerySet, member: Member) -> MeetingQuerySet:
    """Each with what ``proposed_to`` reads, in the same query."""
    votes = _suits().filter(
        member=member, option__poll__meeting=OuterRef("pk"), option__starts_at=OuterRef("starts_at")
    )
    return meetings.annotate(suits=Exists(votes))


def proposed_to(meeting: Meeting) -> Proposed | None:
    """What is proposed to the member of ``with_proposal``, who has not answered. Asks nothing more."""
    return Proposed(Why.DATE) if getattr(meeting, "suits", False) else None


def proposed_answers(meeting: Meeting) -> dict[int, Proposed]:
    """By member: to whom a yes is proposed and who has not answered at all. For who leads the circle, or the system."""
    votes = _suits().filter(option__poll__meeting=meeting, option__starts_at=meeting.starts_at)
    answered = Registration.objects.filter(meeting=meeting).values("member")
    members = votes.exclude(member__in=answered).values_list("member", flat=True)
    return {pk: Proposed(Why.DATE) for pk in members if pk is not None}
