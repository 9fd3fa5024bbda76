"""Calendar files in letters: the text itself, and what they say to each reader."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, vCalAddress
from icalendar.parser import Contentline

from meetings.calendar import LetterFiles, Seen, _attendee, invitation_for
from meetings.models import AgendaItem, JoinLink, Registration
from members.models import Membership
from regions.wall import SYSTEM, acting_as
from tests import make

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = "2026-11-21T12:00:00Z"
LINK = "https://teams.example/l/meetup?id=1,2;3"

INVITATION = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//V-ICT-OR//Kenniskring//NL
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/Brussels
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:RKK Waasland: Wie beheert de camera's\\, en hoe?
DTSTART;TZID=Europe/Brussels:20270312T140000
DTEND;TZID=Europe/Brussels:20270312T163000
DTSTAMP:20261121T120000Z
UID:6f0c1c0e-0000-4000-8000-000000000001@testserver
SEQUENCE:2
CLASS:PRIVATE
CONFERENCE;FEATURE=VIDEO;LABEL=Online deelnemen;VALUE=URI:https://teams.example/l/meetup?id=1,2;3
CREATED:20261121T120000Z
DESCRIPTION:Over camera's\\; en wie ernaar kijkt.\\n\\nProgramma\\n14.00 Welkom\\n14.15 Camera's in 
 de stad\\n\\nOnline deelnemen: https://teams.example/l/meetup?id=1\\,2\\;3\\n\\nBereikbaarheid: Par
 keren achter de kerk.\\n\\nLees meer en antwoord: http://testserver/bijeenkomsten/{pk}/
LAST-MODIFIED:20261121T120000Z
LOCATION:Temse\\, De Zaat\\, zaal 2\\, Markt 1\\, 9140 Temse / https://teams.example/l/meetup?id=1\\
 ,2\\;3
ORGANIZER;CN="RKK Waasland":mailto:kenniskring@testserver
STATUS:CONFIRMED
TRANSP:TRANSPARENT
URL:http://testserver/bijeenkomsten/{pk}/
X-MICROSOFT-CDO-BUSYSTATUS:FREE
ATTENDEE;CN="Lies Lid";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailt
 o:lies.lid@demo.example
END:VEVENT
END:VCALENDAR
"""


def cancellation_for(meeting, reader):
    return LetterFiles(meeting, "CANCEL").file_for(reader)


def event_of(file):
    """The one event of a file, read back."""
    return Calendar.from_ical(file.text).events[0]


def unfolded(file) -> list[str]:
    """The lines; where one is broken depends on the number of the meeting."""
    return file.text.replace("\r\n ", "").split("\r\n")


def written_for(member, meeting, make_file=invitation_for):
    with acting_as(SYSTEM):
        return make_file(meeting, member)


@pytest.fixture
def hybrid(waasland, temse):
    """A meeting on site and online, with a link and a programme of two points."""
    with acting_as(SYSTEM), time_machine.travel(NOW, tick=False):
        starts = dt.datetime(2027, 3, 12, 14, tzinfo=BRUSSELS)
        meeting = make.meeting(
            waasland,
            "Wie beheert de camera's, en hoe?",
            starts_at=starts,
            ends_at=starts + dt.timedelta(hours=2.5),
            form="hybrid",
            host=temse,
            venue="De Zaat, zaal 2",
            address="Markt 1, 9140 Temse",
            about="Over camera's; en wie ernaar kijkt.",
            route="Parkeren achter de kerk.",
            uid=uuid.UUID("6f0c1c0e-0000-4000-8000-000000000001"),
            sequence=2,
        )
        JoinLink.objects.create(meeting=meeting, url=LINK)
        for position, (title, minutes) in enumerate([("Welkom", 15), ("Camera's in de stad", 60)]):
            AgendaItem.objects.create(
                meeting=meeting, position=position, kind="welcome", title=title, minutes=minutes
            )
        return meeting


@time_machine.travel(NOW, tick=False)
def test_an_invitation_reads_exactly_so(hybrid, lid):
    file = written_for(lid, hybrid)
    assert file.method == "REQUEST"
    assert unfolded(file) == INVITATION.format(pk=hybrid.pk).replace("\n ", "").split("\n")


@time_machine.travel(NOW, tick=False)
def test_a_cancellation_is_about_the_same_event_and_has_no_link(hybrid, lid):
    invited = event_of(written_for(lid, hybrid))
    hybrid.sequence += 1
    hybrid.cancelled_because = "De zaal staat onder water."
    file = written_for(lid, hybrid, cancellation_for)
    event = event_of(file)
    assert file.method == Calendar.from_ical(file.text).method == "CANCEL"
    assert (event.uid, event.sequence, event.status) == (invited.uid, 3, "CANCELLED")
    assert event.summary == "Geannuleerd: RKK Waasland: Wie beheert de camera's, en hoe?"
    assert event.description.startswith("Deze bijeenkomst gaat niet door. De zaal staat onder water.")
    assert [str(attendee) for attendee in event.attendees] == ["mailto:lies.lid@demo.example"]
    assert "teams.example" not in file.text.replace("\r\n ", "")


