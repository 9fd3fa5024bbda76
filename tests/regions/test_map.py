"""The map of Flanders: what is drawn is right, light, and says the same as the table beside it."""

import gzip
import json
import re

import pytest
from django.core.management import call_command

from regions import atlas, facts
from regions.models import Participation
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.queries import queries_of

BAARLE, VOEREN = "13002", "73109"
BRUSSELS = (537, 325)  # a spot amid it, in grid units


@pytest.fixture
def flanders(db, capsys):
    call_command("load_facts")
    capsys.readouterr()


def area_of(nis_codes):
    """The area on the map as a shape."""
    shapely = pytest.importorskip("shapely")
    rings = []
    for ring in re.findall(r"M(.*?)z", atlas.around(atlas.cells(nis_codes))):
        numbers = [int(number) for number in re.findall(r"-?\d+", ring)]
        steps = list(zip(numbers[::2], numbers[1::2], strict=True))
        spots = [steps[0]]
        for dx, dy in steps[1:]:
            spots.append((spots[-1][0] + dx, spots[-1][1] + dy))
        rings.append(shapely.Polygon(spots).buffer(0))
    area = shapely.Polygon()
    for ring in rings:
        area = area.symmetric_difference(ring)  # a ring within a ring is a hole
    return area


def links(svg):
    return re.findall(r'<a href="(/kringen/[^"]+)"', svg)


# --- What is drawn ---------------------------------------------------------------------------------------------


def test_the_file_is_light_and_has_every_government(figure):
    size = atlas.DRAWN.stat().st_size
    figure("map of Flanders, bytes", size)
    assert size < 60_000
    drawn = set(json.loads(atlas.DRAWN.read_text())["seats"])
    assert drawn == {row["nis_code"] for row in facts.local_governments()}
    assert len(drawn) == 285
    assert {edge.left for edge in atlas.sheet().edges} | {edge.right for edge in atlas.sheet().edges} == {
        *range(-1, 285)
    }


def test_the_cells_fill_flanders_and_lie_nowhere_over_each_other():
    shapely = pytest.importorskip("shapely")
    cells = [area_of([nis]) for nis in atlas.sheet().cells]
    assert [nis for nis, cell in zip(atlas.sheet().cells, cells, strict=True) if cell.area < 10] == []
    whole = area_of(atlas.sheet().cells)
    assert sum(cell.area for cell in cells) == pytest.approx(whole.area, rel=1e-6)
    assert shapely.union_all(cells).symmetric_difference(whole).area == pytest.approx(0, abs=1e-6)


def test_brussels_is_open_and_voeren_and_baarle_hertog_lie_apart():
    shapely = pytest.importorskip("shapely")
    whole = area_of(atlas.sheet().cells)
    land = max(whole.geoms, key=lambda piece: piece.area)
    assert len(whole.geoms) == 3
    assert [shapely.Polygon(hole).contains(shapely.Point(BRUSSELS)) for hole in land.interiors] == [True]
    assert not land.intersects(area_of([VOEREN]))
    assert len(area_of([BAARLE]).geoms) == 2


def test_drawing_it_again_gives_the_same_file():
    pytest.importorskip("shapely")
    from regions.management.commands.draw_map import draw

    assert draw() == atlas.DRAWN.read_text(encoding="utf-8")


def test_the_first_digit_of_a_nis_code_is_the_province():
    """So the borders between provinces are in the file already."""
    digits = {(row["nis_code"][0], row["province"]) for row in facts.local_governments()}
    assert len(digits) == len(dict(digits)) == len({province for _, province in digits}) == 5
    assert atlas.between_provinces(atlas.cells(["46025", "46021"])) == ""
    assert atlas.between_provinces(atlas.cells(["46025", "12007"])).startswith("M")  # Temse and Bornem


# --- What is shown ---------------------------------------------------------------------------------------------


def test_every_circle_is_a_link_with_its_name_and_its_size_as_in_the_table(browse, flanders, figure):
    response = browse().get("/")
    svg = response.context["map"]
    table = re.search(r'<table class="map-table steady">.*?</table>', response.text, re.S)[0]
    assert links(svg) == links(table)
    assert len(links(svg)) == 15
    in_table = re.findall(r"(RKK [^<]+)</a></span></th><td class=\"number\">(\d+)", table)
    on_map = re.findall(r'aria-label="(RKK [^,]+), (\d+) lokale besturen"', svg)
    assert on_map == in_table
    assert "map-blind" not in svg
    assert 'style="' not in svg
    weight = len(gzip.compress(svg.encode()))
    figure("map on the front page, bytes compressed", weight)
    assert weight < 14_000


