"""When a circle meets next, in which form: what its rhythm and its meetings propose, and who lags behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from regions.models import Circle
from regions.wall import as_system

from .models import Attendance, Attending, Form, Meeting, Registration

FIRST_TIME = dt.time(14), dt.time(16)
THURSDAY, FRIDAY = 3, 4
NOTICE = dt.timedelta(weeks=2)
"""Nobody can come to a meeting that is proposed for tomorrow."""


@dataclass(frozen=True)
class Proposal:
    """A date with local Belgian wall-clock times, and a form."""

    date: dt.date
    start: dt.time
    end: dt.time
    form: Form
    because: str  # why this form


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
    """A legal Belgian holiday, that of the Flemish Community, or a day from Christmas Eve to New Year's Eve, on which
    nobody comes to a meeting."""
    fixed = {(1, 1), (5, 1), (7, 11), (7, 21), (8, 15), (11, 1), (11, 11)}
    at_years_end = day.month == 12 and day.day >= 24
    return at_years_end or (day.month, day.day) in fixed or (day - easter(day.year)).days in {1, 39, 50}


# --- Periods --------------------------------------------------------------------------------------------------------

LEAD = dt.timedelta(weeks=8)
"""So long before a period without a meeting a draft stands ready."""
SIX_WEEKS = dt.timedelta(weeks=6)
A_MONDAY = dt.date(2000, 1, 3)
"""From which six weeks are counted, so that a stretch of six weeks has the same name whoever asks, and when."""


@dataclass(frozen=True)
class Period:
    """A stretch of days in which a circle's rhythm promises a meeting; ``end`` is the first day after it."""

    key: str
    start: dt.date
    end: dt.date
    ready_on: dt.date  # from this day on a draft stands ready
    wanted: dt.date | None = None  # None: one interval after the meeting before it

    def holds(self, day: dt.date) -> bool:
        return self.start <= day < self.end


def periods(circle: Circle, *, today: dt.date) -> list[Period]:
    """Those that are not over and for which a draft should stand ready by now, soonest first; met or not."""
    rhythms = {
        Circle.Rhythm.QUARTER: _quarters,
        Circle.Rhythm.SIX_WEEKS: _six_weeks,
        Circle.Rhythm.SERIES: _next_of_series,
        Circle.Rhythm.BEFORE: _before_another,
    }
    of_rhythm = rhythms.get(Circle.Rhythm(circle.rhythm))
    found = of_rhythm(circle, today) if of_rhythm else iter(())
    return [each for each in found if each.ready_on <= today < each.end]


def _quarters(circle: Circle, today: dt.date) -> Iterator[Period]:
    start = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    while start - LEAD <= today:
        end = (start + dt.timedelta(days=95)).replace(day=1)
        yield Period(f"{start.year}-Q{start.month // 3 + 1}", start, end, start - LEAD)
        start = end


def _six_weeks(circle: Circle, today: dt.date) -> Iterator[Period]:
    start = A_MONDAY + (today - A_MONDAY) // SIX_WEEKS * SIX_WEEKS
    while start - LEAD <= today:
        yield Period(f"6w-{start}", start, start + SIX_WEEKS, start - LEAD)
        start += SIX_WEEKS


def _next_of_series(circle: Circle, today: dt.date) -> Iterator[Period]:
    """The one after those that there are, until the series is complete."""
    since = circle.series_from
    days = [day for day in _days_of(circle) if since is None or day >= since]
    if len(days) >= (circle.series_length or SHORTEST_SERIES):
        return
    start = (days[-1] if days else today) + circle.interval
    end = max(start, today + NOTICE) + circle.interval
    yield Period(f"series-{since or ''}-{len(days) + 1}", start, end, start - LEAD, start)


SHORTEST_SERIES = 4
"""How many meetings a series surely has while nobody said how many."""


def _before_another(circle: Circle, today: dt.date) -> Iterator[Period]:
    """The stretch before each meeting of the circle that this one prepares."""
    with as_system("when the circle meets that another one prepares is what its rhythm hangs on"):
        published = Meeting.objects.filter(circle=circle.meets_before_id, state__in=TOOK_PLACE)
        moments = list(published.order_by("starts_at").values_list("pk", "starts_at"))
    before = None
    for pk, moment in moments:
        day = timezone.localdate(moment)
        wanted = day - dt.timedelta(weeks=circle.weeks_before or 1)
        start = max(before or dt.date.min, day - dt.timedelta(weeks=13))
        if day > today:
            yield Period(f"before-{pk}", start, day, wanted - LEAD, wanted)
        before = day


