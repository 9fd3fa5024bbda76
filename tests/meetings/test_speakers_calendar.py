"""The calendar files in letters to speakers, who have no account; and drafts that change under a speaker."""

import datetime as dt

import icalendar
import pytest

from mailroom.models import Letter
from meetings.actions import planning
from meetings.actions import speakers as actions
from meetings.models import JoinLink, Talk
from regions.wall import SYSTEM, acting_as
from tests import make

from .test_speakers import posted

TOMS_LINK = "https://teams.example/l/meetup"


@pytest.fixture
def draft_item(waasland, temse):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, "Camera's", in_days=40, state="draft", host=temse, form="hybrid")
        JoinLink.objects.create(meeting=meeting, url=TOMS_LINK)
        return make.item(meeting)


@pytest.fixture
def asked(as_, trekker, draft_item, sofie):
    with as_(trekker):
        return actions.ask_speaker(draft_item, by=trekker, speaker=sofie)


def files():
    """(METHOD, event) of each letter to the speaker, oldest first; every event names the speaker alone."""
    with acting_as(SYSTEM):
        written = list(Letter.objects.filter(delivery__to="sofie.spreker@spreker.example").order_by("pk"))
    found = []
    for letter in written:
        calendar = icalendar.Calendar.from_ical(letter.calendar)
        (event,) = calendar.walk("VEVENT")
        assert event["ATTENDEE"] == "mailto:sofie.spreker@spreker.example"
        assert letter.calendar_method == calendar["METHOD"]
        assert "/spreker/" not in letter.calendar  # a shared diary gives nobody the key
        found.append((str(calendar["METHOD"]), event))
    return found


def test_a_speaker_who_is_asked_gets_the_moment_and_the_place_but_no_link(asked):
    ((method, event),) = files()
    assert (method, event["SEQUENCE"], event["ATTENDEE"].params["PARTSTAT"]) == ("REQUEST", 0, "NEEDS-ACTION")
    assert event["LOCATION"].startswith("Temse")
    assert TOMS_LINK not in event.to_ical().decode()
    assert event["URL"] == "http://testserver/kringen/waasland/"


def test_a_draft_that_gets_another_date_is_told_to_its_speakers(as_, trekker, asked, draft_item, browse):
    with acting_as(SYSTEM):
        actions.answer_talk(asked.pk, accept=True)
    meeting, hour = draft_item.meeting, dt.timedelta(hours=1)
    page = browse(trekker).get(f"/bijeenkomsten/{meeting.pk}/bewerken/")
    assert "krijgen deze sprekers een e-mail: Sofie Spreker." in page.content.decode()
    with as_(trekker):
        planning.edit(meeting, by=trekker, about="Wat nieuws")  # tells nobody
        planning.edit(meeting, by=trekker, starts_at=meeting.starts_at + hour, ends_at=meeting.ends_at + hour)
    assert posted("speaker_told_of_change") == {("speaker_told_of_change", "sofie.spreker@spreker.example")}
    (_, before), (method, after) = files()
    assert (method, after["SEQUENCE"], after["UID"]) == ("REQUEST", 1, before["UID"])
    assert after["DTSTART"].dt == before["DTSTART"].dt + hour
    assert after["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert TOMS_LINK in after["DESCRIPTION"]


def test_what_is_withdrawn_leaves_the_diary_and_being_asked_again_is_another_event(as_, trekker, asked, sofie):
    with as_(trekker):
        actions.withdraw_talk(Talk.objects.get(), by=trekker)
    (_, before), (method, after) = files()
    assert (method, after["SEQUENCE"], after["UID"]) == ("CANCEL", 1, before["UID"])
    with as_(trekker):
        actions.ask_speaker(Talk.objects.get().item, by=trekker, speaker=sofie)
    assert files()[2][0] == "REQUEST"
    assert files()[2][1]["UID"] != before["UID"]


def test_a_draft_that_is_thrown_away_leaves_the_diary(as_, trekker, asked, draft_item):
    with as_(trekker):
        planning.discard(draft_item.meeting, by=trekker)
    (_, before), (method, after) = files()
    assert (method, after["SEQUENCE"], after["UID"]) == ("CANCEL", 1, before["UID"])
