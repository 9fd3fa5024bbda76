"""Calls for speakers, and the talks proposed to a circle: proved, kept, placed, moved, taken back, declined."""

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from library.models import Topic
from mailroom.models import Letter
from meetings.actions import proposals as actions
from meetings.models import AgendaItem, Material, Speaker, SpeakerCall, Talk, TalkProposal
from regions.wall import SYSTEM, acting_as
from tests import make

from .test_speakers import fresh, posted
from .test_talk_by_link import PDF, link

CARD = {
    "title": "Slimme camera's",
    "about": "Wat wij leerden.",
    "name": "Vera Voorstel",
    "organisation": "Camerabouw",
    "kind": "vendor",
    "email": "Vera@voorstel.example",
}
VERA = "vera@voorstel.example"


@pytest.fixture
def call(waasland):
    with acting_as(SYSTEM):
        topic = Topic.objects.create(slug="cameras-test", title="Camera's", category="Veiligheid")
        return SpeakerCall.objects.create(circle=waasland, topic=topic, text="Wie heeft ervaring?")


@pytest.fixture
def kept(call):
    """In the pool of Waasland."""
    with acting_as(SYSTEM):
        return TalkProposal.objects.create(call=call, **CARD | {"email": VERA}, confirmed_at=timezone.now())


def form_of(call) -> str:
    return reverse("propose_talk", args=[call.pk])


def all_proposals() -> list[TalkProposal]:
    with acting_as(SYSTEM):
        return list(TalkProposal.objects.select_related("talk__item__meeting", "talk__speaker"))


def link_in_the_letter() -> str:
    with acting_as(SYSTEM):
        text = Letter.objects.filter(delivery__kind="proposal_to_prove").latest("pk").text
    return next(word for word in text.split() if "/spreekvoorstel/" in word).partition("testserver")[2]


# --- The call -----------------------------------------------------------------------------------------------------


def test_a_trekker_calls_for_speakers_and_everyone_reads_it_until_it_is_closed(waasland, browse, trekker, lid):
    page = reverse("talk_proposals", args=[waasland.slug])
    assert browse(trekker).post(page, {"topic": "", "text": "Verras ons."}).status_code == 302
    for reader in (browse(), browse(lid)):
        assert "Verras ons." in reader.get("/sprekers/oproep/").text
    again = browse(trekker).post(page, {"topic": "", "text": "Nog eens."})
    assert again.status_code == 422
    assert "zoekt hierover al sprekers" in again.text
    with acting_as(SYSTEM):
        call = SpeakerCall.objects.get()
    browse(trekker).post(reverse("close_call", args=[call.pk]))
    assert "Verras ons." not in browse().get("/sprekers/oproep/").text
    assert browse().get(form_of(call)).status_code == 404


def test_a_visitor_needs_no_cookie_and_another_site_cannot_propose_for_a_member(call, lid):
    visitor, member = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    member.force_login(lid)
    assert (visitor.get(form_of(call)).status_code, dict(visitor.cookies)) == (200, {})
    assert "csrfmiddlewaretoken" in member.get(form_of(call)).text
    assert member.post(form_of(call), {"title": "GIS", "about": "Kort."}).status_code == 403
    assert all_proposals() == []
    assert visitor.post(form_of(call), CARD).status_code == 302
    assert len(all_proposals()) == 1


def test_only_who_leads_the_circle_calls_and_reads_proposals(kept, browse, lid, neighbour_trekker, manager, trekker):
    pool = reverse("talk_proposals", args=[kept.call.circle.slug])
    one = kept.get_absolute_url()
    assert [browse(person).get(pool).status_code for person in (trekker, manager, lid, neighbour_trekker)] == [
        200, 200, 403, 403,
    ]  # fmt: skip
    assert [browse(person).get(one).status_code for person in (trekker, manager, lid, neighbour_trekker)] == [
        200, 200, 404, 404,
    ]  # fmt: skip


