"""Dates, hours, numbers and plurals as each language writes them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils.formats import sanitize_separators
from django.utils.translation import ngettext, override

from meetings import words
from meetings.models import Meeting

BRUSSELS = ZoneInfo("Europe/Brussels")
MOMENT = dt.datetime(2027, 3, 12, 14, 0, tzinfo=BRUSSELS)


def meeting(ends):
    return Meeting(starts_at=MOMENT, ends_at=ends, form="online")


@pytest.mark.parametrize(
    ("language", "hours", "over_night", "date"),
    [
        ("nl", "14.00 – 16.30 uur", "14.00 – 13 maart, 16.30 uur", ("vr", "12", "mrt", "2027")),
        ("en", "14:00 – 16:30", "14:00 – 13 March, 16:30", ("Fri", "12", "Mar", "2027")),
    ],
)
def test_when_a_meeting_is(language, hours, over_night, date):
    ends = dt.datetime(2027, 3, 12, 16, 30, tzinfo=BRUSSELS)
    with override(language):
        assert words.hours(meeting(ends)) == hours
        assert words.hours(meeting(ends + dt.timedelta(days=1))) == over_night
        assert words.date(MOMENT) == date
        assert words.when(meeting(ends)).endswith(f"12 {'maart' if language == 'nl' else 'March'} 2027, {hours}")


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("nl", "12 maart 2027|14.00 uur|12 maart 2027 om 14.00 uur|83.400|1,5|83400"),
        ("en", "12 March 2027|14:00|12 March 2027, 14:00|83,400|1.5|83400"),
    ],
)
def test_what_templates_show(language, shown):
    moment = '{{ m|date:"DATE_FORMAT" }}|{{ m|date:"TIME_FORMAT" }}|{{ m|date:"DATETIME_FORMAT" }}'
    page = moment + '|{{ n|floatformat:"0g" }}|{{ x }}|{{ n }}'
    with override(language):
        assert Template(page).render(Context({"m": MOMENT, "n": 83400, "x": 1.5})) == shown


@pytest.mark.parametrize(("language", "typed"), [("nl", "1,5"), ("en", "1.5")])
def test_a_number_is_typed_as_it_is_shown(language, typed):
    with override(language):
        assert sanitize_separators(typed) == "1.5"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_date_is_typed_the_belgian_way_in_both(language):
    from members.forms import MandateForm

    with override(language):
        field = MandateForm.base_fields["mandate_start"]
        assert field.clean("03/12/2026") == field.clean("2026-12-03") == dt.date(2026, 12, 3)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", ["0 uitnodigingen zijn onderweg.", "1 uitnodiging is onderweg.", "2 uitnodigingen zijn onderweg."]),
        ("en", ["0 invitations are on their way.", "1 invitation is on its way.", "2 invitations are on their way."]),
    ],
)
def test_none_one_and_two(language, said):
    with override(language):
        forms = ("%(n)s invitation is on its way.", "%(n)s invitations are on their way.")
        assert [ngettext(*forms, n) % {"n": n} for n in range(3)] == said
