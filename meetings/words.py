"""When and where a meeting is, in words: for letters and pages alike. Belgian wall-clock time."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mailroom.languages import to_anyone

from .models import Meeting


def _in_words(moment: dt.datetime, how: str) -> str:
    return _formatted(timezone.localtime(moment), how, get_language())


@lru_cache(maxsize=4096)  # a thousand invitations name the same few moments, and lists the same few days
def _formatted(moment: dt.date, how: str, language: str | None) -> str:
    return date_format(moment, how)


class Date(NamedTuple):
    """A date as the block beside a meeting shows it: do 12 mrt, Thu 12 Mar."""

    weekday: str
    day: str
    month: str
    year: str


def date(day: dt.date) -> Date:
    language = get_language()
    return Date(*(_formatted(day, how, language) for how in ("D", "j", "MONTH_FORMAT", "Y")))


def day(meeting: Meeting) -> str:
    """12 maart, 12 March"""
    return _in_words(meeting.starts_at, "j F")


def hours(meeting: Meeting) -> str:
    """14.00 – 16.00 uur, 14:00 – 16:00; with the last day as well when it ends on another one."""
    return _hours(meeting.starts_at, meeting.ends_at)


def _hours(starts: dt.datetime, ends: dt.datetime) -> str:
    until = _in_words(ends, "TIME_FORMAT")
    if timezone.localdate(starts) != timezone.localdate(ends):
        until = f"{_in_words(ends, 'MONTH_DAY_FORMAT')}, {until}"
    return f"{clock(starts)} – {until}"


def clock(moment: dt.datetime) -> str:
    """14.00, 14:00"""
    return _in_words(moment, "CLOCK_FORMAT")


def when(meeting: Meeting) -> str:
    """vrijdag 12 maart 2027, 14.00 – 16.00 uur; Friday 12 March 2027, 14:00 – 16:00"""
    return moment(meeting.starts_at, meeting.ends_at)


def moment(starts: dt.datetime, ends: dt.datetime) -> str:
    """As ``when``, of what is no meeting yet."""
    return f"{_in_words(starts, 'l j F Y')}, {_hours(starts, ends)}"


def end_of(day: dt.date) -> dt.datetime:
    """The last minute of a day, on the wall."""
    return dt.datetime.combine(day, dt.time(23, 59))


def where(meeting: Meeting) -> str:
    """Host, building and address as far as known; "online" where that is possible. Never the online link."""
    place = ", ".join(filter(None, [meeting.town, meeting.venue, meeting.address])) if meeting.is_in_person else ""
    online = _("online") if meeting.is_online else ""
    return _(" and ").join(filter(None, [place, online])) or _("still to be announced")


def facts(meeting: Meeting) -> list[tuple[str, str]]:
    """When and where, labelled, as letters tell it. Never the online link."""
    return [(_("When"), when(meeting)), (_("Where"), where(meeting))]


@to_anyone
def title_for(day: dt.date) -> str:
    """ "Bijeenkomst maart 2027": the circle reads it, whatever its trekker reads."""
    return _("Meeting %(month)s") % {"month": date_format(day, "F Y")}


def place(meeting: Meeting) -> str:
    """Temse, or "online"; what a subject has room for."""
    if not meeting.is_in_person:
        return _("online")
    return meeting.town or meeting.venue or _("place to be announced")


def subject(verb: str, meeting: Meeting) -> str:
    """[RKK Waasland] Uitnodiging: 12 maart, Temse; after a question mark no colon follows."""
    return f"[{meeting.circle}] {verb}{'' if verb.endswith('?') else ':'} {day(meeting)}, {place(meeting)}"
