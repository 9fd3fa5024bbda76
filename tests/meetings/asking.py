"""Asking about a day and answering it: steps that tests of polls take."""

import datetime as dt

from django.utils import timezone

from meetings.actions import polls
from meetings.models import DateVote
from regions.wall import SYSTEM, acting_as, member


def moments(draft, *days):
    return [(draft.starts_at + dt.timedelta(days=day), draft.ends_at + dt.timedelta(days=day)) for day in days]


def ask(draft, by, *days, asks="members", in_days=10):
    """Ask about the day of the draft and so many days later; gives the poll and its options."""
    until = timezone.localdate() + dt.timedelta(days=in_days)
    with acting_as(member(by.pk)):
        poll = polls.ask_dates(draft, by=by, asks=asks, open_until=until, moments=moments(draft, *days))
        return poll, list(poll.options.all())


def says(poll, by, *said, **more):
    """One answer per option, in order."""
    with acting_as(member(by.pk)):
        pks = poll.options.values_list("pk", flat=True)
        polls.vote(poll, by=by, answers=dict(zip(pks, said, strict=True)), **more)


def said_of(poll):
    with acting_as(SYSTEM):
        votes = DateVote.objects.filter(option__poll=poll).order_by("option__starts_at", "government__name")
        return [(str(vote.government or ""), vote.answer, vote.member.name) for vote in votes]
