"""What a speaker allows: to be recorded, and to be published; and the slides that are not there yet."""

from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from mailroom.links import make_token
from mailroom.models import Letter
from meetings.actions import speakers as actions
from meetings.models import Material, Meeting, Talk
from regions.wall import SYSTEM, acting_as
from tests import make

from .test_fetching import fetch
from .test_speakers import fresh, posted
from .test_speakers_by_the_clock import run_daily
from .test_talk_by_link import PDF, link


@pytest.fixture
def talk(waasland, sofie, trekker):
    with acting_as(SYSTEM):
        return make.talk(make.item(make.meeting(waasland, audience="public")), sofie, "asked", asked_by=trekker)


def allowed(talk: Talk) -> tuple[bool, bool, bool]:
    now = fresh(talk)
    return now.may_record, now.may_publish, now.consented_at is not None


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, (False, False, False)),
        ({"may_record": "ja"}, (True, False, True)),
        ({"may_record": "nee"}, (False, False, True)),
        ({"may_record": "ja", "may_publish": "ja"}, (True, True, True)),
        ({"may_record": "nee", "may_publish": "ja"}, (False, True, True)),
    ],
)
def test_a_yes_says_apart_what_may_be_recorded_and_published_and_silence_is_no(talk, browse, said, kept):
    page = browse().get(link(talk)).text
    assert "Mag uw bijdrage opgenomen worden?" in page
    assert browse().post(link(talk), said | {"doen": "ja", "reply": ""}).status_code == 302
    assert allowed(talk) == kept


def test_a_no_to_the_question_keeps_no_consent(talk, browse):
    browse().post(link(talk), {"doen": "nee", "may_record": "ja", "may_publish": "ja"})
    assert allowed(talk) == (False, False, False)


def test_it_can_be_changed_afterwards_and_a_yes_taken_back_is_told_to_the_trekkers(talk, browse, trekker):
    client = browse()
    client.post(link(talk), {"doen": "ja", "may_record": "ja", "may_publish": "nee"})
    client.post(link(talk), {"doen": "toestemming", "may_record": "ja", "may_publish": "ja"})
    assert allowed(talk) == (True, True, True)
    assert posted("consent_taken_back") == set()
    client.post(link(talk), {"doen": "toestemming", "may_record": "nee", "may_publish": "ja"})
    assert allowed(talk) == (False, True, True)
    assert posted("consent_taken_back") == {("consent_taken_back", trekker.email)}
    with acting_as(SYSTEM):
        told = Letter.objects.get(delivery__kind="consent_taken_back").text
    assert "De bijdrage mag niet opgenomen worden. De presentatie mag gepubliceerd worden." in told


def test_half_an_answer_afterwards_is_asked_again(talk, browse):
    browse().post(link(talk), {"doen": "ja"})
    answer = browse().post(link(talk), {"doen": "toestemming", "may_record": "ja"})
    assert (answer.status_code, allowed(talk)) == (422, (False, False, False))


def test_who_said_no_gives_no_consent(talk, browse):
    browse().post(link(talk), {"doen": "nee"})
    browse().post(link(talk), {"doen": "toestemming", "may_record": "ja", "may_publish": "ja"})
    assert allowed(talk) == (False, False, False)


def test_who_is_asked_again_is_asked_for_consent_again(talk, browse, trekker):
    browse().post(link(talk), {"doen": "ja", "may_record": "ja", "may_publish": "ja"})
    browse().post(link(talk), {"doen": "nee"})
    with acting_as(SYSTEM):
        actions.ask_speaker(fresh(talk).item, by=trekker, speaker=fresh(talk).speaker)
    assert allowed(talk) == (False, False, False)


@pytest.mark.parametrize(
    ("said", "to_trekkers", "to_members"),
    [
        ({}, "nog niet gezegd of het opgenomen mag worden", False),
        ({"may_record": "nee", "may_publish": "nee"}, "mag niet opgenomen worden", True),
        ({"may_record": "ja", "may_publish": "nee"}, "mag niet gepubliceerd worden", False),
    ],
)
def test_trekkers_see_it_on_the_programme_and_members_what_is_not_recorded(
    talk, browse, trekker, lid, said, to_trekkers, to_members
):
    browse().post(link(talk), said | {"doen": "ja"})
    for page in (reverse("agenda", args=[talk.item.meeting_id]), reverse("ask_speaker", args=[talk.item_id])):
        assert to_trekkers in browse(trekker).get(page).text
    page = browse(lid).get(talk.item.meeting.get_absolute_url()).text
    assert ("wordt niet opgenomen" in page) is to_members
    assert "gepubliceerd worden" not in page


# --- Slides -------------------------------------------------------------------------------------------------------


def add_slides(talk: Talk, browse) -> Material:
    file = SimpleUploadedFile("dia's.pdf", PDF)
    assert browse().post(link(talk), {"doen": "dias", "file": file}).status_code == 302
    with acting_as(SYSTEM):
        return Material.objects.get(talk=talk)


