"""Choosing the day of a draft together: asking, saying which days suit, reminding who is silent, choosing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mailroom.actions import post_all
from meetings.letters import polls as letters
from meetings.models import DateOption, DatePoll, DateVote, Meeting, Talk
from meetings.polls import fingerprint, silent, voters, votes_for
from members.models import Member
from regions.journal import action
from regions.wall import as_system

from .planning import MeetingInThePast, NotADraft, edit, withdraw_unsent

Moment = tuple[dt.datetime, dt.datetime]
REMIND_BEFORE = dt.timedelta(days=3)
"""Silent governments hear once more so long before the last day."""


class AlreadyAsked(Exception):
    """The days of this draft are being asked about."""


class PollClosed(Exception):
    """A day was chosen, the last day is over, or the question was taken back."""


class VotedMeanwhile(Exception):
    """A colleague of the same government answered since this person looked."""


class NotAsked(Exception):
    """Not of this circle, or a supplier: sees it perhaps, and has no say in it."""


@action
def ask_dates(
    meeting: Meeting, *, by: Member, asks: str, open_until: dt.date, moments: Collection[Moment]
) -> DatePoll:
    """Ask members, a letter each, or the speaker by the link that is there, which of these moments suit.

    Refuses with NotADraft, AlreadyAsked or MeetingInThePast.
    """
    meeting = Meeting.objects.lock(meeting)
    if meeting.state != Meeting.State.DRAFT:
        raise NotADraft
    if min(start for start, _end in moments) <= timezone.now():
        raise MeetingInThePast
    before = DatePoll.objects.filter(meeting=meeting).first()
    if before and not before.is_decided:
        raise AlreadyAsked
    if before:
        before.delete()  # a day was chosen, and it has to be another after all
    poll = DatePoll.objects.create(
        meeting=meeting,
        circle=meeting.circle,
        asks=asks,
        title=meeting.title,
        form=meeting.form,
        open_until=open_until,
    )
    DateOption.objects.bulk_create(DateOption(poll=poll, starts_at=start, ends_at=end) for start, end in moments)
    with as_system("everyone in the circle is asked, whomever the trekker may know"):
        post_all(letters.poll_opened(poll, member) for member in voters(poll) if member != by)
    return poll


@action
def vote(poll: DatePoll, *, by: Member, answers: Mapping[int, str], seen: str | None = None) -> None:
    """What the government of ``by`` says of each day (option id: answer), in the place of what it said before.

    ``seen`` is the fingerprint of what ``by`` saw of that: nobody's answer is replaced unseen. Refuses with
    PollClosed, NotAsked or VotedMeanwhile.
    """
    with as_system("the poll's row is the counter, whoever stands before it"):
        poll = _at_the_counter(poll.pk)
        if not voters(poll).filter(pk=by.pk).exists():
            raise NotAsked
    if not poll.takes_votes:
        raise PollClosed
    before = votes_for(poll, by)
    if seen is not None and seen != fingerprint(before):
        raise VotedMeanwhile
    offered = set(poll.options.values_list("pk", flat=True))
    now = timezone.now()
    before.delete()
    DateVote.objects.bulk_create(
        DateVote(option_id=pk, government_id=by.government_id, member=by, answer=answer, voted_at=now)
        for pk, answer in answers.items()
        if pk in offered
    )


def _at_the_counter(pk: int) -> DatePoll:
    """The poll as it is now, with nobody else answering or choosing until the transaction ends."""
    try:
        return DatePoll.objects.select_for_update(of=("self",), no_key=True).select_related("circle").get(pk=pk)
    except DatePoll.DoesNotExist as error:
        raise PollClosed from error


@action
def say_days(talk_id: int, *, suiting: Collection[int]) -> None:
    """The speaker, by the link in the letter, says which of the days suit. Saying it again replaces it.

    Refuses with PollClosed.
    """
    with as_system("whoever holds the link says which days suit the speaker"):
        talk = Talk.objects.get(pk=talk_id)
        open_ones = DatePoll.objects.filter(meeting__agenda__talks=talk, asks=DatePoll.Asks.SPEAKER)
        poll = open_ones.first()
        if poll is None or talk.state not in (Talk.State.ASKED, Talk.State.ACCEPTED):
            raise PollClosed
        poll = _at_the_counter(poll.pk)
        if not poll.takes_votes:
            raise PollClosed
        DateVote.objects.filter(option__poll=poll, talk=talk).delete()
        says = {True: DateVote.Answer.YES, False: DateVote.Answer.NO}
        DateVote.objects.bulk_create(
            DateVote(option=option, talk=talk, answer=says[option.pk in suiting]) for option in poll.options.all()
        )
        trekkers = Member.objects.trekkers_of(poll.circle)
        post_all(letters.speaker_said_days(talk, poll, trekker) for trekker in trekkers)


@action
def choose_date(option: DateOption, *, by: Member) -> Meeting:
    """The draft takes place on this day. Who said that it suits is asked to confirm; nobody is marked as coming.

    Refuses with PollClosed, NotADraft or MeetingInThePast.
    """
    meeting = Meeting.objects.lock(option.poll.meeting)  # before the poll, as publishing and discarding do
    poll = _at_the_counter(option.poll_id)
    if poll.is_decided:
        raise PollClosed
    if meeting.state != Meeting.State.DRAFT:
        raise NotADraft
    if option.starts_at <= timezone.now():
        raise MeetingInThePast
    DateOption.objects.filter(pk=option.pk).update(chosen=True)
    poll.decided_at = timezone.now()
    poll.save(update_fields=["decided_at"])
    withdraw_unsent(meeting, kinds=letters.KINDS)
    return edit(meeting, by=by, starts_at=option.starts_at, ends_at=option.ends_at)


@action
def stop_asking(poll: DatePoll, *, by: Member) -> Meeting:
    """Take the question back: the draft keeps the day that it has. Refuses with PollClosed."""
    meeting = Meeting.objects.lock(poll.meeting)
    poll = _at_the_counter(poll.pk)
    if poll.is_decided:
        raise PollClosed
    withdraw_unsent(meeting, kinds=letters.KINDS)
    poll.delete()
    return meeting


# --- By the clock --------------------------------------------------------------------------------------------------


def polls_to_remind_of() -> QuerySet[DatePoll]:
    """Open ones that end soon, were not opened today, and whose silent governments did not hear of it again."""
    today = timezone.localdate()
    return DatePoll.objects.filter(
        asks=DatePoll.Asks.MEMBERS,
        decided_at=None,
        reminded_at=None,
        open_until__gte=today,
        open_until__lte=today + REMIND_BEFORE,
        opened_at__date__lt=today,
    )


@transaction.atomic
def remind_silent(poll: DatePoll) -> int:
    """A letter to everyone of the governments that said nothing yet, once. Returns how many."""
    poll = _at_the_counter(poll.pk)
    if poll.reminded_at is not None or not poll.takes_votes:
        return 0
    poll.reminded_at = timezone.now()
    poll.save(update_fields=["reminded_at"])
    return post_all(letters.poll_reminder(poll, member) for member in silent(poll))
