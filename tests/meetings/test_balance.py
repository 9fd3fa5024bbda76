"""How the minutes of a year are spread over the four pillars."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from meetings import balance
from regions.wall import SYSTEM, acting_as
from tests import make

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def in_november():
    with time_machine.travel(NOON, tick=False):
        yield


def meets(circle, day, state, **minutes):
    starts = dt.datetime.fromisoformat(f"{day}T14:00").replace(tzinfo=timezone.get_default_timezone())
    made = make.meeting(circle, day, starts_at=starts, ends_at=starts + dt.timedelta(hours=2), state=state)
    for kind, length in minutes.items():
        make.item(made, kind, kind=kind, minutes=length)


def of(circle, year):
    return {str(each.kind): (each.held, each.planned, each.percent) for each in balance.of_year(circle, year)}


def test_held_and_planned_of_one_calendar_year_count_and_cancelled_does_not(waasland, kempen):
    with acting_as(SYSTEM):
        meets(waasland, "2026-01-01", "held", news_round=30, deep_dive=45, welcome=10)
        meets(waasland, "2026-11-20", "published", news_round=20)  # over, and not marked as held yet
        meets(waasland, "2026-12-10", "published", peer_consultation=25)
        meets(waasland, "2026-12-20", "draft", deep_dive=30)
        meets(waasland, "2026-12-21", "cancelled", site_visit=60)
        meets(waasland, "2026-02-01", "draft", site_visit=60)  # was never published
        meets(waasland, "2025-12-31", "held", site_visit=60)
        meets(kempen, "2026-12-10", "published", site_visit=60)
        assert of(waasland, 2026) == {
            "news_round": (50, 0, 33),
            "peer_consultation": (0, 25, 17),
            "deep_dive": (45, 30, 50),
            "site_visit": (0, 0, 0),
        }


@pytest.mark.parametrize(
    ("minutes", "sentence"),
    [
        ({}, "Er staat nog niets op de programma's van 2026."),
        ({"welcome": 10}, "Er staat nog niets op de programma's van 2026."),
        (
            {"news_round": 30, "deep_dive": 30, "peer_consultation": 30},
            "In 2026 nog niet op een programma: projectbezoek.",
        ),
        ({"news_round": 30, "deep_dive": 30}, "In 2026 nog niet op een programma: intervisie en projectbezoek."),
        (
            {"news_round": 60, "deep_dive": 60, "peer_consultation": 60, "site_visit": 10},
            "In 2026 blijft projectbezoek achter: 5 % van de tijd.",
        ),
        (
            {"news_round": 30, "deep_dive": 30, "peer_consultation": 30, "site_visit": 20},
            "In 2026 zijn de vier pijlers in evenwicht.",
        ),
    ],
)
def test_a_sentence_says_which_pillar_lags(waasland, minutes, sentence):
    with acting_as(SYSTEM):
        meets(waasland, "2026-03-12", "held", **minutes)
        assert balance.verdict(balance.of_year(waasland, 2026), 2026) == sentence


def test_the_page_shows_this_year_and_each_year_in_which_the_circle_met(browse, trekker, waasland):
    with acting_as(SYSTEM):
        meets(waasland, "2024-03-12", "held", site_visit=60)
        meets(waasland, "2027-03-12", "draft", news_round=30)
    client = browse(trekker)
    page = client.get("/kringen/waasland/evenwicht/")
    assert (page.context["year"], page.context["years"]) == (2026, [2027, 2026, 2025, 2024])
    assert client.get("/kringen/waasland/evenwicht/?jaar=2024").context["pillars"][3].held == 60
    assert client.get("/kringen/waasland/evenwicht/?jaar=9999").context["year"] == 2026
    assert "/kringen/waasland/evenwicht/" in client.get("/kringen/waasland/planning/").content.decode()
