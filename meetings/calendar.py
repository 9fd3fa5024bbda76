"""Meetings as calendar files: invitations and cancellations in letters (RFC 5546), feeds to subscribe to (RFC 5545).

A file holds what its one reader may see, and no address but the reader's own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import caches
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import CLASS, STATUS, TRANSP, Calendar, Component, Conference, Event, Timezone, vCalAddress, vDuration
from icalendar.parser import Contentline, param_value

from mailroom.links import absolute
from mailroom.outgoing import CalendarFile
from members.models import Member
from regions import wall

from .models import AgendaItem, JoinLink, Meeting, Registration, Talk

PRODUCT = "-//V-ICT-OR//Kenniskring//NL"

# RFC 5545, 3.6.5. By rule and not by a list of dates, so that it has no last year; times are those before the change.
BRUSSELS = """\
BEGIN:VTIMEZONE
TZID:Europe/Brussels
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
END:VTIMEZONE
"""
STAMP = re.compile(
    r"(?<=\r\nDTSTAMP:)\d{8}T\d{6}Z"
)  # at the start of a line; a text that says so goes on after a space
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # RFC 5545, 3.1 forbids these in a text


@dataclass(frozen=True)
class Seen:
    """What of a meeting is personal: the online link if the reader may have it, and the reader's own answer."""

    link: str = ""
    answer: str | None = None
    waiting: bool = False
    speaks: bool = False  # a guest: has no profile to read or answer with

    @property
    def is_coming(self) -> bool:
        return self.answer == Registration.Answer.YES and not self.waiting

    @property
    def partstat(self) -> str:
        """PARTSTAT of RFC 5545, 3.2.12. Being invited is no answer, and a place in line is no seat."""
        if self.answer is None:
            return "NEEDS-ACTION"
        if self.answer == Registration.Answer.NO:
            return "DECLINED"
        return "ACCEPTED" if self.is_coming else "TENTATIVE"

    @property
    def busy(self) -> str:
        """What Outlook shows in a feed, where a PARTSTAT may not stand: [MS-OXCICAL] 2.1.3.1.1.20.31."""
        return {"ACCEPTED": "BUSY", "TENTATIVE": "TENTATIVE"}.get(self.partstat, "FREE")


def invitation_for(meeting: Meeting, member: Member) -> CalendarFile:
    """The .ics of a letter that invites, confirms or tells of a change.

    Whoever is acting, it holds what ``member`` may see.
    """
    return LetterFiles(meeting, "REQUEST").file_for(member)


def file_for_speaker(talk: Talk) -> CalendarFile:
    """The .ics of a letter to a speaker: an event of each asking, apart from the one that members have.

    So that a speaker who is also in the circle keeps the meeting when the talk is withdrawn.
    """
    meeting, says_yes = talk.item.meeting, talk.state == Talk.State.ACCEPTED
    is_withdrawn = talk.state == Talk.State.WITHDRAWN
    cancelled = is_withdrawn or meeting.state == Meeting.State.CANCELLED
    link = JoinLink.objects.filter(meeting=meeting.pk).first() if says_yes and not cancelled else None
    seen = Seen(link.url if link else "", Registration.Answer.YES if says_yes else None, speaks=True)
    event = _event(meeting, seen, cancelled=cancelled)
    event.uid = f"talk-{talk.pk}-{talk.asked_at:%Y%m%d%H%M%S%f}-{event.uid}"
    event.sequence = meeting.sequence + is_withdrawn  # RFC 5546, 3.2.5: a cancellation rises
    method = "CANCEL" if cancelled else "REQUEST"
    before, after = _around_attendee(event, method)
    return CalendarFile(before, _attendee(talk.speaker.name, talk.asking.to, seen), after, method)


