"""Whose turn it is to host: longest ago first. Read from the meetings themselves, so there is no list to keep."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Max, Q

from regions.models import Circle, LocalGovernment, Participation

from .models import Form, Meeting


@dataclass(frozen=True)
class Turn:
    """A government in the rota, and when it last received this circle (or is going to)."""

    government: LocalGovernment
    last: dt.datetime | None
    times: int


def turns(circle: Circle, *, besides: Meeting | None = None) -> list[Turn]:
    """The governments that take part today: who never hosted first, by name; then who did so longest ago.

    A planned meeting is a turn already; a cancelled one never was, and an online one has no host to thank. A merger
    loses nothing: what a government hosted hangs on its successor. ``besides`` leaves out the meeting being planned.
    """
    hosted = Q(hosted_meetings__circle=circle) & ~Q(hosted_meetings__form=Form.ONLINE)
    hosted &= ~Q(hosted_meetings__state=Meeting.State.CANCELLED)
    if besides is not None:
        hosted &= ~Q(hosted_meetings__pk=besides.pk)
    governments = (
        LocalGovernment.objects.filter(
            pk__in=Participation.objects.current().filter(circle=circle).values("government")
        )
        .annotate(
            last=Max("hosted_meetings__starts_at", filter=hosted),
            times=Count("hosted_meetings", filter=hosted),
        )
        .order_by(F("last").asc(nulls_first=True), "name")
    )
    return [Turn(each, each.last, each.times) for each in governments]


def next_host(circle: Circle) -> LocalGovernment | None:
    """Who is first in the rota; None for a circle without governments, such as a steering group of partners."""
    first = next(iter(turns(circle)), None)
    return first.government if first else None
