"""Letters whose facts are no longer true when the meeting moves or is off, and people who may have had one."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from mailroom import postman
from mailroom.models import Delivery
from meetings.actions import answers, planning
from regions.wall import SYSTEM, acting_as, member
from tests import make


@pytest.fixture
def meeting(waasland, temse):
    with acting_as(SYSTEM):
        return make.meeting(waasland, host=temse, venue="Stadhuis")


def invite(trekker, meeting):
    with acting_as(member(trekker.pk)):
        planning.invite(meeting, by=trekker)


def move(trekker, meeting):
    with acting_as(member(trekker.pk)):
        planning.move(meeting, by=trekker, venue="Bibliotheek")


def cancel(trekker, meeting):
    with acting_as(member(trekker.pk)):
        planning.cancel(meeting, by=trekker, because="Storm")


def waiting_for(person):
    with acting_as(SYSTEM):
        return sorted(Delivery.objects.filter(member=person, state="queued").values_list("kind", flat=True))


def as_the_relay_left_it(person, **fields):
    with acting_as(SYSTEM):
        assert Delivery.objects.filter(member=person, kind="invitation").update(**fields) == 1


def test_who_may_have_had_the_invitation_hears_that_it_is_off(lid, trekker, meeting):
    invite(trekker, meeting)
    as_the_relay_left_it(lid, maybe_double=True)
    cancel(trekker, meeting)
    assert waiting_for(lid) == ["meeting_cancelled"]
    assert waiting_for(trekker) == []


def test_who_may_have_had_the_invitation_hears_what_changed(lid, trekker, meeting):
    invite(trekker, meeting)
    as_the_relay_left_it(lid, maybe_double=True)
    move(trekker, meeting)
    assert (waiting_for(lid), waiting_for(trekker)) == (["meeting_changed"], ["invitation"])


def test_a_failed_invitation_makes_place_for_one_with_the_new_facts(lid, trekker, meeting):
    invite(trekker, meeting)
    as_the_relay_left_it(lid, state="failed")
    move(trekker, meeting)
    assert waiting_for(lid) == ["invitation"]
    with acting_as(SYSTEM):
        assert not Delivery.objects.failed().exists()


def test_a_failed_invitation_is_not_tried_again_once_the_meeting_is_off(lid, trekker, meeting):
    invite(trekker, meeting)
    as_the_relay_left_it(lid, state="failed")
    cancel(trekker, meeting)
    assert waiting_for(lid) == []
    with acting_as(SYSTEM):
        assert not Delivery.objects.failed().exists()


@pytest.mark.parametrize(("change", "told"), [(move, ["meeting_changed"]), (cancel, ["meeting_cancelled"])])
def test_a_confirmation_that_waits_does_not_leave_after_the_change(lid, trekker, meeting, change, told):
    invite(trekker, meeting)
    with acting_as(member(lid.pk)):
        answers.register(meeting, by=lid, answer="yes", attending="in_person")
    assert waiting_for(lid) == ["confirmation", "invitation"]
    change(trekker, meeting)
    assert waiting_for(lid) == told


@pytest.mark.parametrize(("change", "told"), [(move, ["meeting_changed"]), (cancel, ["meeting_cancelled"])])
def test_a_reminder_that_waits_does_not_leave_after_the_change(lid, trekker, meeting, change, told):
    invite(trekker, meeting)
    as_the_relay_left_it(lid, state="sent")
    with acting_as(SYSTEM):
        Delivery.objects.create(
            kind="reminder_silent", about=f"meeting:{meeting.pk}", dedupe_key="r", message_id="r", member=lid
        )
    change(trekker, meeting)
    assert waiting_for(lid) == told


def test_a_new_colleague_with_the_address_of_the_old_one_is_invited_too(lid, trekker, waasland, meeting):
    invite(trekker, meeting)
    with acting_as(SYSTEM):
        shared, lid.email = lid.email, "lies@elders.example"
        lid.save()
        EmailAddress.objects.filter(user=lid).update(email=lid.email)
        colleague = make.person("Noor Nieuw", waasland, email=shared)
    invite(trekker, meeting)
    assert waiting_for(colleague) == ["invitation"]
    assert waiting_for(lid) == ["invitation"]


def test_one_address_of_the_longest_kind_stops_nobodys_invitation(lid, trekker, waasland, meeting):
    with acting_as(SYSTEM):
        longest = make.person("Lang Adres", waasland, email=f"{'a' * 60}@{'.'.join(['b' * 60] * 3)}.example")
    invite(trekker, meeting)
    assert waiting_for(longest) == waiting_for(lid) == ["invitation"]


@pytest.fixture
def click(browse):
    """Posts as this person in a thread of its own, and gives the status; an error would be a 500."""

    def post(person, address, **typed):
        client = browse(person)
        client.raise_request_exception = False
        return client.post(address, typed).status_code

    return post


def test_throwing_a_draft_away_twice_at_once_is_no_error(together, click, trekker, waasland):
    with acting_as(SYSTEM):
        draft = make.meeting(waasland, state="draft")
    address = f"/bijeenkomsten/{draft.pk}/annuleren/"
    assert set(together(4, lambda _: click(trekker, address))) <= {302, 404}


def test_two_trekkers_who_cancel_move_and_invite_at_once_meet_no_error(
    together, click, browse, trekker, lid, meeting
):
    base = f"/bijeenkomsten/{meeting.pk}"
    client = browse(trekker)
    off = client.post(f"{base}/annuleren/", {"because": "Storm"}).context["mailing"].fingerprint
    invited = client.get(f"{base}/uitnodigen/").context["mailing"].fingerprint
    clicks = [
        lambda: click(trekker, f"{base}/annuleren/", because="Storm", shown=off),
        lambda: click(trekker, f"{base}/uitnodigen/", shown=invited),
    ] * 3
    assert set(together(6, lambda number: clicks[number]())) <= {200, 302, 409}
    with acting_as(SYSTEM):
        meeting.refresh_from_db()
        assert meeting.state == "cancelled" or Delivery.objects.filter(kind="invitation").count() == 2


def test_an_invitation_that_was_in_hand_is_not_tried_again_after_the_news(lid, trekker, meeting):
    invite(trekker, meeting)
    as_the_relay_left_it(lid, state="handing_over", leased_until=timezone.now() - dt.timedelta(minutes=1))
    cancel(trekker, meeting)
    (claimed,) = postman.claim()
    assert (claimed.member_id, claimed.kind) == (lid.pk, "meeting_cancelled")
    with acting_as(SYSTEM):
        invitation = Delivery.objects.get(member=lid, kind="invitation")
    assert (invitation.state, invitation.maybe_double) == ("withdrawn", True)


def test_a_manager_who_said_yes_hears_that_it_is_off(manager, trekker, meeting):
    with acting_as(member(manager.pk)):
        answers.register(meeting, by=manager, answer="yes", attending="in_person")
    cancel(trekker, meeting)
    assert waiting_for(manager) == ["meeting_cancelled"]
    (claimed,) = postman.claim()
    assert claimed.member_id == manager.pk
