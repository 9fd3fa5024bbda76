"""Calendar files as they leave, byte for byte: an invitation, a move, a cancellation, and feeds, by a fixed clock.

What Outlook, Google and Apple need in order to understand a move and a cancellation, and where that is said:

* All three: METHOD:REQUEST with the same UID and a higher SEQUENCE replaces the event, METHOD:CANCEL takes it away;
  STATUS:CANCELLED under METHOD:REQUEST leaves it there (RFC 5546, 3.2.2 and 3.2.5;
  github.com/calcom/cal.diy/issues/29706 and github.com/spatie/icalendar-generator/issues/144 tell of clients of all
  three). DTSTAMP, UID, ORGANIZER and SEQUENCE are required in both, ATTENDEE is the one who gets the letter.
* Outlook: takes METHOD from the calendar and not from the event (github.com/ical4j/ical4j/issues/423 put it in the
  event, and got two meetings); reads TZID by a VTIMEZONE in the same file, X-MICROSOFT-CDO-BUSYSTATUS, and in a
  feed no PARTSTAT ([MS-OXCICAL] 2.1.3.1.1.19 and 2.1.3.1.1.20.31).
* Google: the same UID and a higher SEQUENCE, with a VTIMEZONE (github.com/OpenMeet-Team/openmeet-api/pull/344,
  tried with Gmail). An update without a VTIMEZONE, added by hand, made a second event (itecnote.com, "iCalendar ICS
  update not working in Google Calendar"; the cause is not said there).
* Apple: no page of its own was found; so RFC 5545 and 5546 to the letter, with CRLF and folding at 75 octets (3.1).
* A feed: REFRESH-INTERVAL (RFC 7986, 5.7) and X-PUBLISHED-TTL (Outlook); what is gone from it is gone from the
  calendar.

These files were not opened in the three programs themselves; the rules above are what is held. ``GOLDEN=write``
writes them again, for you to read.
"""

import os
import re
import uuid
from pathlib import Path

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from mailroom.models import Letter
from meetings.actions import planning
from meetings.models import AgendaItem, JoinLink, Meeting
from members.models import FeedAddress
from regions.wall import SYSTEM, acting_as, member
from tests import make

from .test_planning import at

GOLDEN = Path(__file__).parent / "golden"
LETTERS = {"uitnodiging": "invitation", "verplaatst": "meeting_changed", "geannuleerd": "meeting_cancelled"}
FEEDS = ("agenda", "agenda-zonder-geannuleerde", "kring", "kring-zonder-geannuleerde")


@pytest.fixture
def story(waasland, temse, lid, trekker, browse):
    """A hybrid meeting: invited to, moved to another day and room, called off. Each file by name."""
    with acting_as(SYSTEM), time_machine.travel("2027-01-11T09:00:00Z", tick=False):
        meeting = make.meeting(
            waasland,
            "Wie beheert de camera's, en hoe?",
            pk=471100,
            uid=uuid.UUID("6f0c1c0e-0000-4000-8000-000000000001"),
            starts_at=at(2027, 3, 25, 14),
            ends_at=at(2027, 3, 25, 16, 30),
            form="hybrid",
            host=temse,
            venue="De Zaat, zaal 2",
            address="Markt 1, 9140 Temse",
            about="Over camera's in de stad; wie ernaar kijkt, hoe lang de beelden bewaard blijven en wie erbij kan.",
            audience="public",
        )
        AgendaItem.objects.create(meeting=meeting, position=1, kind="welcome", title="Welkom", minutes=15)
        JoinLink.objects.create(meeting=meeting, url="https://teams.example/l/meetup?id=1,2;3")
        stays = make.meeting(
            waasland,
            "Gaat door",
            pk=471101,
            audience="public",
            uid=uuid.UUID("6f0c1c0e-0000-4000-8000-000000000002"),
            starts_at=at(2027, 10, 28, 9, 30),
            ends_at=at(2027, 10, 28, 11, 30),
            form="online",
        )
        Meeting.objects.filter(pk=stays.pk).update(host=None)
        FeedAddress.objects.create(member=lid, secret="geheim-van-lies")
    with acting_as(member(trekker.pk)):
        with time_machine.travel("2027-01-12T09:00:00Z", tick=False):
            planning.invite(meeting, by=trekker)
        with time_machine.travel("2027-02-01T09:00:00Z", tick=False):
            moment = {
                "starts_at": at(2027, 4, 1, 14),
                "ends_at": at(2027, 4, 1, 16, 30),
            }  # over the change of the hour
            _as_if_sent("invitation")
            planning.move(Meeting.objects.get(pk=meeting.pk), by=trekker, venue="Raadzaal", **moment)
        with time_machine.travel("2027-02-15T09:00:00Z", tick=False):
            _as_if_sent("meeting_changed")
            planning.cancel(Meeting.objects.get(pk=meeting.pk), by=trekker, because="De zaal staat onder water.")
    with acting_as(SYSTEM):
        letters = Letter.objects.filter(delivery__member=lid)
        files = {name: letters.get(delivery__kind=kind).calendar for name, kind in LETTERS.items()}
    for name, keeps in [("agenda", True), ("agenda-zonder-geannuleerde", False)]:
        with acting_as(SYSTEM):
            FeedAddress.objects.update(keeps_cancelled=keeps)
        files[name] = _fetched(browse(), reverse("feed", args=["geheim-van-lies"]))
    files["kring"] = _fetched(browse(), reverse("circle_feed", args=["waasland"]))
    files["kring-zonder-geannuleerde"] = _fetched(
        browse(), reverse("circle_feed", args=["waasland"]) + "?geannuleerd=weg"
    )
    return files


