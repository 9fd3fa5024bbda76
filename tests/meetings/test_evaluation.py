"""Three questions after a meeting: without names, and hidden from everyone while fewer than five people answered."""

import datetime as dt

import pytest
import time_machine

from mailroom.models import Delivery
from meetings import tasks
from meetings.actions import evaluation as actions
from meetings.models import Attendance, Evaluation, EvaluationGiven, Registration
from regions.models import JournalEntry
from regions.wall import SYSTEM, acting_as
from tests import make

ENDED = dt.datetime(2026, 11, 18, 15, tzinfo=dt.UTC)
NEXT_DAY = ENDED + dt.timedelta(hours=20)
GIVEN = {"useful": "4", "form": "3", "text": "Meer tijd voor vragen.", "for_speaker": "on"}


@pytest.fixture
def held(waasland):
    with acting_as(SYSTEM):
        return make.meeting(
            waasland, state="held", starts_at=ENDED - dt.timedelta(hours=2), ends_at=ENDED, audience="public"
        )


@pytest.fixture
def next_day():
    with time_machine.travel(NEXT_DAY, tick=False):
        yield


def was_there(meeting, *people):
    with acting_as(SYSTEM):
        for person in people:
            Attendance.objects.create(meeting=meeting, member=person, how="in_person", noted_by="code")


def answer(meeting, number, **fields):
    """Answers of so many people."""
    with acting_as(SYSTEM):
        for _ in range(number):
            Evaluation.objects.create(**{"meeting": meeting, "useful": 4, "form": 3} | fields)


def test_an_answer_is_kept_without_a_name_and_that_it_was_given_apart(held, lid, next_day, browse):
    was_there(held, lid)
    client = browse(lid)
    assert client.post(f"/bijeenkomsten/{held.pk}/evaluatie/", GIVEN).status_code == 302
    with acting_as(SYSTEM):
        [kept] = Evaluation.objects.values()
        kept.pop("id")
        assert kept == {
            "meeting_id": held.pk,
            "useful": 4,
            "form": 3,
            "text": "Meer tijd voor vragen.",
            "for_speaker": True,
        }
        assert EvaluationGiven.objects.get().member == lid
        [line] = JournalEntry.objects.filter(what="meetings.evaluate").values_list("about", flat=True)
        assert line == f"meeting:{held.pk}"


def test_who_answered_twice_answered_once(held, lid, next_day, browse):
    was_there(held, lid)
    client = browse(lid)
    for _ in range(2):
        client.post(f"/bijeenkomsten/{held.pk}/evaluatie/", GIVEN)
    with acting_as(SYSTEM):
        assert Evaluation.objects.count() == 1


def offered(meeting, browse, *people):
    """Who finds the three questions on the front page, and on the page of the meeting: both say the same."""
    link = f'href="/bijeenkomsten/{meeting.pk}/evaluatie/"'
    on = [[link in browse(each).get(page).text for each in people] for page in ("/", meeting.get_absolute_url())]
    assert on[0] == on[1]
    return on[0]


def test_meeting_and_front_page_lead_there_who_was_there_until_they_answered(held, lid, trekker, neighbour, browse):
    was_there(held, lid)
    with acting_as(SYSTEM):
        for each in (trekker, neighbour):  # said yes, and somebody noted who was there
            Registration.objects.create(meeting=held, member=each, answer="yes", attending="in_person")
    moments = {"before the end": -1, "next day": 20, "thirteen days": 13 * 24, "fifteen days": 15 * 24}
    shown = {}
    for name, hours in moments.items():
        with time_machine.travel(ENDED + dt.timedelta(hours=hours), tick=False):
            shown[name] = offered(held, browse, lid, trekker, neighbour)
    nobody, only_lid = [False] * 3, [True, False, False]
    assert shown == {
        "before the end": nobody,
        "next day": only_lid,
        "thirteen days": only_lid,
        "fifteen days": nobody,
    }
    with time_machine.travel(NEXT_DAY, tick=False):
        browse(lid).post(f"/bijeenkomsten/{held.pk}/evaluatie/", GIVEN)
        assert offered(held, browse, lid) == [False]
        assert browse().get(held.get_absolute_url()).status_code == 200


def test_while_nobody_noted_it_who_said_yes_finds_the_questions(held, lid, trekker, neighbour, next_day, browse):
    with acting_as(SYSTEM):
        for each, said in [(lid, "yes"), (neighbour, "yes"), (trekker, "no")]:
            way = "online" if said == "yes" else ""
            Registration.objects.create(meeting=held, member=each, answer=said, attending=way)
    assert offered(held, browse, lid, neighbour, trekker) == [True, True, False]
    with acting_as(SYSTEM):
        type(held).objects.update(state="cancelled")
    assert offered(held, browse, lid) == [False]


def test_two_answers_at_the_same_moment_are_one(together):
    with acting_as(SYSTEM):
        circle = make.circle("RKK Waasland", slug="waasland")
        meeting = make.meeting(circle, in_days=-1, state="held")
        person = make.person("Lies Lid", circle)
        was_there(meeting, person)

    def give(_number):
        from regions.wall import member

        with acting_as(member(person.pk)):
            return actions.evaluate(meeting, by=person, useful=1, form=1)

    answers = together(3, give)
    assert sorted(type(each).__name__ for each in answers) == ["AlreadyGiven", "AlreadyGiven", "NoneType"]
    with acting_as(SYSTEM):
        assert Evaluation.objects.count() == 1