@pytest.mark.parametrize("n", [1, 3])
def test_the_calls_cost_the_same_however_many(waasland, call, browse, n, django_assert_num_queries):
    with acting_as(SYSTEM):
        for number in range(n):
            SpeakerCall.objects.create(circle=make.circle(f"RKK {number}"), text="Wie?")
    client = browse()
    client.get("/sprekers/oproep/")
    with django_assert_num_queries(4):
        client.get("/sprekers/oproep/")


# --- Proposing ----------------------------------------------------------------------------------------------------


def test_who_is_unknown_proves_the_address_before_anyone_reads_it(call, browse, trekker):
    assert browse().post(form_of(call), CARD).url == "/sprekers/oproep/"
    assert [each.confirmed_at for each in all_proposals()] == [None]
    assert posted() == {("proposal_to_prove", VERA)}
    pool = reverse("talk_proposals", args=[call.circle.slug])
    assert CARD["name"] not in browse(trekker).get(pool).text
    with acting_as(SYSTEM):
        text = Letter.objects.get().text
    assert not [typed for typed in ("Vera", "camera", "leerden", "Camerabouw") if typed in text.replace(VERA, "")]
    link = link_in_the_letter()
    assert CARD["about"] in browse().get(link).text
    assert [each.confirmed_at for each in all_proposals()] == [None], "looking proves nothing"
    for _ in range(2):
        assert browse().post(link).status_code == 302
    assert posted("proposal_made") == {("proposal_made", trekker.email)}
    page = browse(trekker).get(pool).text
    assert CARD["name"] in page
    assert '<span class="tag">leverancier</span>' in page


def test_a_link_that_is_late_or_forged_proves_nothing(call, browse):
    browse().post(form_of(call), CARD)
    link = link_in_the_letter()
    assert browse().post(link[:-3] + "aa/").status_code == 404
    with time_machine.travel(timezone.now() + dt.timedelta(days=8), tick=False):
        assert browse().post(link).status_code == 410
        with acting_as(SYSTEM):
            assert actions.forget_unproved() == 1
    assert all_proposals() == []


def test_nobody_is_written_to_without_end(call, browse):
    for number in range(5):
        answer = browse().post(form_of(call), CARD | {"title": f"Voorstel {number}"})
        assert answer.status_code == 302
    browse().post(form_of(call), CARD | {"title": "Voorstel 0"})
    assert len(all_proposals()) == 3
    with acting_as(SYSTEM):
        assert Letter.objects.count() == 3


def test_who_is_logged_in_is_not_asked_who_they_are(call, browse, lid, trekker):
    page = browse(lid).get(form_of(call)).text
    assert 'name="title"' in page
    assert 'name="email"' not in page
    browse(lid).post(form_of(call), {"title": "Bij ons", "about": "Zo.", "email": VERA, "kind": "v_ict_or"})
    (made,) = all_proposals()
    assert (made.email, made.name, made.kind) == (lid.email, lid.name, "colleague")
    assert made.confirmed_at
    assert posted() == {("proposal_made", trekker.email)}


def test_a_supplier_cannot_call_itself_a_colleague(call, browse, waasland):
    with acting_as(SYSTEM):
        seller = make.person("Sam Seller", partner=make.vendor())
    browse(seller).post(form_of(call), {"title": "Koop", "about": "Nu.", "kind": "colleague"})
    assert [each.kind for each in all_proposals()] == ["vendor"]


def test_an_empty_form_says_what_is_missing(call, browse):
    assert browse().post(form_of(call), {}).status_code == 422


# --- The pool -----------------------------------------------------------------------------------------------------


def send(browse, trekker, kept, **typed):
    return browse(trekker).post(kept.get_absolute_url(), typed)


