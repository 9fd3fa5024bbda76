"""Lists of meetings: what is on them for whom, how they are narrowed, and what they cost."""

import datetime as dt

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from library.models import Topic
from meetings.filters import period
from meetings.models import Meeting, MeetingTopic, Registration
from meetings.pages import FirstThousand
from regions.wall import SYSTEM, acting_as
from tests import make

TODAY = dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC)


@pytest.fixture
def network(waasland, kempen, temse, geel):
    """Meetings of three circles: to come and past, for the circle, the network and everyone."""
    with acting_as(SYSTEM):
        topic = Topic.objects.create(slug="nis2", title="NIS2", category="Veiligheid")
        Topic.objects.create(slug="gis", title="GIS", category="Data")
        first = make.meeting(waasland, "Waas eerst", in_days=10, host=temse, about="Over camera’s")
        make.meeting(waasland, "Waas later", in_days=60, form="online")
        make.meeting(waasland, "Waas samen", in_days=70, form="hybrid", host=temse, audience="network")
        make.meeting(waasland, "Waas af", in_days=20, state="cancelled")
        make.meeting(waasland, "Waas ontwerp", in_days=30, state="draft")
        make.meeting(waasland, "Waas voorbij", in_days=-30, state="held")
        make.meeting(waasland, "Waas lang voorbij", in_days=-300, state="held")
        make.meeting(kempen, "Kempen gesloten", in_days=12, host=geel)
        make.meeting(kempen, "Kempen open", in_days=40, host=geel, audience="public")
        MeetingTopic.objects.create(meeting=first, topic=topic)


def titles(client, address="/bijeenkomsten/", **query):
    response = client.get(address, query)
    assert response.status_code == 200
    return [row.title for row in response.context["rows"] or response.context["page_obj"]]


def test_a_member_sees_the_own_circle_and_what_is_for_all_soonest_first(browse, lid, network):
    assert titles(browse(lid)) == ["Waas eerst", "Waas af", "Kempen open", "Waas later", "Waas samen"]


def test_a_neighbour_sees_the_other_side(browse, neighbour, network):
    assert titles(browse(neighbour)) == ["Kempen gesloten", "Kempen open", "Waas samen"]


def test_a_visitor_and_a_stranger_see_what_is_public(browse, stranger, network):
    assert titles(browse()) == ["Kempen open"]
    assert titles(browse(stranger)) == ["Kempen open"]


def test_a_trekker_sees_the_drafts_of_the_own_circle(browse, trekker, neighbour_trekker, network):
    assert titles(browse(trekker), zoek="ontwerp") == ["Waas ontwerp"]
    assert titles(browse(neighbour_trekker), zoek="ontwerp") == []


def test_what_is_past_is_the_other_view_latest_first(browse, lid, network):
    assert titles(browse(lid), wanneer="voorbij") == ["Waas voorbij", "Waas lang voorbij"]


def test_a_circles_page_holds_that_circle_only(browse, lid, neighbour, network):
    address = "/kringen/kempen/bijeenkomsten/"
    assert titles(browse(neighbour), address) == ["Kempen gesloten", "Kempen open"]
    assert titles(browse(lid), address) == ["Kempen open"]
    assert titles(browse(), address) == ["Kempen open"]
    assert browse().get("/kringen/nergens/bijeenkomsten/").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kring": "kempen"}, ["Kempen open"]),
        ({"thema": "nis2"}, ["Waas eerst"]),
        ({"vorm": "locatie"}, ["Waas eerst", "Waas af", "Kempen open", "Waas samen"]),
        ({"vorm": "online"}, ["Waas later", "Waas samen"]),
        ({"vorm": "beide"}, ["Waas samen"]),
        ({"zoek": "WAAS L"}, ["Waas later"]),
        ({"zoek": "camera"}, ["Waas eerst"]),
        ({"zoek": "geel"}, ["Kempen open"]),
        ({"zoek": "100%_'\\"}, []),
        ({"wacht": "ja"}, ["Waas eerst", "Waas later", "Waas samen"]),
        ({"kring": "waasland", "vorm": "online", "wacht": "ja"}, ["Waas later", "Waas samen"]),
    ],
)
def test_the_filters_narrow(browse, lid, network, query, found):
    assert titles(browse(lid), **query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"periode": "dit-kwartaal"}, ["Waas eerst", "Waas af", "Kempen open"]),
        ({"periode": "volgend-kwartaal"}, ["Waas later", "Waas samen"]),
        ({"periode": "dit-jaar"}, ["Waas eerst", "Waas af", "Kempen open"]),
        ({"periode": "dit-kwartaal", "wanneer": "voorbij"}, ["Waas voorbij"]),
        ({"periode": "vorig-kwartaal", "wanneer": "voorbij"}, []),
        ({"periode": "dit-jaar", "wanneer": "voorbij"}, ["Waas voorbij", "Waas lang voorbij"]),
        ({"periode": "vorig-jaar", "wanneer": "voorbij"}, []),
    ],
)
def test_the_periods_narrow(browse, lid, query, found, request):
    with time_machine.travel(TODAY, tick=False):
        request.getfixturevalue("network")
        assert titles(browse(lid), **query) == found


