"""Each letter in the language of whoever reads it, whatever whoever caused it reads."""

import datetime as dt
import importlib
import inspect

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from mailroom.actions import post
from mailroom.models import Delivery
from mailroom.outgoing import NotTheirLanguage, Outgoing
from meetings.actions import planning
from meetings.actions.answers import register
from meetings.actions.reminders import remind
from meetings.actions.speakers import ask_speaker
from meetings.models import Registration
from members import actions
from members.models import FeedAddress, Member
from regions.wall import SYSTEM, acting_as, member
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def jane(waasland, temse):
    """A member of Waasland who reads English."""
    with acting_as(SYSTEM):
        return make.person("Jane Reader", waasland, government=temse, language="en")


@pytest.fixture
def meeting(waasland, temse):
    with acting_as(SYSTEM):
        made = make.meeting(waasland, "Camera’s", host=temse, form="hybrid")
        made.starts_at = dt.datetime(timezone.localdate().year + 1, 3, 12, 14, tzinfo=timezone.get_default_timezone())
        made.ends_at = made.starts_at + dt.timedelta(hours=2)
        made.save()
        make.item(made)
        return made


def letter_to(person, kind):
    """The one letter of this kind to this person."""
    with acting_as(SYSTEM):
        return Delivery.objects.select_related("letter__wording").get(kind=kind, to=getattr(person, "email", person))


def test_two_members_of_one_circle_are_invited_each_in_their_own_language(meeting, lid, jane, trekker):
    assert (lid.language, jane.language) == ("", "en")
    with acting_as(member(trekker.pk)):
        planning.invite(meeting, by=trekker)
    dutch, english = letter_to(lid, "invitation"), letter_to(jane, "invitation")
    assert dutch.subject == "[RKK Waasland] Uitnodiging: 12 maart, Temse"
    assert english.subject == "[RKK Waasland] Invitation: 12 March, Temse"
    for delivery, said, language in (
        (dutch, ["Beste Lies Lid,", "14.00 – 16.00 uur", "Ja, ik kom", "via Kenniskring", "lid bent van"], "nl"),
        (
            english,
            ["Dear Jane Reader,", "14:00 – 16:00", "Yes, I am coming", "via Kenniskring", "in the circle"],
            "en",
        ),
    ):
        for words in said:
            assert words in delivery.letter.text
            assert words in delivery.letter.html
        assert f'<html lang="{language}">' in delivery.letter.html
    assert "Lees meer en antwoord" in unfolded(dutch.letter.calendar)
    assert "Read more and answer" in unfolded(english.letter.calendar)
    assert "14:00 Camera" in unfolded(english.letter.calendar)


def unfolded(calendar):
    return calendar.replace("\r\n ", "")


def test_the_letter_shown_to_the_trekker_is_in_their_own_language_and_the_others_are_not(
    browse, meeting, lid, jane, trekker
):
    with acting_as(SYSTEM):
        Member.objects.filter(pk=trekker.pk).update(language="en")
    client, address = browse(trekker), f"/bijeenkomsten/{meeting.pk}/uitnodigen/"
    page = client.get(address)
    assert "invites you to the meeting" in page.text
    client.post(address, {"shown": page.context["mailing"].fingerprint})
    assert letter_to(lid, "invitation").subject == "[RKK Waasland] Uitnodiging: 12 maart, Temse"
    assert letter_to(trekker, "invitation").subject == "[RKK Waasland] Invitation: 12 March, Temse"


def test_a_change_is_told_in_the_language_of_who_hears_it(meeting, lid, jane, trekker):
    with acting_as(member(trekker.pk)):
        planning.invite(meeting, by=trekker)
    with acting_as(SYSTEM):
        Delivery.objects.update(state=Delivery.State.SENT)
    later = meeting.starts_at + dt.timedelta(days=1)
    with acting_as(member(trekker.pk)), override("en"):
        planning.move(meeting, by=trekker, starts_at=later, ends_at=later + dt.timedelta(hours=2), form="online")
    dutch, english = letter_to(lid, "meeting_changed"), letter_to(jane, "meeting_changed")
    assert "14.00 – 16.00 uur (was: " in dutch.letter.text
    assert "Vorm: online (was: op locatie en online)" in dutch.letter.text
    assert "14:00 – 16:00 (was: " in english.letter.text
    assert "Form: online (was: on site and online)" in english.letter.text


def test_reminders_by_the_clock_too(meeting, lid, jane):
    with acting_as(SYSTEM):
        meeting.starts_at = timezone.now() + dt.timedelta(days=1)
        meeting.ends_at = meeting.starts_at + dt.timedelta(hours=2)
        meeting.save()
        for person in (lid, jane):
            Registration.objects.create(meeting=meeting, member=person, answer="yes", attending="online")
        remind(meeting)
    assert "Herinnering" in letter_to(lid, "reminder_coming").subject
    assert "Reminder" in letter_to(jane, "reminder_coming").subject


