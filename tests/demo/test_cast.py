"""The demo's people and meetings fit the real circles and governments."""

import datetime as dt
from collections import Counter

import pytest
import time_machine
from django.utils import timezone

from kenniskring.demo.__main__ import ACCOUNTS
from kenniskring.demo.cast import ASKERS, MANAGER, SPEAKERS, TROUPES
from kenniskring.demo.gatherings import moment
from kenniskring.demo.in_full import left_to_the_clock
from kenniskring.demo.people import trekker_of
from kenniskring.demo.programme import MEETINGS, SILENT_UNTIL_NOW
from kenniskring.demo.themes import THEMES
from library.facts import read
from meetings.rhythm import is_holiday
from regions.facts import DATA

REGION_OF = {row["slug"]: row["reference_region"] for row in read(DATA / "local_governments.csv")}
DOMAINS = {domain for row in read(DATA / "local_governments.csv") for domain in row["mail_domains"].split()}
PLAYERS = [player for troupe in TROUPES for player in troupe.players] + list(ASKERS)


def test_everyone_works_in_the_region_of_the_circle():
    for troupe in TROUPES:
        assert {REGION_OF[player.government] for player in troupe.players} == {troupe.circle}


def test_six_circles_have_eight_to_twelve_people():
    sizes = Counter({troupe.circle: len(troupe.players) for troupe in TROUPES})
    assert len([circle for circle, size in sizes.items() if 8 <= size <= 12]) == 6
    assert {"waasland", "kempen"} <= set(sizes)


def test_every_address_is_of_one_person_and_of_nobody_real():
    addresses = [player.email for player in [*PLAYERS, MANAGER]] + [guest.email for guest in SPEAKERS.values()]
    assert [address for address, times in Counter(addresses).items() if times > 1] == []
    assert {address.rpartition("@")[2] for address in addresses} == {"demo.example", "spreker.example"}
    assert DOMAINS.isdisjoint({"demo.example", "spreker.example"})


def test_the_accounts_that_are_announced_exist():
    assert {address for address, _ in ACCOUNTS} <= {player.email for player in [*PLAYERS, MANAGER]}


def test_hosts_are_governments_of_the_circle_and_speakers_are_in_the_pool():
    for planned in MEETINGS:
        assert planned.host == "" or REGION_OF[planned.host] == planned.circle
        assert THEMES[planned.theme].speaker in SPEAKERS
        assert bool(planned.host) == (planned.form != "online")


def test_every_circle_has_each_theme_once():
    told = Counter((planned.circle, planned.theme) for planned in MEETINGS if planned.fate != "cancelled")
    assert [theme for theme, times in told.items() if times > 1] == []
    assert {theme for _, theme in SILENT_UNTIL_NOW} <= {planned.theme for planned in MEETINGS}


@pytest.mark.parametrize("today", ["2026-11-21", "2027-02-28", "2028-07-20", "2029-12-31"])
def test_on_any_day_the_meetings_fall_on_working_days_and_in_order(today, time_machine):
    time_machine.move_to(f"{today}T12:00:00Z")
    for circle in {planned.circle for planned in MEETINGS}:
        moments = [moment(planned) for planned in MEETINGS if planned.circle == circle]
        assert moments == sorted(moments)
        assert all(when.weekday() < 5 and not is_holiday(when.date()) for when in moments)
    assert trekker_of("overkoepelend") == MANAGER


def test_the_clock_finds_a_quarter_without_a_meeting(waasland):
    """Whatever day the demo is played."""
    for day in range(0, 364, 4):
        with time_machine.travel(dt.datetime(2027, 1, 1, 9, tzinfo=dt.UTC) + dt.timedelta(days=day)):
            quarter = left_to_the_clock()
            meetings = [moment(each).date() for each in MEETINGS if each.circle == "waasland" and not each.fate]
            planned = [each for each in meetings if each - dt.timedelta(days=63) < quarter.ready_on]
            assert not any(quarter.holds(each) for each in planned), timezone.localdate()
            assert quarter.ready_on <= timezone.localdate()
