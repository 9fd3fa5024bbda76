"""Answering from a letter: two clicks, nobody logged in, and nothing on GET."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from mailroom.links import make_token
from mailroom.models import Delivery
from meetings.actions.answers import register
from meetings.letters.answers import answer_address
from meetings.models import JoinLink, Meeting, Registration
from members.models import Membership
from regions.wall import SYSTEM, acting_as, member
from tests import make


@pytest.fixture
def quarterly(waasland, temse):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Samen aankopen", host=temse)


def path(meeting, person, answer=None):
    """The address in the letter, without the host."""
    address = answer_address(meeting, person, answer)
    assert address.startswith(settings.BASE_URL)
    return address.removeprefix(settings.BASE_URL)


def noted(meeting):
    with acting_as(SYSTEM):
        rows = Registration.objects.filter(meeting=meeting)
        return set(rows.values_list("member__name", "answer", "attending", "waiting"))


def test_the_page_says_for_whom_the_letter_was_and_suggests_the_answer(browse, lid, quarterly):
    page = browse().get(path(quarterly, lid, "maybe"))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Deze e-mail was bestemd voor Lies Lid." in text
    assert "Samen aankopen" in text
    assert "Temse" in text
    assert 'value="maybe" data-suggested' in text
    assert text.count("data-suggested") == 1


def test_looking_changes_nothing_and_sets_no_cookie(browse, lid, quarterly):
    client = browse()
    for _again in range(2):
        page = client.get(path(quarterly, lid, "yes"))
    assert noted(quarterly) == set()
    assert dict(page.cookies) == {}
    assert dict(client.cookies) == {}


def test_the_second_click_notes_the_answer_and_logs_nobody_in(browse, lid, quarterly):
    client = browse()
    page = client.post(path(quarterly, lid), {"answer": "yes"}, follow=True)
    assert page.redirect_chain[0][1] == 302
    assert "Uw antwoord is genoteerd" in page.content.decode()
    assert "U bent ingeschreven." in page.content.decode()
    assert noted(quarterly) == {("Lies Lid", "yes", "in_person", False)}
    assert dict(client.cookies) == {}
    assert client.get(quarterly.get_absolute_url()).status_code == 404
    with acting_as(SYSTEM):
        assert list(Delivery.objects.values_list("kind", "to")) == [("confirmation", lid.email)]


def test_it_works_without_the_cookie_that_other_forms_need(quarterly, lid):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    assert client.post(path(quarterly, lid), {"answer": "no"}).status_code == 302
    assert noted(quarterly) == {("Lies Lid", "no", "", False)}


def test_the_answer_can_be_changed_from_the_same_letter(browse, lid, quarterly):
    client = browse()
    client.post(path(quarterly, lid), {"answer": "yes"})
    page = client.get(path(quarterly, lid))
    assert 'value="yes" aria-pressed="true"' in page.content.decode()
    client.post(path(quarterly, lid), {"answer": "no"})
    assert noted(quarterly) == {("Lies Lid", "no", "", False)}


def test_someone_else_who_is_logged_in_answers_for_the_letter_and_not_for_themselves(browse, lid, trekker, quarterly):
    client = browse(trekker)
    page = client.post(path(quarterly, lid), {"answer": "yes"}, follow=True)
    assert noted(quarterly) == {("Lies Lid", "yes", "in_person", False)}
    assert page.context["user"] == trekker
    assert page.context["rights"].led == {quarterly.circle_id}


def test_a_neighbour_who_holds_the_letter_sees_that_one_meeting_and_nothing_more(browse, lid, neighbour, quarterly):
    client = browse(neighbour)
    assert client.get(path(quarterly, lid)).status_code == 200
    assert client.get(quarterly.get_absolute_url()).status_code == 404


def test_the_online_link_is_there_once_one_said_yes(browse, lid, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, form="hybrid")
        JoinLink.objects.create(meeting=meeting, url="https://teams.example/42")
    client, address = browse(), path(meeting, lid)
    for given, shown in [(None, False), ("maybe", False), ("yes", True), ("no", False)]:
        if given:
            client.post(address, {"answer": given, "attending": "online"})
        assert ("https://teams.example/42" in client.get(address).content.decode()) is shown


def test_the_online_link_is_not_there_for_who_waits(browse, lid, trekker, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, form="online", seats_online=1)
        JoinLink.objects.create(meeting=meeting, url="https://teams.example/42")
    with acting_as(member(trekker.pk)):
        register(meeting, by=trekker, answer="yes", attending="online")
    page = browse().post(path(meeting, lid), {"answer": "yes"}, follow=True).content.decode()
    assert "U staat op plaats 1 van de wachtlijst." in page
    assert "https://teams.example/42" not in page


def test_the_address_is_told_to_nobody_and_kept_nowhere(browse, lid, quarterly):
    client = browse()
    address = path(quarterly, lid)
    forged = f"{address.removesuffix('/')}x/"
    for response in [client.get(address), client.post(address, {"answer": "yes"}), client.get(forged)]:
        assert response["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response["Cache-Control"]


def test_an_answer_that_is_none_is_422(browse, lid, quarterly):
    for data in [{}, {"answer": "perhaps"}, {"answer": "yes", "attending": "online"}]:
        response = browse().post(path(quarterly, lid), data)
        assert response.status_code == 422
    assert noted(quarterly) == set()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_is_404_with_what_to_do(browse, lid, neighbour, quarterly, method):
    token = make_token("answer", [quarterly.pk, lid.pk])
    other = make_token("unsubscribe", [quarterly.pk, lid.pk])
    for forged in [
        token[:-3],
        token.replace(token[:6], make_token("answer", [1, neighbour.pk])[:6]) + "x",
        other,
        "x",
    ]:
        response = getattr(browse(), method)(f"/antwoord/{forged}/", {"answer": "yes"})
        assert response.status_code == 404
        assert "Deze link werkt niet" in response.content.decode()
    assert noted(quarterly) == set()


def test_an_old_link_is_410_with_what_to_do(browse, lid, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, in_days=300)
    address = path(meeting, lid)
    with time_machine.travel(timezone.now() + dt.timedelta(days=201)):
        response = browse().post(address, {"answer": "yes"})
    assert response.status_code == 410
    assert "Deze link is vervallen" in response.content.decode()
    assert noted(meeting) == set()


def left(lid, meeting):
    Membership.objects.filter(member=lid).update(ended_at=timezone.now())


def deactivated(lid, meeting):
    lid.is_active = False
    lid.save(update_fields=["is_active"])


def back_to_draft(lid, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(state="draft")


def cancelled(lid, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(state="cancelled", cancelled_because="Zaal onder water.")


def begun(lid, meeting):
    now, minute = timezone.now(), dt.timedelta(minutes=1)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=now - minute, ends_at=now + minute)


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (left, "U kunt deze bijeenkomst nu niet bekijken."),
        (deactivated, "U kunt deze bijeenkomst nu niet bekijken."),
        (back_to_draft, "U kunt deze bijeenkomst nu niet bekijken."),
        (cancelled, "Deze bijeenkomst gaat niet door. U hoeft niets te doen. Zaal onder water."),
        (begun, "Deze bijeenkomst is begonnen of voorbij."),
    ],
)
def test_a_letter_that_time_has_passed_says_why_and_notes_nothing(browse, lid, quarterly, happened, said):
    address = path(quarterly, lid)
    assert browse().get(address).status_code == 200
    with acting_as(SYSTEM):
        happened(lid, quarterly)
    for response in [browse().get(address), browse().post(address, {"answer": "yes"})]:
        assert response.status_code == 410
        assert said in response.content.decode()
        assert "Samen aankopen" not in response.content.decode()
    assert noted(quarterly) == set()


def test_a_deactivated_member_cannot_answer_to_a_public_meeting_either(browse, lid, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, audience="public")
        deactivated(lid, meeting)
    assert browse().get(meeting.get_absolute_url()).status_code == 200
    assert browse().post(path(meeting, lid), {"answer": "yes"}).status_code == 410
    assert noted(meeting) == set()
