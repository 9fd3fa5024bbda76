"""What a speaker does by the link in the letter, and what the link never shows or gives."""

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from mailroom.links import make_token
from mailroom.models import Delivery, Letter
from meetings.actions import speakers as actions
from meetings.models import JoinLink, Material, Registration, Speaker, Talk
from meetings.talks import address_of
from regions.wall import SYSTEM, acting_as
from tests import make

PDF = b"%PDF-1.7\n%test"


@pytest.fixture
def sofie(house):
    """A vendor in the pool."""
    with acting_as(SYSTEM):
        return make.speaker(bio="Ik verkoop camera's.")


@pytest.fixture
def talk(waasland, temse, sofie, trekker):
    """Sofie is asked for a meeting on site and online, to which people said yes."""
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, "Wie kijkt mee?", form="hybrid", host=temse, venue="De Zaat")
        JoinLink.objects.create(meeting=meeting, url="https://teams.example/geheim")
        return make.talk(make.item(meeting), sofie, "asked", asked_by=trekker, message="Graag zonder verkoop.")


def fresh(thing):
    with acting_as(SYSTEM):
        return type(thing).objects.get(pk=thing.pk)


def link(talk) -> str:
    return address_of(talk).removeprefix("http://testserver")


def everything() -> dict[str, list]:
    """The content of every table but those of sessions and of what Django keeps for itself."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        tables = [
            table
            for table in connection.introspection.table_names(cursor)
            if table.split("_")[0] in ("meetings", "members", "mailroom", "regions", "library", "account")
            and table != "regions_journalentry"  # tells of every click
        ]
        content = {}
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            content[table] = sorted(map(repr, cursor.fetchall()))
        return content


def posted() -> list[tuple[str, str]]:
    with acting_as(SYSTEM):
        return sorted(Delivery.objects.values_list("kind", "to"))


# --- Looking ------------------------------------------------------------------------------------------------------


def test_opening_the_link_changes_nothing_and_shows_what_is_asked(talk, browse):
    before = everything()
    client = browse()
    for method in (client.get, client.head, client.get):
        assert method(link(talk)).status_code == 200
    assert everything() == before
    page = client.get(link(talk)).text
    for shown in (
        "Tom Trekker vraagt u namens RKK Waasland om te spreken.",
        "Wie kijkt mee?",
        "Temse, De Zaat",
        "Camera&#x27;s in de stad, 45 minuten",
        "Graag zonder verkoop.",
    ):
        assert shown in page, shown


def test_the_link_of_the_letter_is_this_link(waasland, sofie, trekker, as_, browse):
    with acting_as(SYSTEM):
        item = make.item(make.meeting(waasland))
    with as_(trekker):
        actions.ask_speaker(item, by=trekker, speaker=sofie)
    with acting_as(SYSTEM):
        text = Letter.objects.get().text
    address = text[text.index("http://testserver/spreker/") :].split()[0]
    assert browse().get(address.removeprefix("http://testserver")).status_code == 200


def test_the_page_is_kept_nowhere_and_sets_no_cookie(talk, browse):
    response = browse().get(link(talk))
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"
    assert not response.cookies


def test_a_speaker_never_sees_who_comes_or_who_is_in_the_circle(waasland, talk, browse, lid, trekker, neighbour):
    with acting_as(SYSTEM):
        coming = make.person("Karel Komt", waasland)
        for person in (lid, coming, neighbour):
            Registration.objects.create(meeting=talk.item.meeting, member=person, answer="yes", attending="in_person")
        make.talk(make.item(talk.item.meeting, "Intern punt"), make.speaker("Andere Spreker"))
    for state in ("asked", "accepted", "declined"):
        with acting_as(SYSTEM):
            Talk.objects.filter(pk=talk.pk).update(state=state)
        page = browse().get(link(talk)).text
        assert "Tom Trekker" in page  # who asks
        for hidden in (
            "Lies Lid",
            "Karel Komt",
            "Bea Buur",
            "@demo.example",
            "Intern punt",
            "Andere Spreker",
            "inschrijving",
        ):
            assert hidden not in page, (state, hidden)


def test_the_online_link_is_there_once_the_speaker_said_yes(talk, browse):
    assert "teams.example" not in browse().get(link(talk)).text
    with acting_as(SYSTEM):
        Talk.objects.filter(pk=talk.pk).update(state="accepted")
    assert "https://teams.example/geheim" in browse().get(link(talk)).text


def test_a_logged_in_neighbour_with_the_link_sees_what_the_speaker_sees(talk, browse, neighbour):
    response = browse(neighbour).get(link(talk))
    assert response.context["talk"] == browse().get(link(talk)).context["talk"]


# --- Yes and no ---------------------------------------------------------------------------------------------------


def test_yes_tells_the_trekkers_and_nobody_else(waasland, talk, browse, lid, neighbour_trekker):
    with acting_as(SYSTEM):
        make.person("Tweede Trekker", trekker_of=waasland)
    address, reply = link(talk), talk.asking
    response = browse().post(address, {"doen": "ja", "reply": "Met plezier."})
    assert (response.status_code, response.url) == (302, address)
    talk = fresh(talk)
    assert (talk.state, fresh(reply).reply) == ("accepted", "Met plezier.")
    assert talk.answered_at is not None
    assert posted() == [
        ("speaker_answered", "tom.trekker@demo.example"),
        ("speaker_answered", "tweede.trekker@demo.example"),
    ]


def test_no_tells_the_trekkers_what_the_speaker_adds(talk, browse):
    browse().post(link(talk), {"doen": "nee", "reply": "Te druk."})
    assert fresh(talk).state == "declined"
    with acting_as(SYSTEM):
        letter = Letter.objects.select_related("delivery").get()
    assert "Spreker zegt nee" in letter.delivery.subject
    assert "De spreker zegt erbij: Te druk." in letter.text


def test_without_a_trekker_the_community_managers_hear_it(talk, browse, trekker, manager):
    from members.models import Membership

    with acting_as(SYSTEM):
        Membership.objects.filter(member=trekker).update(role="member", mandate_start=None)
    browse().post(link(talk), {"doen": "ja"})
    assert posted() == [("speaker_answered", "mia.manager@demo.example")]


@pytest.mark.parametrize("answer", ["ja", "nee"])
def test_two_clicks_are_one_answer(talk, browse, answer):
    client = browse()
    client.post(link(talk), {"doen": answer, "reply": "Eerst"})
    before = everything()
    assert client.post(link(talk), {"doen": answer, "reply": "Nog eens"}).status_code == 302
    assert everything() == before


def test_a_yes_may_become_a_no_and_a_no_is_for_the_circle_to_ask_again(talk, browse, as_, trekker):
    client = browse()
    client.post(link(talk), {"doen": "ja"})
    client.post(link(talk), {"doen": "nee", "reply": "Toch ziek."})
    assert fresh(talk).state == "declined"
    response = client.post(link(talk), {"doen": "ja"}, follow=True)
    assert fresh(talk).state == "declined"
    assert "U hebt eerder geweigerd" in response.text
    assert posted() == [("speaker_answered", "tom.trekker@demo.example")] * 2


def test_an_answer_that_is_none_is_refused_and_what_was_typed_is_kept(talk, browse):
    response = browse().post(link(talk), {"doen": "ja", "reply": "x" * 1001})
    assert response.status_code == 422
    assert "x" * 1001 in response.text
    assert browse().post(link(talk), {"doen": "misschien"}).status_code == 422
    assert fresh(talk).state == "asked"


# --- Links that do not work ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_or_broken_link_gets_404_and_what_to_do(talk, browse, method):
    good = link(talk)
    broken = [
        good[:-3] + "/",
        good.replace("/spreker/", "/spreker/x"),
        "/spreker/niets/",
        "/spreker/" + make_token("answer", [talk.pk, talk.asked_at.isoformat()]) + "/",
    ]
    for address in broken:
        response = getattr(browse(), method)(address, {"doen": "ja"})
        assert response.status_code == 404, address
        assert "Deze link werkt niet" in response.text
    assert fresh(talk).state == "asked"


def refused(response) -> bool:
    return response.status_code == 410 and "<form" not in response.text.partition("<main")[2].partition("</main")[0]


def test_the_link_ends_after_30_days_when_the_meeting_is_over(talk, browse):
    address = link(talk)
    for days, works in [(0, True), (29, True), (31, False), (400, False)]:
        with time_machine.travel(timezone.now() + dt.timedelta(days=days), tick=False):
            assert refused(browse().get(address)) is not works, days
    with time_machine.travel(timezone.now() + dt.timedelta(days=31), tick=False):
        assert refused(browse().post(address, {"doen": "ja"}))
        assert "Beantwoord de e-mail om een nieuwe link te krijgen." in browse().get(address).text
    assert fresh(talk).state == "asked"


def test_the_link_lives_as_long_as_the_meeting_is_to_come(waasland, sofie, browse):
    with acting_as(SYSTEM):
        talk = make.talk(make.item(make.meeting(waasland, in_days=90)), sofie)
    address = link(talk)
    with time_machine.travel(timezone.now() + dt.timedelta(days=89), tick=False):
        assert browse().get(address).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(days=91), tick=False):
        assert refused(browse().get(address))


def test_a_withdrawn_question_cannot_be_answered(talk, browse, as_, trekker):
    address = link(talk)
    with as_(trekker):
        actions.withdraw_talk(talk, by=trekker)
    assert refused(browse().get(address))
    for answer in ("ja", "nee", "kaart", "dias"):
        assert refused(browse().post(address, {"doen": answer, "name": "Ik"}))
    assert fresh(talk).state == "withdrawn"
    assert "De kring vraagt u dit niet langer." in browse().get(address).text


def test_asking_again_makes_the_old_link_useless(talk, browse, as_, trekker, sofie):
    old = link(talk)
    with as_(trekker):
        actions.withdraw_talk(talk, by=trekker)
        again = actions.ask_speaker(talk.item, by=trekker, speaker=sofie)
    assert refused(browse().post(old, {"doen": "ja"}))
    assert browse().post(link(again), {"doen": "ja"}).status_code == 302
    assert fresh(talk).state == "accepted"


def test_a_cancelled_meeting_says_so(talk, browse):
    with acting_as(SYSTEM):
        talk.item.meeting.state = "cancelled"
        talk.item.meeting.save()
    assert refused(browse().post(link(talk), {"doen": "ja"}))
    assert "De bijeenkomst gaat niet door." in browse().get(link(talk)).text


def test_a_draft_that_was_thrown_away_takes_the_link_with_it(talk, browse):
    with acting_as(SYSTEM):
        talk.item.meeting.delete()
    assert refused(browse().get(link(talk)))


def test_once_the_meeting_is_over_nobody_says_yes(waasland, sofie, browse):
    with acting_as(SYSTEM):
        talk = make.talk(make.item(make.meeting(waasland, in_days=-1)), sofie, "asked")
    assert "U kunt niet meer antwoorden" in browse().get(link(talk)).text
    browse().post(link(talk), {"doen": "ja"})
    assert fresh(talk).state == "asked"


# --- Card and slides ----------------------------------------------------------------------------------------------


@pytest.fixture
def accepted(talk):
    with acting_as(SYSTEM):
        Talk.objects.filter(pk=talk.pk).update(state="accepted", answered_at=timezone.now())
    return fresh(talk)


CARD = {"doen": "kaart", "name": "Sofie S.", "organisation": "Zelfstandig", "bio": "Ik help gemeenten."}


def test_a_speaker_edits_the_own_card_and_touches_no_other(accepted, sofie, browse):
    with acting_as(SYSTEM):
        make.speaker("Anna", bio="Van Anna")
    assert browse().post(link(accepted), CARD | {"kind": "v_ict_or", "speaker": "1", "id": "1"}).status_code == 302
    with acting_as(SYSTEM):
        assert set(Speaker.objects.values_list("name", "organisation", "bio", "kind", "contact__email")) == {
            ("Sofie S.", "Zelfstandig", "Ik help gemeenten.", "vendor", "sofie.spreker@spreker.example"),
            ("Anna", "Softwarehuis", "Van Anna", "vendor", "anna@spreker.example"),
        }


def test_a_card_without_a_name_is_refused_and_keeps_what_was_typed(accepted, sofie, browse):
    response = browse().post(link(accepted), CARD | {"name": ""})
    assert response.status_code == 422
    assert "Ik help gemeenten." in response.text
    assert fresh(sofie).name == "Sofie Spreker"


def slides(name="dia's.pdf", content=PDF):
    return {"doen": "dias", "file": SimpleUploadedFile(name, content)}


def test_a_speaker_adds_slides_and_comes_back_with_the_same_link(accepted, browse, lid):
    assert browse().post(link(accepted), slides()).status_code == 302
    assert "dia&#x27;s.pdf" in browse().get(link(accepted)).text
    with acting_as(SYSTEM):
        material = Material.objects.get()
        assert (material.meeting, material.item, material.talk) == (accepted.item.meeting, accepted.item, accepted)
    response = browse(lid).get(f"/materiaal/{material.pk}/")
    assert response.getvalue() == PDF


def test_slides_with_the_same_name_take_the_place_of_the_earlier_ones(accepted, browse):
    for content in (PDF, PDF + b"beter"):
        browse().post(link(accepted), slides(content=content))
    with acting_as(SYSTEM):
        assert [material.size for material in Material.objects.all()] == [len(PDF + b"beter")]


def test_one_link_does_not_fill_the_disk(accepted, browse):
    for number in range(5):
        assert browse().post(link(accepted), slides(f"{number}.pdf")).status_code == 302
    response = browse().post(link(accepted), slides("zes.pdf"))
    assert response.status_code == 422
    assert "U kunt hier geen bestanden meer toevoegen" in response.text
    with acting_as(SYSTEM):
        assert Material.objects.count() == 5


def test_who_did_not_say_yes_changes_nothing(talk, sofie, browse):
    for state in ("asked", "declined"):
        with acting_as(SYSTEM):
            Talk.objects.filter(pk=talk.pk).update(state=state)
        before = everything()
        for post in (CARD, slides()):
            browse().post(link(talk), post)
        assert everything() == before


def test_a_wrong_file_is_refused(accepted, browse):
    response = browse().post(link(accepted), slides("dia's.exe", b"MZ"))
    assert response.status_code == 422
    with acting_as(SYSTEM):
        assert Material.objects.count() == 0
