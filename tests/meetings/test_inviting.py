"""Who gets what is shown before it is sent, leaves once, and marks nobody as coming."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mailroom.models import Delivery, Letter, Silence
from meetings import mailings
from meetings.actions import planning as actions
from meetings.models import Invitation, JoinLink, Meeting, Registration
from members.models import Member, Membership
from regions.models import Circle
from regions.wall import SYSTEM, acting_as, member
from tests import make


@pytest.fixture
def meeting(waasland, temse):
    with acting_as(SYSTEM):
        made = make.meeting(waasland, "Op til", host=temse, venue="Stadhuis", form="hybrid")
        made.agenda.create(position=1, kind="news_round", title="Rondje langs de besturen")
        JoinLink.objects.create(meeting=made, url="https://teams.example/geheim")
        return made


def shown_on(page):
    return [person.name for person in page.context["mailing"].members]


def invite(client, meeting):
    address = f"/bijeenkomsten/{meeting.pk}/uitnodigen/"
    fingerprint = client.get(address).context["mailing"].fingerprint
    return client.post(address, {"shown": fingerprint})


def letters(kind="invitation"):
    with acting_as(SYSTEM):
        return sorted(Delivery.objects.filter(kind=kind).values_list("to", flat=True))


def invited(meeting):
    with acting_as(SYSTEM):
        return {each.member.name for each in Invitation.objects.filter(meeting=meeting).select_related("member")}


def test_exactly_the_members_of_today_are_shown_and_invited(browse, meeting, waasland, lid, trekker, neighbour):
    with acting_as(SYSTEM):
        make.person("Gert Gegaan", waasland)
        Membership.objects.filter(member__name="Gert Gegaan").update(ended_at=timezone.now())
        make.person("Ina Inactief", waasland, is_active=False)
        make.person("Vera Verkoopt", waasland, partner=make.vendor())
        make.person("Stan Stil", waasland)
        Silence.objects.create(address="Stan.Stil@demo.example", circle=waasland, reason="unsubscribed")
        make.person("Bas Bounce", waasland)
        Silence.objects.create(address="bas.bounce@demo.example", circle=None, reason="bounced")
    client = browse(trekker)
    page = client.get(f"/bijeenkomsten/{meeting.pk}/uitnodigen/")
    assert sorted(shown_on(page)) == ["Lies Lid", "Tom Trekker", "Vera Verkoopt"]
    assert [person.name for person in page.context["mailing"].silenced] == ["Bas Bounce", "Stan Stil"]
    assert "Krijgen geen e-mail" in page.content.decode()
    assert letters() == []
    invite(client, meeting)
    assert letters() == ["lies.lid@demo.example", "tom.trekker@demo.example", "vera.verkoopt@demo.example"]
    assert invited(meeting) == {"Lies Lid", "Tom Trekker", "Vera Verkoopt"}


def test_a_silence_of_another_circle_keeps_nobody_from_ours(browse, meeting, kempen, lid, trekker):
    with acting_as(SYSTEM):
        Silence.objects.create(address=lid.email, circle=kempen, reason="unsubscribed")
    assert "Lies Lid" in shown_on(browse(trekker).get(f"/bijeenkomsten/{meeting.pk}/uitnodigen/"))


def test_the_umbrella_circle_invites_everyone_who_is_in_a_circle(as_, house, lid, neighbour, stranger):
    with acting_as(SYSTEM):
        umbrella = Circle.objects.get(kind="umbrella")
        leads = make.person("Olga Overkoepelend", trekker_of=umbrella)
        meeting = make.meeting(umbrella, "Voor allen")
    with as_(leads):
        actions.invite(meeting, by=leads)
    assert letters() == ["bea.buur@demo.example", "lies.lid@demo.example", "olga.overkoepelend@demo.example"]


def test_nobody_is_marked_as_coming_by_being_invited(browse, meeting, lid, trekker):
    invite(browse(trekker), meeting)
    assert invited(meeting) == {"Lies Lid", "Tom Trekker"}
    with acting_as(SYSTEM):
        assert not Registration.objects.exists()


def test_the_letter_names_circle_verb_day_and_town_and_asks(browse, meeting, lid, trekker):
    invite(browse(trekker), meeting)
    with acting_as(SYSTEM):
        delivery = Delivery.objects.get(to=lid.email)
        letter = Letter.objects.select_related("wording").get(delivery=delivery)
        day = timezone.localtime(meeting.starts_at)
    months = [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ]
    assert delivery.subject == f"[RKK Waasland] Uitnodiging: {day.day} {months[day.month - 1]}, Temse"
    assert (delivery.about, delivery.circle_id, delivery.member_id) == (
        f"meeting:{meeting.pk}",
        meeting.circle_id,
        lid.pk,
    )
    assert delivery.not_after == meeting.starts_at
    assert "List-Unsubscribe" in letter.headers
    for words in ["Rondje langs de besturen", "Ja, ik kom", "Misschien", "Nee, ik kom niet", "Stadhuis", "online"]:
        assert words in letter.text, words
    assert letter.calendar_method == "REQUEST"
    assert letter.calendar.count("ATTENDEE") == 1


def test_the_preview_holds_nobody_elses_personal_links(browse, meeting, lid, trekker):
    page = browse(trekker).get(f"/bijeenkomsten/{meeting.pk}/uitnodigen/").content.decode()
    assert "Rondje langs de besturen" in page
    assert "/antwoord/" not in page
    assert "teams.example" not in page


def test_fifty_clicks_are_one_batch(browse, meeting, lid, trekker):
    client = browse(trekker)
    address = f"/bijeenkomsten/{meeting.pk}/uitnodigen/"
    fingerprint = client.get(address).context["mailing"].fingerprint
    for _ in range(50):
        assert client.post(address, {"shown": fingerprint}).status_code == 302
    assert letters() == ["lies.lid@demo.example", "tom.trekker@demo.example"]
    with acting_as(SYSTEM):
        assert Invitation.objects.count() == 2


def test_fifty_at_once_are_one_batch(together, meeting, lid, trekker):
    with acting_as(member(trekker.pk)):
        fingerprint = mailings.invitation(meeting, reader=trekker).fingerprint

    def click(_number):
        with acting_as(member(trekker.pk)):
            return actions.invite(meeting, by=trekker, shown=fingerprint)

    assert sorted(together(50, click)) == [0] * 49 + [2]
    assert letters() == ["lies.lid@demo.example", "tom.trekker@demo.example"]
    with acting_as(SYSTEM):
        assert Invitation.objects.count() == 2


def test_who_came_between_looking_and_sending_is_shown_before_anything_leaves(
    browse, meeting, waasland, lid, trekker
):
    client = browse(trekker)
    address = f"/bijeenkomsten/{meeting.pk}/uitnodigen/"
    fingerprint = client.get(address).context["mailing"].fingerprint
    with acting_as(SYSTEM):
        make.person("Nina Nieuw", waasland)
    page = client.post(address, {"shown": fingerprint})
    assert page.status_code == 409
    assert sorted(shown_on(page)) == ["Lies Lid", "Nina Nieuw", "Tom Trekker"]
    assert letters() == []
    assert client.post(address, {"shown": page.context["mailing"].fingerprint}).status_code == 302
    assert len(letters()) == 3


def test_other_words_than_shown_do_not_leave(browse, as_, meeting, lid, trekker):
    client = browse(trekker)
    address = f"/bijeenkomsten/{meeting.pk}/uitnodigen/"
    fingerprint = client.get(address).context["mailing"].fingerprint
    with as_(trekker):
        actions.move(meeting, by=trekker, venue="Bibliotheek")
    assert client.post(address, {"shown": fingerprint}).status_code == 409
    assert letters() == []


def test_later_only_the_new_members_are_invited(browse, meeting, waasland, lid, trekker):
    client = browse(trekker)
    invite(client, meeting)
    with acting_as(SYSTEM):
        first = Meeting.objects.get(pk=meeting.pk).invited_at
        make.person("Nina Nieuw", waasland)
    page = client.get(f"/bijeenkomsten/{meeting.pk}/uitnodigen/")
    assert (shown_on(page), page.context["invited"]) == (["Nina Nieuw"], 2)
    invite(client, meeting)
    assert letters() == ["lies.lid@demo.example", "nina.nieuw@demo.example", "tom.trekker@demo.example"]
    with acting_as(SYSTEM):
        assert Meeting.objects.get(pk=meeting.pk).invited_at == first


def test_a_draft_and_what_has_begun_are_not_invited_to(browse, as_, meeting, lid, trekker):
    client = browse(trekker)
    with time_machine.travel(meeting.starts_at + dt.timedelta(minutes=5)):
        assert browse(trekker).get(f"/bijeenkomsten/{meeting.pk}/uitnodigen/").status_code == 302
        with as_(trekker), pytest.raises(actions.MeetingInThePast):
            actions.invite(meeting, by=trekker)
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=meeting.pk).update(state="draft")
    assert client.post(f"/bijeenkomsten/{meeting.pk}/uitnodigen/", {"shown": "x"}).status_code == 302
    with as_(trekker), pytest.raises(actions.NotPublished):
        actions.invite(meeting, by=trekker)
    assert letters() == []


def test_each_member_more_costs_a_handful_of_queries(as_, waasland, meeting, trekker):
    """A calendar file holds what its reader may see, so the wall is asked per reader; all else is done at once."""
    with acting_as(SYSTEM):
        Member.objects.bulk_create(
            Member(email=f"lid{n}@demo.example", name=f"Lid {n}", password="!") for n in range(200)
        )
        people = Member.objects.filter(name__startswith="Lid ")
        Membership.objects.bulk_create(Membership(member=each, circle=waasland) for each in people)
    with as_(trekker), CaptureQueriesContext(connection) as queries:
        assert actions.invite(meeting, by=trekker) == 201
    assert len(queries) <= 6 * 201 + 40
    assert len(letters()) == 201


# --- What became of the letters -------------------------------------------------------------------------------------


def test_the_post_shows_what_failed_first_and_pages(browse, meeting, waasland, trekker):
    with acting_as(SYSTEM):
        for n in range(30):
            Delivery.objects.create(
                kind="invitation",
                dedupe_key=f"k{n}",
                about=f"meeting:{meeting.pk}",
                circle=waasland,
                to=f"lid{n}@demo.example",
                subject="Uitnodiging",
                message_id=f"<{n}@x>",
                state="failed" if n == 3 else "sent",
                error="550 bestaat niet" if n == 3 else "",
            )
        other = make.meeting(waasland, "Andere")
        Delivery.objects.create(
            kind="invitation",
            dedupe_key="elders",
            about=f"meeting:{other.pk}",
            circle=waasland,
            to="elders@demo.example",
            subject="Elders",
            message_id="<elders@x>",
        )
    client = browse(trekker)
    page = client.get(f"/bijeenkomsten/{meeting.pk}/post/")
    listed = [delivery.to for delivery in page.context["page_obj"]]
    assert (listed[0], len(listed)) == ("lid3@demo.example", 25)
    assert "550 bestaat niet" in page.content.decode()
    assert "Vraag aan de ontvanger" in page.content.decode()
    assert [(state, n) for state, _name, n in page.context["counts"]] == [("sent", 29), ("failed", 1)]
    assert len(client.get(f"/bijeenkomsten/{meeting.pk}/post/?page=2").context["page_obj"]) == 5
    failed = client.get(f"/bijeenkomsten/{meeting.pk}/post/?toestand=failed")
    assert [delivery.to for delivery in failed.context["page_obj"]] == ["lid3@demo.example"]
    desk = client.get("/kringen/waasland/planning/")
    assert [(each.pk, n) for each, n in desk.context["failed"]] == [(meeting.pk, 1)]
