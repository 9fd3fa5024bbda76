"""Reminders: who comes, the day before; who was invited and is silent, a week before; nobody else."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from mailroom.models import Delivery
from meetings import tasks
from meetings.actions import planning, reminders
from meetings.models import Invitation, Meeting, Registration
from members.models import Membership
from regions.wall import SYSTEM, acting_as
from tests import make

BRUSSELS = timezone.get_default_timezone()
STARTS = dt.datetime(2027, 6, 17, 14, 0, tzinfo=BRUSSELS)


def on(day, hour=9, minute=0, starts=STARTS):
    """So many days before the meeting, at this hour on the Belgian clock."""
    date = starts.date() - dt.timedelta(days=day)
    return time_machine.travel(
        dt.datetime(date.year, date.month, date.day, hour, minute, tzinfo=BRUSSELS), tick=False
    )


def person(waasland, meeting, name, answer=None, *, waiting=False, invited=True):
    made = make.person(name, waasland)
    if invited:
        Invitation.objects.create(meeting=meeting, member=made, invited_at=STARTS - dt.timedelta(days=40))
    if answer:
        Registration.objects.create(
            meeting=meeting,
            member=made,
            answer=answer,
            waiting=waiting,
            attending="" if answer == "no" else "in_person",
        )
    return made


@pytest.fixture
def meeting(waasland, temse):
    with acting_as(SYSTEM):
        made = make.meeting(waasland, "Op til", host=temse, starts_at=STARTS, ends_at=STARTS + dt.timedelta(hours=2))
        person(waasland, made, "Ja", "yes")
        person(waasland, made, "Ja zonder brief", "yes", invited=False)
        person(waasland, made, "Wacht", "yes", waiting=True)
        person(waasland, made, "Misschien", "maybe")
        person(waasland, made, "Nee", "no")
        person(waasland, made, "Stil")
        person(waasland, made, "Niet gevraagd", invited=False)
        for name, answer in [("Gegaan ja", "yes"), ("Gegaan stil", None)]:
            gone = person(waasland, made, name, answer)
            Membership.objects.filter(member=gone).update(ended_at=timezone.now())
        for name, answer in [("Inactief ja", "yes"), ("Inactief stil", None)]:
            off = person(waasland, made, name, answer)
            type(off).objects.filter(pk=off.pk).update(is_active=False)
        return made


def reminded():
    with acting_as(SYSTEM):
        return {
            (each.kind, each.member.name)
            for each in Delivery.objects.filter(kind__startswith="reminder").select_related("member")
        }


def beat():
    tasks.remind()


def test_the_day_before_who_comes_and_nobody_else(meeting):
    with on(1):
        beat()
    assert reminded() == {("reminder_coming", "Ja"), ("reminder_coming", "Ja zonder brief")}


def test_a_week_before_who_was_invited_and_is_silent_and_nobody_else(meeting):
    with on(7):
        beat()
    assert reminded() == {("reminder_silent", "Stil")}


@pytest.mark.parametrize("day", [0, 2, 3, 6, 8, 14])
def test_on_other_days_nobody(meeting, day):
    with on(day):
        beat()
    assert reminded() == set()


def test_who_was_invited_today_is_not_reminded_today(meeting, waasland):
    with acting_as(SYSTEM), on(7, hour=8):
        late = make.person("Laat gevraagd", waasland)
        Invitation.objects.create(meeting=meeting, member=late)
    with on(7):
        beat()
    assert reminded() == {("reminder_silent", "Stil")}


@pytest.mark.parametrize("state", ["draft", "cancelled", "held"])
def test_only_what_is_published(meeting, state):
    with acting_as(SYSTEM):
        Meeting.objects.update(state=state)
    for day in [7, 1]:
        with on(day):
            beat()
    assert reminded() == set()


def test_beating_all_day_reminds_once(meeting):
    for hour in range(24):
        for minute in range(0, 60, 15):
            with on(1, hour, minute):
                beat()
    with acting_as(SYSTEM):
        assert Delivery.objects.count() == 2


def test_without_the_slot_a_second_run_adds_nothing_either(meeting):
    with on(1), acting_as(SYSTEM):
        assert [reminders.remind(meeting), reminders.remind(meeting)] == [2, 0]


@pytest.mark.parametrize(("hour", "minute", "expected"), [(7, 59, 0), (8, 0, 2), (19, 59, 2), (20, 0, 0), (2, 30, 0)])
def test_letters_are_written_by_daylight(meeting, hour, minute, expected):
    with on(1, hour, minute):
        beat()
    assert len(reminded()) == expected


@pytest.mark.parametrize(
    "night",
    [dt.datetime(2027, 3, 28, tzinfo=BRUSSELS), dt.datetime(2027, 10, 31, tzinfo=BRUSSELS)],
    ids=["spring", "autumn"],
)
def test_in_the_nights_the_clock_changes_each_is_still_reminded_once(waasland, night):
    """A meeting the day after the change, and one a week after: every quarter of an hour of two days."""
    monday = dt.datetime(night.year, night.month, night.day, 10, tzinfo=BRUSSELS) + dt.timedelta(days=1)
    with acting_as(SYSTEM):
        soon = make.meeting(waasland, "Maandag", starts_at=monday, ends_at=monday + dt.timedelta(hours=2))
        person(waasland, soon, "Ja", "yes")
        week = night.replace(hour=10) + dt.timedelta(days=7)
        later = make.meeting(waasland, "Zondag erna", starts_at=week, ends_at=week + dt.timedelta(hours=2))
        Invitation.objects.create(
            meeting=later, member=make.person("Stil", waasland), invited_at=night - dt.timedelta(days=20)
        )
    utc = (night - dt.timedelta(days=1)).astimezone(dt.UTC)
    sent_at, known = {}, set()
    for quarter in range(2 * 96 + 8):
        with time_machine.travel(utc + dt.timedelta(minutes=15 * quarter), tick=False):
            beat()
            sent_at |= {new: f"{timezone.localtime():%d %H.%M}" for new in reminded() - known}
            known = set(sent_at)
    assert sent_at == {
        ("reminder_coming", "Ja"): f"{night.day} 08.00",
        ("reminder_silent", "Stil"): f"{night.day} 08.00",
    }
    with acting_as(SYSTEM):
        assert Delivery.objects.count() == 2


def test_after_a_move_the_new_date_has_its_own_reminder(as_, trekker, meeting):
    with on(1):
        beat()
    with on(1, hour=12), as_(trekker):
        week = dt.timedelta(days=7)
        planning.move(meeting, by=trekker, starts_at=STARTS + week, ends_at=STARTS + week + dt.timedelta(hours=2))
    with on(1, starts=STARTS + dt.timedelta(days=7)):
        beat()
    with acting_as(SYSTEM):
        assert Delivery.objects.filter(kind="reminder_coming", member__name="Ja").count() == 2


def test_what_is_over_was_held(meeting, waasland):
    with acting_as(SYSTEM):
        make.meeting(
            waasland, "Afgelast", starts_at=STARTS, ends_at=STARTS + dt.timedelta(hours=1), state="cancelled"
        )
        make.meeting(waasland, "Bezig", starts_at=STARTS, ends_at=STARTS + dt.timedelta(hours=4))
    with time_machine.travel(STARTS + dt.timedelta(hours=3)):
        tasks.close_past_meetings()
        tasks.close_past_meetings()
    with acting_as(SYSTEM):
        assert {(each.title, each.state) for each in Meeting.objects.all()} == {
            ("Op til", "held"),
            ("Afgelast", "cancelled"),
            ("Bezig", "published"),
        }
