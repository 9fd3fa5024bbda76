"""Drafts by the clock: eight weeks before a period without a meeting one stands ready, once for ever."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from kenniskring import worklist
from mailroom.models import Delivery, Letter
from meetings import rhythm, tasks, words
from meetings.actions import drafts, planning
from meetings.models import AgendaItem, Attendance, Meeting, PreparedPeriod, Registration
from members.models import Membership
from regions.models import Circle
from regions.wall import SYSTEM, acting_as
from tests import make

BRUSSELS = ZoneInfo("Europe/Brussels")


def at(*moment):
    return dt.datetime(*moment, tzinfo=BRUSSELS)


def meets(circle, *moment, **fields):
    starts = at(*moment)
    return make.meeting(
        circle, **{"starts_at": starts, "ends_at": starts + dt.timedelta(hours=2), "state": "held"} | fields
    )


@pytest.fixture
def only_waasland(waasland, trekker):
    """The other circles meet when there is a need."""
    with acting_as(SYSTEM):
        Circle.objects.exclude(pk=waasland.pk).update(rhythm="free")
        yield waasland


def due(circle, *day):
    """What would be made on this day."""
    found = rhythm.without_meeting(circle, today=dt.date(*day))
    return [(period.key, f"{proposal.date:%a %Y-%m-%d}") for period, proposal in found]


def prepare(*day):
    """The clock comes by on this day, in the morning; how many drafts it made."""
    with time_machine.travel(at(*day, 9, 0), tick=False):
        return drafts.prepare_drafts()


def shown(circle):
    return [
        f"{timezone.localtime(each.starts_at):%a %Y-%m-%d %H.%M} {each.form} {each.host or '-'}"
        for each in circle.meetings.filter(state="draft")
    ]


# --- When --------------------------------------------------------------------------------------------------------


def test_eight_weeks_before_a_quarter_without_a_meeting_a_draft_is_due(only_waasland):
    meets(only_waasland, 2026, 10, 15, 14, 0)
    assert due(only_waasland, 2026, 11, 5) == []
    assert due(only_waasland, 2026, 11, 6) == [("2027-Q1", "Thu 2027-01-14")]  # 56 days before 1 January


def test_a_quarter_that_has_a_meeting_or_a_draft_is_left_alone_and_a_cancelled_one_is_empty(only_waasland):
    meets(only_waasland, 2026, 10, 15, 14, 0)
    planned = meets(only_waasland, 2027, 3, 31, 14, 0, state="draft")
    assert due(only_waasland, 2026, 12, 1) == []
    Meeting.objects.filter(pk=planned.pk).update(state="cancelled")
    assert due(only_waasland, 2026, 12, 1) == [("2027-Q1", "Thu 2027-01-14")]


def test_a_draft_falls_in_its_own_quarter(only_waasland):
    meets(only_waasland, 2026, 7, 1, 14, 0)  # thirteen weeks later is the last of September
    assert due(only_waasland, 2026, 8, 10) == [("2026-Q4", "Wed 2026-10-07")]
    Meeting.objects.all().delete()
    meets(only_waasland, 2026, 9, 25, 14, 0)  # thirteen weeks later is Christmas, and another week is next year
    assert due(only_waasland, 2026, 10, 10) == [("2026-Q4", "Fri 2026-12-18")]


def test_it_is_too_late_for_a_quarter_that_is_nearly_over(only_waasland):
    meets(only_waasland, 2026, 7, 2, 14, 0)
    assert due(only_waasland, 2026, 12, 20) == [("2027-Q1", "Thu 2027-01-07")]


def test_six_weeks_have_a_draft_for_each_stretch_and_none_between_two_meetings_that_keep_the_rhythm(only_waasland):
    only_waasland.rhythm = "six_weeks"
    begin = rhythm.A_MONDAY + 233 * rhythm.SIX_WEEKS  # Monday 19 October 2026
    assert begin == dt.date(2026, 10, 19)
    meets(only_waasland, 2026, 11, 5, 10, 0)
    assert (
        due(only_waasland, 2026, 11, 6)
        == [("6w-2026-11-30", "Thu 2026-12-17"), ("6w-2027-01-11", "Thu 2027-01-14")][:1]
    )
    Meeting.objects.all().delete()
    meets(
        only_waasland, 2026, 11, 27, 10, 0
    )  # at the end of one stretch, and 46 days later at the start of the second
    meets(only_waasland, 2027, 1, 12, 10, 0)
    assert due(only_waasland, 2026, 12, 1) == []


def test_a_series_goes_on_until_it_is_complete(only_waasland):
    only_waasland.rhythm, only_waasland.series_from = "series", dt.date(2026, 9, 1)
    meets(only_waasland, 2026, 6, 4, 14, 0)  # the intake
    for number, month in enumerate([9, 10, 11], start=1):
        meets(only_waasland, 2026, month, 5, 14, 0)
        expected = [(f"series-2026-09-01-{number + 1}", f"{dt.date(2026, month, 5) + rhythm.SIX_WEEKS:%Y-%m-%d}")]
        found = [(key, str(dt.date.fromisoformat(day.split()[1]))) for key, day in due(only_waasland, 2026, month, 6)]
        assert [key for key, _ in found] == [key for key, _ in expected]
        assert 0 <= (dt.date.fromisoformat(found[0][1]) - dt.date.fromisoformat(expected[0][1])).days <= 7
    meets(only_waasland, 2026, 12, 17, 14, 0)
    assert due(only_waasland, 2026, 12, 18) == []  # four, and nobody said five
    only_waasland.series_length = 5
    assert [key for key, _ in due(only_waasland, 2026, 12, 18)] == ["series-2026-09-01-5"]
    assert rhythm.propose(only_waasland, today=dt.date(2026, 12, 18)).form == "in_person"


def test_a_working_group_meets_before_its_steering_group(only_waasland, kempen):
    only_waasland.rhythm, only_waasland.meets_before, only_waasland.weeks_before = "before", kempen, 2
    only_waasland.save()
    assert due(only_waasland, 2026, 11, 22) == []  # nothing to prepare
    meets(kempen, 2027, 2, 18, 14, 0, state="draft")
    assert due(only_waasland, 2026, 12, 20) == []  # what others have as a draft is theirs
    first = meets(kempen, 2027, 2, 16, 14, 0, state="published")
    second = meets(kempen, 2027, 4, 20, 14, 0, state="published")
    assert due(only_waasland, 2026, 12, 7) == []
    assert due(only_waasland, 2026, 12, 8) == [(f"before-{first.pk}", "Tue 2027-02-02")]
    assert str(rhythm.propose(only_waasland, today=dt.date(2026, 11, 22)).date) == "2027-02-02"
    meets(only_waasland, 2027, 2, 3, 14, 0, state="published")
    assert due(only_waasland, 2027, 3, 1) == [(f"before-{second.pk}", "Tue 2027-04-06")]


def test_a_circle_that_is_being_set_up_is_closed_or_meets_when_needed_gets_no_draft(only_waasland):
    for fields in ({"state": "forming"}, {"state": "closed"}, {"rhythm": "free"}):
        Circle.objects.filter(pk=only_waasland.pk).update(**{"state": "active", "rhythm": "quarter"} | fields)
        assert prepare(2026, 12, 1) == 0


# --- The draft ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "today", "expected"),
    [  # over 28 March 2027, and over 31 October 2027: 14.00 stays 14.00
        ((2027, 1, 14, 14, 0), (2027, 2, 5), "Thu 2027-04-15 14.00 online -"),
        ((2027, 8, 19, 14, 0), (2027, 8, 20), "Thu 2027-11-18 14.00 online -"),
    ],
)
def test_a_draft_keeps_weekday_and_clock_over_both_changes_of_the_hour(only_waasland, before, today, expected):
    meets(only_waasland, *before)
    assert prepare(*today) == 1
    assert shown(only_waasland) == [expected]


def test_a_draft_has_the_next_host_the_other_form_and_its_programme_and_the_trekker_is_told(
    only_waasland, trekker, lid
):
    meets(only_waasland, 2026, 10, 15, 14, 0, form="online")
    assert prepare(2026, 11, 22) == 1
    assert shown(only_waasland) == ["Thu 2027-01-14 14.00 in_person Lokeren"]
    draft = only_waasland.meetings.get(state="draft")
    assert draft.title == "Bijeenkomst januari 2027"
    assert AgendaItem.objects.filter(meeting=draft).count() >= 6
    letter = Letter.objects.get(delivery__kind="draft_ready")
    assert letter.delivery.member_id == trekker.pk
    assert letter.delivery.subject == "[RKK Waasland] Een ontwerp staat klaar: 14 januari, Lokeren"
    address = f"{reverse('desk', args=['waasland'])}?bijeenkomst={draft.pk}"
    assert address in letter.text


def test_twice_adds_nothing_also_when_the_draft_was_thrown_away_or_the_clock_goes_back(only_waasland, trekker):
    meets(only_waasland, 2026, 10, 15, 14, 0)
    assert [prepare(2026, 11, 22) for _ in range(2)] == [1, 0]
    with time_machine.travel(at(2026, 11, 23, 9, 0)):
        planning.discard(only_waasland.meetings.get(state="draft"), by=trekker)
    days = [(2026, 11, 24), (2026, 11, 7), (2027, 1, 10)]
    assert [prepare(*day) for day in days] == [0, 0, 0]
    assert Delivery.objects.filter(kind="draft_ready").count() == 1
    assert [each.period for each in PreparedPeriod.objects.all()] == ["2027-Q1"]
    assert prepare(2027, 2, 10) == 1  # the quarter after it


def test_a_clock_that_jumps_a_year_makes_one_draft_for_each_period_that_is_left(only_waasland):
    meets(only_waasland, 2026, 10, 15, 14, 0)
    assert prepare(2027, 11, 22) == 2
    assert shown(only_waasland) == ["Thu 2027-12-09 14.00 online -", "Thu 2028-03-09 14.00 in_person Lokeren"]
    assert prepare(2027, 11, 22) == 0


def test_without_a_trekker_nobody_is_written_to_and_the_managers_see_it(only_waasland, trekker):
    Membership.objects.filter(member=trekker).update(ended_at=timezone.now())
    assert drafts.prepare_drafts() >= 1
    assert not Delivery.objects.filter(kind="draft_ready").exists()
    heap = worklist.circles_without_trekker()
    task = next(task for task in heap.tasks if task.name == "RKK Waasland")
    first = only_waasland.meetings.order_by("starts_at").first()
    assert task.why == f"er staat een ontwerp klaar voor {words.day(first)}; kies een van de leden"


def test_the_task_runs_once_a_day_by_daylight(only_waasland):
    meets(only_waasland, 2026, 10, 15, 14, 0)
    runs = []
    for hour in (5, 9, 10):
        with time_machine.travel(at(2026, 11, 22, hour, 0), tick=False):
            tasks.prepare_drafts.run()
        runs.append(only_waasland.meetings.filter(state="draft").count())
    assert runs == [0, 1, 1]


def test_two_beats_at_once_make_one_draft(together):
    with acting_as(SYSTEM):
        temse = make.government("Temse")
        circle = make.circle("RKK Waasland", temse, slug="waasland", region="waasland")
        make.person("Tom Trekker", trekker_of=circle)
        make.meeting(circle, in_days=-60, state="held")

    def beat(_):
        with acting_as(SYSTEM):
            return drafts.prepare_drafts()

    assert sorted(together(4, beat))[:3] == [0, 0, 0]
    with acting_as(SYSTEM):
        periods = PreparedPeriod.objects.count()
        assert periods >= 1
        assert circle.meetings.filter(state="draft").count() == periods
        assert Delivery.objects.filter(kind="draft_ready").count() == periods


# --- The form, and who lags --------------------------------------------------------------------------------------


def test_the_last_four_forms_with_who_came_and_why_the_next_one(only_waasland, lid, trekker, browse):
    held = [
        meets(only_waasland, 2026, month, 3, 14, 0, form=form)
        for month, form in zip((2, 3, 4, 6, 9), ("online", "in_person", "hybrid", "in_person", "online"), strict=True)
    ]
    meets(only_waasland, 2026, 10, 1, 14, 0, state="cancelled")
    for meeting, ways in zip(held[1:], (["in_person"], ["in_person", "online"], [], ["online"]), strict=True):
        for way, person in zip(ways, (lid, trekker), strict=False):
            Attendance.objects.create(meeting=meeting, member=person, how=way, noted_by="list")
    Registration.objects.create(meeting=held[3], member=lid, answer="yes", attending="in_person")
    with time_machine.travel(at(2026, 11, 22, 9, 0)):
        found = [
            (past.meeting, past.in_person, past.online, past.counted) for past in rhythm.last_four(only_waasland)
        ]
        proposal = rhythm.propose(only_waasland)
    assert found == [(held[4], 0, 1, True), (held[3], 1, 0, False), (held[2], 1, 1, True), (held[1], 1, 0, True)]
    assert (proposal.form, proposal.because) == ("in_person", "Vorige keer online, dus nu op locatie.")


def test_planning_and_editing_show_the_forms(waasland, trekker, browse):
    with acting_as(SYSTEM):
        make.meeting(waasland, in_days=-30, state="held", form="online")
        draft = make.meeting(waasland, in_days=60, state="draft")
    client = browse(trekker)
    for address in (reverse("plan", args=["waasland"]), reverse("edit_meeting", args=[draft.pk])):
        page = client.get(address)
        assert [past.total for past in page.context["past_forms"]] == [0], address
    assert page.context["because"] == "Vorige keer online, dus nu op locatie."


@pytest.mark.parametrize(
    ("rhythm_of", "last", "lags"),
    [
        ("quarter", 90, False),
        ("quarter", 92, True),
        ("six_weeks", 41, False),
        ("six_weeks", 43, True),
        ("series", 43, True),
        ("free", 900, False),
    ],
)
def test_a_circle_lags_when_its_last_meeting_is_longer_ago_than_its_rhythm(only_waasland, rhythm_of, last, lags):
    Circle.objects.filter(pk=only_waasland.pk).update(rhythm=rhythm_of)
    make.meeting(only_waasland, in_days=-last, state="held")
    make.meeting(only_waasland, in_days=9, state="draft")  # announces nothing
    assert [lag.circle.name for lag in rhythm.lagging()] == (["RKK Waasland"] if lags else [])


def test_a_series_that_is_complete_does_not_lag(only_waasland):
    Circle.objects.filter(pk=only_waasland.pk).update(rhythm="series")
    for days in (300, 250, 200, 150):
        make.meeting(only_waasland, in_days=-days, state="held")
    assert rhythm.lagging() == []


def test_a_circle_that_prepares_nothing_before_another_one_meets_lags(only_waasland, kempen):
    fields = {"rhythm": "before", "meets_before": kempen, "weeks_before": 2}
    Circle.objects.filter(pk=only_waasland.pk).update(**fields)
    assert rhythm.lagging() == []
    other = make.meeting(kempen, in_days=20)
    assert [(lag.circle, lag.preparing) for lag in rhythm.lagging()] == [
        (only_waasland, timezone.localdate(other.starts_at))
    ]
    assert worklist.quiet_circles().tasks[0].why.startswith("RKK Kempen komt samen op ")
    make.meeting(only_waasland, in_days=8)
    assert rhythm.lagging() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"series_length": 4},
        {"rhythm": "series", "series_length": 3},
        {"rhythm": "before"},
        {"rhythm": "before", "weeks_before": 2},
        {"rhythm": "before", "weeks_before": 13, "meets_before": "kempen"},
        {"rhythm": "before", "weeks_before": 2, "meets_before": "waasland"},
        {"weeks_before": 2, "meets_before": "kempen"},
    ],
)
def test_the_fields_of_a_rhythm_fit_it(only_waasland, wrong):
    if "meets_before" in wrong:
        wrong = wrong | {"meets_before": Circle.objects.get(slug=wrong["meets_before"])}
    with pytest.raises(IntegrityError):
        Circle.objects.filter(pk=only_waasland.pk).update(**wrong)