TOOK_PLACE = [Meeting.State.PUBLISHED, Meeting.State.HELD]


def _days_of(circle: Circle) -> list[dt.date]:
    """The days on which this circle meets or met, drafts included, in order."""
    moments = circle.meetings.exclude(state=Meeting.State.CANCELLED).order_by("starts_at")
    return [timezone.localdate(moment) for moment in moments.values_list("starts_at", flat=True)]


def without_meeting(circle: Circle, *, today: dt.date) -> list[tuple[Period, Proposal]]:
    """The periods of ``periods`` in which nothing is planned and still can be, each with what to plan."""
    days = _days_of(circle)
    found = []
    for period in periods(circle, today=today):
        if any(period.holds(day) for day in days):
            continue
        proposal = propose_in(circle, period, today=today)
        if proposal is None:
            continue
        # A stretch of six weeks falls between two meetings that are six weeks apart, just over its edges.
        if circle.rhythm == Circle.Rhythm.SIX_WEEKS and any(abs(day - proposal.date) < SIX_WEEKS / 2 for day in days):
            continue
        found.append((period, proposal))
    return found


# --- Proposals ------------------------------------------------------------------------------------------------------


def propose(circle: Circle, *, today: dt.date | None = None) -> Proposal:
    """One interval after the circle's last meeting: same weekday, same time on the clock, in the other form.

    Drafts count as meetings, cancelled ones do not. What would be too soon, or falls on a holiday, moves up by whole
    weeks; a weekend moves to the Monday after. A circle that meets before another one: so many weeks before the first
    meeting of the other that it does not prepare yet, as long as one is known.
    """
    today = today or timezone.localdate()
    if circle.rhythm == Circle.Rhythm.BEFORE:
        days = _days_of(circle)
        for period in _before_another(circle, today):
            if not any(period.holds(day) for day in days) and (found := propose_in(circle, period, today=today)):
                return found
    last = _last(circle)
    day = _working_day(_wanted(circle, last, today))
    while day < today + NOTICE or is_holiday(day):
        day += dt.timedelta(weeks=1)
    return _on(day, circle, last)


def propose_in(circle: Circle, period: Period, *, today: dt.date) -> Proposal | None:
    """As ``propose``, on the nearest such weekday within a period; None when it is too late for one."""
    last = _last(circle, before=period.end)
    wanted = _working_day(period.wanted or _wanted(circle, last, today))
    first = max(period.start, today + NOTICE)
    first += dt.timedelta(days=(wanted - first).days % 7)
    weeks = (period.end - first).days // 7 + 1
    days = [first + dt.timedelta(weeks=week) for week in range(weeks)]
    fitting = [day for day in days if period.holds(day) and not is_holiday(day)]
    return _on(min(fitting, key=lambda day: abs(day - wanted)), circle, last) if fitting else None


def _last(circle: Circle, *, before: dt.date | None = None) -> Meeting | None:
    meetings = circle.meetings.exclude(state=Meeting.State.CANCELLED)
    if before is not None:
        meetings = meetings.filter(starts_at__date__lt=before)
    return meetings.order_by("-starts_at").first()


def _wanted(circle: Circle, last: Meeting | None, today: dt.date) -> dt.date:
    if last is not None:
        return timezone.localdate(last.starts_at) + circle.interval
    day = today + dt.timedelta(weeks=6)
    return day + dt.timedelta(days=(THURSDAY - day.weekday()) % 7)


def _working_day(day: dt.date) -> dt.date:
    return day if day.weekday() <= FRIDAY else day + dt.timedelta(days=7 - day.weekday())


def _on(day: dt.date, circle: Circle, last: Meeting | None) -> Proposal:
    start, end = FIRST_TIME
    if last is not None and timezone.localdate(last.starts_at) == timezone.localdate(last.ends_at):
        start, end = timezone.localtime(last.starts_at).time(), timezone.localtime(last.ends_at).time()
    return Proposal(day, start, end, *propose_form(circle, last))


