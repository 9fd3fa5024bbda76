"""What the map of Flanders shows: circles and blind spots, one circle from nearby, the place of one government.

A drawing is made once for the facts that are on it and then remembered. What is remembered was worked out from
nothing but those facts, so whoever is shown other facts is shown another drawing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.timezone import localdate
from django.utils.translation import get_language

from . import atlas
from .atlas import Spot
from .models import Circle, LocalGovernment

WIDE = 640
"""Units across a map from nearby, whatever the size of the circle; the style sheet counts in these."""
AIR = 24
"""Of those units, around the circle."""
FLATTEST, STEEPEST = 2.0, 1.25
"""Width of a map from nearby, at most and at least, in heights."""
BESIDE = 21
"""Units between two numbers at the same host."""
LETTER = 6.1
"""Units that a letter of a town's name takes on a map from nearby."""


class Area(NamedTuple):
    """A circle on the map of Flanders: ``number`` is its place in the table beside the map."""

    number: int
    name: str
    url: str
    region: str
    nis_codes: tuple[str, ...]

    @property
    def size(self) -> int:
        return len(self.nis_codes)


class Town(NamedTuple):
    """A government on the map of its circle."""

    nis_code: str
    name: str
    url: str


class Stop(NamedTuple):
    """A meeting on the route of a circle: ``number`` is its place in the list beside the map."""

    number: int
    nis_code: str
    name: str
    day: dt.date
    to_come: bool
    province: str  # empty where it is not shown


# --- All of Flanders ---------------------------------------------------------------------------------------------


def flanders(circles: Iterable[Circle], blind_spots: Iterable[str] = (), hosts: Iterable[str] = ()) -> str:
    """All of Flanders with these circles as links, numbered in this order; they come ``with_nis_codes()``.

    ``blind_spots`` and ``hosts`` are NIS codes: governments in no circle, and those to mark as host.
    """
    areas = [
        Area(number, circle.name, circle.get_absolute_url(), circle.region, tuple(circle.nis_codes))  # type: ignore[attr-defined]
        for number, circle in enumerate(circles, 1)
    ]
    return _flanders(get_language(), tuple(areas), tuple(blind_spots), tuple(sorted(set(hosts))))


@lru_cache(maxsize=32)
def _flanders(language: str, areas: tuple[Area, ...], blind_spots: tuple[str, ...], hosts: tuple[str, ...]) -> str:
    sheet = atlas.sheet()
    shapes = []
    for area in areas:
        cells = atlas.cells(area.nis_codes)
        if cells:
            shape = {"area": area, "path": atlas.around(cells), "borders": atlas.within(cells)}
            shapes.append(shape | {"spot": _label(area), "lines": atlas.lines(area.name)})
    unseen = atlas.cells(blind_spots)
    return render_to_string(
        "regions/_map_of_flanders.html",
        {
            "size": sheet.size,
            "shapes": shapes,
            "unseen": len(unseen),
            "unseen_path": atlas.around(unseen),
            "unseen_borders": atlas.within(unseen),
            "dots": [sheet.seats[nis] for nis in hosts if nis in sheet.seats],
        },
    )


def _label(area: Area) -> Spot:
    """Where the name stands: on the place that was looked out for its region, or amid its governments."""
    sheet = atlas.sheet()
    if area.region in sheet.labels:
        return sheet.labels[area.region]
    seats = [sheet.seats[nis] for nis in area.nis_codes if nis in sheet.seats]
    return sum(x for x, _ in seats) // len(seats), sum(y for _, y in seats) // len(seats)


# --- One circle from nearby ---------------------------------------------------------------------------------------


def from_nearby(
    circle: Circle,
    governments: Iterable[LocalGovernment],
    meetings: Iterable[Any] = (),
    *,
    provinces: bool = False,
) -> str:
    """The circle with these governments as links, and the route that these meetings make from host to host.

    ``provinces``: with their borders, and the name of its province at each host.

    Empty when none of the governments is on the map.
    """
    towns = tuple(Town(each.nis_code, each.name, each.get_absolute_url()) for each in governments)
    stops = tuple(
        Stop(
            number,
            each.host.nis_code,
            each.host.name,
            localdate(each.starts_at),
            not each.is_over,
            each.host.get_province_display() if provinces else "",
        )
        for number, each in enumerate(meetings, 1)
    )
    return _from_nearby(get_language(), circle.name, circle.region, towns, stops, provinces)


@lru_cache(maxsize=128)
def _from_nearby(
    language: str, name: str, region: str, towns: tuple[Town, ...], stops: tuple[Stop, ...], provinces: bool
) -> str:
    own = atlas.cells(town.nis_code for town in towns)
    if not own:
        return ""
    view = View.of([*own, *atlas.cells(stop.nis_code for stop in stops)])
    others = {cell for cell in atlas.sheet().cells.values() if cell not in own and view.shows(cell)}
    context = {
        "name": name,
        "region": region,
        "view": view,
        "others": atlas.around(others),
        "others_borders": atlas.within(others),
        "rim": atlas.around(own),
        "provinces": atlas.between_provinces(own | others) if provinces else "",
        "towns": [_dressed(town, view, stops) for town in towns if town.nis_code in atlas.sheet().cells],
        **_route(view, stops),
    }
    return render_to_string("regions/_map_of_circle.html", context)


