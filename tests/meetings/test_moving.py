"""Moving and cancelling tell exactly those concerned; old answers are never counted in silence."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from mailroom.models import Delivery, Letter
from meetings.actions import planning as actions
from meetings.models import Invitation, JoinLink, Meeting, Registration, Speaker, SpeakerContact
from members.models import Membership
from regions.wall import SYSTEM, acting_as
from tests import make


def in_a_month(hour=14):
    day = timezone.localtime() + dt.timedelta(days=30)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.fixture
def meeting(waasland, temse):
    with acting_as(SYSTEM):
        return make.meeting(
            waasland, "Op til", host=temse, venue="Stadhuis", starts_at=in_a_month(), ends_at=in_a_month(16)
        )


@pytest.fixture
def cast(waasland, meeting, trekker):
    """Who stands how to the meeting; all but Onbekend are invited."""
    with acting_as(SYSTEM):
        people = {}
        for name, answer in {
            "Ja": ("yes", False),
            "Wacht": ("yes", True),
            "Misschien": ("maybe", False),
            "Nee": ("no", False),
            "Stil": None,
            "Onbekend": None,
            "Gegaan": ("yes", False),
        }.items():
            people[name] = make.person(name, waasland)
            if name != "Onbekend":
                Invitation.objects.create(meeting=meeting, member=people[name])
            if answer:
                Registration.objects.create(
                    meeting=meeting,
                    member=people[name],
                    answer=answer[0],
                    waiting=answer[1],
                    attending="" if answer[0] == "no" else "in_person",
                )
        Membership.objects.filter(member=people["Gegaan"]).update(ended_at=timezone.now())
        Meeting.objects.filter(pk=meeting.pk).update(seats_in_person=2)
    return people


def told(kind):
    with acting_as(SYSTEM):
        found = Delivery.objects.filter(kind=kind, state="queued").select_related("member")
        return {each.member.name if each.member else each.to for each in found}


def letter_to(person, kind):
    with acting_as(SYSTEM):
        return Letter.objects.select_related("wording").get(delivery__member=person, delivery__kind=kind)


def the(meeting):
    with acting_as(SYSTEM):
        return Meeting.objects.select_related("host").get(pk=meeting.pk)


def move(client, meeting, **changes):
    """As a person does: look, ask who is told, then send what was shown."""
    address = f"/bijeenkomsten/{meeting.pk}/verplaatsen/"
    form = client.get(address).context["form"]
    typed = {name: form[name].value() for name in form.fields}
    typed |= {name: f"{typed[name]:%H:%M}" for name in ("start", "end")} | changes
    typed = {name: "" if value is None else value for name, value in typed.items()}
    page = client.post(address, typed)
    if "move" not in page.context:
        return page
    assert told("meeting_changed") == set()
    return client.post(address, typed | {"shown": page.context["move"].mailing.fingerprint})


def test_another_place_is_told_to_who_was_invited_or_answered_but_not_to_the_noes(browse, trekker, meeting, cast):
    response = move(browse(trekker), meeting, venue="Bibliotheek")
    assert response["Location"] == f"/kringen/waasland/planning/?bijeenkomst={meeting.pk}"
    assert told("meeting_changed") == {"Ja", "Wacht", "Misschien", "Stil"}
    after = the(meeting)
    assert (after.venue, after.sequence) == ("Bibliotheek", 1)
    text = letter_to(cast["Ja"], "meeting_changed").text
    assert "Bibliotheek" in text
    assert "Stadhuis" in text
    assert "dat blijft zo" in text


def test_another_day_is_also_told_to_the_noes_and_asks_whether_it_suits(browse, trekker, meeting, cast):
    day = (meeting.starts_at + dt.timedelta(days=7)).date()
    move(browse(trekker), meeting, date=day.isoformat())
    assert told("meeting_changed") == {"Ja", "Wacht", "Misschien", "Stil", "Nee"}
    assert "Past het nieuwe moment wel" in letter_to(cast["Nee"], "meeting_changed").text
    assert timezone.localtime(the(meeting).starts_at).date() == day


def test_answers_stay_and_each_letter_asks_again(browse, trekker, meeting, cast):
    move(browse(trekker), meeting, start="15:00", end="17:00")
    with acting_as(SYSTEM):
        answers = {each.member.name: each.answer for each in Registration.objects.select_related("member")}
    assert answers == {"Ja": "yes", "Wacht": "yes", "Misschien": "maybe", "Nee": "no", "Gegaan": "yes"}
    for name in ["Ja", "Wacht", "Misschien", "Nee", "Stil"]:
        letter = letter_to(cast[name], "meeting_changed")
        assert letter.text.count("/antwoord/") >= 3, name
        assert (letter.calendar_method, letter.calendar.count("SEQUENCE:1")) == ("REQUEST", 1)


def test_whose_way_of_taking_part_disappears_becomes_a_maybe(browse, trekker, meeting, cast):
    move(browse(trekker), meeting, form="online", online_link="https://teams.example/1")
    with acting_as(SYSTEM):
        rows = Registration.objects.select_related("member").exclude(answer="no")
        assert {(row.member.name, row.answer, row.attending, row.waiting) for row in rows} == {
            ("Ja", "maybe", "online", False),
            ("Wacht", "maybe", "online", False),
            ("Misschien", "maybe", "online", False),
            ("Gegaan", "maybe", "online", False),
        }
    assert "Uw antwoord is nu “misschien”" in letter_to(cast["Ja"], "meeting_changed").text
    assert the(meeting).host is None


def test_the_online_link_is_in_no_text_of_a_change(browse, trekker, meeting, cast):
    move(browse(trekker), meeting, form="hybrid", online_link="https://teams.example/geheim")
    with acting_as(SYSTEM):
        assert JoinLink.objects.get().url == "https://teams.example/geheim"
        letters = list(Letter.objects.select_related("wording").filter(delivery__kind="meeting_changed"))
    assert letters
    assert not [letter for letter in letters if "teams.example" in letter.text + letter.html]


def test_speakers_who_were_asked_or_said_yes_are_told(browse, trekker, meeting, cast):
    with acting_as(SYSTEM):
        item = meeting.agenda.create(position=1, kind="deep_dive", title="Verdieping")
        for state in ["asked", "accepted", "declined", "withdrawn"]:
            speaker = Speaker.objects.create(name=state, kind="colleague")
            SpeakerContact.objects.create(speaker=speaker, email=f"{state}@demo.example")
            make.talk(item, speaker, state)
    client = browse(trekker)
    move(client, meeting, venue="Bibliotheek")
    assert told("speaker_told_of_change") == {"asked@demo.example", "accepted@demo.example"}
    cancel(client, meeting)
    assert told("speaker_told_of_cancellation") == {"asked@demo.example", "accepted@demo.example"}


def test_an_invitation_that_did_not_leave_yet_is_replaced_by_one_with_the_new_facts(browse, as_, trekker, meeting):
    with as_(trekker):
        actions.invite(meeting, by=trekker)
    move(browse(trekker), meeting, venue="Bibliotheek")
    assert told("meeting_changed") == set()
    assert told("invitation") == {"Tom Trekker"}
    with acting_as(SYSTEM):
        assert sorted(Delivery.objects.values_list("state", flat=True)) == ["queued", "withdrawn"]
        text = Letter.objects.get(delivery__state="queued").text
    assert "Bibliotheek" in text
    assert "Stadhuis" not in text


def test_nothing_changed_tells_nobody(browse, as_, trekker, meeting, cast):
    page = move(browse(trekker), meeting)
    assert page.status_code == 200
    assert told("meeting_changed") == set()
    with as_(trekker), pytest.raises(actions.NothingChanged):
        actions.move(meeting, by=trekker, venue="Stadhuis")
    assert the(meeting).sequence == 0


def test_who_answers_between_looking_and_sending_makes_the_page_show_it_anew(browse, trekker, meeting, cast):
    client = browse(trekker)
    address = f"/bijeenkomsten/{meeting.pk}/verplaatsen/"
    form = client.get(address).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    typed |= {"start": "14:00", "end": "16:00", "venue": "Bibliotheek"}
    shown = client.post(address, typed).context["move"].mailing.fingerprint
    with acting_as(SYSTEM):
        Registration.objects.filter(member=cast["Misschien"]).update(answer="no", attending="")
    page = client.post(address, typed | {"shown": shown})
    assert page.context["stale"]
    assert told("meeting_changed") == set()
    client.post(address, typed | {"shown": page.context["move"].mailing.fingerprint})
    assert told("meeting_changed") == {"Ja", "Wacht", "Stil"}


def test_sending_the_same_change_twice_is_one_change(browse, trekker, meeting, cast):
    client = browse(trekker)
    address = f"/bijeenkomsten/{meeting.pk}/verplaatsen/"
    form = client.get(address).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    typed |= {"start": "14:00", "end": "16:00", "venue": "Bibliotheek"}
    typed["shown"] = client.post(address, typed).context["move"].mailing.fingerprint
    for _ in range(5):
        client.post(address, typed)
    assert the(meeting).sequence == 1
    with acting_as(SYSTEM):
        assert Delivery.objects.filter(kind="meeting_changed").count() == 4


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"date": "2020-01-01"}, "date"), ({"end": "13:00"}, "end"), ({"online_link": "x y"}, "online_link")],
)
def test_a_change_that_cannot_be_is_refused_beside_its_field(browse, trekker, meeting, cast, typed, field):
    address = f"/bijeenkomsten/{meeting.pk}/verplaatsen/"
    client = browse(trekker)
    form = client.get(address).context["form"]
    full = {name: form[name].value() or "" for name in form.fields} | {"start": "14:00", "end": "16:00"}
    page = client.post(address, full | {"venue": "Met zorg getypt"} | typed)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}
    assert "Met zorg getypt" in page.content.decode()


# --- Cancelling ------------------------------------------------------------------------------------------


def cancel(client, meeting, because="Te weinig inschrijvingen"):
    address = f"/bijeenkomsten/{meeting.pk}/annuleren/"
    page = client.post(address, {"because": because})
    return client.post(address, {"because": because, "shown": page.context["mailing"].fingerprint})


def test_cancelling_tells_who_was_invited_or_answered_but_not_the_noes(browse, as_, trekker, meeting, cast):
    cancel(browse(trekker), meeting)
    assert told("meeting_cancelled") == {"Ja", "Wacht", "Misschien", "Stil"}
    after = the(meeting)
    assert (after.state, after.cancelled_because, after.sequence) == ("cancelled", "Te weinig inschrijvingen", 1)
    letter = letter_to(cast["Ja"], "meeting_cancelled")
    assert "Te weinig inschrijvingen" in letter.text
    assert letter.calendar_method == "CANCEL"
    assert "STATUS:CANCELLED" in letter.calendar
    with as_(cast["Onbekend"]):
        assert [each.state for each in Meeting.objects.all()] == ["cancelled"]


def test_a_reason_is_asked_and_nothing_happens_before_it_was_shown(browse, trekker, meeting, cast):
    client = browse(trekker)
    address = f"/bijeenkomsten/{meeting.pk}/annuleren/"
    assert client.post(address, {"because": ""}).status_code == 422
    page = client.post(address, {"because": "Ziekte"})
    assert sorted(person.name for person in page.context["mailing"].members) == ["Ja", "Misschien", "Stil", "Wacht"]
    assert the(meeting).state == "published"
    assert told("meeting_cancelled") == set()


def test_who_never_heard_of_the_meeting_hears_nothing_now(browse, as_, waasland, trekker, meeting):
    with acting_as(SYSTEM):
        heard, answered = make.person("Gehoord", waasland), make.person("Antwoordde", waasland)
    with as_(trekker):
        actions.invite(meeting, by=trekker)
    with acting_as(SYSTEM):
        Delivery.objects.filter(member=heard).update(state="sent")
        Registration.objects.create(meeting=meeting, member=answered, answer="maybe", attending="in_person")
    cancel(browse(trekker), meeting)
    assert told("meeting_cancelled") == {"Gehoord", "Antwoordde"}
    assert told("invitation") == set()
    with acting_as(SYSTEM):
        rows = Delivery.objects.filter(kind="invitation").values_list("member__name", "state")
        assert set(rows) == {("Gehoord", "sent"), ("Antwoordde", "withdrawn"), ("Tom Trekker", "withdrawn")}


def test_a_letter_being_handed_over_is_not_called_back(as_, trekker, meeting):
    with as_(trekker):
        actions.invite(meeting, by=trekker)
    with acting_as(SYSTEM):
        Delivery.objects.update(state="handing_over")
    with as_(trekker):
        actions.cancel(meeting, by=trekker, because="Storm")
    assert told("meeting_cancelled") == {"Tom Trekker"}


def test_what_is_over_or_off_cannot_be_moved_or_cancelled(browse, as_, trekker, meeting, cast):
    with time_machine.travel(meeting.starts_at + dt.timedelta(minutes=1)):
        client = browse(trekker)
        for page in ["verplaatsen", "annuleren"]:
            assert client.get(f"/bijeenkomsten/{meeting.pk}/{page}/")["Location"] == f"/bijeenkomsten/{meeting.pk}/"
        with as_(trekker), pytest.raises(actions.MeetingInThePast):
            actions.move(meeting, by=trekker, venue="Elders")
        with as_(trekker), pytest.raises(actions.MeetingInThePast):
            actions.cancel(meeting, by=trekker, because="Te laat")
    with as_(trekker):
        actions.cancel(meeting, by=trekker, because="Storm")
    for refused in [
        lambda: actions.move(meeting, by=trekker, venue="x"),
        lambda: actions.cancel(meeting, by=trekker, because="x"),
    ]:
        with as_(trekker), pytest.raises(actions.NotPublished):
            refused()
    assert the(meeting).sequence == 1


def test_of_a_network_meeting_the_guest_from_another_circle_is_told_too(
    browse, trekker, neighbour, stranger, meeting
):
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=meeting.pk).update(audience="network")
        for person in [neighbour, stranger]:
            Registration.objects.create(meeting=meeting, member=person, answer="yes", attending="in_person")
    cancel(browse(trekker), meeting)
    assert told("meeting_cancelled") == {"Bea Buur"}