def _as_if_sent(kind):
    from mailroom.models import Delivery
    from regions.wall import as_system

    with as_system("the relay took them"):
        Delivery.objects.filter(kind=kind).update(state="sent")


def _fetched(client, address):
    with time_machine.travel("2027-02-15T10:00:00Z", tick=False):
        return client.get(address).content.decode()


def test_the_files_are_these_byte_for_byte(story):
    assert set(story) == {*LETTERS, *FEEDS}
    for name, text in story.items():
        path = GOLDEN / f"{name}.ics"
        if os.environ.get("GOLDEN") == "write":
            path.write_bytes(text.encode())
        assert text.encode() == path.read_bytes(), name


def test_a_move_and_a_cancellation_are_about_the_same_event_and_rise(story):
    events = {name: Calendar.from_ical(story[name]) for name in LETTERS}
    told = {
        name: (
            calendar.method,
            event.uid,
            event.sequence,
            event.status,
            f"{event.DTSTAMP:%m-%d}",
            f"{event.start:%c}",
        )
        for name, calendar in events.items()
        for event in calendar.events
    }
    uid = "6f0c1c0e-0000-4000-8000-000000000001@testserver"
    assert told == {
        "uitnodiging": ("REQUEST", uid, 0, "CONFIRMED", "01-12", "Thu Mar 25 14:00:00 2027"),
        "verplaatst": ("REQUEST", uid, 1, "CONFIRMED", "02-01", "Thu Apr  1 14:00:00 2027"),
        "geannuleerd": ("CANCEL", uid, 2, "CANCELLED", "02-15", "Thu Apr  1 14:00:00 2027"),
    }


@pytest.mark.parametrize("name", [*LETTERS, *FEEDS])
def test_each_file_has_what_all_three_read(story, name):
    text = story[name]
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert text.endswith("END:VCALENDAR\r\n")
    assert not re.search(r"(?<!\r)\n|\r(?!\n)", text)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    zone, event = text.index("BEGIN:VTIMEZONE"), text.index("BEGIN:VEVENT")
    assert zone < event
    assert text.index("METHOD:") < zone  # of the calendar, not of the event
    unfolded = text.replace("\r\n ", "")
    assert set(re.findall(r"DT(?:START|END);(TZID=[^:]+):", unfolded)) == {"TZID=Europe/Brussels"}
    for each in unfolded.split("BEGIN:VEVENT")[1:]:
        for needed in ("UID:", "DTSTAMP:", "SEQUENCE:", "ORGANIZER;", "STATUS:", "DTSTART;", "DTEND;", "SUMMARY:"):
            assert each.count(f"\r\n{needed}") == 1, needed
        assert each.count("\r\nATTENDEE;") == (1 if name in LETTERS else 0)  # RFC 5545, 3.8.4.1


def test_what_is_cancelled_leaves_the_feed_or_stays_in_it_by_choice(story):
    assert {name: [str(event.status) for event in Calendar.from_ical(story[name]).events] for name in FEEDS} == {
        "agenda": ["CANCELLED", "CONFIRMED"],
        "agenda-zonder-geannuleerde": ["CONFIRMED"],
        "kring": ["CANCELLED", "CONFIRMED"],
        "kring-zonder-geannuleerde": ["CONFIRMED"],
    }