class LetterFiles:
    """The .ics files of many letters about a meeting as it is now. What readers have in common is written once."""

    def __init__(self, meeting: Meeting, method: str) -> None:
        self.meeting, self.method = meeting, method
        self.is_cancelled = method == "CANCEL"
        self.written: dict[tuple[str | None, Seen], tuple[str, str]] = {}
        self.looked_up: dict[int, Seen] = {}
        self.said: dict[tuple[str | None, str], Any] = {}

    def once[Words](self, what: str, say: Callable[[], Words]) -> Words:
        """What all letters of this mailing in one language have in common, put into words for the first of them."""
        key = get_language(), what
        if key not in self.said:
            self.said[key] = say()
        return self.said[key]

    def look_up(self, members: Iterable[Member]) -> None:
        """Find out in three queries what each of these sees now, so that their next file asks nothing.

        Whoever is in the circle sees the link and the own answer; for anyone else the wall is asked, one by one.
        """
        if self.meeting.state == Meeting.State.DRAFT:
            return
        with wall.as_system("calendar files for a whole circle are written in one go"):
            inside = set(Member.objects.in_circle(self.meeting.circle).values_list("pk", flat=True))
            link = JoinLink.objects.filter(meeting=self.meeting.pk).values_list("url", flat=True).first()
            answered = Registration.objects.filter(meeting=self.meeting.pk)
            answers = {who: said for who, *said in answered.values_list("member", "answer", "waiting")}
        url = "" if self.is_cancelled else link or ""
        for member in members:
            if member.pk in inside:
                self.looked_up[member.pk] = Seen(url, *answers.get(member.pk, (None, False)))

    def file_for(self, member: Member) -> CalendarFile:
        """With one attendee: the reader."""
        seen = self.looked_up.pop(member.pk, None)  # once: what one sees may change
        if seen is None:
            seen = _seen_by(member, self.meeting, cancelled=self.is_cancelled)
        key = get_language(), seen
        if key not in self.written:
            event = _event(self.meeting, seen, cancelled=self.is_cancelled)
            self.written[key] = _around_attendee(event, self.method)
        before, after = self.written[key]
        return CalendarFile(before, _attendee(member.name, member.email, seen), after, self.method)


ROW = [field.attname for field in Meeting._meta.concrete_fields]
FEED = [*ROW, "circle__name", "host__name", "join_link__url"]
"""Columns of a feed: a hundred meetings at once, so no more than is told of them."""


def feed_of(meetings: QuerySet[Meeting], name: str, *, reader: Member | None = None) -> str:
    """A calendar to subscribe to, in three queries. Run it as who will read it: the wall leaves out the rest.

    ``reader``'s own answers show as free, tentative or busy: what is published has no ATTENDEE (RFC 5545, 3.8.4.1).
    """
    points = AgendaItem.objects.only("meeting", "position", "title", "minutes")
    meetings = meetings.select_related("circle", "host", "join_link").only(*FEED)
    meetings = meetings.prefetch_related(Prefetch("agenda", points))
    if reader:
        meetings = meetings.with_answer_of(reader)  # type: ignore[attr-defined]
    calendar = _calendar("PUBLISH")
    calendar.calendar_name = _clean(name)
    interval = vDuration(dt.timedelta(hours=1))
    interval.params["VALUE"] = "DURATION"  # RFC 7986, 5.7
    calendar.add("REFRESH-INTERVAL", interval)
    calendar.add("X-PUBLISHED-TTL", "PT1H")
    before, end, _after = _text(calendar).rpartition("END:VCALENDAR\r\n")
    text = before + "".join(map(_published, meetings)) + end
    return STAMP.sub(f"{timezone.now():%Y%m%dT%H%M%SZ}", text)


def _published(meeting: Any) -> str:
    """The event of a feed, as text. Programs come for it all day and it seldom changed, so it is kept for an hour
    under all that it follows from; but for its DTSTAMP, which is of the first time.
    """
    seen = Seen(
        link=meeting.join_link.url if hasattr(meeting, "join_link") else "",
        answer=getattr(meeting, "my_answer", None),
        waiting=bool(getattr(meeting, "my_waiting", False)),
    )
    row = [getattr(meeting, column) for column in ROW]
    points = [(item.title, item.minutes) for item in meeting.agenda.all()]
    facts = (get_language(), seen, row, meeting.circle.name, meeting.host and meeting.host.name, points)
    key = sha256(repr(facts).encode()).hexdigest()
    text = caches["events"].get(key)
    if text is None:
        event = _event(meeting, seen, cancelled=meeting.state == Meeting.State.CANCELLED)
        text = event.to_ical().decode()
        caches["events"].set(key, text, 3600)
    return text


def _seen_by(member: Member, meeting: Meeting, *, cancelled: bool) -> Seen:
    with wall.switch_actor(wall.member(member.pk), because="a calendar file holds what its reader may see"):
        link = JoinLink.objects.filter(meeting=meeting.pk).values_list("url", flat=True).first()
        answered = Registration.objects.filter(meeting=meeting.pk, member=member.pk)
        answer, waiting = answered.values_list("answer", "waiting").first() or (None, False)
    return Seen("" if cancelled else link or "", answer, waiting)


def _around_attendee(event: Event, method: str) -> tuple[str, str]:
    """The file with this event: what stands before its attendee, and what after."""
    calendar = _calendar(method)
    calendar.add_component(event)
    # The end of the event stands at the start of a line just once: a long text is folded with a space.
    before, end, after = _text(calendar).rpartition("END:VEVENT\r\n")
    return before, f"\r\n{end}{after}"


