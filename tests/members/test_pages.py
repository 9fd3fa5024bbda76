"""The pages about people: who sees whom, and my own."""

import datetime as dt

import pytest
from django.utils import timezone

from members.models import FeedAddress, JoinRequest, Member, Membership
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.queries import queries_of

MEMBERS = "/kringen/waasland/leden/"


def names(page):
    """The people of the cast whose name is on this page."""
    with acting_as(SYSTEM):
        return {person.name for person in Member.objects.all() if f"{person.name}" in page.text.split("<main", 1)[1]}


def test_members_see_who_is_in_the_circle(browse, waasland, lid, trekker, neighbour, stranger):
    assert names(browse(lid).get(MEMBERS)) == {lid.name, trekker.name}


def test_who_is_not_in_the_circle_does_not(browse, waasland, lid, trekker, neighbour, stranger, manager):
    assert browse(lid).get(MEMBERS).status_code == 200
    assert [browse(person).get(MEMBERS).status_code for person in (neighbour, stranger, manager)] == [403, 403, 200]
    assert browse().get(MEMBERS).status_code == 302


def test_a_supplier_sees_the_trekkers_and_nobody_else(browse, waasland, lid, trekker):
    with acting_as(SYSTEM):
        vera = make.person("Vera Verkoper", waasland, partner=make.vendor())
    assert names(browse(lid).get(MEMBERS)) == {lid.name, trekker.name, vera.name}
    assert names(browse(vera).get(MEMBERS)) == {trekker.name}


def test_requests_are_for_who_decides(browse, waasland, lid, trekker, manager, stranger):
    with acting_as(SYSTEM):
        wish = JoinRequest.objects.create(member=stranger, circle=waasland)
    decide = f"/aanvragen/{wish.pk}/beslissen/"
    shown = [decide in browse(person).get(MEMBERS).text for person in (trekker, manager, lid)]
    assert shown == [True, True, False]


def test_the_page_of_the_umbrella_circle_lists_nobody_of_elsewhere(browse, lid, neighbour):
    assert names(browse(lid).get("/kringen/overkoepelend/leden/")) == set()


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_however_many(browse, waasland, lid, trekker, n):
    with acting_as(SYSTEM):
        for number in range(n):
            make.person(f"Persoon {number}", waasland)
            JoinRequest.objects.create(member=make.person(f"Vrager {number}"), circle=waasland)
    assert queries_of(browse(trekker), MEMBERS) == 8


# --- My page


def test_my_page_shows_my_circles_my_requests_and_what_i_was_asked(
    browse, waasland, kempen, lid, trekker, neighbour_trekker
):
    with acting_as(SYSTEM):
        asked = JoinRequest.objects.create(member=lid, circle=kempen, asked_by=neighbour_trekker)
        other = make.circle("RKK Meetjesland", slug="meetjesland")
        JoinRequest.objects.create(member=lid, circle=other)
    page = browse(lid).get("/mijn/")
    assert [place.circle for place in page.context["memberships"]] == [waasland]
    assert [wish.circle for wish in page.context["asked"]] == [kempen]
    assert [wish.circle for wish in page.context["requests"]] == [other]
    assert f"/aanvragen/{asked.pk}/antwoord/" in page.text
    assert "/kringen/waasland/verlaten/" in page.text
    assert "RKK Meetjesland" in page.text


def test_my_page_shows_my_answers_to_meetings_to_come(browse, waasland, lid, trekker):
    with acting_as(SYSTEM):
        soon, later = make.meeting(waasland, "Straks", in_days=2), make.meeting(waasland, "Later", in_days=20)
        past, unanswered = make.meeting(waasland, "Voorbij", in_days=-20), make.meeting(waasland, "Onbeantwoord")
        for meeting in (later, past, soon):
            meeting.registrations.create(member=lid, answer="yes", attending="in_person")
        unanswered.registrations.create(member=trekker, answer="no")
    page = browse(lid).get("/mijn/")
    assert [(meeting.title, meeting.my_answer) for meeting in page.context["meetings"]] == [
        ("Straks", "yes"),
        ("Later", "yes"),
    ]
    assert "Voorbij" not in page.text


@pytest.mark.parametrize("n", [1, 3])
def test_my_page_costs_the_same_however_full(browse, waasland, lid, n):
    with acting_as(SYSTEM):
        for number in range(n):
            circle = make.circle(f"Kring {number}", slug=f"kring-{number}", kind="working_group")
            Membership.objects.create(member=lid, circle=circle)
            meeting = make.meeting(waasland, f"Bijeenkomst {number}")
            meeting.registrations.create(member=lid, answer="maybe", attending="online")
    assert queries_of(browse(lid), "/mijn/") == 8


def test_without_a_circle_my_page_says_what_to_do(browse, stranger):
    page = browse(stranger).get("/mijn/")
    assert (page.status_code, 'href="/kringen/"' in page.text.split("<main", 1)[1]) == (200, True)


def test_only_i_see_the_address_of_my_calendar(browse, lid, trekker, manager):
    with acting_as(SYSTEM):
        secret = FeedAddress.objects.create(member=lid).secret
    shown = [secret in browse(person).get("/mijn/").text for person in (lid, trekker, manager)]
    assert shown == [True, False, False]


def test_visitors_log_in_first(browse, house):
    assert browse().get("/mijn/").url == "/account/login/?next=/mijn/"


def test_my_page_writes_nothing(browse, lid):
    browse(lid).get("/mijn/")
    with acting_as(SYSTEM):
        assert not FeedAddress.objects.exists()


# --- My details


def test_i_change_my_name_and_function_and_nothing_else(browse, lid, geel):
    sent = {"name": "Lies De Lid", "job_title": "GIS-coördinator", "language": "nl", "is_community_manager": "on"}
    sent |= {"government": geel.pk, "email": "ander@demo.example"}
    answer = browse(lid).post("/mijn/gegevens/", sent)
    assert (answer.status_code, answer.url) == (302, "/mijn/gegevens/")
    with acting_as(SYSTEM):
        now = Member.objects.get(pk=lid.pk)
    assert (now.name, now.job_title) == ("Lies De Lid", "GIS-coördinator")
    assert (now.is_community_manager, now.government_id, now.email) == (False, lid.government_id, lid.email)


def test_a_name_is_needed(browse, lid):
    page = browse(lid).post("/mijn/gegevens/", {"name": "", "job_title": "GIS-coördinator", "language": "nl"})
    assert (page.status_code, "GIS-coördinator" in page.text) == (422, True)
    assert list(page.context["form"].errors) == ["name"]


def test_mandates_are_shown_with_their_days(browse, waasland, lid, trekker):
    with acting_as(SYSTEM):
        Membership.objects.filter(member=trekker).update(mandate_end=timezone.localdate() + dt.timedelta(days=9))
    page = browse(lid).get(MEMBERS)
    assert "1 januari 2024" in page.text