@pytest.mark.parametrize(
    ("day", "offset"), [("2027-03-27", 1), ("2027-03-28", 2), ("2027-10-30", 2), ("2027-10-31", 1)]
)
def test_the_hour_stays_the_hour_around_the_change_of_the_clock(waasland, lid, day, offset):
    with acting_as(SYSTEM):
        starts = dt.datetime.fromisoformat(f"{day}T14:00").replace(tzinfo=BRUSSELS)
        meeting = make.meeting(waasland, starts_at=starts, ends_at=starts + dt.timedelta(hours=2))
        meeting.refresh_from_db()  # as UTC, the way it comes back
    file = written_for(lid, meeting)
    assert f"DTSTART;TZID=Europe/Brussels:{day.replace('-', '')}T140000" in unfolded(file)
    assert event_of(file).start.utcoffset() == dt.timedelta(hours=offset)


def test_the_zone_in_the_file_says_what_the_zone_of_the_world_says(hybrid, lid):
    zone = Calendar.from_ical(written_for(lid, hybrid).text).timezones[0].to_tz()
    for year in range(2024, 2060):
        for month, day, hour in [(1, 1, 12), (3, 24, 12), (4, 1, 12), (7, 1, 12), (10, 24, 12), (11, 1, 12)]:
            moment = dt.datetime(year, month, day, hour)  # noqa: DTZ001
            assert moment.replace(tzinfo=zone).utcoffset() == moment.replace(tzinfo=BRUSSELS).utcoffset(), moment


@pytest.mark.parametrize(
    "title",
    [
        "Regel een\nATTENDEE:mailto:indringer@evil.example",
        "Regel een\r\nEND:VEVENT\r\nBEGIN:VALARM",
        'komma, puntkomma; schuin\\streep "aanhaling" en: dubbelepunt',
        "🎉" * 60,
        "\x07bel\x1bescape",
    ],
)
def test_a_hostile_title_stays_a_title(waasland, lid, title):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, title, about=title, venue=title, cancelled_because=title)
    for make_file in (invitation_for, cancellation_for):
        file = written_for(lid, meeting, make_file)
        calendar = Calendar.from_ical(file.text)
        assert [part.name for part in calendar.walk()] == [
            "VCALENDAR", "VTIMEZONE", "DAYLIGHT", "STANDARD", "VEVENT",
        ]  # fmt: skip
        clean = " ".join("".join(c for c in title if c >= " " or c == "\n").split())
        assert calendar.events[0].summary.removeprefix("Geannuleerd: ") == f"RKK Waasland: {clean}"
        assert [line.partition(":")[2] for line in unfolded(file) if line.startswith("ATTENDEE")] == [
            "mailto:lies.lid@demo.example"
        ]
        assert "\n" not in file.text.replace("\r\n", "")
        assert max(len(line.encode()) for line in file.text.split("\r\n")) <= 75


def test_a_hostile_name_stays_a_name(waasland, temse, hybrid):
    with acting_as(SYSTEM):
        odd = make.person('Jan "de\r\nX-EVIL:1;', waasland, email="jan@temse.example")
    attendee = event_of(written_for(odd, hybrid)).attendees[0]
    assert (attendee, attendee.params["CN"]) == ("mailto:jan@temse.example", "Jan 'de X-EVIL:1;")


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("audience", ["circle", "network"])
@pytest.mark.parametrize("state", ["draft", "published", "cancelled"])
@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_files_for_a_whole_circle_hold_what_each_would_get_alone(
    hybrid, lid, trekker, manager, neighbour, stranger, waasland, audience, state, method
):
    """What is looked up in one go is what the wall says to each."""
    with acting_as(SYSTEM):
        former = make.person("Filip Vertrokken", waasland)
        gone = make.person("Gert Weg", waasland, is_active=False)
        Membership.objects.filter(member=former).update(ended_at=dt.datetime.now(dt.UTC))
        for person, answer in [(lid, "yes"), (neighbour, "maybe"), (former, "yes")]:
            Registration.objects.create(meeting=hybrid, member=person, answer=answer, attending="online")
        hybrid.audience, hybrid.state = audience, state
        hybrid.save()
        people = [lid, trekker, manager, neighbour, stranger, former, gone]
        files = LetterFiles(hybrid, method)
        files.look_up(people)
        assert set(files.looked_up) == (set() if state == "draft" else {lid.pk, trekker.pk})
        assert [files.file_for(person) for person in people] == [
            LetterFiles(hybrid, method).file_for(person) for person in people
        ]


@given(st.text("aZé’',;:\\\" \t€", max_size=80), st.from_regex(r"[a-zé.'+]{1,60}@[a-z]{1,30}[.]be", fullmatch=True))
def test_the_attendee_is_written_as_icalendar_writes_it(name, email):
    name = f"Lies Lid {name}"  # which icalendar quotes, as we always do
    reader = vCalAddress(f"mailto:{email}")
    reader.params |= {"CN": " ".join(name.split()).replace('"', "'"), "CUTYPE": "INDIVIDUAL", "RSVP": "FALSE"}
    reader.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION"}
    written = _attendee(name, email, Seen())
    assert written.replace("\r\n ", "") == Contentline.from_parts("ATTENDEE", reader.params, reader)
    assert max(len(line) for line in written.encode().split(b"\r\n")) <= 75


