"""The map of Flanders: areas, borders and places as SVG paths, from the file that ``manage.py draw_map`` made."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

DRAWN = Path(__file__).parent / "data" / "map.json"
OUTSIDE = -1


class Edge(NamedTuple):
    left: int
    right: int
    corners: tuple[tuple[int, int], ...]

    def turned(self) -> Edge:
        return Edge(self.right, self.left, self.corners[::-1])


class Sheet(NamedTuple):
    """What is drawn: cells by NIS code, the edges between them, and where labels go."""

    size: tuple[int, int]
    cells: dict[str, int]
    seats: dict[str, tuple[int, int]]
    labels: dict[str, tuple[int, int]]
    edges: tuple[Edge, ...]


@cache
def sheet() -> Sheet:
    drawn = json.loads(DRAWN.read_text(encoding="utf-8"))
    edges = []
    for left, right, *numbers in drawn["edges"]:
        x = y = 0
        corners = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            corners.append((x, y))
        edges.append(Edge(left, right, tuple(corners)))
    seats = {nis: (x, y) for nis, (x, y) in drawn["seats"].items()}
    labels = {region: (x, y) for region, (x, y) in drawn["labels"].items()}
    width, height = drawn["size"]
    return Sheet((width, height), {nis: number for number, nis in enumerate(seats)}, seats, labels, tuple(edges))


def cells(nis_codes: Iterable[str]) -> set[int]:
    """The cells of these governments; one that came after the map was drawn has none yet."""
    there = sheet().cells
    return {there[nis] for nis in nis_codes if nis in there}


def around(cells: set[int]) -> str:
    """The area of these cells together, as one path."""
    rim = []
    for edge in sheet().edges:
        if (edge.left in cells) != (edge.right in cells):
            rim.append(edge if edge.left in cells else edge.turned())
    return _written(_chained(rim), closed=True)


def within(cells: set[int]) -> str:
    """The borders between these cells."""
    return _written(_chained(edge for edge in sheet().edges if edge.left in cells and edge.right in cells))


def _chained(edges: Iterable[Edge]) -> list[list[tuple[int, int]]]:
    """Edges joined end to begin as far as they go."""
    leaving = defaultdict(list)
    arriving = defaultdict(int)
    for edge in edges:
        leaving[edge.corners[0]].append(edge.corners)
        arriving[edge.corners[-1]] += 1
    begins = [spot for spot in leaving for _ in range(len(leaving[spot]) - arriving[spot])]
    chains = []
    for begin in [*begins, *list(leaving)]:
        while leaving[begin]:
            chain = [begin]
            while leaving[chain[-1]]:
                chain.extend(leaving[chain[-1]].pop()[1:])
            chains.append(chain)
            if begin in begins:
                break
    return chains


def _written(chains: list[list[tuple[int, int]]], closed: bool = False) -> str:
    """Path commands: relative, so short; a minus sign separates by itself."""
    path = ""
    px = py = 0
    for chain in chains:
        (x, y), *rest = chain
        path += _pair("m", x - px, y - py)
        px, py = x, y
        for number, (x, y) in enumerate(rest[:-1] if closed else rest):
            path += _pair("" if number else "", x - px, y - py)
            px, py = x, y
        if closed:
            path += "z"
            px, py = chain[0]
    return path


def _pair(command: str, x: int, y: int) -> str:
    text = (command or ("" if x < 0 else " ")) + f"{x}" + ("" if y < 0 else " ") + f"{y}"
    return text


def lines(name):
    name = name.removeprefix("RKK ")
    cut = max(name.rfind(" "), name.rfind("-")) + 1
    return [name[:cut].strip(), name[cut:]] if cut and len(name) > 11 else [name]
