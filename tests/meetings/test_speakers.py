"""The pool of speakers, and asking one of them."""

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from mailroom.models import Delivery, Letter
from meetings.actions import speakers as actions
from meetings.models import Speaker, SpeakerContact, Talk
from regions.wall import SYSTEM, VISITOR, acting_as
from tests import make


def posted(kind: str | None = None) -> set[tuple[str, str]]:
    """(kind, to) of every letter that was promised."""
    with acting_as(SYSTEM):
        letters = Delivery.objects.all() if kind is None else Delivery.objects.filter(kind=kind)
        return set(letters.values_list("kind", "to"))


def fresh(thing):
    with acting_as(SYSTEM):
        return type(thing).objects.get(pk=thing.pk)


def ask_page(item) -> str:
    return reverse("ask_speaker", args=[item.pk])


# --- The pool -----------------------------------------------------------------------------------------------------


def names(response) -> list[str]:
    assert response.status_code == 200, response.status_code
    return [speaker.name for speaker in response.context["page_obj"]]


def test_the_pool_is_for_trekkers_and_managers(sofie, browse, lid, trekker, neighbour_trekker, manager, stranger):
    for person in (trekker, neighbour_trekker, manager):
        assert names(browse(person).get("/sprekers/")) == ["Sofie Spreker"]
    pages = ["/sprekers/", "/sprekers/nieuw/", f"/sprekers/{sofie.pk}/"]
    for page in pages:
        assert [browse(person).get(page).status_code for person in (lid, stranger)] == [403, 403], page
        assert browse().get(page).url.startswith(reverse("account_login")), page


def test_the_pool_is_searched_by_name_organisation_topic_and_kind(browse, trekker):
    from library.models import Topic

    with acting_as(SYSTEM):
        cameras = Topic.objects.create(slug="cameras-test", title="Camera's", category="Veiligheid")
        make.speaker("Anna", organisation="Stad Gent", kind="colleague").topics.add(cameras)
        make.speaker("Bram", organisation="Gentse Software", kind="vendor")
        make.speaker("Cato", organisation="V-ICT-OR", kind="v_ict_or")
    client = browse(trekker)
    found = {
        query: names(client.get(f"/sprekers/?{query}"))
        for query in ["", "zoek=gent", "zoek=CATO", "soort=vendor", "thema=cameras-test", "zoek=gent&soort=colleague"]
    }
    assert found == {
        "": ["Anna", "Bram", "Cato"],
        "zoek=gent": ["Anna", "Bram"],
        "zoek=CATO": ["Cato"],
        "soort=vendor": ["Bram"],
        "thema=cameras-test": ["Anna"],
        "zoek=gent&soort=colleague": ["Anna"],
    }
    assert client.get("/sprekers/?soort=bestaatniet").status_code == 422


def test_a_vendor_is_labelled(sofie, browse, trekker):
    assert '<span class="tag">leverancier</span>' in browse(trekker).get("/sprekers/").text
    assert '<span class="tag">leverancier</span>' in browse(trekker).get(f"/sprekers/{sofie.pk}/").text


def test_where_someone_spoke_is_as_far_as_the_reader_may_know(
    waasland, kempen, sofie, browse, trekker, neighbour_trekker, manager
):
    march = dt.datetime(2026, 3, 12, 14, tzinfo=dt.UTC)
    on_the_day: dict[str, Any] = {"starts_at": march, "ends_at": march + dt.timedelta(hours=2)}
    with acting_as(SYSTEM):
        for title, field, value in [
            ("onder ons", "audience", "circle"),
            ("openbaar", "audience", "public"),
            ("concept", "state", "draft"),
            ("afgelast", "state", "cancelled"),
        ]:
            fields = on_the_day | {field: value}
            make.talk(make.item(make.meeting(waasland, **fields), title), sofie)
        make.talk(make.item(make.meeting(waasland), "nog te komen"), sofie)
        make.talk(make.item(make.meeting(waasland, **on_the_day), "weigerde"), sofie, "declined")

    def spoken(person):
        page = browse(person).get(f"/sprekers/{sofie.pk}/")
        return {talk.item.title for talk in page.context["speaker"].spoken}

    assert spoken(trekker) == spoken(manager) == {"onder ons", "openbaar"}
    assert spoken(neighbour_trekker) == {"openbaar"}
    page = browse(neighbour_trekker).get("/sprekers/").text
    assert "sprak in maart 2026 bij RKK Waasland" in " ".join(page.split())
    for hidden in ("onder ons", "concept", "afgelast", "nog te komen", "weigerde"):
        assert hidden not in browse(neighbour_trekker).get(f"/sprekers/{sofie.pk}/").text


@pytest.mark.parametrize("n", [1, 3, 30])
def test_the_pool_costs_the_same_however_full(waasland, browse, trekker, n, django_assert_num_queries):
    with acting_as(SYSTEM):
        item = make.item(make.meeting(waasland, in_days=-30))
        for number in range(n):
            make.talk(item, make.speaker(f"Spreker {number:02}"))
    client = browse(trekker)
    with django_assert_num_queries(9):  # 7 in a real request, which needs no savepoint
        response = client.get("/sprekers/")
    assert len(response.context["page_obj"]) == min(n, 25)