def _attendee(name: str, email: str, seen: Seen) -> str:
    # The buttons of our letter answer, so no reply by mail is asked for: nobody would read it.
    # By hand: icalendar's careful dictionaries take long for a thousand letters.
    cn = param_value(_common_name(name), always_quote=True)
    who = f"CN={cn};CUTYPE=INDIVIDUAL;PARTSTAT={seen.partstat};ROLE=REQ-PARTICIPANT;RSVP=FALSE"
    line = f"ATTENDEE;{who}:mailto:{email}"
    if not line.isascii():
        return Contentline(line).to_ical().decode()
    # RFC 5545, 3.1; icalendar counts the bytes of each letter.
    return "\r\n ".join([line[:75], *(line[start : start + 74] for start in range(75, len(line), 74))])


def _event(meeting: Meeting, seen: Seen, *, cancelled: bool) -> Event:
    summary = f"{meeting.circle.name}: {meeting.title}"
    page = absolute((meeting.circle if seen.speaks else meeting).get_absolute_url())
    event = Event.new(
        uid=f"{meeting.uid}@{urlsplit(settings.BASE_URL).hostname}",
        sequence=meeting.sequence,
        stamp=timezone.now(),
        created=meeting.made_at,
        last_modified=meeting.changed_at,
        start=_local(meeting.starts_at),
        end=_local(meeting.ends_at),
        # Outlook shows a cancelled meeting of a feed as if it were on, so the words say it too.
        summary=_line(_("Cancelled: %s") % summary if cancelled else summary),
        description="\n\n".join(_description(meeting, seen, cancelled=cancelled)),
        location=_location(meeting, seen) or None,
        url=page,
        status=STATUS.CANCELLED if cancelled else _status(meeting),
        transparency=TRANSP.OPAQUE if seen.is_coming and not cancelled else TRANSP.TRANSPARENT,
        classification=CLASS.PUBLIC if meeting.audience == Meeting.Audience.PUBLIC else CLASS.PRIVATE,
        organizer=_address(meeting.circle.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]),
    )
    event.add("X-MICROSOFT-CDO-BUSYSTATUS", "FREE" if cancelled else seen.busy)
    if seen.link and meeting.is_online:
        event.conferences = [Conference(seen.link, feature="VIDEO", label=_("Join online"))]
    return event


def _status(meeting: Meeting) -> STATUS:
    """A draft is in no feed; a trekker may look ahead with it."""
    return STATUS.TENTATIVE if meeting.state == Meeting.State.DRAFT else STATUS.CONFIRMED


def _description(meeting: Meeting, seen: Seen, *, cancelled: bool) -> Iterator[str]:
    """What it is about, the programme in short, and where to answer: paragraphs."""
    if cancelled and not seen.speaks:  # to a speaker the letter says what is off: the meeting, or just the talk
        yield _clean(_("This meeting is cancelled. %s") % meeting.cancelled_because)
    elif seen.waiting:
        yield _("You are on the waiting list.")
    if meeting.about:
        yield _clean(Truncator(meeting.about).chars(600))
    programme = list(_programme(meeting.starts_at, meeting.agenda.all()))
    if programme and not cancelled:
        yield "\n".join([_("Programme"), *programme])
    if seen.link and meeting.is_online:
        yield _("Join online: %s") % seen.link
    if meeting.route and meeting.is_in_person and not cancelled:
        yield _clean(_("How to get there: %s") % meeting.route)
    if not seen.speaks:
        yield _("Read more and answer: %s") % absolute(meeting.get_absolute_url())


def _programme(starts_at: dt.datetime, agenda: Iterable[AgendaItem]) -> Iterator[str]:
    for item in agenda:
        yield _line(f"{date_format(_local(starts_at), 'CLOCK_FORMAT')} {item.title}")
        starts_at += dt.timedelta(minutes=item.minutes)


def _location(meeting: Meeting, seen: Seen) -> str:
    """The place, the link, or both; "online" for who may not have the link."""
    host = meeting.host.name if meeting.host else ""
    place = ", ".join(filter(None, [host, meeting.venue, meeting.address])) if meeting.is_in_person else ""
    online = (seen.link or _("online")) if meeting.is_online else ""
    return _line(" / ".join(filter(None, [place, online])))


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = _common_name(name)
    return address


def _common_name(name: str) -> str:
    # A parameter holds no double quote or line break (RFC 5545, 3.2); RFC 6868's way out is not known to Outlook.
    return _line(name).replace('"', "'")


def _local(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(timezone.get_default_timezone())


def _clean(text: str) -> str:
    return CONTROLS.sub("", text.replace("\r\n", "\n")).strip()


def _line(text: str) -> str:
    return " ".join(_clean(text).split())


@cache
def _brussels() -> Component:
    return Timezone.from_ical(BRUSSELS)


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method)
    calendar.add_component(_brussels())
    return calendar


def _text(calendar: Calendar) -> str:
    return calendar.to_ical().decode()
