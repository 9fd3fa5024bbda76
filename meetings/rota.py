"""Whose turn it is to host: longest ago first. Read from the meetings themselves, so there is no list to keep."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from math import asin, cos, radians, sqrt

from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q
from django.utils import timezone

from regions.models import Circle, FormerGovernment, LocalGovernment, Participation

from .models import Form, Hosting, Meeting

EARTH = 6371.0
"""Kilometres from the middle of the Earth to its surface."""


@dataclass(frozen=True)
class Turn:
    """A government in the rota, and when it last received this circle (or is going to)."""

    government: LocalGovernment
    last: dt.datetime | None
    times: int
    willing: bool = True


def turns(circle: Circle, *, besides: Meeting | None = None) -> list[Turn]:
    """The governments that take part today: who never hosted first, by name; then who did so longest ago.

    Who is not willing comes after all others. A planned meeting is a turn already; a cancelled one never was, and an
    online one has no host to thank. A merger loses nothing: what a government hosted hangs on its successor.
    ``besides`` leaves out the meeting being planned.
    """
    hosted = Q(hosted_meetings__circle=circle) & ~Q(hosted_meetings__form=Form.ONLINE)
    hosted &= ~Q(hosted_meetings__state=Meeting.State.CANCELLED)
    if besides is not None:
        hosted &= ~Q(hosted_meetings__pk=besides.pk)
    taking_part = Participation.objects.current().filter(circle=circle)
    governments = (
        LocalGovernment.objects.filter(pk__in=taking_part.values("government"))
        .annotate(
            last=Max("hosted_meetings__starts_at", filter=hosted),
            times=Count("hosted_meetings", filter=hosted),
            willing=Exists(taking_part.filter(government=OuterRef("pk"), willing=True)),
        )
        .order_by("-willing", F("last").asc(nulls_first=True), "name")
    )
    return [Turn(each, each.last, each.times, each.willing) for each in governments]


def next_host(circle: Circle) -> LocalGovernment | None:
    """Who is first in the rota; None for a circle without governments, such as a steering group of partners."""
    return next((turn.government for turn in turns(circle) if turn.willing), None)


def said_no(meeting: Meeting) -> set[int]:
    """The governments that declined to receive this meeting: not asked again for it, first in line for the next."""
    declined = Hosting.objects.filter(meeting=meeting, state=Hosting.State.DECLINED)
    return set(declined.values_list("government", flat=True))


def proposed(meeting: Meeting, *, order: list[Turn] | None = None) -> LocalGovernment | None:
    """Whom to ask for this meeting: first in the rota of who is willing and did not decline it. Who is asked for
    another one that is to come, or agreed, waits until nobody else is left.
    """
    order = turns(meeting.circle, besides=meeting) if order is None else order
    refused = said_no(meeting)
    to_come = Hosting.objects.standing().filter(
        meeting__circle=meeting.circle_id, meeting__starts_at__gt=timezone.now()
    )
    busy = set(to_come.exclude(meeting=meeting).values_list("government", flat=True))
    able = [turn.government for turn in order if turn.willing and turn.government.pk not in refused]
    return next((each for each in able if each.pk not in busy), next(iter(able), None))


# --- Who is next ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Next:
    """A host to come: of a meeting that is planned, or simply the first in line. ``asked``: no answer yet."""

    government: LocalGovernment
    meeting: Meeting | None = None
    asked: bool = False


def next_hosts(circle: Circle, order: list[Turn], *, count: int = 2) -> list[Next]:
    """Of the planned meetings first, as far as the actor sees them; then who is first in the rota."""
    standing = Prefetch("hostings", Hosting.objects.standing().select_related("government"), to_attr="standing")
    states = [Meeting.State.DRAFT, Meeting.State.PUBLISHED]
    planned = circle.meetings.upcoming().filter(state__in=states).exclude(form=Form.ONLINE)
    found: list[Next] = []
    for meeting in planned.select_related("host").prefetch_related(standing)[: count * 2]:
        asked = next((each for each in meeting.standing if each.state == Hosting.State.ASKED), None)
        if asked or meeting.host:
            found.append(Next(asked.government if asked else meeting.host, meeting, bool(asked)))  # type: ignore[arg-type]
    there = {each.government.pk for each in found}
    found += [Next(turn.government) for turn in order if turn.willing and turn.government.pk not in there]
    return found[:count]


# --- How far, and how spread ---------------------------------------------------------------------------------------


def kilometres(here: LocalGovernment, there: LocalGovernment) -> float:
    """As the crow flies (haversine)."""
    north, south = radians(here.latitude), radians(there.latitude)
    half = (1 - cos(north - south)) / 2
    half += cos(north) * cos(south) * (1 - cos(radians(here.longitude - there.longitude))) / 2
    return 2 * EARTH * asin(sqrt(half))


@dataclass(frozen=True)
class Line:
    """A turn as the page of the rota shows it. ``travel``: kilometres, the average for the others of the circle."""

    turn: Turn
    travel: int | None
    meeting: Meeting | None
    merged_from: list[str]
    participation: int | None


def lines(circle: Circle, order: list[Turn], history: Collection[Meeting]) -> list[Line]:
    """The rota with how far each host is for the others, its last meeting, and which municipalities it was before."""
    governments = [turn.government for turn in order]
    last = {meeting.host_id: meeting for meeting in sorted(history, key=lambda each: each.starts_at)}
    before: dict[int, list[str]] = {}
    for former in FormerGovernment.objects.filter(successor__in=governments):
        before.setdefault(former.successor_id, []).append(former.name)
    taking_part = dict(Participation.objects.current().filter(circle=circle).values_list("government", "pk"))
    return [
        Line(
            turn,
            _travel(turn.government, governments),
            last.get(turn.government.pk),
            before.get(turn.government.pk, []),
            taking_part.get(turn.government.pk),
        )
        for turn in order
    ]


def _travel(host: LocalGovernment, governments: list[LocalGovernment]) -> int | None:
    ways = [kilometres(host, each) for each in governments if each.pk != host.pk]
    return round(sum(ways) / len(ways)) if ways else None


def history(circle: Circle) -> list[Meeting]:
    """Meetings at a host that took place or are planned, latest first, as far as the actor sees them."""
    at_a_host = circle.meetings.exclude(form=Form.ONLINE).exclude(state=Meeting.State.CANCELLED)
    return list(at_a_host.filter(host__isnull=False).select_related("host").order_by("-starts_at", "-pk"))


def by_year(meetings: Collection[Meeting]) -> list[tuple[int, list[Meeting]]]:
    """What is over, by year."""
    years: dict[int, list[Meeting]] = {}
    for meeting in meetings:
        if meeting.is_over and meeting.state in (Meeting.State.PUBLISHED, Meeting.State.HELD):
            years.setdefault(timezone.localtime(meeting.starts_at).year, []).append(meeting)
    return list(years.items())


@dataclass(frozen=True)
class Share:
    """What part of the governments a province has, and what part of the turns."""

    province: str
    governments: int
    times: int


def spread(order: list[Turn]) -> list[Share]:
    """Per province, the largest first; empty when all are of one province."""
    governments = Counter(turn.government.province for turn in order)
    times: Counter[str] = Counter()
    names = {turn.government.province: str(turn.government.get_province_display()) for turn in order}
    for turn in order:
        times[turn.government.province] += turn.times
    shares = [Share(names[key], n, times[key]) for key, n in governments.most_common()]
    return shares if len(shares) > 1 else []
