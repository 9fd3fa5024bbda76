"""Yes, maybe and no: from the page of a meeting, and what the trekker reads of it."""

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from mailroom.models import Delivery, Letter
from meetings.actions.answers import MeetingClosed, WrongWayToAttend, register
from meetings.models import Invitation, JoinLink, Meeting, Registration
from regions.wall import SYSTEM, acting_as
from tests import make


@pytest.fixture
def quarterly(waasland, temse):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Samen aankopen", host=temse)


def answer(client, meeting, answer, **data):
    return client.post(reverse("answer_meeting", args=[meeting.pk]), {"answer": answer, **data})


def noted(meeting):
    """(name, answer, attending, waiting) of everyone who answered."""
    with acting_as(SYSTEM):
        rows = Registration.objects.filter(meeting=meeting)
        return set(rows.values_list("member__name", "answer", "attending", "waiting"))


def letters(meeting):
    """(kind, to) of every letter about this meeting, in the order in which they were promised."""
    with acting_as(SYSTEM):
        return list(Delivery.objects.about(f"meeting:{meeting.pk}").order_by("pk").values_list("kind", "to"))


def test_a_member_says_yes_and_gets_a_letter_with_the_calendar(browse, lid, quarterly):
    response = answer(browse(lid), quarterly, "yes")
    assert response.status_code == 302
    assert response.url == quarterly.get_absolute_url()
    assert noted(quarterly) == {("Lies Lid", "yes", "in_person", False)}
    assert letters(quarterly) == [("confirmation", lid.email)]
    with acting_as(SYSTEM):
        letter = Letter.objects.get()
        assert letter.calendar_method == "REQUEST"
        assert "PARTSTAT=ACCEPTED" in letter.calendar.replace("\r\n ", "")
        assert letter.delivery.subject.startswith("[RKK Waasland] ")
        assert letter.delivery.subject.endswith(", Temse")


def test_the_page_tells_the_answer_after_it_is_given(browse, lid, quarterly):
    client = browse(lid)
    page = client.post(reverse("answer_meeting", args=[quarterly.pk]), {"answer": "yes"}, follow=True)
    assert page.content.decode().count('aria-pressed="true"') == 1
    assert 'value="yes" aria-pressed="true"' in page.content.decode()
    assert [str(message) for message in page.context["messages"]] == [
        "U bent ingeschreven. U krijgt een e-mail met de bijeenkomst voor uw agenda."
    ]


@pytest.mark.parametrize(("given", "attending"), [("maybe", "in_person"), ("no", "")])
def test_maybe_and_no_are_noted_without_a_letter(browse, lid, quarterly, given, attending):
    answer(browse(lid), quarterly, given)
    assert noted(quarterly) == {("Lies Lid", given, attending, False)}
    assert letters(quarterly) == []


def test_a_double_click_sends_one_letter(browse, lid, quarterly):
    client = browse(lid)
    answer(client, quarterly, "yes")
    answer(client, quarterly, "yes")
    assert letters(quarterly) == [("confirmation", lid.email)]


def test_who_comes_back_on_a_no_gets_a_letter_again(browse, lid, quarterly):
    client = browse(lid)
    for given in ["yes", "no", "yes"]:
        answer(client, quarterly, given)
    assert letters(quarterly) == [("confirmation", lid.email)] * 2


def test_another_way_of_attending_is_another_letter(browse, lid, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, form="hybrid")
        JoinLink.objects.create(meeting=meeting, url="https://teams.example/42")
    client = browse(lid)
    answer(client, meeting, "yes", attending="in_person")
    answer(client, meeting, "yes", attending="online")
    assert noted(meeting) == {("Lies Lid", "yes", "online", False)}
    assert letters(meeting) == [("confirmation", lid.email)] * 2
    with acting_as(SYSTEM):
        assert ["https://teams.example/42" in letter.text for letter in Letter.objects.all()] == [True, True]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, "Kies ja, misschien of nee."),
        ({"answer": "perhaps"}, "Kies ja, misschien of nee."),
        ({"answer": "yes", "attending": "online"}, "Op die manier kunt u niet deelnemen aan deze bijeenkomst."),
    ],
)
def test_what_cannot_be_is_422_with_the_reason_on_the_page(browse, lid, quarterly, data, error):
    response = browse(lid).post(reverse("answer_meeting", args=[quarterly.pk]), data)
    assert response.status_code == 422
    assert error in response.content.decode()
    assert noted(quarterly) == set()


def test_a_meeting_that_began_or_is_cancelled_takes_no_answer(browse, lid, waasland):
    with acting_as(SYSTEM):
        begun = make.meeting(waasland, in_days=-0.01)
        cancelled = make.meeting(waasland, state="cancelled", cancelled_because="Zaal onder water")
    for meeting in [begun, cancelled]:
        page = answer(browse(lid), meeting, "yes")
        assert page.status_code == 302
        assert noted(meeting) == set()
        with acting_as(SYSTEM), pytest.raises(MeetingClosed):
            register(meeting, by=lid, answer="yes", attending="in_person")


def test_on_site_at_a_meeting_that_is_online_is_refused(lid, waasland, as_):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, form="online")
    with as_(lid), pytest.raises(WrongWayToAttend):
        register(meeting, by=lid, answer="yes", attending="in_person")