def card(**fields) -> dict[str, str]:
    return {
        "name": "Nieuw",
        "email": "nieuw@spreker.example",
        "organisation": "Leiedal",
        "kind": "colleague",
    } | fields


def test_a_trekker_adds_a_speaker(browse, trekker):
    response = browse(trekker).post("/sprekers/nieuw/", card(email="Nieuw@Spreker.example"))
    with acting_as(SYSTEM):
        added = Speaker.objects.get()
        assert (added.name, added.contact.email) == ("Nieuw", "nieuw@spreker.example")
    assert (response.status_code, response.url) == (302, f"/sprekers/{added.pk}/")


def test_the_same_address_twice_leads_to_who_has_it(sofie, browse, trekker):
    for email in ("sofie.spreker@spreker.example", "SOFIE.spreker@Spreker.Example"):
        response = browse(trekker).post("/sprekers/nieuw/", card(email=email))
        assert response.status_code == 422
        assert (
            f'Dit adres staat al in de lijst van sprekers: <a href="/sprekers/{sofie.pk}/">Sofie Spreker</a>.'
            in response.text
        )
        assert 'value="Leiedal"' in response.text
    with acting_as(SYSTEM):
        assert [speaker.name for speaker in Speaker.objects.all()] == ["Sofie Spreker"]


def test_a_speaker_is_edited_with_the_address(sofie, browse, trekker):
    with acting_as(SYSTEM):
        make.speaker("Anna", email="anna@spreker.example")
    page = f"/sprekers/{sofie.pk}/"
    taken = browse(trekker).post(page, card(name="Anders", email="anna@spreker.example"))
    assert taken.status_code == 422
    assert "<h1>Sofie Spreker</h1>" in taken.text
    assert fresh(sofie).name == "Sofie Spreker"
    assert browse(trekker).post(page, card(name="Sofie", email="sofie@leiedal.example")).status_code == 302
    with acting_as(SYSTEM):
        assert set(SpeakerContact.objects.values_list("speaker__name", "email")) == {
            ("Sofie", "sofie@leiedal.example"),
            ("Anna", "anna@spreker.example"),
        }


def test_who_must_be_filled_in_is_said_beside_the_field(browse, trekker):
    response = browse(trekker).post("/sprekers/nieuw/", card(name="", email="geen adres"))
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"name", "email"}


def test_an_address_is_for_trekkers_and_a_name_for_who_sees_the_talk(waasland, sofie, as_, lid, trekker):
    with acting_as(SYSTEM):
        make.talk(make.item(make.meeting(waasland)), sofie)
    with as_(trekker):
        assert [str(contact) for contact in SpeakerContact.objects.all()] == ["sofie.spreker@spreker.example"]
    with as_(lid):
        assert [speaker.name for speaker in Speaker.objects.all()] == ["Sofie Spreker"]
        assert list(SpeakerContact.objects.all()) == []
    with acting_as(VISITOR):
        assert list(Speaker.objects.all()) == list(SpeakerContact.objects.all()) == []


# --- Asking -------------------------------------------------------------------------------------------------------


def test_asking_writes_one_letter_with_one_button(item, sofie, browse, trekker):
    response = browse(trekker).post(ask_page(item), {"speaker": sofie.pk, "message": "Vertel over uw camera's."})
    assert (response.status_code, response.url) == (302, ask_page(item))
    assert posted() == {("speaker_asked", "sofie.spreker@spreker.example")}
    with acting_as(SYSTEM):
        talk = Talk.objects.get()
        assert (talk.state, talk.speaker, talk.asking.by, talk.asking.message) == (
            "asked", sofie, trekker, "Vertel over uw camera's.",
        )  # fmt: skip
        letter = Letter.objects.select_related("delivery").get()
        day = f"{timezone.localtime(item.meeting.starts_at).day} "
        assert letter.delivery.subject.startswith(f"[RKK Waasland] Wilt u spreken? {day}")
        assert letter.delivery.about == f"meeting:{item.meeting_id}"
        assert letter.delivery.not_after == item.meeting.starts_at
        assert letter.headers["Reply-To"] == "tom.trekker@demo.example"
        assert letter.calendar_method == "REQUEST"
        assert "Vertel over uw camera's." in letter.text
        assert letter.text.count("http://testserver/spreker/") == 1


def test_someone_new_is_added_and_asked_in_one_go(item, browse, trekker):
    response = browse(trekker).post(ask_page(item), {"speaker": "", "message": "", **card()})
    assert response.status_code == 302
    assert posted() == {("speaker_asked", "nieuw@spreker.example")}
    with acting_as(SYSTEM):
        assert [(talk.speaker.name, talk.state) for talk in Talk.objects.all()] == [("Nieuw", "asked")]


