"""Whose turn it is, and when a circle meets next."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from meetings import rhythm, rota
from meetings.models import Meeting
from regions.models import FormerGovernment, Participation
from regions.wall import SYSTEM, acting_as
from tests import make

BRUSSELS = timezone.get_default_timezone()


def hosted(circle, government, days_ago, **fields):
    return make.meeting(circle, in_days=-days_ago, host=government, state="held", **fields)


def order(circle):
    return [turn.government.name for turn in rota.turns(circle)]


@pytest.fixture
def system(db):
    with acting_as(SYSTEM):
        yield


@pytest.fixture
def towns(system):
    names = ["Beveren", "Lokeren", "Sint-Gillis", "Temse"]
    return {name: make.government(name) for name in names}


@pytest.fixture
def circle(towns):
    return make.circle("RKK Proef", *towns.values())


def test_who_never_hosted_comes_first_by_name_then_longest_ago(circle, towns):
    hosted(circle, towns["Temse"], 500)
    hosted(circle, towns["Lokeren"], 100)
    assert order(circle) == ["Beveren", "Sint-Gillis", "Temse", "Lokeren"]
    assert rota.next_host(circle) == towns["Beveren"]


def test_cancelled_online_and_elsewhere_do_not_count(circle, towns):
    hosted(circle, towns["Beveren"], 10, form="online")
    Meeting.objects.filter(pk=hosted(circle, towns["Lokeren"], 20).pk).update(state="cancelled")
    other = make.circle("Werkgroep", towns["Temse"], kind="working_group")
    hosted(other, towns["Temse"], 30)
    assert [(turn.government.name, turn.times) for turn in rota.turns(circle)] == [
        ("Beveren", 0),
        ("Lokeren", 0),
        ("Sint-Gillis", 0),
        ("Temse", 0),
    ]


def test_a_planned_meeting_is_a_turn_already_but_not_while_it_is_edited(circle, towns):
    planned = make.meeting(circle, host=towns["Beveren"], state="draft")
    assert order(circle) == ["Lokeren", "Sint-Gillis", "Temse", "Beveren"]
    assert next(turn.government.name for turn in rota.turns(circle, besides=planned)) == "Beveren"


def test_only_who_takes_part_today(circle, towns):
    today = timezone.localdate()
    Participation.objects.filter(government=towns["Beveren"]).update(until=today)
    Participation.objects.filter(government=towns["Lokeren"]).update(since=today + dt.timedelta(days=1))
    assert order(circle) == ["Sint-Gillis", "Temse"]


def test_after_a_merger_the_history_stays_with_the_successor(circle, towns):
    FormerGovernment.objects.create(
        nis_code="46099", name="Kruibeke", successor=towns["Beveren"], merged_on=dt.date(2025, 1, 1)
    )
    hosted(circle, towns["Beveren"], 900)
    hosted(circle, towns["Beveren"], 300)
    turn = {turn.government.name: turn for turn in rota.turns(circle)}["Beveren"]
    assert (turn.times, (timezone.now() - turn.last).days) == (2, 300)


def test_a_circle_without_governments_has_nobody_to_propose(system):
    assert rota.next_host(make.circle("Stuurgroep", kind="steering_group")) is None


def test_over_forty_quarters_every_turn_comes_round_before_anyone_has_two(circle, towns):
    hosts = []
    start = timezone.now() - dt.timedelta(weeks=13 * 40)
    for quarter in range(40):
        host = rota.next_host(circle)
        starts = start + dt.timedelta(weeks=13 * quarter)
        make.meeting(circle, host=host, state="held", starts_at=starts, ends_at=starts + dt.timedelta(hours=2))
        hosts.append(host.name)
    assert all(len(set(hosts[i : i + 4])) == 4 for i in range(37))


def test_the_rota_is_one_query(circle, towns, django_assert_num_queries):
    with django_assert_num_queries(1):
        rota.turns(circle)


# --- The date ------------------------------------------------------------------------------------------


def meets(circle, *starts, hours=2, **fields):
    begin = dt.datetime(*starts, tzinfo=BRUSSELS)
    return make.meeting(circle, starts_at=begin, ends_at=begin + dt.timedelta(hours=hours), state="held", **fields)


def proposal(circle, today):
    found = rhythm.propose(circle, today=today)
    return f"{found.date:%a %Y-%m-%d}", f"{found.start:%H.%M}-{found.end:%H.%M}", found.form.value


@pytest.mark.parametrize(
    ("last", "today", "expected"),
    [
        # Thirteen weeks later, the same time on the clock, over both nights in which it changes.
        ((2026, 10, 15, 14, 0), (2026, 11, 21), ("Thu 2027-01-14", "14.00-16.00", "online")),
        ((2027, 1, 14, 14, 0), (2027, 2, 1), ("Thu 2027-04-15", "14.00-16.00", "online")),
        ((2027, 8, 19, 9, 30), (2027, 9, 1), ("Thu 2027-11-18", "09.30-11.30", "online")),
        # 11 November, Easter Monday, Ascension Day: a week later.
        ((2026, 8, 12, 14, 0), (2026, 9, 1), ("Wed 2026-11-18", "14.00-16.00", "online")),
        ((2026, 12, 28, 14, 0), (2027, 1, 4), ("Mon 2027-04-05", "14.00-16.00", "online")),
        ((2027, 2, 4, 14, 0), (2027, 2, 5), ("Thu 2027-05-13", "14.00-16.00", "online")),
        # A Saturday becomes a Monday.
        ((2026, 10, 17, 14, 0), (2026, 11, 1), ("Mon 2027-01-18", "14.00-16.00", "online")),
        # Long idle: the same weekday, two weeks' notice.
        ((2024, 3, 14, 14, 0), (2026, 11, 21), ("Thu 2026-12-10", "14.00-16.00", "online")),
    ],
)
def test_the_proposed_date_keeps_rhythm_weekday_and_clock(circle, last, today, expected):
    meets(circle, *last)
    assert proposal(circle, dt.date(*today)) == expected


@pytest.mark.parametrize("night", ["2027-03-28", "2027-10-31"])
def test_the_clock_of_a_draft_survives_the_change_of_the_hour(circle, trekker_of_proef, night, browse):
    """Planned from the proposal, before the change, for after it: 14.00 stays 14.00."""
    change = dt.date.fromisoformat(night)
    before = change - dt.timedelta(weeks=4, days=3)
    meets(circle, before.year, before.month, before.day, 14, 0)
    with time_machine.travel(dt.datetime(before.year, before.month, before.day, 20, 0, tzinfo=BRUSSELS)):
        found = rhythm.propose(circle)
    from meetings.forms.planning import PlanForm

    typed = {
        "title": "x",
        "date": found.date.isoformat(),
        "start": "14:00",
        "end": "16:00",
        "form": "in_person",
        "programme": "empty",
    }
    with time_machine.travel(dt.datetime(before.year, before.month, before.day, 20, 0, tzinfo=BRUSSELS)):
        form = PlanForm(circle, typed)
        assert form.is_valid(), form.errors
    assert found.date > change
    assert f"{timezone.localtime(form.cleaned_data['starts_at']):%H.%M}" == "14.00"


@pytest.fixture
def trekker_of_proef(circle):
    return make.person("Tess Trekker", trekker_of=circle)


def test_six_weeks_is_six_weeks(circle):
    circle.rhythm = "six_weeks"
    meets(circle, 2026, 11, 5, 10, 0)
    assert proposal(circle, dt.date(2026, 11, 6)) == ("Thu 2026-12-17", "10.00-12.00", "online")


def test_the_form_alternates_and_cancelled_meetings_do_not_count(circle):
    meets(circle, 2026, 9, 3, 14, 0, form="hybrid")
    Meeting.objects.filter(pk=meets(circle, 2026, 10, 1, 9, 0).pk).update(state="cancelled")
    assert proposal(circle, dt.date(2026, 10, 2)) == ("Thu 2026-12-03", "14.00-16.00", "in_person")


def test_a_first_meeting_is_proposed_on_a_thursday_in_six_weeks(circle):
    assert proposal(circle, dt.date(2026, 11, 21)) == ("Thu 2027-01-07", "14.00-16.00", "in_person")


@pytest.mark.parametrize(
    ("year", "sunday"), [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2027, (3, 28)), (2038, (4, 25))]
)
def test_easter(year, sunday):
    assert rhythm.easter(year) == dt.date(year, *sunday)


def test_nobody_is_asked_to_meet_between_christmas_and_new_year():
    december = [dt.date(2026, 12, day) for day in range(20, 32)]
    assert [day.day for day in december if rhythm.is_holiday(day)] == [*range(24, 32)]
