"""What the clock does with meetings: remind people, and close what is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.utils import timezone

from mailroom.actions import post_all
from mailroom.outgoing import Outgoing
from meetings.calendar import LetterFiles
from meetings.letters import planning as letters
from meetings.mailings import reachable
from meetings.models import Invitation, Meeting, Registration
from members.models import Member

DAY_BEFORE = dt.timedelta(days=1)
WEEK_BEFORE = dt.timedelta(days=7)
FIRST_HOUR, LAST_HOUR = 8, 20


def is_daytime() -> bool:
    """A fit hour to write to people, by the Belgian clock."""
    return FIRST_HOUR <= timezone.localtime().hour < LAST_HOUR


def meetings_to_remind_of() -> QuerySet[Meeting]:
    """Published meetings that take place tomorrow or in a week, by the Belgian calendar."""
    today = timezone.localdate()
    days = [today + DAY_BEFORE, today + WEEK_BEFORE]
    return Meeting.objects.published().filter(starts_at__date__in=days).select_related("circle", "host")


@transaction.atomic
def remind(meeting: Meeting) -> int:
    """Letters to who comes (the day before) or to who was invited and is silent (a week before). Returns how many.

    Nobody else: not who said no or maybe, who waits for a seat, who left, nor who was invited today. A second time
    adds nothing, because the letters are the same ones.
    """
    if not meeting.is_open:
        return 0
    prefetch_related_objects([meeting], "agenda")
    return post_all(_reminders(meeting, timezone.localdate()))


def _reminders(meeting: Meeting, today: dt.date) -> Iterator[Outgoing]:
    day, files = timezone.localdate(meeting.starts_at), LetterFiles(meeting, "REQUEST")
    readers, letter = [], letters.reminder_coming
    if day - today == DAY_BEFORE:
        readers = coming(meeting)
    if day - today == WEEK_BEFORE:
        readers, letter = silent(meeting), letters.reminder_silent
    files.look_up(readers)
    return (letter(meeting, member, files) for member in readers)


def coming(meeting: Meeting) -> list[Member]:
    """Who said yes, has a seat and may still see the meeting."""
    seated = Registration.objects.coming().filter(meeting=meeting)
    return list(reachable(meeting).filter(pk__in=seated.values("member")))


def silent(meeting: Meeting) -> list[Member]:
    """Who was invited before today, has not answered and may still see the meeting."""
    invited = Invitation.objects.filter(meeting=meeting, invited_at__date__lt=timezone.localdate())
    answered = Registration.objects.filter(meeting=meeting)
    return list(reachable(meeting).filter(pk__in=invited.values("member")).exclude(pk__in=answered.values("member")))


@transaction.atomic
def close_past_meetings() -> int:
    """What was published and is over was held. Returns how many."""
    over = Meeting.objects.published().filter(ends_at__lt=timezone.now())
    return over.update(state=Meeting.State.HELD, changed_at=timezone.now())
