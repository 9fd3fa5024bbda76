"""When a circle meets next, in which form: what its rhythm and its last meeting propose."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from regions.models import Circle

from .models import Form, Meeting

FIRST_TIME = dt.time(14), dt.time(16)
THURSDAY = 3
NOTICE = dt.timedelta(weeks=2)
"""Nobody can come to a meeting that is proposed for tomorrow."""


@dataclass(frozen=True)
class Proposal:
    """A date with local Belgian wall-clock times, and a form."""

    date: dt.date
    start: dt.time
    end: dt.time
    form: Form


def easter(year: int) -> dt.date:
    """Easter Sunday (J.-M. Oudin's method, as in the Explanatory Supplement to the Astronomical Almanac)."""
    golden, century = year % 19, year // 100
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    days = moon - weekday
    month = 3 + (days + 40) // 44
    return dt.date(year, month, days + 28 - 31 * (month // 4))


def is_holiday(day: dt.date) -> bool:
    """A legal Belgian holiday, or that of the Flemish Community, on which local governments are closed."""
    fixed = {(1, 1), (5, 1), (7, 11), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)}
    return (day.month, day.day) in fixed or (day - easter(day.year)).days in {1, 39, 50}


def propose(circle: Circle, *, today: dt.date | None = None) -> Proposal:
    """One interval after the circle's last meeting: same weekday, same time on the clock, in the other form.

    Drafts count as meetings, cancelled ones do not. What would be too soon, or falls on a holiday, moves up by whole
    weeks; a weekend moves to the Monday after.
    """
    today = today or timezone.localdate()
    last = circle.meetings.exclude(state=Meeting.State.CANCELLED).order_by("-starts_at").first()
    if last is None:
        day = today + dt.timedelta(weeks=6)
        day += dt.timedelta(days=(THURSDAY - day.weekday()) % 7)
        (start, end), form = FIRST_TIME, Form.IN_PERSON
    else:
        starts, ends = timezone.localtime(last.starts_at), timezone.localtime(last.ends_at)
        day = starts.date() + circle.interval
        start, end = starts.time(), ends.time()
        form = Form.ONLINE if last.form == Form.IN_PERSON else Form.IN_PERSON
    if day.weekday() > 4:
        day += dt.timedelta(days=7 - day.weekday())
    while day < today + NOTICE or is_holiday(day):
        day += dt.timedelta(weeks=1)
    return Proposal(day, start, end, form)
