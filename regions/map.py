"""What the map of Flanders shows: circles as areas and blind spots, one circle from nearby, the place of a government.

Each drawing is made once for the facts that are on it and then remembered: who asks with other facts gets another.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.translation import get_language

from . import atlas
from .models import Circle


class Area(NamedTuple):
    """A circle on the map: ``number`` is its place in the list beside the map."""

    number: int
    name: str
    url: str
    region: str
    nis_codes: tuple[str, ...]

    @property
    def size(self) -> int:
        return len(self.nis_codes)


def flanders(circles: Iterable[Circle], blind_spots: Iterable[str] = ()) -> str:
    """All of Flanders with these circles as links, numbered in this order; ``circles`` come ``with_nis_codes()``.

    ``blind_spots`` are the NIS codes of governments in no circle.
    """
    areas = [
        Area(number, circle.name, circle.get_absolute_url(), circle.region, tuple(circle.nis_codes))  # type: ignore[attr-defined]
        for number, circle in enumerate(circles, 1)
    ]
    return _flanders(get_language(), tuple(areas), tuple(blind_spots))


@lru_cache(maxsize=32)
def _flanders(language: str, areas: tuple[Area, ...], blind_spots: tuple[str, ...]) -> str:
    shapes = []
    for area in areas:
        cells = atlas.cells(area.nis_codes)
        if cells:
            shapes.append({"area": area, "path": atlas.around(cells), "borders": atlas.within(cells)} | _label(area))
    unseen = atlas.cells(blind_spots)
    return render_to_string(
        "regions/_map_of_flanders.html",
        {
            "size": atlas.sheet().size,
            "shapes": shapes,
            "blind": atlas.around(unseen),
            "blind_borders": atlas.within(unseen),
            "unseen": len(unseen),
        },
    )


def _label(area: Area) -> dict[str, object]:
    """Where the name stands: on the place that was looked out for its region, or amid its governments."""
    sheet = atlas.sheet()
    seats = [sheet.seats[nis] for nis in area.nis_codes if nis in sheet.seats]
    amid = (sum(x for x, _ in seats) // len(seats), sum(y for _, y in seats) // len(seats))
    x, y = sheet.labels.get(area.region, amid)
    return {"x": x, "y": y, "lines": atlas.lines(area.name)}