def test_only_who_was_there_is_asked_and_for_two_weeks(held, lid, neighbour, trekker, browse):
    was_there(held, lid)
    address = f"/bijeenkomsten/{held.pk}/evaluatie/"
    moments = {"before the end": -1, "next day": 20, "thirteen days": 13 * 24, "fifteen days": 15 * 24}
    shown = {}
    for name, hours in moments.items():
        with time_machine.travel(ENDED + dt.timedelta(hours=hours), tick=False):
            shown[name] = browse(lid).get(address).status_code
    assert shown == {"before the end": 302, "next day": 200, "thirteen days": 200, "fifteen days": 302}
    with time_machine.travel(NEXT_DAY, tick=False):
        assert [browse(each).get(address).status_code for each in (neighbour, trekker)] == [302, 302]
        assert browse(neighbour).post(address, GIVEN).status_code == 302
    with acting_as(SYSTEM):
        assert not Evaluation.objects.exists()


def test_nobody_sees_anything_of_four_answers_and_the_trekker_and_manager_see_five(
    held, lid, trekker, neighbour_trekker, manager, as_, browse
):
    everyone = (lid, trekker, neighbour_trekker, manager)

    def seen():
        found = []
        for person in everyone:
            with as_(person):
                found.append(Evaluation.objects.count())
        return found

    answer(held, 4)
    assert seen() == [0, 0, 0, 0]
    page = browse(trekker).get(f"/bijeenkomsten/{held.pk}/evaluaties/").content.decode()
    assert "Er is nog 1 antwoord nodig voor u iets ziet" in page
    answer(held, 1)
    assert seen() == [0, 5, 0, 5]


def test_marks_are_rounded_so_that_one_answer_more_does_not_tell_itself(held, trekker, as_):
    answer(held, 5, useful=4, form=3)
    with as_(trekker):
        before = actions.result_of(held)
    answer(held, 1, useful=3, form=4)
    with as_(trekker):
        after = actions.result_of(held)
    assert (before.useful, before.form, after.useful, after.form) == (4.0, 3.0, 4.0, 3.0)


def test_what_may_go_to_the_speaker_stands_apart(held, trekker, browse):
    answer(held, 4)
    answer(held, 1, text="Boeiende spreker.", for_speaker=True)
    answer(held, 1, text="De koffie was koud.")
    page = browse(trekker).get(f"/bijeenkomsten/{held.pk}/evaluaties/").content.decode()
    assert page.index("mag naar de spreker".capitalize()) < page.index("Boeiende spreker.")
    assert page.index("Boeiende spreker.") < page.index("Alleen voor u") < page.index("De koffie was koud.")


def test_marks_outside_one_to_five_are_refused_and_nothing_typed_is_lost(held, lid, next_day, browse):
    was_there(held, lid)
    answer_ = browse(lid).post(f"/bijeenkomsten/{held.pk}/evaluatie/", GIVEN | {"useful": "6"})
    assert answer_.status_code == 422
    assert "Meer tijd voor vragen." in answer_.content.decode()


def asked(day):
    with time_machine.travel(day, tick=False), acting_as(SYSTEM):
        tasks.ask_for_evaluations()
        return {each.to for each in Delivery.objects.filter(kind="evaluation_asked")}


def test_who_was_there_is_thanked_and_asked_the_morning_after_once(held, lid, trekker, waasland):
    with acting_as(SYSTEM):
        away = make.person("Af Wezig", waasland)
        Registration.objects.create(meeting=held, member=away, answer="yes", attending="online")
    was_there(held, lid, trekker)
    evening = ENDED + dt.timedelta(hours=2)
    assert asked(evening) == set()
    assert asked(NEXT_DAY) == {lid.email, trekker.email}
    assert asked(NEXT_DAY + dt.timedelta(days=1)) == {lid.email, trekker.email}
    with acting_as(SYSTEM):
        assert Delivery.objects.count() == 2


def test_while_nobody_noted_who_was_there_who_said_yes_is_asked(held, lid, trekker):
    with acting_as(SYSTEM):
        Registration.objects.create(meeting=held, member=lid, answer="yes", attending="online")
        Registration.objects.create(meeting=held, member=trekker, answer="no")
    assert asked(NEXT_DAY) == {lid.email}


def test_of_a_cancelled_meeting_nobody_is_asked_anything(held, lid):
    was_there(held, lid)
    with acting_as(SYSTEM):
        type(held).objects.update(state="cancelled")
    assert asked(NEXT_DAY) == set()


def test_once_nobody_can_answer_any_more_the_trekker_does_not_wait_for_more(held, trekker, browse):
    answer(held, 3)
    page, said = f"/bijeenkomsten/{held.pk}/evaluaties/", []
    for days in (1, 15):
        with time_machine.travel(ENDED + dt.timedelta(days=days), tick=False):
            text = browse(trekker).get(page).text
        said.append(("Er zijn nog 2 antwoorden nodig" in text, "Minder dan 5 mensen antwoordden" in text))
    assert said == [(True, False), (False, True)]