class View(NamedTuple):
    """The part of the sheet that a map from nearby shows."""

    west: float
    north: float
    scale: float
    high: float

    @classmethod
    def of(cls, cells: Iterable[int]) -> View:
        """With these cells whole, some air around them, and not too flat or too steep."""
        west, north, east, south = map(float, atlas.bounds(cells))
        width, height = east - west, south - north
        wide = max(width, height * STEEPEST)
        scale = (WIDE - 2 * AIR) / wide
        high = max(height * scale + 2 * AIR, WIDE / FLATTEST)
        left = (west + east) / 2 - WIDE / scale / 2
        return cls(round(left, 1), round((north + south) / 2 - high / scale / 2, 1), round(scale, 3), round(high))

    def spot(self, nis_code: str) -> Spot:
        """Where the seat of a government lies in this view."""
        x, y = atlas.sheet().seats[nis_code]
        return round((x - self.west) * self.scale), round((y - self.north) * self.scale)

    def shows(self, cell: int) -> bool:
        west, north, east, south = atlas.bounds([cell])
        width, height = WIDE / self.scale, self.high / self.scale
        return west < self.west + width and east > self.west and north < self.north + height and south > self.north

    @property
    def transform(self) -> str:
        return f"scale({self.scale}) translate({-self.west} {-self.north})"


def _dressed(town: Town, view: View, stops: tuple[Stop, ...]) -> dict[str, Any]:
    """A town with its area, and its name where that fits in it; who is on the route has its name there."""
    cell = atlas.cells([town.nis_code])
    begin, end = atlas.across(town.nis_code)
    room = (end - begin) * view.scale - 6
    name = [town.name] if len(town.name) * LETTER < room else atlas.lines(town.name)
    fits = max(map(len, name)) * LETTER < room
    is_stop = any(stop.nis_code == town.nis_code for stop in stops)
    x, y = round(((begin + end) / 2 - view.west) * view.scale), view.spot(town.nis_code)[1]
    return {"town": town, "path": atlas.around(cell), "x": x, "y": y, "lines": name if fits and not is_stop else []}


def _route(view: View, stops: tuple[Stop, ...]) -> dict[str, Any]:
    """The legs from stop to stop, the numbers beside each other at their host, and the name of each host once."""
    on_map = [stop for stop in stops if stop.nis_code in atlas.sheet().seats]
    marks: list[dict[str, Any]] = []
    calls: Counter[str] = Counter()
    for stop in on_map:
        x, y = view.spot(stop.nis_code)
        marks.append({"stop": stop, "x": x + calls[stop.nis_code] * BESIDE, "y": y})
        calls[stop.nis_code] += 1
    legs = [
        {"path": _bend(view.spot(here.nis_code), view.spot(there.nis_code)), "to_come": there.to_come}
        for here, there in pairwise(on_map)
        if here.nis_code != there.nis_code
    ]
    first = [mark for mark in marks if mark["stop"] == next(s for s in on_map if s.nis_code == mark["stop"].nis_code)]
    return {"marks": marks, "legs": legs, "hosts": first}


def _bend(here: Spot, there: Spot) -> str:
    """A line with a slight bend, so that there and back are two lines."""
    (x, y), (u, v) = here, there
    return f"M{x} {y}Q{round((x + u) / 2 - (v - y) / 6)} {round((y + v) / 2 + (u - x) / 6)} {u} {v}"


# --- The place of one government ----------------------------------------------------------------------------------


def place_of(circles: Iterable[Circle], government: LocalGovernment | None = None) -> str:
    """Flanders, small, with these circles (``with_nis_codes()``) and one government; a picture without links."""
    areas = tuple((circle.region, tuple(circle.nis_codes)) for circle in circles)  # type: ignore[attr-defined]
    return _place_of(get_language(), areas, (government.nis_code, government.name) if government else ("", ""))


@lru_cache(maxsize=512)
def _place_of(language: str, areas: tuple[tuple[str, tuple[str, ...]], ...], government: tuple[str, str]) -> str:
    sheet = atlas.sheet()
    nis_code, name = government
    here = atlas.cells([nis_code])
    context = {
        "size": sheet.size,
        "name": name,
        "land": atlas.around(set(sheet.cells.values())),
        "areas": [{"region": region, "path": atlas.around(atlas.cells(codes))} for region, codes in areas],
        "here": atlas.around(here),
        "seat": sheet.seats.get(nis_code),
    }
    return render_to_string("regions/_map_of_government.html", context)
