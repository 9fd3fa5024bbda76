"""Two hosts of a circle exchange their turns, with their houses, once both agree."""

import pytest
from django.utils import timezone

from mailroom.models import Delivery
from meetings.actions import hosting as actions
from meetings.models import Hosting, HostTask, Meeting
from regions.wall import SYSTEM, acting_as
from tests import make


def now_is(hosting):
    with acting_as(SYSTEM):
        return Hosting.objects.select_related("meeting__host", "government").get(pk=hosting.pk)


def letters(kind=None):
    """(kind, to) of what was posted, in order."""
    with acting_as(SYSTEM):
        rows = Delivery.objects.order_by("pk").values_list("kind", "to")
        return [row for row in rows if kind in (None, row[0])]


@pytest.fixture
def later(agreed, as_, trekker, lena, lokeren, waasland):
    """Lokeren agreed to receive the draft after that of Temse."""
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, "Later", state="draft", in_days=150, venue="Kasteel", seats_in_person=80)
    with as_(trekker):
        hosting = actions.ask_host(meeting, by=trekker, government=lokeren, contact=lena)
    with as_(lena):
        return actions.answer_hosting(hosting, by=lena, accept=True)


def test_two_hosts_exchange_their_turns_and_their_houses(browse, agreed, later, lid, lena, trekker):
    with acting_as(SYSTEM):
        HostTask.objects.update(done_at=timezone.now())
    mine, theirs = (f"/bijeenkomsten/{each.meeting_id}/gastheer/" for each in (agreed, later))
    client = browse(lid)
    assert client.get(mine).context["swap"].fields["other"].choices[0][0] == str(later.pk)
    for _click in range(2):
        assert client.post(f"{mine}ruilen/", {"other": later.pk})["Location"] == mine
    assert letters("swap_asked") == [("swap_asked", lena.email)]
    assert b"Temse" in browse(lena).get(theirs).content
    yes = {"offered": agreed.pk, "answer": "yes"}
    assert browse(lena).post(f"{theirs}ruilantwoord/", yes)["Location"] == mine  # that one is hers now
    first, second = now_is(agreed), now_is(later)
    assert [(each.government.name, each.meeting.host.name, each.meeting.venue) for each in (first, second)] == [
        ("Lokeren", "Lokeren", "Kasteel"),
        ("Temse", "Temse", ""),
    ]
    assert (first.meeting.seats_in_person, second.meeting.seats_in_person) == (80, None)
    assert (first.contact_id, second.contact_id, first.swap_with_id) == (lena.pk, lid.pk, None)
    with acting_as(SYSTEM):
        assert not HostTask.objects.exclude(done_at=None).exists()
        assert HostTask.objects.count() == 12
    assert sorted(letters("swap_answered")) == [("swap_answered", lid.email), ("swap_answered", trekker.email)]
    browse(lena).post(f"{theirs}ruilantwoord/", yes)  # a second click finds nothing to answer
    assert now_is(agreed).government.name == "Lokeren"


def test_a_host_who_keeps_its_day_says_so(browse, agreed, later, lid, lena):
    with acting_as(SYSTEM):
        actions.propose_swap(agreed, by=lid, other=later.pk)
    no = {"offered": agreed.pk, "answer": "no"}
    assert browse(lena).post(f"/bijeenkomsten/{later.meeting_id}/gastheer/ruilantwoord/", no).status_code == 302
    assert (now_is(agreed).government.name, now_is(agreed).swap_with_id) == ("Temse", None)
    assert letters("swap_answered") == [("swap_answered", lid.email)]


def test_a_turn_is_exchanged_with_an_agreed_draft_of_the_own_circle_only(as_, agreed, later, lid, kempen, geel):
    with acting_as(SYSTEM):
        elsewhere = make.meeting(kempen, state="draft", host=geel)
        foreign = Hosting.objects.create(meeting=elsewhere, government=geel, state="accepted")
    with as_(lid), pytest.raises(actions.CannotExchange):
        actions.propose_swap(agreed, by=lid, other=foreign.pk)
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=later.meeting_id).update(state="published")
    with as_(lid), pytest.raises(actions.CannotExchange):
        actions.propose_swap(agreed, by=lid, other=later.pk)


def test_an_answer_to_what_is_no_longer_proposed_does_nothing(as_, agreed, later, lid, lena):
    with as_(lid):
        actions.propose_swap(agreed, by=lid, other=later.pk)
        actions.propose_swap(agreed, by=lid, other=None)
    with as_(lena), pytest.raises(actions.CannotExchange):
        actions.answer_swap(agreed, by=lena, accept=True)


def test_two_who_accept_each_others_proposal_at_once_exchange_once(together, as_, agreed, later, lid, lena):
    with acting_as(SYSTEM):
        actions.propose_swap(agreed, by=lid, other=later.pk)
        actions.propose_swap(later, by=lena, other=agreed.pk)

    def accept(number):
        offered, by = ((agreed, lena), (later, lid))[number]
        with as_(by):
            return actions.answer_swap(offered, by=by, accept=True)

    done = together(2, accept)
    assert sorted(type(each).__name__ for each in done) == ["CannotExchange", "NoneType"]
    assert now_is(agreed).government.name == "Lokeren"