@pytest.mark.parametrize(
    ("name", "first", "after"),
    [
        ("vorig-kwartaal", (2026, 10, 1), (2027, 1, 1)),
        ("dit-kwartaal", (2027, 1, 1), (2027, 4, 1)),
        ("volgend-kwartaal", (2027, 4, 1), (2027, 7, 1)),
        ("dit-jaar", (2027, 1, 1), (2028, 1, 1)),
        ("vorig-jaar", (2026, 1, 1), (2027, 1, 1)),
    ],
)
def test_periods_turn_with_the_year(name, first, after):
    assert period(name, dt.date(2027, 2, 28)) == (dt.date(*first), dt.date(*after))


def test_quarters_begin_at_midnight_in_brussels(browse, lid, waasland):
    with time_machine.travel(TODAY, tick=False), acting_as(SYSTEM):
        last = dt.datetime(2026, 12, 31, 22, 59, tzinfo=dt.UTC)
        for title, starts in [("Nog net", last), ("Net niet", last + dt.timedelta(minutes=1))]:
            make.meeting(waasland, title, starts_at=starts, ends_at=starts + dt.timedelta(hours=1))
    with time_machine.travel(TODAY, tick=False):
        assert titles(browse(lid), periode="dit-kwartaal") == ["Nog net"]
        assert titles(browse(lid), periode="volgend-kwartaal") == ["Net niet"]


def choices(page, name):
    """(value, label) of a filter, without "all" and without the names of groups."""
    flat = []
    for value, label in page.context["filters"].form.fields[name].choices:
        flat += list(label) if isinstance(label, (list, tuple)) else [(value, str(label))]
    return [(str(value), str(label)) for value, label in flat if value]


def test_the_choices_are_what_has_something_for_me_my_circles_first(browse, lid, neighbour, network):
    page = browse(neighbour).get("/bijeenkomsten/")
    assert choices(page, "kring") == [("kempen", "RKK Kempen"), ("waasland", "RKK Waasland")]
    assert choices(page, "thema") == []
    page = browse(lid).get("/bijeenkomsten/")
    assert choices(page, "kring") == [("waasland", "RKK Waasland"), ("kempen", "RKK Kempen")]
    assert choices(page, "thema") == [("nis2", "NIS2")]
    assert choices(browse().get("/bijeenkomsten/"), "kring") == [("kempen", "RKK Kempen")]


def test_only_who_is_logged_in_can_ask_what_waits_for_them(browse, lid, network):
    assert "wacht" in browse(lid).get("/bijeenkomsten/").context["filters"].form.fields
    assert "wacht" not in browse().get("/bijeenkomsten/").context["filters"].form.fields
    assert titles(browse(), wacht="ja") == ["Kempen open"]


@pytest.mark.parametrize(
    "query",
    [
        {"kring": "nergens"},
        {"thema": "onzin"},
        {"vorm": "hologram"},
        {"periode": "ooit"},
        {"periode": "vorig-jaar"},
        {"wanneer": "straks"},
        {"zoek": "x" * 81},
        {"zoek": "a\x00b"},
    ],
)
def test_a_choice_that_does_not_exist_is_said_and_does_not_narrow(browse, lid, network, query):
    page = browse(lid).get("/bijeenkomsten/", query)
    assert page.status_code == 422
    assert "Een van de keuzes is hier niet bekend." in page.content.decode()
    assert len(page.context["rows"]) == 5
    assert "Wis de filters" in page.content.decode()


def test_a_circle_that_shows_me_nothing_is_no_choice_for_me(browse, lid, neighbour, kempen):
    with acting_as(SYSTEM):
        make.meeting(kempen)
    assert titles(browse(neighbour), kring="kempen") == ["Bijeenkomst"]
    assert browse(lid).get("/bijeenkomsten/", {"kring": "kempen"}).status_code == 422


@pytest.mark.parametrize("number", ["onzin", "0", "-1", "99999999999999999999"])
def test_a_page_that_does_not_exist_is_one_that_does(browse, lid, network, number):
    assert len(titles(browse(lid), page=number)) == 5


