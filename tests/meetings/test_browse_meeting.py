"""The page of one meeting: what is on it for whom, and what it costs."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from library.models import Topic
from meetings.models import AgendaItem, JoinLink, Material, Meeting, MeetingTopic, Registration, Speaker, Talk
from regions.wall import SYSTEM, acting_as
from tests import make

LINK = "https://teams.example/42"


@pytest.fixture
def hybrid(waasland, temse):
    """On site and online, on a winter's afternoon, with a programme of three points and two talks."""
    with acting_as(SYSTEM):
        starts = dt.datetime(2027, 2, 11, 13, 0, tzinfo=dt.UTC)
        meeting = make.meeting(
            waasland,
            "Samen aankopen",
            starts_at=starts,
            ends_at=starts + dt.timedelta(hours=2),
            form="hybrid",
            host=temse,
            about="Waarom samen?\n\n<b>Daarom</b>",
            venue="Gemeentehuis, raadzaal",
            address="Markt 1, 9140 Temse",
            route="Vijf minuten van het station.",
            audience="public",
            seats_in_person=10,
        )
        JoinLink.objects.create(meeting=meeting, url=LINK)
        for position, (kind, minutes) in enumerate([("welcome", 15), ("deep_dive", 60), ("closing", 45)]):
            item = AgendaItem.objects.create(
                meeting=meeting, position=position, kind=kind, title=f"Punt {position}", minutes=minutes
            )
        said = [("Vera Verkoop", "vendor", "accepted"), ("Wim Weiger", "colleague", "declined")]
        for name, kind, state in said:
            speaker = Speaker.objects.create(name=name, kind=kind, organisation=f"Huis van {name}", bio="Weet alles.")
            Talk.objects.create(item=item, speaker=speaker, state=state)
        topic = Topic.objects.create(slug="nis2", title="NIS2", category="Veiligheid")
        MeetingTopic.objects.create(meeting=meeting, topic=topic)
        Material.objects.create(
            meeting=meeting, item=item, name="dia's.pdf", content_type="application/pdf", size=2048
        )
    return meeting


def read(client, meeting):
    response = client.get(meeting.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def coming(client, meeting):
    """(organisation, names) as the page shows them, or None where the page does not say who comes."""
    groups = client.get(meeting.get_absolute_url()).context.get("coming")
    return groups and [(organisation, [member.name for member in members]) for organisation, members in groups]


def test_the_programme_flows_from_the_start(browse, lid, hybrid):
    page = read(browse(lid), hybrid)
    assert re.findall(r'<time datetime="[\d:]+">([\d.]+)</time>', page) == ["14.00", "14.15", "15.15"]
    assert "donderdag 11 februari 2027, 14.00 – 16.00 uur" in page


def test_the_programme_tells_of_accepted_talks_and_labels_vendors(browse, trekker, hybrid):
    page = read(browse(trekker), hybrid)
    assert "Vera Verkoop</strong>, Huis van Vera Verkoop" in page
    assert '<span class="tag">leverancier</span>' in page
    assert "Weet alles." in page
    assert "Wim Weiger" not in page


def test_place_route_topics_and_material_are_there_for_everyone_who_sees_it(browse, hybrid):
    page = read(browse(), hybrid)
    for said in ["Gemeentehuis, raadzaal", "Markt 1, 9140 Temse", "Vijf minuten van het station.", "NIS2", "2,0"]:
        assert said in page
    with acting_as(SYSTEM):
        material = Material.objects.get()
    assert reverse("material", args=[material.pk]) in page


def test_what_a_trekker_typed_is_text_and_not_markup(browse, hybrid):
    assert "&lt;b&gt;Daarom&lt;/b&gt;" in read(browse(), hybrid)


def test_the_online_link_is_for_the_circle_and_for_who_comes(browse, lid, neighbour, trekker, hybrid):
    assert LINK in read(browse(lid), hybrid)
    assert LINK in read(browse(trekker), hybrid)
    assert LINK not in read(browse(), hybrid)
    client = browse(neighbour)
    assert LINK not in read(client, hybrid)
    client.post(reverse("answer_meeting", args=[hybrid.pk]), {"answer": "yes", "attending": "online"})
    assert LINK in read(client, hybrid)


def test_a_meeting_that_has_a_place_and_a_link_shows_both(browse, lid, hybrid):
    page = read(browse(lid), hybrid)
    assert LINK in page
    assert "Markt 1, 9140 Temse" in page


@pytest.fixture
def some_come(hybrid, waasland, lid, neighbour, temse):
    """Lies and Ada of Temse and Lou of Lokeren-Oost come, Bea comes from another circle, Max says maybe."""
    with acting_as(SYSTEM):
        lokeren = make.government("Lokeren-Oost")
        people = [
            (lid, "yes"),
            (make.person("Ada Adams", waasland, government=temse), "yes"),
            (make.person("Lou Loos", waasland, government=lokeren), "yes"),
            (neighbour, "yes"),
            (make.person("Max Moens", waasland), "maybe"),
        ]
        for person, answer in people:
            Registration.objects.create(meeting=hybrid, member=person, answer=answer, attending="in_person")
    return hybrid


def test_members_of_the_circle_read_who_comes_per_government(browse, lid, some_come):
    client = browse(lid)
    assert coming(client, some_come) == [("Lokeren-Oost", ["Lou Loos"]), ("Temse", ["Ada Adams", "Lies Lid"])]
    page = read(client, some_come)
    assert "Er komen 4 personen." in page
    assert "Andere kringen (1)" in page
    assert "Bea Buur" not in page
    assert "Max Moens" not in page


def test_visitors_other_circles_and_vendors_read_no_names(browse, neighbour, stranger, waasland, some_come):
    with acting_as(SYSTEM):
        vendor = make.person("Vic Verkoper", waasland, partner=make.vendor())
    for person in [None, neighbour, stranger, vendor]:
        client = browse(person)
        assert coming(client, some_come) is None
        page = read(client, some_come)
        assert [name for name in ["Ada Adams", "Lou Loos", "Lies Lid", "Max Moens"] if name in page] == []


def test_seats_left_are_told_before_answering(browse, waasland, some_come):
    assert "Op locatie: nog 6 plaatsen vrij." in read(browse(), some_come)
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=some_come.pk).update(seats_in_person=4)
    assert "Op locatie: alle plaatsen zijn ingenomen." in read(browse(), some_come)


