"""How much of a year of a circle goes to each of the four pillars."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max, Min, Q, Sum
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from regions.models import Circle

from .models import AgendaItem, Meeting
from .programmes import PILLARS

LITTLE = 10
"""Percent: a pillar with less than that lags. An equal share is 25."""


@dataclass(frozen=True)
class Pillar:
    """One pillar in one year: ``held`` and ``planned`` in minutes, and its share of all four together."""

    kind: AgendaItem.Kind
    held: int
    planned: int
    percent: int

    @property
    def minutes(self) -> int:
        return self.held + self.planned


def of_year(circle: Circle, year: int) -> list[Pillar]:
    """The four pillars in the meetings of this calendar year, drafts too; what was cancelled does not count."""
    over = Q(meeting__ends_at__lt=timezone.now())
    items = AgendaItem.objects.filter(meeting__circle=circle, meeting__starts_at__year=year, kind__in=PILLARS)
    counted = items.exclude(meeting__state=Meeting.State.CANCELLED)
    # A draft whose day has passed never took place.
    counted = counted.exclude(over, meeting__state=Meeting.State.DRAFT)
    held, planned = Sum("minutes", filter=over, default=0), Sum("minutes", filter=~over, default=0)
    rows = counted.order_by().values("kind").annotate(held=held, planned=planned)
    found = {row["kind"]: (row["held"], row["planned"]) for row in rows}
    total = sum(sum(minutes) for minutes in found.values())
    return [
        Pillar(kind, *minutes, percent=round(100 * sum(minutes) / total) if total else 0)
        for kind in PILLARS
        for minutes in [found.get(kind, (0, 0))]
    ]


def years(circle: Circle) -> list[int]:
    """The calendar years in which the circle meets, and this one; the latest first."""
    span = Meeting.objects.filter(circle=circle).aggregate(first=Min("starts_at"), last=Max("starts_at"))
    this = timezone.localdate().year
    ends = [this, *(timezone.localtime(moment).year for moment in span.values() if isinstance(moment, dt.datetime))]
    return list(range(max(ends), min(ends) - 1, -1))


def verdict(pillars: list[Pillar], year: int) -> str:
    """Which pillar lags, in a sentence."""
    if not any(pillar.minutes for pillar in pillars):
        return _("There is nothing on the programmes of %(year)s yet.") % {"year": year}
    absent = [str(pillar.kind.label) for pillar in pillars if not pillar.minutes]
    if absent:
        return _("In %(year)s not yet on a programme: %(pillars)s.") % {
            "year": year,
            "pillars": get_text_list(absent, _("and")),
        }
    least = min(pillars, key=lambda pillar: pillar.minutes)
    if least.percent < LITTLE:
        return _("In %(year)s %(pillar)s lags: %(percent)s %% of the time.") % {
            "year": year,
            "pillar": least.kind.label,
            "percent": least.percent,
        }
    return _("In %(year)s the four pillars are in balance.") % {"year": year}