def test_the_tags_say_my_answer_or_that_it_is_awaited(browse, lid, trekker, manager, waasland, network):
    with acting_as(SYSTEM):
        for title, fields in {
            "Waas later": {"answer": "yes", "attending": "online"},
            "Waas samen": {"answer": "yes", "attending": "online", "waiting": True},
            "Kempen open": {"answer": "no"},
        }.items():
            Registration.objects.create(meeting=Meeting.objects.get(title=title), member=lid, **fields)

    def tags(person):
        page = browse(person).get("/bijeenkomsten/")
        return {row.title: (row.tag, row.tone) for row in page.context["rows"]}

    assert tags(lid) == {
        "Waas eerst": ("wacht op uw antwoord", "act"),
        "Waas af": ("geannuleerd", "danger"),
        "Kempen open": ("u komt niet", ""),
        "Waas later": ("u komt", "success"),
        "Waas samen": ("op de wachtlijst", ""),
    }
    assert tags(trekker)["Waas ontwerp"] == ("ontwerp", "")
    assert {tone for _tag, tone in tags(manager).values()} == {"", "danger"}
    assert set(tags(None).values()) == {("", "")}


def test_a_row_says_when_where_and_of_whom(browse, lid, waasland, temse):
    with acting_as(SYSTEM), time_machine.travel(TODAY, tick=False):
        starts = dt.datetime(2027, 3, 12, 13, 0, tzinfo=dt.UTC)
        make.meeting(
            waasland, "Samen", form="hybrid", host=temse, starts_at=starts, ends_at=starts + dt.timedelta(hours=2.5)
        )
    with time_machine.travel(TODAY, tick=False):
        page = browse(lid).get("/bijeenkomsten/").content.decode()
    assert "<span>vr</span> <b>12</b> <span>mrt</span>" in page.lower()
    assert '<span>Temse en online</span> <span class="nowrap">14.00 – 16.30 uur' in page
    assert "RKK Waasland" in page


# --- Empty lists ------------------------------------------------------------


def test_an_empty_list_says_what_comes_and_who_can_make_it_happen(browse, lid, trekker, stranger, waasland):
    def empty(person, address="/bijeenkomsten/", **query):
        return browse(person).get(address, query).content.decode()

    circle = "/kringen/waasland/bijeenkomsten/"
    assert "meld u aan om die van u te zien" in empty(None)
    assert "U bent nog geen lid van een kring." in empty(stranger)
    assert "Hier komen de bijeenkomsten van uw kringen" in empty(lid)
    assert "Hier komen de volgende bijeenkomsten van RKK Waasland" in empty(lid, circle)
    assert reverse("plan", args=["waasland"]) not in empty(lid, circle)
    assert reverse("plan", args=["waasland"]) in empty(trekker, circle)
    assert "Bijeenkomsten die voorbij zijn, blijven hier staan" in empty(lid, wanneer="voorbij")
    assert "Geen enkele bijeenkomst voldoet aan deze keuzes." in empty(lid, zoek="niets")


# --- Pages and cost ------------------------------------------------------------


def test_pages_of_25_keep_the_filters(browse, lid, waasland):
    with acting_as(SYSTEM):
        for number in range(30):
            make.meeting(waasland, f"Nummer {number:02}", in_days=number + 1)
        make.meeting(waasland, "Iets anders", in_days=100)
    client = browse(lid)
    assert titles(client, zoek="nummer") == [f"Nummer {number:02}" for number in range(25)]
    assert titles(client, zoek="nummer", page=2) == [f"Nummer {number:02}" for number in range(25, 30)]
    page = client.get("/bijeenkomsten/", {"zoek": "nummer"}).content.decode()
    assert "30 komende bijeenkomsten" in page
    assert 'href="?zoek=nummer&amp;page=2"' in page