@pytest.mark.parametrize(
    ("answer", "waiting", "partstat", "transparency"),
    [
        (None, False, "NEEDS-ACTION", "TRANSPARENT"),
        ("yes", False, "ACCEPTED", "OPAQUE"),
        ("yes", True, "TENTATIVE", "TRANSPARENT"),
        ("maybe", False, "TENTATIVE", "TRANSPARENT"),
        ("no", False, "DECLINED", "TRANSPARENT"),
    ],
)
def test_the_one_attendee_is_the_reader_with_the_own_answer(
    hybrid, lid, trekker, answer, waiting, partstat, transparency
):
    with acting_as(SYSTEM):
        Registration.objects.create(meeting=hybrid, member=trekker, answer="yes", attending="in_person")
        if answer:
            attending = "" if answer == "no" else "online"
            Registration.objects.create(
                meeting=hybrid, member=lid, answer=answer, waiting=waiting, attending=attending
            )
    file = written_for(lid, hybrid)
    event = event_of(file)
    assert [(str(a), a.params["PARTSTAT"]) for a in event.attendees] == [("mailto:lies.lid@demo.example", partstat)]
    assert event.transparency == transparency
    assert ("U staat op de wachtlijst." in event.description) is waiting
    assert "tom.trekker" not in file.text.replace("\r\n ", "")


@pytest.mark.parametrize(
    ("form", "location"),
    [
        ("in_person", "Temse, De Zaat, zaal 2, Markt 1, 9140 Temse"),
        ("online", LINK),
        ("hybrid", f"Temse, De Zaat, zaal 2, Markt 1, 9140 Temse / {LINK}"),
    ],
)
def test_the_location_is_the_place_the_link_or_both(hybrid, lid, form, location):
    with acting_as(SYSTEM):
        hybrid.form = form
        hybrid.save()
    event = event_of(written_for(lid, hybrid))
    assert event.location == location
    assert [c.uri for c in event.conferences] == ([] if form == "in_person" else [LINK])


def shows_the_link(member, meeting) -> bool:
    return "teams.example" in written_for(member, meeting).text.replace("\r\n ", "")


def test_the_link_of_a_circle_is_for_its_members(hybrid, lid, trekker, manager, neighbour, stranger):
    readers = [lid, trekker, manager, neighbour, stranger]
    assert {r.name for r in readers if shows_the_link(r, hybrid)} == {lid.name, trekker.name, manager.name}


@pytest.mark.parametrize("audience", ["network", "public"])
def test_elsewhere_the_link_is_for_who_said_yes_and_has_a_seat(hybrid, lid, neighbour, audience):
    with acting_as(SYSTEM):
        hybrid.audience = audience
        hybrid.save()
    assert shows_the_link(lid, hybrid)
    assert not shows_the_link(neighbour, hybrid)
    assert event_of(written_for(neighbour, hybrid)).location.endswith(" / online")
    with acting_as(SYSTEM):
        yes = Registration.objects.create(meeting=hybrid, member=neighbour, answer="yes", attending="online")
    assert shows_the_link(neighbour, hybrid)
    with acting_as(SYSTEM):
        Registration.objects.filter(pk=yes.pk).update(waiting=True)
    assert not shows_the_link(neighbour, hybrid)


def test_whoever_left_or_was_deactivated_gets_no_link_any_more(hybrid, lid, stranger):
    assert shows_the_link(lid, hybrid)
    with acting_as(SYSTEM):
        Membership.objects.filter(member=lid).update(ended_at=dt.datetime.now(dt.UTC))
    assert not shows_the_link(lid, hybrid)


def test_only_a_public_meeting_is_not_private(hybrid, lid):
    classes = {}
    for audience in ("circle", "network", "public"):
        with acting_as(SYSTEM):
            hybrid.audience = audience
            hybrid.save()
        classes[audience] = str(event_of(written_for(lid, hybrid))["CLASS"])
    assert classes == {"circle": "PRIVATE", "network": "PRIVATE", "public": "PUBLIC"}


def test_an_invitation_built_by_a_trekker_is_the_one_built_by_the_system(hybrid, lid, trekker, as_):
    with time_machine.travel(NOW, tick=False):
        with as_(trekker):
            by_trekker = invitation_for(hybrid, lid)
        assert by_trekker == written_for(lid, hybrid)


def test_a_change_rises_and_keeps_the_event(hybrid, lid):
    before = event_of(written_for(lid, hybrid))
    with acting_as(SYSTEM):
        hybrid.sequence += 1
        hybrid.save()
    after = event_of(written_for(lid, hybrid))
    assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)
    assert after.last_modified > before.last_modified
