"""What people thought of a meeting: asked once, answered once, without a name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Avg, Count, QuerySet
from django.utils import timezone

from mailroom.actions import post_all
from mailroom.outgoing import Outgoing
from meetings import presence
from meetings.letters.evaluation import evaluation_asked
from meetings.models import LEAST, Evaluation, EvaluationGiven, Meeting
from members.models import Member
from regions.journal import action
from regions.wall import as_system

OPEN = dt.timedelta(days=14)
HELD = [Meeting.State.PUBLISHED, Meeting.State.HELD]


class NotAsked(Exception):
    """This person was not at the meeting, or it is not over."""


class EvaluationClosed(Exception):
    """Two weeks have passed."""


class AlreadyGiven(Exception):
    """One answer per person; without a name it can be found back by nobody, so it cannot be changed either."""


def is_open(meeting: Meeting) -> bool:
    return meeting.state in HELD and meeting.ends_at < timezone.now() <= meeting.ends_at + OPEN


def awaiting(member: Member) -> QuerySet[Meeting]:
    """Of which this member, who asks, can still say what they thought."""
    lately = Meeting.objects.past().filter(state__in=HELD, ends_at__gte=timezone.now() - OPEN)
    given = EvaluationGiven.objects.filter(member=member)
    return lately.filter(pk__in=presence.WAS_AT).exclude(pk__in=given.values("meeting"))


def has_given(meeting: Meeting, member: Member) -> bool:
    return EvaluationGiven.objects.filter(meeting=meeting, member=member).exists()


def refuse_unless_asked(meeting: Meeting, member: Member) -> None:
    """NotAsked, EvaluationClosed or AlreadyGiven; ``member`` is who asks."""
    was_there = Meeting.objects.filter(pk=meeting.pk).filter(pk__in=presence.WAS_AT).exists()
    if meeting.state not in HELD or meeting.ends_at > timezone.now() or not was_there:
        raise NotAsked
    if has_given(meeting, member):
        raise AlreadyGiven
    if not is_open(meeting):
        raise EvaluationClosed


@action
def evaluate(
    meeting: Meeting, *, by: Member, useful: int, form: int, text: str = "", for_speaker: bool = False
) -> None:
    """Keep an answer, and apart from it that ``by`` gave one: nothing ties the two together, and the journal says no
    more than the second. Refuses as ``refuse_unless_asked`` does."""
    refuse_unless_asked(meeting, by)
    with as_system("an answer without a name is nobody's own"):
        _given, is_first = EvaluationGiven.objects.get_or_create(meeting=meeting, member=by)
        if not is_first:
            raise AlreadyGiven
        Evaluation.objects.create(meeting=meeting, useful=useful, form=form, text=text, for_speaker=for_speaker)


@dataclass(frozen=True)
class Result:
    """What a trekker sees: marks to the nearest half, and what was written, in no order. ``lacking`` answers more are
    needed before anything is shown; then the rest is empty.

    Averages are rounded because who looks before and after an answer would otherwise know that one.
    """

    lacking: int
    count: int = 0
    useful: float | None = None
    form: float | None = None
    texts: tuple[str, ...] = ()
    for_speaker: tuple[str, ...] = ()


def result_of(meeting: Meeting) -> Result:
    """For who leads the circle; the wall shows nobody anything below five answers."""
    rows = Evaluation.objects.filter(meeting=meeting).order_by("pk")  # the key is drawn by lot
    marks = rows.order_by().aggregate(n=Count("pk"), useful=Avg("useful"), form=Avg("form"))
    if not marks["n"]:
        with as_system("how many answers there are is for the trekker to know, what they say is not yet"):
            return Result(lacking=max(0, LEAST - Evaluation.objects.filter(meeting=meeting).count()))
    said = [(text, may) for text, may in rows.values_list("text", "for_speaker") if text]
    return Result(
        0,
        marks["n"],
        _half(marks["useful"]),
        _half(marks["form"]),
        texts=tuple(text for text, may in said if not may),
        for_speaker=tuple(text for text, may in said if may),
    )


def _half(mark: float) -> float:
    return round(mark * 2) / 2


@transaction.atomic
def ask_for_evaluations() -> int:
    """Thank who was at a meeting that ended before today, and ask three questions; once. Returns how many letters."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    lately = (midnight - dt.timedelta(days=7), midnight)
    with as_system("thanking is the portal's own work"):
        over = Meeting.objects.filter(state__in=HELD, ends_at__range=lately)
        letters = [letter for meeting in over.select_related("circle", "host") for letter in _letters(meeting)]
        return post_all(letters)


def _letters(meeting: Meeting) -> Iterator[Outgoing]:
    given = set(EvaluationGiven.objects.filter(meeting=meeting).values_list("member", flat=True))
    readers = [each for each in presence.who_was_there(meeting) if each.pk not in given]
    return (evaluation_asked(meeting, member, until=meeting.ends_at + OPEN) for member in readers)
