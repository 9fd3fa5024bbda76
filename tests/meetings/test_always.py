"""Who always comes is asked to confirm, and takes no seat before that."""

import pytest
from django.utils import timezone

from mailroom.models import Letter
from meetings.actions.answers import register
from meetings.actions.coming import come_always, forget
from meetings.actions.planning import invite
from meetings.models import AlwaysComes, Meeting, Registration
from meetings.proposed import proposed_answers
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.queries import queries_of


@pytest.fixture
def meeting(waasland):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Camera's", seats_in_person=1)


def test_a_member_says_so_on_a_page_of_the_circle(browse, lid, neighbour, waasland):
    client, path = browse(lid), "/kringen/waasland/altijd/"
    assert path in client.get("/mijn/").text
    assert path in client.get("/kringen/waasland/").text
    for how, expected in [("online", ["online"]), ("in_person", ["in_person"]), ("", [])]:
        assert client.post(path, {"attending": how}).status_code == 302
        with acting_as(SYSTEM):
            assert list(AlwaysComes.objects.values_list("attending", flat=True)) == expected
    assert client.post(path, {"attending": "te paard"}).status_code == 422
    assert browse(neighbour).get(path).status_code == 403


def test_it_asks_to_confirm_and_answers_nothing(browse, as_, lid, trekker, meeting, waasland):
    with as_(lid):
        come_always(waasland, by=lid, attending="in_person")
    for person, is_asked in ((lid, True), (trekker, False)):
        assert ("U komt altijd" in browse(person).get(meeting.get_absolute_url()).text) is is_asked
        assert ("U komt altijd" in browse(person).get("/").text) is is_asked
    answers = browse(trekker).get(f"/bijeenkomsten/{meeting.pk}/antwoorden/")
    assert [person for person, _why in answers.context["proposed"]] == [lid]
    assert [seats.taken for seats in answers.context["seats"]] == [0]
    with acting_as(SYSTEM):
        assert not Registration.objects.exists()
    data = {"answer": "yes", "attending": "in_person"}
    assert browse(lid).post(f"/bijeenkomsten/{meeting.pk}/antwoord/", data).status_code == 302
    assert "U komt altijd" not in browse(lid).get(meeting.get_absolute_url()).text
    with as_(trekker):
        assert proposed_answers(meeting) == {}


def test_a_scarce_seat_goes_to_who_answers_first(as_, lid, trekker, meeting, waasland):
    with as_(lid):
        come_always(waasland, by=lid, attending="in_person")
    with as_(trekker):
        assert not register(meeting, by=trekker, answer="yes", attending="in_person").waiting
    with as_(lid):
        assert register(meeting, by=lid, answer="yes", attending="in_person").waiting


def test_the_invitation_asks_to_confirm(as_, lid, trekker, meeting, waasland):
    with as_(lid):
        come_always(waasland, by=lid, attending="in_person")
    with as_(trekker):
        invite(meeting, by=trekker)
    with acting_as(SYSTEM):
        letters = {letter.delivery.member_id: letter.text for letter in Letter.objects.select_related("delivery")}
    assert "U komt altijd" in letters[lid.pk]
    assert "U komt altijd" not in letters[trekker.pk]


def test_a_hybrid_meeting_proposes_the_way_that_was_said(browse, as_, lid, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, form="hybrid")
    with as_(lid):
        come_always(waasland, by=lid, attending="online")
    page = browse(lid).get(meeting.get_absolute_url())
    assert page.context["form"].proposed == "online"


def test_who_left_the_circle_is_not_expected_any_more(as_, lid, trekker, meeting, waasland):
    with as_(lid):
        come_always(waasland, by=lid, attending="in_person")
    with acting_as(SYSTEM):
        lid.memberships.update(ended_at=timezone.now())
        assert proposed_answers(meeting) == {}
        assert forget() == (0, 1)
        assert forget() == (0, 0)


def test_it_costs_no_query(browse, as_, lid, meeting, waasland):
    pages = [meeting.get_absolute_url(), "/", "/bijeenkomsten/", "/bijeenkomsten/?wacht=ja"]
    _warm = [queries_of(browse(lid), page) for page in pages]  # what a process keeps for a minute
    before = [queries_of(browse(lid), page) for page in pages]
    with as_(lid):
        come_always(waasland, by=lid, attending="in_person")
    assert [queries_of(browse(lid), page) for page in pages] == before
    with acting_as(SYSTEM):
        assert Meeting.objects.count() == 1