def test_a_proposal_on_a_programme_becomes_a_point_a_speaker_and_a_question(waasland, kept, browse, trekker):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
    for _ in range(2):
        assert send(browse, trekker, kept, doen="plaatsen", meeting=meeting.pk, message="Welkom").status_code == 302
    (placed,) = all_proposals()
    talk = placed.talk
    assert (talk.item.title, talk.item.meeting_id, talk.state) == (CARD["title"], meeting.pk, "asked")
    with acting_as(SYSTEM):
        assert (talk.speaker.contact.email, talk.speaker.is_vendor) == (VERA, True)
        assert [topic.title for topic in talk.speaker.topics.all()] == ["Camera's"]
        assert AgendaItem.objects.count() == 1
    assert posted() == {("speaker_asked", VERA)}


def test_who_is_in_the_list_of_speakers_already_is_not_added_again(waasland, kept, browse, trekker):
    with acting_as(SYSTEM):
        known = make.speaker("Vera Vermeer", email=VERA)
        meeting = make.meeting(waasland)
    send(browse, trekker, kept, doen="plaatsen", meeting=meeting.pk)
    assert fresh(kept).talk_id
    with acting_as(SYSTEM):
        assert [speaker.name for speaker in Speaker.objects.all()] == ["Vera Vermeer"]
        assert Talk.objects.get().speaker == known


def test_it_moves_to_another_meeting_and_the_speaker_confirms_again(waasland, kept, browse, trekker):
    with acting_as(SYSTEM):
        first, second = make.meeting(waasland), make.meeting(waasland, in_days=120, state="draft")
    send(browse, trekker, kept, doen="plaatsen", meeting=first.pk)
    with acting_as(SYSTEM):
        Talk.objects.update(state="accepted", answered_at=timezone.now())
    send(browse, trekker, kept, doen="plaatsen", meeting=second.pk)
    (moved,) = all_proposals()
    assert (moved.talk.item.meeting_id, moved.talk.state) == (second.pk, "asked")
    with acting_as(SYSTEM):
        assert [item.meeting_id for item in AgendaItem.objects.all()] == [second.pk]
    assert posted() == {("speaker_asked", VERA), ("speaker_released", VERA)}


def test_what_the_speaker_wrote_allowed_and_added_moves_along_and_only_the_yes_does_not(
    waasland, kept, browse, trekker
):
    with acting_as(SYSTEM):
        first, second = make.meeting(waasland), make.meeting(waasland, in_days=120)
    send(browse, trekker, kept, doen="plaatsen", meeting=first.pk)
    here = link(all_proposals()[0].talk)
    browse().post(here, {"doen": "ja", "reply": "Ik breng een prototype mee.", "may_publish": "ja"})
    browse().post(here, {"doen": "kaart", "name": "Vera V.", "organisation": "Camerabouw", "bio": "Bouwt camera's."})
    browse().post(here, {"doen": "dias", "file": SimpleUploadedFile("camera.pdf", PDF)})
    send(browse, trekker, kept, doen="plaatsen", meeting=second.pk)
    (moved,) = all_proposals()
    talk = moved.talk
    assert (talk.state, talk.may_record, talk.may_publish) == ("asked", False, True)
    assert talk.consented_at is not None
    assert talk.speaker.bio == "Bouwt camera's."
    with acting_as(SYSTEM):
        slides = Material.objects.get()
    assert (slides.meeting_id, slides.item_id, slides.talk_id) == (second.pk, talk.item_id, talk.pk)
    assert slides.file.storage.exists(slides.file.name)
    there = link(talk)
    page = browse().get(there).text
    assert "Ik breng een prototype mee.</textarea>" in page
    assert "Uw presentatie is meegekomen" in page
    assert "camera.pdf" not in page
    browse().post(there, {"doen": "ja"})
    assert "camera.pdf" in browse().get(there).text
    assert fresh(talk).may_publish