def propose_form(circle: Circle, last: Meeting | None) -> tuple[Form, str]:
    """The form after that of ``last``, and why: on site and online alternate, because each has its merits."""
    if circle.rhythm == Circle.Rhythm.SERIES:
        return Form.IN_PERSON, _("The meetings of a series are on site.")
    if last is None:
        return Form.IN_PERSON, _("This is the first meeting: it is easier to get to know each other on site.")
    if last.form == Form.IN_PERSON:
        return Form.ONLINE, _("The meeting before this one is on site, so this one is online.")
    if last.form == Form.ONLINE:
        return Form.IN_PERSON, _("The meeting before this one is online, so this one is on site.")
    return Form.IN_PERSON, _("The meeting before this one is on site and online, so this one is on site.")


def form_for(meeting: Meeting) -> tuple[Form, str]:
    """The form that its turn gives a meeting, and why: after the one before it, whatever it has itself."""
    others = meeting.circle.meetings.exclude(pk=meeting.pk).exclude(state=Meeting.State.CANCELLED)
    return propose_form(meeting.circle, others.filter(starts_at__lt=meeting.starts_at).order_by("starts_at").last())


# --- What there was -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Past:
    """A meeting that is over, and how many came in each way; not ``counted``: how many said that they would."""

    meeting: Meeting
    in_person: int
    online: int
    counted: bool

    @property
    def total(self) -> int:
        return self.in_person + self.online


def last_four(circle: Circle) -> list[Past]:
    """The last four meetings that took place, latest first, in one query."""

    def count(rows: QuerySet, column: str, way: str) -> Coalesce:
        found = rows.filter(meeting=OuterRef("pk"), **{column: way}).order_by().values("meeting")
        return Coalesce(Subquery(found.annotate(n=Count("pk")).values("n")), 0)

    meetings = Meeting.objects.filter(circle=circle, state__in=TOOK_PLACE).past()
    for way in Attending.values:
        meetings = meetings.annotate(
            **{
                f"came_{way}": count(Attendance.objects.all(), "how", way),
                f"yes_{way}": count(Registration.objects.coming(), "attending", way),
            }
        )
    return [_past(each) for each in meetings[:4]]


def _past(meeting: Any) -> Past:
    if meeting.came_in_person + meeting.came_online:
        return Past(meeting, meeting.came_in_person, meeting.came_online, counted=True)
    return Past(meeting, meeting.yes_in_person, meeting.yes_online, counted=False)


# --- Who lags -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lag:
    """A circle that does not meet as its rhythm promised; ``last`` is when it did."""

    circle: Circle
    last: dt.datetime | None
    preparing: dt.date | None = None  # the meeting of another circle that nothing prepares


def lagging(*, now: dt.datetime | None = None) -> list[Lag]:
    """Active circles whose last meeting is longer ago than their rhythm allows and that announced none; who never met
    first, then longest ago. Drafts announce nothing. For who sees every circle's meetings."""
    now = now or timezone.now()
    real = Q(meetings__state__in=TOOK_PLACE)
    circles = (
        Circle.objects.filter(state=Circle.State.ACTIVE)
        .exclude(rhythm=Circle.Rhythm.FREE)
        .select_related("meets_before")
    )
    circles = circles.annotate(
        last=Max("meetings__starts_at", filter=real),
        times=Count(
            "meetings", filter=real & (Q(series_from=None) | Q(meetings__starts_at__date__gte=F("series_from")))
        ),
    ).order_by(F("last").asc(nulls_first=True), "name")
    return [lag for circle in circles if (lag := _lag(circle, now))]


def _lag(circle: Any, now: dt.datetime) -> Lag | None:
    if circle.rhythm == Circle.Rhythm.BEFORE:
        return _unprepared(circle, now)
    if circle.rhythm == Circle.Rhythm.SERIES and circle.times >= (circle.series_length or SHORTEST_SERIES):
        return None
    if circle.last is None or circle.last < now - circle.interval:
        return Lag(circle, circle.last)
    return None


def _unprepared(circle: Any, now: dt.datetime) -> Lag | None:
    """The other circle meets within the weeks in which this one should have met, and it announced nothing."""
    today = timezone.localdate(now)
    announced = circle.meetings.filter(state__in=TOOK_PLACE).values_list("starts_at", flat=True)
    days = [timezone.localdate(moment) for moment in announced]
    for period in _before_another(circle, today):
        too_late = period.wanted is not None and period.wanted <= today + NOTICE
        if too_late and not any(period.holds(day) for day in days):
            return Lag(circle, circle.last, period.end)
    return None
