"""The public pages of circles and local governments: what is on them, for whom, and what they cost."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from members.models import JoinRequest
from regions.models import Circle, FormerGovernment, LocalGovernment, Participation
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.queries import queries_of


def names(response):
    """The governments that the list shows, in order."""
    return [government.name for government in response.context["page_obj"]]


@pytest.fixture
def more(house):
    """Governments that differ, and one in no circle."""
    with acting_as(SYSTEM):
        make.government("Antwerpen", province="antwerpen", reference_region="antwerpen", population=565_615)
        blind_spot = make.government("Herstappe", province="limburg", reference_region="limburg", population=78)
        FormerGovernment.objects.create(
            nis_code="44045",
            name="Moerbeke",
            successor=LocalGovernment.objects.get(slug="lokeren"),
            merged_on=dt.date(2025, 1, 1),
        )
    return blind_spot


# --- Local governments --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Antwerpen", "Geel", "Herstappe", "Lokeren", "Temse"]),
        ("?provincie=oost-vlaanderen", ["Lokeren", "Temse"]),
        ("?regio=kempen", ["Geel"]),
        ("?grootte=tot-10000", ["Herstappe"]),
        ("?grootte=tot-20000", ["Geel", "Lokeren", "Temse"]),
        ("?grootte=tot-40000", []),
        ("?grootte=meer", ["Antwerpen"]),
        ("?kring=waasland", ["Lokeren", "Temse"]),
        ("?kring=geen", ["Antwerpen", "Herstappe"]),
        ("?zoek=moerb", ["Lokeren"]),
        ("?zoek=TEMSE", ["Temse"]),
        ("?zoek=moerb&provincie=limburg", []),
        ("?provincie=bestaat-niet", ["Antwerpen", "Geel", "Herstappe", "Lokeren", "Temse"]),
    ],
)
def test_governments_are_narrowed_by_what_stands_in_the_address(browse, more, query, found):
    assert names(browse().get(f"/besturen/{query}")) == found


def test_a_choice_that_does_not_exist_is_said_beside_its_field(browse, more):
    response = browse().get("/besturen/?provincie=bestaat-niet")
    assert list(response.context["filter"].form.errors) == ["provincie"]
    assert 'aria-describedby="id_provincie_error"' in response.text


def test_the_filters_stay_in_the_address_of_the_next_page(browse, house):
    with acting_as(SYSTEM):
        for number in range(30):
            make.government(f"Dorp {number:02}", province="limburg")
    client = browse()
    first = client.get("/besturen/?provincie=limburg")
    assert names(first) == [f"Dorp {number:02}" for number in range(25)]
    following = re.findall(r'rel="next" href="(.*?)"', first.text)[0].replace("&amp;", "&")
    assert names(client.get(f"/besturen/{following}")) == [f"Dorp {number:02}" for number in range(25, 30)]


def test_governments_in_no_circle_are_the_blind_spots(browse, more):
    assert names(browse().get("/besturen/zonder-kring/")) == ["Antwerpen", "Herstappe"]


def test_who_stopped_taking_part_is_a_blind_spot_again(browse, waasland, temse):
    with acting_as(SYSTEM):
        Participation.objects.filter(government=temse).update(until=timezone.localdate())
    assert names(browse().get("/besturen/zonder-kring/")) == ["Temse"]


def test_a_government_shows_its_facts_circles_and_mergers(browse, more):
    response = browse().get("/besturen/lokeren/")
    assert [c.slug for c in response.context["circles"]] == ["waasland"]
    assert "20.000" in response.text
    assert "Moerbeke" in response.text


def test_a_government_in_no_circle_says_how_to_take_part(browse, more):
    page = browse().get("/besturen/herstappe/").text
    assert "Herstappe neemt nog aan geen kring deel." in page
    assert 'href="/account/signup/"' in page


def test_meetings_at_a_government_are_shown_to_who_may_see_them(browse, waasland, temse, lid, neighbour):
    with acting_as(SYSTEM):
        make.meeting(waasland, "Voor de kring", host=temse)
        make.meeting(waasland, "Voor iedereen", host=temse, audience="public", in_days=40)
        make.meeting(waasland, "Een ontwerp", host=temse, state="draft")
        make.meeting(waasland, "Vorig jaar", host=temse, in_days=-300, state="held")

    def hosted(person=None):
        context = browse(person).get("/besturen/temse/").context
        return [m.title for m in context["upcoming"]], [m.title for m in context["past"]]

    assert hosted(lid) == (["Voor de kring", "Voor iedereen"], ["Vorig jaar"])
    assert hosted(neighbour) == (["Voor iedereen"], [])
    assert hosted() == (["Voor iedereen"], [])


# --- Circles ------------------------------------------------------------------------------------------------


def test_circles_stand_regional_ones_first_with_their_size(browse, house):
    context = browse().get("/kringen/").context
    assert [(c.slug, len(c.nis_codes)) for c in context["regional"]] == [("kempen", 1), ("waasland", 2)]
    assert [(c.slug, len(c.nis_codes)) for c in context["others"]] == [("overkoepelend", 0)]


def test_a_closed_circle_is_in_no_list(browse, kempen):
    with acting_as(SYSTEM):
        Circle.objects.filter(pk=kempen.pk).update(state="closed")
    assert [c.slug for c in browse().get("/kringen/").context["regional"]] == ["waasland"]


def test_the_next_meeting_of_a_circle_is_the_next_one_that_i_see(browse, waasland, lid):
    with acting_as(SYSTEM):
        make.meeting(waasland, "Geannuleerd", in_days=3, state="cancelled")
        make.meeting(waasland, "Ontwerp", in_days=5, state="draft")
        own = make.meeting(waasland, "Van ons", in_days=10)
        public = make.meeting(waasland, "Voor iedereen", in_days=20, audience="public")

    def next_of_waasland(person=None):
        return browse(person).get("/kringen/").context["regional"][1].next_meeting

    assert next_of_waasland(lid) == own.starts_at
    assert next_of_waasland() == public.starts_at


def test_a_circle_shows_members_who_leads_it_and_others_not(
    browse, waasland, lid, trekker, manager, neighbour, stranger
):
    shows = {
        who: "Tom Trekker" in browse(person).get("/kringen/waasland/").text
        for who, person in {
            "member": lid,
            "manager": manager,
            "neighbour": neighbour,
            "stranger": stranger,
            "visitor": None,
        }.items()
    }
    assert shows == {"member": True, "manager": True, "neighbour": False, "stranger": False, "visitor": False}


def links(page):
    """What the buttons of a circle's page lead to, without the circle's own address."""
    return set(re.findall(r'class="button[a-z-]*" href="/kringen/waasland/(.*?)"', page))


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("visitor", {"lid-worden/", "bijeenkomsten/"}),
        ("stranger", {"lid-worden/", "bijeenkomsten/"}),
        ("neighbour", {"lid-worden/", "bijeenkomsten/"}),
        ("lid", {"leden/", "bijeenkomsten/", "acties/", "vragen/", "beurtrol/"}),
        ("trekker", {"planning/", "leden/", "bijeenkomsten/", "acties/", "vragen/", "beurtrol/"}),
        ("manager", {"planning/", "lid-worden/", "leden/", "bijeenkomsten/", "acties/", "vragen/", "beurtrol/"}),
    ],
)
def test_a_circle_offers_what_one_may_do_there(browse, waasland, request, who, may):
    person = None if who == "visitor" else request.getfixturevalue(who)
    assert links(browse(person).get("/kringen/waasland/").text) == may


def test_who_asked_to_join_is_told_to_wait(browse, waasland, stranger):
    with acting_as(SYSTEM):
        JoinRequest.objects.create(member=stranger, circle=waasland)
    page = browse(stranger).get("/kringen/waasland/").text
    assert "U vroeg om lid te worden." in page
    assert links(page) == {"bijeenkomsten/"}


def test_who_is_asked_to_join_can_answer(browse, waasland, stranger, trekker):
    with acting_as(SYSTEM):
        asking = JoinRequest.objects.create(member=stranger, circle=waasland, asked_by=trekker)
    assert f'href="/aanvragen/{asking.pk}/antwoord/"' in browse(stranger).get("/kringen/waasland/").text


@pytest.mark.parametrize("joining", ["invitation", "everyone"])
def test_nobody_joins_by_themselves_where_that_is_not_the_rule(browse, waasland, joining):
    with acting_as(SYSTEM):
        Circle.objects.filter(pk=waasland.pk).update(joining=joining)
    assert links(browse().get("/kringen/waasland/").text) == {"bijeenkomsten/"}


def test_a_circle_or_government_that_is_not_there_is_404(browse, house):
    assert browse().get("/kringen/nergens/").status_code == 404
    assert browse().get("/besturen/nergens/").status_code == 404


# --- What it costs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 30])
@pytest.mark.parametrize(
    ("path", "visitor", "member"),  # a member costs three more: session, member, rights
    [
        ("/kringen/", 2, 5),
        ("/kringen/waasland/", 4, 10),
        ("/besturen/", 5, 8),
        ("/besturen/?zoek=dorp&kring=waasland", 5, 8),
        ("/besturen/zonder-kring/", 4, 7),
        ("/besturen/temse/", 5, 8),
    ],
)
def test_pages_cost_the_same_however_full(browse, waasland, temse, lid, n, path, visitor, member):
    with acting_as(SYSTEM):
        for number in range(n):
            village = make.government(f"Dorp {number}")
            make.government(f"Gehucht {number}")
            Participation.objects.create(circle=waasland, government=village, since=dt.date(2020, 1, 1))
            make.circle(f"RKK Dorp {number}", temse, village)
            make.meeting(waasland, host=temse, audience="public")
            make.meeting(waasland, host=temse, audience="public", in_days=-9, state="held")
    assert (queries_of(browse(), path), queries_of(browse(lid), path)) == (visitor, member)