def test_a_point_with_a_file_of_the_trekker_stays_when_the_proposal_leaves(waasland, kept, browse, trekker):
    with acting_as(SYSTEM):
        first, second = make.meeting(waasland), make.meeting(waasland, in_days=120)
    send(browse, trekker, kept, doen="plaatsen", meeting=first.pk)
    with acting_as(SYSTEM):
        file = {"name": "zaal.pdf", "file": "material/a", "content_type": "application/pdf", "size": 1}
        Material.objects.create(meeting=first, item=AgendaItem.objects.get(), **file)
    send(browse, trekker, kept, doen="plaatsen", meeting=second.pk)
    with acting_as(SYSTEM):
        assert Material.objects.get().item.meeting == first


def test_it_goes_back_into_the_pool_and_when_its_draft_is_thrown_away_by_itself(waasland, kept, browse, trekker):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, state="draft")
    send(browse, trekker, kept, doen="plaatsen", meeting=meeting.pk)
    send(browse, trekker, kept, doen="terug")
    with acting_as(SYSTEM):
        assert not AgendaItem.objects.exists()
    assert all_proposals()[0].is_in_pool
    send(browse, trekker, kept, doen="plaatsen", meeting=meeting.pk)
    assert not all_proposals()[0].is_in_pool
    with acting_as(SYSTEM):
        meeting.delete()
    assert all_proposals()[0].is_in_pool


def test_a_point_with_another_speaker_stays_when_the_proposal_leaves(waasland, kept, browse, trekker, sofie):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
    send(browse, trekker, kept, doen="plaatsen", meeting=meeting.pk)
    with acting_as(SYSTEM):
        make.talk(AgendaItem.objects.get(), sofie)
    send(browse, trekker, kept, doen="terug")
    with acting_as(SYSTEM):
        assert [talk.state for talk in Talk.objects.order_by("speaker__name")] == ["accepted", "withdrawn"]


def test_no_meeting_of_another_circle_that_is_over_or_cancelled_takes_it(waasland, kempen, kept, browse, trekker):
    with acting_as(SYSTEM):
        there = [make.meeting(kempen, audience="public"), make.meeting(waasland, in_days=-3)]
        there.append(make.meeting(waasland, state="cancelled"))
    for meeting in there:
        assert send(browse, trekker, kept, doen="plaatsen", meeting=meeting.pk).status_code == 422
        with acting_as(SYSTEM), pytest.raises(actions.MeetingNotAhead):
            actions.place(kept, by=trekker, meeting=meeting)
    assert all_proposals()[0].is_in_pool


def test_a_friendly_no_forgets_the_address(kept, browse, trekker, waasland):
    for _ in range(2):
        send(browse, trekker, kept, doen="afwijzen", reason="Volgend jaar graag.")
    assert posted() == {("proposal_declined", VERA)}
    (declined,) = all_proposals()
    assert (declined.email, declined.is_in_pool) == ("", False)
    with acting_as(SYSTEM):
        text = Letter.objects.get().text
        meeting = make.meeting(waasland)
    assert "Volgend jaar graag." in text
    send(browse, trekker, kept, doen="plaatsen", meeting=meeting.pk)
    assert all_proposals()[0].talk is None


def test_what_stands_on_a_programme_is_not_declined(waasland, kept, browse, trekker):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
    send(browse, trekker, kept, doen="plaatsen", meeting=meeting.pk)
    send(browse, trekker, kept, doen="afwijzen")
    assert posted() == {("speaker_asked", VERA)}


def test_what_took_place_is_not_moved(waasland, kept, browse, trekker):
    with acting_as(SYSTEM):
        held, later = make.meeting(waasland, in_days=-9, state="held"), make.meeting(waasland)
        talk = make.talk(make.item(held), make.speaker())
        TalkProposal.objects.update(talk=talk)
    page = browse(trekker).get(kept.get_absolute_url()).text
    assert "ging door" in page
    for typed in ({"doen": "plaatsen", "meeting": later.pk}, {"doen": "terug"}):
        send(browse, trekker, kept, **typed)
    assert all_proposals()[0].talk == talk
