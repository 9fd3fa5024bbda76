"""What somebody needs on site: who reads it, and when it is gone."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from mailroom.models import Letter, Wording
from meetings.actions.answers import Needs, register
from meetings.actions.coming import forget
from meetings.letters.answers import answer_address
from meetings.models import Hosting, Meeting, Need, Registration
from regions.models import JournalEntry
from regions.wall import SYSTEM, acting_as, member
from tests import make

VEGETARIAN = {"answer": "yes", "attending": "in_person", "tells_needs": "1"}
VEGETARIAN |= {"access": "Geen trappen", "food": "Vegetarisch"}


@pytest.fixture
def meeting(waasland, temse):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Camera's", host=temse)


def kept():
    with acting_as(SYSTEM):
        return [(need.access, need.food) for need in Need.objects.all()]


def test_a_member_says_what_they_need_with_the_answer(browse, lid, meeting):
    client = browse(lid)
    assert 'name="food"' in client.get(meeting.get_absolute_url()).text
    assert client.post(f"/bijeenkomsten/{meeting.pk}/antwoord/", VEGETARIAN).status_code == 302
    assert kept() == [("Geen trappen", "Vegetarisch")]
    assert 'value="Vegetarisch"' in client.get(meeting.get_absolute_url()).text


def test_the_buttons_that_are_kept_for_who_needs_nothing_are_for_nobody_else(browse, lid, trekker, meeting):
    client, other, path = browse(lid), browse(trekker), f"/bijeenkomsten/{meeting.pk}/antwoord/"
    other.post(path, VEGETARIAN | {"access": "", "food": ""})
    client.post(path, VEGETARIAN)
    assert 'value="Vegetarisch"' not in other.get(meeting.get_absolute_url()).text
    assert 'value="Vegetarisch"' in client.get(meeting.get_absolute_url()).text
    refused = other.post(path, VEGETARIAN | {"food": "x" * 121})
    assert (refused.status_code, f'value="{"x" * 121}"' in refused.text) == (422, True)
    assert 'value="Vegetarisch"' not in other.get(meeting.get_absolute_url()).text


def test_the_buttons_of_a_list_leave_it_as_it_was_and_an_empty_field_takes_it_away(browse, lid, meeting):
    client, path = browse(lid), f"/bijeenkomsten/{meeting.pk}/antwoord/"
    client.post(path, VEGETARIAN)
    client.post(path, {"answer": "maybe"})
    assert kept() == [("Geen trappen", "Vegetarisch")]
    client.post(path, VEGETARIAN | {"access": "", "food": "Vegan"})
    assert kept() == [("", "Vegan")]
    client.post(path, VEGETARIAN | {"access": "", "food": " "})
    assert kept() == []


def test_a_no_and_taking_part_online_delete_it(as_, lid, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, form="hybrid")
    with as_(lid):
        for other in [{"answer": "no"}, {"answer": "yes", "attending": "online"}]:
            register(meeting, by=lid, answer="yes", attending="in_person", needs=Needs(food="Vegan"))
            assert Need.objects.count() == 1
            register(meeting, by=lid, **other)
            assert Need.objects.count() == 0


def test_an_online_meeting_and_the_page_of_a_letter_do_not_ask(browse, client, lid, waasland, meeting):
    with acting_as(SYSTEM):
        online = make.meeting(waasland, form="online")
        Need.objects.create(
            registration=Registration.objects.create(
                meeting=meeting, member=lid, answer="yes", attending="in_person"
            ),
            meeting=meeting,
            food="Vegan",
        )
    assert 'name="food"' not in browse(lid).get(online.get_absolute_url()).text
    page = client.get("/" + answer_address(meeting, lid).split("/", 3)[3])
    assert page.status_code == 200
    assert "Vegan" not in page.text
    assert 'name="food"' not in page.text


def test_the_person_the_trekker_and_the_host_read_it(browse, lid, trekker, neighbour, waasland, temse, meeting):
    with acting_as(SYSTEM):
        host = make.person("Gerda Gast", waasland, government=temse)
        asked = make.person("Arne Asked", waasland, government=temse)
        colleague = make.person("Cleo Collega", waasland, government=temse)
        Hosting.objects.create(meeting=meeting, government=temse, contact=asked, state="declined")
        Hosting.objects.create(meeting=meeting, government=temse, contact=host, state="accepted")
    browse(lid).post(f"/bijeenkomsten/{meeting.pk}/antwoord/", VEGETARIAN)
    seen = {}
    for person in (lid, trekker, host, asked, colleague, neighbour):
        with acting_as(member(person.pk)):
            seen[person.name] = Need.objects.count()
    assert seen == {
        "Lies Lid": 1,
        "Tom Trekker": 1,
        "Gerda Gast": 1,
        "Arne Asked": 0,
        "Cleo Collega": 0,
        "Bea Buur": 0,
    }
    of_host = browse(host).get(f"/bijeenkomsten/{meeting.pk}/gastheer/")
    page = browse(trekker).get(f"/bijeenkomsten/{meeting.pk}/antwoorden/").text
    assert "Geen trappen</span> (Lies Lid)" in page
    assert "vegetarisch</span>: 1" in page
    assert "Geen trappen</span></li>" in of_host.text
    assert "Lies Lid" not in of_host.text
    sheet = browse(trekker).get(f"/bijeenkomsten/{meeting.pk}/antwoorden.xlsx")
    assert b"egetarisch" not in sheet.content


def test_it_stands_in_no_journal_and_in_no_letter(browse, lid, meeting):
    browse(lid).post(f"/bijeenkomsten/{meeting.pk}/antwoord/", VEGETARIAN)
    with acting_as(SYSTEM):
        assert Letter.objects.exists()
        said = [str(row) for model in (JournalEntry, Letter, Wording) for row in model.objects.values()]
    assert not [row for row in said if "egetarisch" in row or "trappen" in row]


@pytest.mark.parametrize(("days", "is_kept"), [(13, True), (15, False)])
def test_two_weeks_after_the_meeting_it_is_forgotten(as_, lid, meeting, days, is_kept):
    with as_(lid):
        register(meeting, by=lid, answer="yes", attending="in_person", needs=Needs(food="Vegan"))
    with time_machine.travel(meeting.ends_at + dt.timedelta(days=days), tick=False), acting_as(SYSTEM):
        assert forget() == (0 if is_kept else 1, 0)
        assert forget() == (0, 0)
    assert bool(kept()) is is_kept


def test_a_cancelled_meeting_and_a_member_who_left_are_forgotten_at_once(as_, lid, trekker, meeting, waasland):
    with as_(lid):
        register(meeting, by=lid, answer="yes", attending="in_person", needs=Needs(food="Vegan"))
    with as_(trekker):
        register(meeting, by=trekker, answer="yes", attending="in_person", needs=Needs(food="Vis"))
    with acting_as(SYSTEM):
        lid.memberships.update(ended_at=timezone.now())
        forget()
        assert [food for _, food in kept_now()] == ["Vis"]
        Meeting.objects.filter(pk=meeting.pk).update(state="cancelled")
        forget()
        assert kept_now() == []


def kept_now():
    return list(Need.objects.values_list("access", "food"))