def cost(client, address):
    """Queries of a page, apart from the savepoints that a test's own transaction makes of a request's."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([q for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]])


@pytest.mark.parametrize("n", [1, 3, 300])
def test_a_list_costs_the_same_however_full(browse, waasland, temse, lid, trekker, n):
    """Count and page; for members also session, member, rights and choices; of one circle also circle and topics."""
    with acting_as(SYSTEM):
        topic = Topic.objects.create(slug="nis2", title="NIS2", category="Veiligheid")
        now = timezone.now()
        starts = [now + dt.timedelta(days=days) for number in range(n) for days in (number + 1, -number - 1)]
        made = Meeting.objects.bulk_create(
            Meeting(
                circle=waasland,
                title="Bijeenkomst",
                host=temse,
                starts_at=start,
                ends_at=start + dt.timedelta(hours=2),
                state="published",
                audience="public",
            )
            for start in starts
        )
        MeetingTopic.objects.bulk_create(MeetingTopic(meeting=meeting, topic=topic) for meeting in made)
    browse().get("/bijeenkomsten/")  # what visitors can choose from is then known for a minute
    here = "/kringen/waasland/bijeenkomsten/"
    addresses = ["/bijeenkomsten/", here, f"{here}?wanneer=voorbij"]
    assert [[cost(browse(person), address) for address in addresses] for person in (None, lid, trekker)] == [
        [2, 4, 4],
        [6, 7, 7],
        [6, 7, 7],
    ]


def test_words_of_people_are_escaped_in_lists_and_in_what_they_are_narrowed_by(browse, lid, waasland):
    evil = '<script>alert("{0} & {title}")</script>'
    with acting_as(SYSTEM):
        make.meeting(make.circle(evil, slug="kwaad"), evil, audience="public", venue=evil)
        own = make.meeting(waasland, evil)
        MeetingTopic.objects.create(meeting=own, topic=Topic.objects.create(slug="x", title=evil, category="x"))
    for person in (None, lid):
        page = browse(person).get("/bijeenkomsten/").text
        assert "<script>" not in page
        escaped = "&lt;script&gt;alert(&quot;{0} &amp; {title}&quot;)&lt;/script&gt;"
        assert f">{escaped}</a></h3>" in page
        assert f'<option value="kwaad">{escaped}</option>' in page


def test_a_long_list_says_that_it_is_cut_off(browse, waasland, monkeypatch):
    monkeypatch.setattr(FirstThousand, "UP_TO", 30)
    with acting_as(SYSTEM):
        for number in range(30):
            make.meeting(waasland, f"Nummer {number}", audience="public")
    assert "30 komende bijeenkomsten" in browse().get("/bijeenkomsten/").text
    with acting_as(SYSTEM):
        make.meeting(waasland, "Nog een", audience="public")
    page = browse().get("/bijeenkomsten/?page=2")
    assert "Meer dan 30 bijeenkomsten: hier staan de eerste" in page.text
    assert len(page.context["rows"]) == 5


def test_a_new_choice_is_shown_within_a_minute_and_a_member_can_choose_it_at_once(browse, lid, waasland, kempen):
    def circles(person):
        page = browse(person).get("/bijeenkomsten/").text
        return {slug for slug in ("waasland", "kempen", "gent") if f'<option value="{slug}">' in page}

    with acting_as(SYSTEM):
        make.meeting(waasland, audience="public")
    assert (circles(None), circles(lid)) == ({"waasland"}, {"waasland"})
    with acting_as(SYSTEM):
        make.meeting(kempen, audience="public")
        make.meeting(make.circle("RKK Gent", slug="gent"))
    assert (circles(None), circles(lid)) == ({"waasland"}, {"waasland"})
    assert titles(browse(lid), kring="kempen") == ["Bijeenkomst"]
    for remembered in ("memory", "template_fragments"):
        caches[remembered].clear()
    assert (circles(None), circles(lid)) == ({"waasland", "kempen"}, {"waasland", "kempen"})


def test_the_form_that_is_kept_is_kept_for_who_sees_the_same(browse, lid, trekker, neighbour, stranger, waasland):
    with acting_as(SYSTEM):
        make.meeting(waasland, "Gesloten")
        make.meeting(make.circle("RKK Gent", slug="gent"), state="draft")
    for _time in range(2):
        for person, sees in [(lid, True), (neighbour, False), (None, False), (stranger, False), (trekker, True)]:
            page = browse(person).get("/bijeenkomsten/").text
            assert ('<option value="waasland">' in page) == sees
            assert 'value="gent"' not in page
            assert ('name="wacht"' in page) == (person is not None)
        assert 'name="wacht"' not in browse(lid).get("/bijeenkomsten/?wanneer=voorbij").text
        assert 'value="nis2 &amp; x"' not in browse(lid).get("/bijeenkomsten/").text
        assert 'value="nis2 &amp; x"' in browse(lid).get("/bijeenkomsten/", {"zoek": "nis2 & x"}).text


def test_what_visitors_are_remembered_to_choose_holds_nothing_of_who_asked_first(browse, lid, trekker, waasland):
    with acting_as(SYSTEM):
        make.meeting(waasland, "Gesloten")
    assert "waasland" in browse(lid).get("/bijeenkomsten/").text  # the first to ask fills what is remembered
    assert 'value="waasland"' not in browse().get("/bijeenkomsten/").text