def test_only_a_meeting_that_is_both_asks_how(browse, lid, waasland, hybrid):
    with acting_as(SYSTEM):
        on_site = make.meeting(waasland)
    assert read(browse(lid), hybrid).count('type="radio"') == 2
    page = read(browse(lid), on_site)
    assert page.count('type="radio"') == 0
    assert 'type="hidden" name="attending" value="in_person"' in page


def test_a_visitor_is_shown_the_way_to_answer(browse, hybrid):
    page = read(browse(), hybrid)
    assert "Meld u aan om te antwoorden." in page
    assert f"{reverse('account_login')}?next=/bijeenkomsten/{hybrid.pk}/" in page
    assert '<form class="answer-buttons"' not in page


def test_what_is_over_or_cancelled_asks_nothing(browse, lid, waasland):
    with acting_as(SYSTEM):
        over = make.meeting(waasland, in_days=-10, state="held")
        off = make.meeting(waasland, state="cancelled", cancelled_because="Zaal onder water.")
    assert "Deze bijeenkomst is voorbij." in read(browse(lid), over)
    assert "Zaal onder water." in read(browse(lid), off)
    for meeting in [over, off]:
        assert '<form class="answer-buttons"' not in read(browse(lid), meeting)


def test_the_trekkers_tasks_are_for_who_leads_this_circle(browse, lid, trekker, neighbour_trekker, manager, hybrid):
    task = reverse("invite", args=[hybrid.pk])
    assert [task in read(browse(person), hybrid) for person in (trekker, manager)] == [True, True]
    assert [task in read(browse(person), hybrid) for person in (lid, neighbour_trekker, None)] == [False] * 3


def test_the_calendar_file_is_offered_to_who_comes(browse, lid, some_come, trekker):
    address = reverse("meeting_calendar", args=[some_come.pk])
    assert address in read(browse(lid), some_come)
    assert browse(lid).get(address).status_code == 200


@pytest.mark.parametrize("n", [1, 30])
def test_the_page_costs_the_same_however_much_is_on_it(browse, waasland, lid, trekker, n):
    """Session, actor, member, rights, meeting with all that hangs on it; for who answered, that answer."""
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, audience="public", seats_in_person=500)
        topics = [Topic.objects.create(slug=f"thema-{i}", title=f"Thema {i}", category="x") for i in range(n)]
        MeetingTopic.objects.bulk_create(MeetingTopic(meeting=meeting, topic=topic) for topic in topics)
        for number in range(n):
            item = AgendaItem.objects.create(meeting=meeting, position=number, kind="deep_dive", title="Punt")
            speaker = Speaker.objects.create(name=f"Spreker {number}", kind="vendor")
            Talk.objects.create(item=item, speaker=speaker, state="accepted")
            Material.objects.create(meeting=meeting, item=item, name="x.pdf", content_type="application/pdf", size=1)
            government = make.government(f"Bestuur {number}")
            person = make.person(f"Lid {number}", waasland, government=government)
            Registration.objects.create(meeting=meeting, member=person, answer="yes", attending="in_person")
        Registration.objects.create(meeting=meeting, member=lid, answer="yes", attending="in_person")
    costs = []
    for person in (None, lid, trekker):
        client = browse(person)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(meeting.get_absolute_url()).status_code == 200
        costs.append(len([q for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]]))
    assert costs == [2, 6, 5]
