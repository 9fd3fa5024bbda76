"""The map of Flanders: areas, borders and places as SVG paths, from the file that ``manage.py draw_map`` made.

The file holds each border once, with what lies on both sides. So any set of governments has an area and inner
borders, whatever circle they take part in today.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

DRAWN = Path(__file__).parent / "data" / "map.json"

type Spot = tuple[int, int]


class Edge(NamedTuple):
    """A border between two cells, or between a cell and what is not Flanders (-1), as seen by who walks along it."""

    left: int
    right: int
    corners: tuple[Spot, ...]

    def turned(self) -> Edge:
        return Edge(self.right, self.left, self.corners[::-1])


class Sheet(NamedTuple):
    """What is drawn: the number and the seat of a cell by NIS code, the place of a label by reference region."""

    size: Spot
    cells: dict[str, int]
    seats: dict[str, Spot]
    labels: dict[str, Spot]
    edges: tuple[Edge, ...]


@cache
def sheet() -> Sheet:
    drawn = json.loads(DRAWN.read_text(encoding="utf-8"))
    width, height = drawn["size"]
    seats = {nis: (x, y) for nis, (x, y) in drawn["seats"].items()}
    labels = {region: (x, y) for region, (x, y) in drawn["labels"].items()}
    edges = [Edge(left, right, tuple(_corners(steps))) for left, right, *steps in drawn["edges"]]
    return Sheet((width, height), {nis: number for number, nis in enumerate(seats)}, seats, labels, tuple(edges))


def _corners(steps: list[int]) -> Iterator[Spot]:
    x = y = 0
    for dx, dy in zip(steps[::2], steps[1::2], strict=True):
        x, y = x + dx, y + dy
        yield x, y


def cells(nis_codes: Iterable[str]) -> set[int]:
    """The cells of these governments; one that came after the map was drawn has none yet."""
    there = sheet().cells
    return {there[nis] for nis in nis_codes if nis in there}


def around(cells: set[int]) -> str:
    """The area of these cells together, as the ``d`` of one path."""
    return "".join(f"{path}z" for path in _paths(rim(cells)))


def within(cells: set[int]) -> str:
    """The borders between these cells, as the ``d`` of one path."""
    return "".join(_paths(edge for edge in sheet().edges if edge.left in cells and edge.right in cells))


def between_provinces(cells: set[int]) -> str:
    """The borders between provinces, as far as they lie between these cells: the first digit of a NIS code is the
    province (Statbel, REFNIS)."""
    province = {cell: nis[0] for nis, cell in sheet().cells.items() if cell in cells}
    inner = (edge for edge in sheet().edges if edge.left in province and edge.right in province)
    return "".join(_paths(edge for edge in inner if province[edge.left] != province[edge.right]))


def rim(cells: set[int]) -> list[Edge]:
    """The borders of these cells with others, walked with the cells on the left hand."""
    edges = [edge for edge in sheet().edges if (edge.left in cells) != (edge.right in cells)]
    return [edge if edge.left in cells else edge.turned() for edge in edges]


def bounds(cells: Iterable[int]) -> tuple[int, int, int, int]:
    """West, north, east and south of these cells together."""
    boxes = [_boxes()[cell] for cell in cells]
    west, north, east, south = zip(*boxes, strict=True)
    return min(west), min(north), max(east), max(south)


@cache
def _boxes() -> dict[int, tuple[int, int, int, int]]:
    corners: dict[int, list[Spot]] = defaultdict(list)
    for edge in sheet().edges:
        corners[edge.left] += edge.corners
        corners[edge.right] += edge.corners
    found = {}
    for cell, spots in corners.items():
        across, down = zip(*spots, strict=True)
        found[cell] = (min(across), min(down), max(across), max(down))
    return found


def across(nis_code: str) -> tuple[float, float]:
    """From where to where the cell of a government reaches, to the west and to the east of its seat."""
    x, y = sheet().seats[nis_code]
    crossings = [
        a + (y + 0.5 - b) * (c - a) / (d - b)
        for edge in rim(cells([nis_code]))
        for (a, b), (c, d) in pairwise(edge.corners)
        if (b > y + 0.5) != (d > y + 0.5)
    ]
    west = max((spot for spot in crossings if spot <= x), default=x)
    return west, min((spot for spot in crossings if spot >= x), default=x)


def _paths(edges: Iterable[Edge]) -> Iterator[str]:
    """Edges joined end to begin as far as they go, each chain as path commands."""
    leaving: dict[Spot, list[tuple[Spot, ...]]] = defaultdict(list)
    surplus: Counter[Spot] = Counter()
    for edge in edges:
        leaving[edge.corners[0]].append(edge.corners)
        surplus[edge.corners[0]] += 1
        surplus[edge.corners[-1]] -= 1
    begins = [spot for spot in leaving if surplus[spot] > 0]  # what begins here and ends elsewhere; then the rings
    for begin in [*begins, *list(leaving)]:
        while leaving[begin]:
            chain = [begin]
            while leaving[chain[-1]]:
                chain += leaving[chain[-1]].pop()[1:]
            yield _commands(chain)


def _commands(chain: list[Spot]) -> str:
    """A place, then steps: short to send. A minus sign separates by itself. A ring is closed by who asked for it."""
    (x, y), *_ = chain
    steps = [f"{dx} {dy}" for dx, dy in ((c - a, d - b) for (a, b), (c, d) in pairwise(chain))]
    if chain[0] == chain[-1]:
        steps.pop()
    return f"M{x} {y}l{' '.join(steps)}".replace(" -", "-")


def lines(name: str) -> list[str]:
    """The name of a circle as it stands on the map: without "RKK", a long one in two lines."""
    name = name.removeprefix("RKK ")
    cut = max(name.rfind(" "), name.rfind("-")) + 1
    return [name[:cut].strip(), name[cut:]] if cut and len(name) > 11 else [name]
