"""The letters to speakers that leave by themselves: reminded, thanked, told of a change."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from meetings import tasks
from meetings.actions import speakers as actions
from meetings.letters.speakers import speaker_told_of_change
from meetings.models import Meeting
from regions.wall import SYSTEM, acting_as
from tests import make

from .test_speakers import posted


@pytest.fixture
def noon():
    """Today at noon, so that two hours later is the same day."""
    with time_machine.travel(timezone.localtime().replace(hour=12), tick=False):
        yield


def run_daily(days: int, action) -> list[int]:
    """How many letters ``action`` adds on each of the coming days, starting today."""
    counts = []
    today = timezone.now()
    for day in range(days):
        with time_machine.travel(today + dt.timedelta(days=day), tick=False), acting_as(SYSTEM):
            counts.append(action())
    return counts


def test_who_is_silent_is_reminded_once_after_a_week(item, sofie):
    with acting_as(SYSTEM):
        make.talk(item, sofie, "asked")
    assert run_daily(10, actions.remind_speakers) == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]
    assert posted() == {("speaker_reminded", "sofie.spreker@spreker.example")}


def test_who_said_yes_is_reminded_once_a_week_before(waasland, sofie):
    with acting_as(SYSTEM):
        item = make.item(make.meeting(waasland, in_days=10))
        make.talk(item, sofie, answered_at=timezone.now())
    assert run_daily(12, actions.remind_speakers) == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]


def test_who_said_yes_in_the_last_week_is_not_reminded_of_it(waasland, sofie):
    with acting_as(SYSTEM):
        item = make.item(make.meeting(waasland, in_days=5))
        make.talk(item, sofie, answered_at=timezone.now())
    assert run_daily(6, actions.remind_speakers) == [0] * 6


@pytest.mark.parametrize("state", ["declined", "withdrawn"])
def test_who_said_no_or_is_not_asked_any_more_hears_nothing(waasland, sofie, state):
    with acting_as(SYSTEM):
        item = make.item(make.meeting(waasland, in_days=10))
        make.talk(item, sofie, state, answered_at=timezone.now())
    assert run_daily(14, actions.remind_speakers) == run_daily(14, actions.thank_speakers) == [0] * 14


def test_a_cancelled_meeting_reminds_and_thanks_nobody(waasland, sofie):
    with acting_as(SYSTEM):
        item = make.item(make.meeting(waasland, in_days=10, state="cancelled"))
        make.talk(item, sofie, answered_at=timezone.now())
        make.talk(item, make.speaker("Anna"), "asked")
    assert run_daily(14, actions.remind_speakers) == run_daily(14, actions.thank_speakers) == [0] * 14


def test_a_speaker_is_thanked_the_day_after_and_once(noon, waasland, sofie):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, in_days=2)
        make.talk(make.item(meeting), sofie)
        make.talk(make.item(meeting), make.speaker("Anna"), "asked")
    assert run_daily(6, actions.thank_speakers) == [0, 0, 0, 1, 0, 0]
    assert posted() == {("speaker_thanked", "sofie.spreker@spreker.example")}


def test_the_clock_writes_to_speakers_once_a_day_and_by_daylight(noon, waasland, sofie):
    with acting_as(SYSTEM):
        make.talk(make.item(make.meeting(waasland, in_days=-1, state="held")), sofie)
        make.talk(make.item(make.meeting(waasland)), sofie, "asked", asked_at=timezone.now() - dt.timedelta(days=8))
    with time_machine.travel(timezone.localtime().replace(hour=3), tick=False):
        tasks.write_to_speakers()
    assert posted() == set()
    for _ in range(2):
        tasks.write_to_speakers()
    address = "sofie.spreker@spreker.example"
    assert posted() == {("speaker_reminded", address), ("speaker_thanked", address)}


def test_nobody_is_thanked_for_what_is_long_over(waasland, sofie):
    with acting_as(SYSTEM):
        make.talk(make.item(make.meeting(waasland, in_days=-30, state="held")), sofie)
    assert run_daily(1, actions.thank_speakers) == [0]


def test_a_change_tells_what_is_so_now(item, sofie):
    with acting_as(SYSTEM):
        talk = make.talk(item, sofie)
        changed = speaker_told_of_change(talk)
        item.meeting.state, item.meeting.cancelled_because = Meeting.State.CANCELLED, "Storm."
        cancelled = speaker_told_of_change(talk)
    assert (changed.kind, cancelled.kind) == ("speaker_told_of_change", "speaker_told_of_cancellation")
    assert cancelled.paragraphs[-1] == "De reden: Storm."
    assert (len(changed.buttons), len(cancelled.buttons)) == (1, 0)