def test_an_answer_is_confirmed_in_the_language_of_who_gave_it(meeting, jane):
    with acting_as(member(jane.pk)):  # no page set the language: a task, or the link in a letter
        register(meeting, by=jane, answer="yes", attending="in_person")
    confirmed = letter_to(jane, "confirmation")
    assert confirmed.subject == "[RKK Waasland] You are coming: 12 March, Temse"
    assert "You are taking part on site." in confirmed.letter.text


def test_who_is_asked_by_address_reads_dutch_so_that_nobody_sees_who_has_a_profile(waasland, trekker):
    with acting_as(SYSTEM):
        jane = make.person("Jane Elsewhere", language="en")
    with acting_as(member(trekker.pk)), override("en"):
        for address in (jane.email, "nobody@demo.example"):
            actions.ask(waasland, by=trekker, address=address)
    subjects = {letter_to(address, "asked_to_join").subject for address in (jane.email, "nobody@demo.example")}
    assert subjects == {"[RKK Waasland] Tom Trekker vraagt u om lid te worden"}


def test_a_speaker_is_written_to_in_the_language_that_the_trekker_noted(browse, meeting, trekker):
    with acting_as(SYSTEM):
        speaker = make.speaker("Sam Speaker", language="en")
    with acting_as(member(trekker.pk)):
        ask_speaker(meeting.agenda.get(), by=trekker, speaker=speaker)
    asked = letter_to(speaker.contact.email, "speaker_asked")
    assert asked.subject == "[RKK Waasland] Would you like to speak? 12 March, Temse"
    link = next(line for line in asked.letter.text.splitlines() if "/spreker/" in line).strip()
    page = browse().get(link)
    assert '<html lang="en">' in page.text
    assert "14:00 – 16:00" in page.text
    chose_dutch = browse()
    chose_dutch.cookies["language"] = "nl"
    assert "14.00 – 16.00 uur" in chose_dutch.get(link).text


def test_the_page_behind_the_link_of_a_letter_is_in_its_language(browse, meeting, lid, jane, trekker):
    with acting_as(member(trekker.pk)):
        planning.invite(meeting, by=trekker)
    for person, said in ((lid, "Het antwoord van"), (jane, "The answer of")):
        text = letter_to(person, "invitation").letter.text
        link = next(line for line in text.splitlines() if "antwoord=ja" in line).strip()
        assert said in browse().get(link).text


def test_a_feed_is_in_the_language_of_its_owner_and_a_public_one_in_dutch(browse, meeting, jane):
    with acting_as(SYSTEM):
        meeting.audience = "public"
        meeting.save()
        secret = FeedAddress.objects.create(member=jane).secret
    own = browse().get(f"/agenda/{secret}.ics")
    assert own["Content-Language"] == "en"
    assert "Read more and answer" in unfolded(own.text)
    english = browse()
    english.cookies["language"] = "en"
    public = english.get("/kringen/waasland/agenda.ics")
    assert public["Content-Language"] == "nl"
    assert "Lees meer en antwoord" in unfolded(public.text)


def test_what_a_circle_reads_together_is_dutch_whoever_writes_it(browse, waasland, trekker):
    with acting_as(SYSTEM):
        Member.objects.filter(pk=trekker.pk).update(language="en")
    page = browse(trekker).get(reverse("plan", args=["waasland"]))
    form = page.context["form"]
    assert form["title"].value().startswith("Bijeenkomst ")
    with acting_as(member(trekker.pk)), override("en"):
        starts = timezone.now() + dt.timedelta(days=9)
        made = planning.plan(
            waasland, by=trekker, title="X", starts_at=starts, ends_at=starts + dt.timedelta(hours=2)
        )
        assert made.agenda.first().title == "Onthaal"


def test_a_letter_in_a_language_that_its_reader_did_not_choose_is_not_promised(jane):
    words = {"kind": "x", "thing": "x", "version": 1, "subject": "x", "paragraphs": []}
    with acting_as(SYSTEM):
        with pytest.raises(NotTheirLanguage):
            Outgoing(to=jane.email, member=jane, **words)
        with override("en"):
            assert post(Outgoing(to=jane.email, member=jane, **words)) == 1


@pytest.mark.parametrize(
    "module",
    ["members.letters", "meetings.letters.answers", "meetings.letters.planning", "meetings.letters.speakers"],
)
def test_every_letter_names_its_reader(module):
    letters = importlib.import_module(module)
    said = {
        name: hasattr(each, "__wrapped__")
        for name, each in vars(letters).items()
        if inspect.isfunction(each)
        and each.__module__ == module
        and not name.startswith("_")
        and inspect.signature(each).return_annotation == "Outgoing"
    }
    assert said
    assert all(said.values()), said