def test_a_government_that_leaves_its_circle_is_a_blind_spot_at_once(browse, flanders):
    before = browse().get("/").context["map"]
    with acting_as(SYSTEM):
        Participation.objects.filter(government__slug="herstappe").delete()
        Participation.objects.filter(government__slug="temse").delete()
    response = browse().get("/")
    assert 'aria-label="Zonder kring: 2 lokale besturen"' in response.context["map"]
    assert 'aria-label="RKK Waasland, 6 lokale besturen"' in response.context["map"]
    assert re.search(r'href="/besturen/zonder-kring/">[^<]*</a></th><td class="number">2<', response.text)
    assert "Zonder kring: " not in before


def test_a_circle_shows_its_governments_and_a_government_its_place(browse, flanders):
    svg = browse().get("/kringen/waasland/").context["map"]
    towns = re.findall(r'<a href="/besturen/([^/]+)/" tabindex="-1"><title>', svg)
    assert len(towns) == 7
    page = browse().get("/besturen/temse/")
    assert 'aria-label="Waar Temse ligt in Vlaanderen"' in page.context["map"]
    assert 'data-region="waasland"' in page.context["map"]


def test_a_circle_without_governments_has_no_map(browse, flanders):
    response = browse().get("/kringen/overkoepelend/")
    assert response.context["map"] == ""
    assert "<figure" not in response.text


@pytest.fixture
def route(waasland, temse):
    """A circle that met at two hosts, and will at a third; each for another public."""
    with acting_as(SYSTEM):
        stekene = make.government("Stekene", nis_code="46024")
        niklaas = make.government("Sint-Niklaas", nis_code="46021")
        Participation.objects.create(circle=waasland, government=stekene, since="2020-01-01")
        make.meeting(waasland, "Geheim", host=stekene, in_days=-60, state="held")
        make.meeting(waasland, "Openbaar", host=niklaas, in_days=-30, state="held", audience="public")
        make.meeting(waasland, "Straks", host=stekene, in_days=30)
        make.meeting(waasland, "Afgelast", host=niklaas, in_days=31, state="cancelled", audience="public")
        make.meeting(waasland, "Ver weg", host=niklaas, in_days=32, form="online", audience="public")
        make.meeting(waasland, "Lang geleden", host=niklaas, in_days=-900, state="held", audience="public")


def stops(response):
    """The route on the map, and the list beside it."""
    on_map = re.findall(r'class="stop( to-come)?".*?<text>(\d)</text>', response.context["map"])
    beside = re.search(r'<ol class="route">.*?</ol>', response.text, re.S)
    listed = re.findall(r"<b>(\d)</b><span><a [^>]*>([^<]+)", beside[0]) if beside else []
    return [(number, bool(to_come)) for to_come, number in on_map], listed


def test_the_route_has_the_meetings_that_one_may_know_of_and_the_list_says_the_same(
    browse, route, lid, neighbour, trekker
):
    whole = [("1", False), ("2", False), ("3", True)], [("1", "Stekene"), ("2", "Sint-Niklaas"), ("3", "Stekene")]
    assert stops(browse(lid).get("/kringen/waasland/")) == whole
    assert stops(browse(trekker).get("/kringen/waasland/")) == whole
    public = [("1", False)], [("1", "Sint-Niklaas")]
    assert stops(browse(neighbour).get("/kringen/waasland/")) == public
    assert stops(browse().get("/kringen/waasland/")) == public


def test_the_route_goes_back_two_years_however_often_a_circle_meets(browse, waasland, lid):
    with acting_as(SYSTEM):
        stekene = make.government("Stekene", nis_code="46024")
        Participation.objects.create(circle=waasland, government=stekene, since="2020-01-01")
        for days in [*range(-720, 0, 60), -740]:
            make.meeting(waasland, host=stekene, in_days=days, state="held")
    response = browse(lid).get("/kringen/waasland/")
    assert len(re.findall(r'class="stop"', response.context["map"])) == 12
    assert len(re.findall(r"<li><b>", response.text)) == 12


def test_hosts_of_the_past_year_are_shown_on_request_to_who_may_know_them(browse, route, lid):
    def hosts(person=None):
        response = browse(person).get("/kringen/?gastbesturen=ja")
        return response.context["hosts"], response.context["map"].count('class="dot"')

    assert hosts(lid) == ({"46024", "46021"}, 2)
    assert hosts() == ({"46021"}, 1)
    assert 'class="dot"' not in browse(lid).get("/kringen/").context["map"]


@pytest.mark.parametrize("n", [1, 3])
def test_showing_hosts_costs_one_query(browse, route, waasland, temse, n):
    with acting_as(SYSTEM):
        for _ in range(n):
            make.meeting(waasland, host=temse, in_days=-9, state="held", audience="public")
    assert queries_of(browse(), "/kringen/?gastbesturen=ja") == queries_of(browse(), "/kringen/") + 1


def test_a_member_sees_where_the_own_circles_lie(browse, lid, waasland):
    page = browse(lid).get("/")
    assert 'aria-label="Waar uw kringen liggen in Vlaanderen"' in page.context["map"]
    assert re.findall(r'class="area" data-region="([a-z-]+)"', page.context["map"]) == ["waasland"]