def consent(talk: Talk, browse, publish: str) -> None:
    said = {"doen": "toestemming", "may_record": "nee", "may_publish": publish}
    assert browse().post(link(talk), said).status_code == 302


def who_finds(slides: Material, browse, *readers) -> list[bool]:
    """By its address and on the page of the meeting, which say the same."""
    page = reverse("meeting", args=[slides.meeting_id])
    named = [slides.name in unescape(browse(person).get(page).text) for person in readers]
    opened = [fetch(browse(person), reverse("material", args=[slides.pk])).status_code == 200 for person in readers]
    assert named == opened
    return named


@pytest.mark.parametrize("audience", ["public", "network"])
def test_slides_leave_the_circle_while_the_speaker_agrees_and_not_before_or_after(
    talk, browse, audience, lid, trekker, manager, neighbour
):
    with acting_as(SYSTEM):
        Meeting.objects.update(audience=audience)
    browse().post(link(talk), {"doen": "ja"})
    slides = add_slides(talk, browse)
    assert who_finds(slides, browse, lid, trekker, manager, neighbour) == [True, True, True, False]
    consent(talk, browse, "ja")
    assert who_finds(slides, browse, lid, neighbour) == [True, True]
    address = make_token("material", [slides.pk, neighbour.pk])  # for ten minutes, asked while it was allowed
    by_link = reverse("material_by_link", args=[slides.pk, address])
    assert fetch(browse(), by_link).status_code == 200
    consent(talk, browse, "nee")
    assert fetch(browse(), by_link).status_code == 404
    assert who_finds(slides, browse, lid, neighbour) == [True, False]


def test_visitors_find_slides_of_who_agreed_and_speaks(talk, browse, lid):
    browse().post(link(talk), {"doen": "ja", "may_publish": "ja"})
    slides = add_slides(talk, browse)
    assert who_finds(slides, browse, lid, None) == [True, True]
    browse().post(link(talk), {"doen": "nee"})
    assert browse().get(reverse("material", args=[slides.pk])).status_code == 404


def test_what_a_trekker_adds_at_the_same_point_is_for_whoever_sees_the_meeting(talk, browse, trekker, lid):
    browse().post(link(talk), {"doen": "ja"})
    where = reverse("add_material", args=[talk.item.meeting_id])
    file = SimpleUploadedFile("blad.pdf", PDF)
    assert browse(trekker).post(where, {"item": talk.item_id, "file": file}).status_code == 302
    with acting_as(SYSTEM):
        sheet = Material.objects.get()
    assert who_finds(sheet, browse, lid, None) == [True, True]


def test_trekker_and_speaker_read_for_whom_slides_are(talk, browse, trekker):
    browse().post(link(talk), {"doen": "ja"})
    add_slides(talk, browse)
    files = reverse("add_material", args=[talk.item.meeting_id])
    said = '<span class="tag">alleen voor de kring</span>'
    assert said in browse(trekker).get(files).text
    assert "Alleen mensen van de kring kunnen uw presentatie openen" in browse().get(link(talk)).text
    consent(talk, browse, "ja")
    assert said not in browse(trekker).get(files).text
    assert "Alleen mensen van de kring kunnen" not in browse().get(link(talk)).text


def accepted(circle, speaker, **fields) -> Talk:
    meeting = make.meeting(circle, in_days=10, **fields)
    return make.talk(make.item(meeting), speaker, answered_at=timezone.now())


def test_who_has_no_slides_is_asked_for_them_once_three_days_before(waasland, sofie):
    with acting_as(SYSTEM):
        accepted(waasland, sofie)
    assert run_daily(12, actions.remind_of_slides) == [0] * 7 + [1] + [0] * 4
    assert posted() == {("slides_asked", "sofie.spreker@spreker.example")}
    with acting_as(SYSTEM):
        text = Letter.objects.get().text
    assert "/spreker/" in text
    assert "Uw presentatie staat er nog niet" in " ".join(text.split())


def test_slides_are_not_asked_of_who_added_them_or_does_not_speak(waasland, sofie):
    with acting_as(SYSTEM):
        with_slides = accepted(waasland, sofie)
        Material.objects.create(
            meeting=with_slides.item.meeting, item=with_slides.item, talk=with_slides, name="a.pdf", file="a", size=1
        )
        accepted(waasland, make.speaker("Anna"), state="cancelled")
        for number, state in enumerate(["asked", "declined", "withdrawn"]):
            make.talk(with_slides.item, make.speaker(f"S{number}"), state, answered_at=timezone.now())
        late = make.meeting(waasland, in_days=1)  # said yes within the three days, on the page that asks for slides
        make.talk(make.item(late), make.speaker("Late"), answered_at=timezone.now())
    assert run_daily(12, actions.remind_of_slides) == [0] * 12