def test_someone_new_with_a_known_address_is_not_added(item, sofie, browse, trekker):
    response = browse(trekker).post(ask_page(item), card(email="sofie.spreker@spreker.example", message="Kom"))
    assert response.status_code == 422
    assert f'<a href="/sprekers/{sofie.pk}/">Sofie Spreker</a>' in response.text
    assert ">\nKom</textarea>" in response.text
    assert posted() == set()
    with acting_as(SYSTEM):
        assert Speaker.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({}, {"speaker"}),
        ({"speaker": "geen nummer"}, {"speaker"}),
        ({"speaker": "999999"}, {"speaker"}),
        ({"name": "Alleen een naam"}, {"email", "kind"}),
        (card(email="geen adres"), {"email"}),
        (card(kind="koning"), {"kind"}),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(item, sofie, browse, trekker, typed, errors):
    response = browse(trekker).post(ask_page(item), {"message": "Wat ik al typte", **typed})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == errors
    assert "Wat ik al typte" in response.text
    assert posted() == set()


def test_from_the_pool_and_someone_new_at_once_is_refused(item, sofie, browse, trekker):
    assert browse(trekker).post(ask_page(item), card(speaker=sofie.pk)).status_code == 422
    assert posted() == set()


def test_asking_twice_is_harmless(item, sofie, browse, trekker):
    client = browse(trekker)
    for _ in range(2):
        response = client.post(ask_page(item), {"speaker": sofie.pk}, follow=True)
    assert "Sofie Spreker is hiervoor al gevraagd." in response.text
    with acting_as(SYSTEM):
        assert Talk.objects.count() == Delivery.objects.count() == 1


def test_the_choice_is_searched_and_shows_no_more_than_fits(item, browse, trekker):
    with acting_as(SYSTEM):
        for number in range(30):
            make.speaker(f"Spreker {number:02}")
        make.speaker("Zoë", organisation="Leiedal", kind="colleague")
    client = browse(trekker)

    def shown(query=""):
        page = client.get(ask_page(item) + query).text
        return re.findall(r"(Spreker \d\d|Zoë) –", page)

    assert shown() == [f"Spreker {number:02}" for number in range(25)]
    assert shown("?zoek=leiedal") == ["Zoë"]
    with acting_as(SYSTEM):
        zoe = Speaker.objects.get(name="Zoë")
    assert client.post(ask_page(item), {"speaker": zoe.pk}).status_code == 302


def test_a_trekker_of_another_circle_finds_no_item_to_ask_for(item, sofie, browse, trekker, neighbour_trekker, lid):
    assert browse(trekker).get(ask_page(item)).status_code == 200
    for method in ("get", "post"):
        assert getattr(browse(neighbour_trekker), method)(ask_page(item), {"speaker": sofie.pk}).status_code == 404
        assert getattr(browse(lid), method)(ask_page(item), {"speaker": sofie.pk}).status_code == 403
    assert browse().get(ask_page(item)).url.startswith(reverse("account_login"))
    assert posted() == set()


def test_a_public_meeting_is_seen_and_still_not_asked_for_by_another_circle(
    waasland, sofie, browse, neighbour_trekker
):
    with acting_as(SYSTEM):
        item = make.item(make.meeting(waasland, audience="public"))
    assert browse(neighbour_trekker).post(ask_page(item), {"speaker": sofie.pk}).status_code == 403
    assert posted() == set()


@pytest.mark.parametrize("fields", [{"state": "cancelled"}, {"in_days": -2}])
def test_nobody_is_asked_for_what_is_over_or_cancelled(waasland, sofie, browse, trekker, fields):
    with acting_as(SYSTEM):
        item = make.item(make.meeting(waasland, **fields))
    response = browse(trekker).post(ask_page(item), {"speaker": sofie.pk}, follow=True)
    assert "U kunt er niemand meer voor vragen." in response.text
    assert posted() == set()


def test_a_speaker_is_asked_while_the_meeting_is_a_draft(waasland, sofie, as_, trekker):
    with acting_as(SYSTEM):
        item = make.item(make.meeting(waasland, state="draft"))
    with as_(trekker):
        actions.ask_speaker(item, by=trekker, speaker=sofie)
    assert posted() == {("speaker_asked", "sofie.spreker@spreker.example")}


def test_withdrawing_tells_the_speaker_once(item, sofie, browse, trekker, neighbour_trekker):
    with acting_as(SYSTEM):
        talk = make.talk(item, sofie, "asked")
    address = reverse("withdraw_talk", args=[talk.pk])
    assert browse(neighbour_trekker).post(address).status_code == 404
    assert browse(trekker).get(address).status_code == 405
    for _ in range(2):
        assert browse(trekker).post(address).url == ask_page(item)
    assert fresh(talk).state == "withdrawn"
    assert posted() == {("speaker_released", "sofie.spreker@spreker.example")}


def test_who_said_no_or_was_withdrawn_can_be_asked_again(item, sofie, as_, trekker):
    with acting_as(SYSTEM):
        talk = make.talk(item, sofie, "declined", reply="Te druk", answered_at=timezone.now())
    with as_(trekker):
        again = actions.ask_speaker(item, by=trekker, speaker=sofie, message="Toch?")
    assert (again.pk, again.state, again.asking.reply, again.answered_at) == (talk.pk, "asked", "", None)
    assert posted() == {("speaker_asked", "sofie.spreker@spreker.example")}
