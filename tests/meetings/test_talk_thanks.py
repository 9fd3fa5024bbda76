"""What people said goes to the speakers, if they agree and once five answered; and where someone spoke before."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from mailroom.models import Letter
from meetings.actions import speakers as actions
from meetings.models import Evaluation, Meeting
from regions.wall import SYSTEM, acting_as
from tests import make

from .test_speakers import ask_page, posted
from .test_speakers_by_the_clock import run_daily


@pytest.fixture
def held(waasland, sofie) -> Meeting:
    """A meeting that is over, at which Sofie spoke and others did not."""
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, in_days=-2, state="held")
        item = make.item(meeting)
        make.talk(item, sofie)
        make.talk(item, make.speaker("Anna"), "declined")
        return meeting


def say(meeting: Meeting, count: int, *agreed: str) -> None:
    with acting_as(SYSTEM):
        others = [("Alleen voor de trekker.", False)] * (count - len(agreed))
        Evaluation.objects.bulk_create(
            Evaluation(meeting=meeting, useful=4, form=4, text=text, for_speaker=may)
            for text, may in [*((text, True) for text in agreed), *others]
        )


def letters() -> list[str]:
    with acting_as(SYSTEM):
        return [each.text for each in Letter.objects.filter(delivery__kind="words_passed_on")]


def test_what_people_said_goes_to_who_spoke_once_two_weeks_after(held, sofie):
    say(held, 5, "Heel helder.", "Graag nog eens.")
    assert run_daily(16, actions.pass_on_by_the_clock) == [0] * 13 + [1, 0, 0]
    assert posted() == {("words_passed_on", "sofie.spreker@spreker.example")}
    (text,) = letters()
    assert "Heel helder." in text
    assert "Graag nog eens." in text
    assert "Alleen voor de trekker." not in text


def test_below_five_answers_nothing_is_passed_on(held, browse, trekker):
    say(held, 4, "Heel helder.")
    assert run_daily(16, actions.pass_on_by_the_clock) == [0] * 16
    browse(trekker).post(reverse("pass_on", args=[held.pk]))
    assert letters() == []


def test_nothing_is_passed_on_when_nobody_agreed_or_the_meeting_was_cancelled(held, browse, trekker):
    say(held, 6)
    browse(trekker).post(reverse("pass_on", args=[held.pk]))
    say(held, 1, "Toch.")
    with acting_as(SYSTEM):
        Meeting.objects.update(state="cancelled")
    browse(trekker).post(reverse("pass_on", args=[held.pk]))
    assert run_daily(16, actions.pass_on_by_the_clock) == [0] * 16


def test_a_trekker_sees_what_would_be_sent_and_sends_it_now_and_the_clock_not_again(held, browse, trekker, lid):
    say(held, 5, "Heel helder.")
    assert "Heel helder." in browse(trekker).get(reverse("evaluations", args=[held.pk])).text
    assert browse(lid).post(reverse("pass_on", args=[held.pk])).status_code == 403
    assert letters() == []
    for _ in range(2):
        assert browse(trekker).post(reverse("pass_on", args=[held.pk])).status_code == 302
    assert len(letters()) == 1
    with time_machine.travel(timezone.now() + dt.timedelta(days=13)), acting_as(SYSTEM):
        assert actions.pass_on_by_the_clock() == 0


# --- Reuse from the pool ------------------------------------------------------------------------------------------


def test_who_asks_sees_where_someone_spoke_as_far_as_they_may_know(
    waasland, kempen, sofie, browse, trekker, neighbour_trekker
):
    march = dt.datetime(2026, 3, 12, 14, tzinfo=dt.UTC)
    with acting_as(SYSTEM):
        past = {"starts_at": march, "ends_at": march + dt.timedelta(hours=2), "state": "held"}
        make.talk(make.item(make.meeting(kempen, **past), "Onder ons"), sofie)
        here, there = (make.item(make.meeting(circle)) for circle in (waasland, kempen))
    spoke = "sprak in maart 2026 bij RKK Kempen over “Onder ons”"
    assert spoke in browse(neighbour_trekker).get(ask_page(there)).text
    page = browse(trekker).get(ask_page(here)).text
    assert "Sofie Spreker" in page
    assert "sprak in" not in page
    assert "Onder ons" not in page