def test_another_circles_meeting_is_404_to_read_and_to_answer(browse, lid, neighbour, quarterly):
    assert browse(lid).get(quarterly.get_absolute_url()).status_code == 200
    assert browse(neighbour).get(quarterly.get_absolute_url()).status_code == 404
    assert answer(browse(neighbour), quarterly, "yes").status_code == 404
    assert browse(neighbour).get(reverse("answers", args=[quarterly.pk])).status_code == 404
    assert noted(quarterly) == set()


def test_the_wall_itself_refuses_the_answer_of_who_does_not_see_the_meeting(neighbour, quarterly, as_):
    with as_(neighbour), pytest.raises(ProgrammingError), transaction.atomic():
        register(quarterly, by=neighbour, answer="yes", attending="in_person")
    assert noted(quarterly) == set()


def test_the_wall_refuses_an_answer_for_someone_else(lid, trekker, quarterly, as_):
    with as_(trekker), pytest.raises(ProgrammingError), transaction.atomic():
        register(quarterly, by=lid, answer="yes", attending="in_person")


def test_a_meeting_for_the_network_is_open_to_a_neighbour_and_not_to_a_stranger(
    browse, neighbour, stranger, waasland
):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, audience="network")
    assert answer(browse(neighbour), meeting, "yes").status_code == 302
    assert answer(browse(stranger), meeting, "yes").status_code == 404
    assert noted(meeting) == {("Bea Buur", "yes", "in_person", False)}


def test_a_visitor_is_sent_to_log_in_before_answering(browse, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, audience="public")
    response = answer(browse(), meeting, "yes")
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))
    assert noted(meeting) == set()


def test_answering_asks_for_a_post(browse, lid, quarterly):
    assert browse(lid).get(reverse("answer_meeting", args=[quarterly.pk])).status_code == 405


# --- What the trekker reads --------------------------------------------------------------------------------------


@pytest.fixture
def answered(waasland, temse, lid, trekker):
    """Ada and Bo have the two seats, Cas waits, Dirk says maybe, Eva no; Lies is invited and silent."""
    with acting_as(SYSTEM):
        lokeren = make.government("Lokeren-Oost")
        meeting = make.meeting(waasland, seats_in_person=2)
        said = [("Ada", "yes"), ("Bo", "yes"), ("Cas", "yes"), ("Dirk", "maybe"), ("Eva", "no")]
        for name, given in said:
            person = make.person(name, waasland, government=temse if name in ("Ada", "Eva") else lokeren)
            register(meeting, by=person, answer=given, attending="in_person")
        Invitation.objects.create(meeting=meeting, member=lid)
    return meeting


def test_the_trekker_reads_the_answers_per_government(browse, trekker, answered):
    page = browse(trekker).get(reverse("answers", args=[answered.pk]))
    assert page.status_code == 200
    rows = [
        (
            row.organisation,
            *([m.name for m in heap] for heap in (row.yes, row.waiting, row.maybe, row.no, row.silent)),
        )
        for row in page.context["rows"]
    ]
    assert rows == [
        ("Lokeren-Oost", ["Bo"], ["Cas"], ["Dirk"], [], []),
        ("Temse", ["Ada"], [], [], ["Eva"], ["Lies Lid"]),
    ]
    assert [(str(each.way), each.taken, each.left) for each in page.context["seats"]] == [("in_person", 2, 0)]
    assert (page.context["maybe"], page.context["no"], page.context["silent"]) == (1, 1, 1)
    assert [each.member.name for each in page.context["line"]] == ["Cas"]


def test_a_member_does_not_read_the_answers_and_a_manager_does(browse, lid, manager, answered):
    assert browse(manager).get(reverse("answers", args=[answered.pk])).status_code == 200
    assert browse(lid).get(reverse("answers", args=[answered.pk])).status_code == 403


@pytest.mark.parametrize("n", [1, 30])
def test_the_answers_cost_the_same_however_many(browse, trekker, waasland, n, django_assert_num_queries):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
        for number in range(n):
            register(meeting, by=make.person(f"Lid {number}", waasland), answer="yes", attending="in_person")
    client = browse(trekker)
    with django_assert_num_queries(10):  # two of them SAVEPOINT and RELEASE, because tests run in a transaction
        assert client.get(reverse("answers", args=[meeting.pk])).status_code == 200


def test_moments_of_answering_are_those_of_the_answer_not_of_a_repeat(lid, quarterly, as_):
    with as_(lid):
        first = register(quarterly, by=lid, answer="yes", attending="in_person").answered_at
        again = register(quarterly, by=lid, answer="yes", attending="in_person").answered_at
    assert first == again
    assert timezone.now() - first < dt.timedelta(minutes=1)


def test_a_cancelled_meeting_stays_visible_and_a_draft_is_for_trekkers(browse, lid, trekker, waasland):
    with acting_as(SYSTEM):
        cancelled = make.meeting(waasland, state="cancelled", cancelled_because="Zaal onder water")
        draft = make.meeting(waasland, state="draft")
    assert "Zaal onder water" in browse(lid).get(cancelled.get_absolute_url()).content.decode()
    assert browse(trekker).get(draft.get_absolute_url()).status_code == 200
    assert browse(lid).get(draft.get_absolute_url()).status_code == 404
    with acting_as(SYSTEM):
        assert Meeting.objects.count() == 2
