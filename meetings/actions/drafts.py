"""Drafts by the clock: eight weeks before a period without a meeting one stands ready, and the trekker is told."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from mailroom.actions import post_all
from meetings import programmes, rhythm, rota, words
from meetings.letters.drafts import draft_ready
from meetings.models import Form, Meeting, PreparedPeriod
from members.models import Member
from regions.models import Circle

from .planning import plan


@transaction.atomic
def prepare_drafts() -> int:
    """Make the drafts that are due, for the system. Returns how many; a second time that is 0.

    A period gets one by itself and never another, also when the trekker threw it away or the clock went back.
    """
    active = Circle.objects.filter(state=Circle.State.ACTIVE).order_by("pk")
    return sum(prepare_drafts_of(circle) for circle in active)


@transaction.atomic
def prepare_drafts_of(circle: Circle) -> int:
    """As ``prepare_drafts``, for one circle."""
    today = timezone.localdate()
    if not rhythm.without_meeting(circle, today=today):
        return 0
    # A second beat waits, and sees the first.
    circle = Circle.objects.select_for_update(no_key=True).get(pk=circle.pk)
    prepared = set(PreparedPeriod.objects.filter(circle=circle).values_list("period", flat=True))
    before = len(prepared)
    while due := [each for each in rhythm.without_meeting(circle, today=today) if each[0].key not in prepared]:
        period, proposal = due[0]  # one at a time: the next one comes an interval after it, in the other form
        PreparedPeriod.objects.create(circle=circle, period=period.key)
        prepared.add(period.key)
        meeting = _draft(circle, proposal)
        post_all(draft_ready(meeting, trekker) for trekker in Member.objects.trekkers_of(circle))
    return len(prepared) - before


def _draft(circle: Circle, proposal: rhythm.Proposal) -> Meeting:
    """As a trekker would have made it by sending the form of planning unchanged."""
    return plan(
        circle,
        by=None,
        title=words.title_for(proposal.date),
        starts_at=timezone.make_aware(dt.datetime.combine(proposal.date, proposal.start)),
        ends_at=timezone.make_aware(dt.datetime.combine(proposal.date, proposal.end)),
        form=proposal.form,
        host=None if proposal.form == Form.ONLINE else rota.next_host(circle),
        programme=programmes.template_for(proposal.form),
    )
