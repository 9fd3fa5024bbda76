"""The start page of the admin shows just what asks for a community manager, and where it is solved."""

import datetime as dt

import pytest
from django.utils import timezone

from mailroom.models import Delivery
from meetings.models import ActionPoint
from members.models import JoinRequest, Membership
from regions.models import Circle
from regions.wall import SYSTEM, acting_as
from tests import make


@pytest.fixture
def work(browse, manager):
    """Heap -> [(what, address)] as the page shows it to the manager."""

    def read():
        page = browse(manager).get("/beheer/")
        assert page.status_code == 200
        return {heap.title: [(task.name, task.address) for task in heap.tasks] for heap in page.context["heaps"]}

    return read


NOTHING: dict[str, list] = {
    "Aanvragen om lid te worden": [],
    "Mislukte e-mails": [],
    "Binnenkort, maar nog niemand uitgenodigd": [],
    "Zonder trekker": [],
    "Achter op hun ritme": [],
    "Acties over tijd": [],
}


@pytest.fixture
def all_is_well(waasland, kempen, trekker, neighbour_trekker):
    with acting_as(SYSTEM):
        for circle in Circle.objects.all():
            make.meeting(circle, in_days=-30, state="held")


def test_when_all_is_well_nothing_asks(all_is_well, work):
    assert work() == NOTHING


def test_a_circle_without_a_trekker_asks(all_is_well, work, trekker, waasland):
    with acting_as(SYSTEM):
        Membership.objects.filter(member=trekker).update(mandate_end=timezone.localdate() - dt.timedelta(days=1))
    assert work() == NOTHING | {"Zonder trekker": [("RKK Waasland", "/kringen/waasland/leden/")]}


def test_a_quarter_without_a_meeting_asks_unless_a_date_is_known(all_is_well, work, waasland, kempen):
    long_ago = timezone.now() - dt.timedelta(weeks=14)
    with acting_as(SYSTEM):
        for circle in (waasland, kempen):
            meeting = circle.meetings.get()
            meeting.starts_at, meeting.ends_at = long_ago, long_ago + dt.timedelta(hours=2)
            meeting.save()
        make.meeting(kempen, in_days=60)
        make.meeting(waasland, in_days=60, state="draft")
        make.meeting(waasland, in_days=10, state="cancelled")
        make.circle("Stuurgroep", kind="steering_group", rhythm="free")
        closed = make.circle("Oude kring", kind="working_group", state="closed")
    assert closed.state == "closed"
    found = work()
    assert found["Achter op hun ritme"] == [("RKK Waasland", "/kringen/waasland/planning/")]
    assert found["Zonder trekker"] == [("Stuurgroep", "/kringen/stuurgroep/leden/")]


def test_open_requests_ask_the_oldest_first(all_is_well, work, stranger, neighbour, waasland, kempen, trekker):
    now = timezone.now()
    with acting_as(SYSTEM):
        young = JoinRequest.objects.create(member=stranger, circle=kempen, asked_at=now)
        old = JoinRequest.objects.create(member=neighbour, circle=waasland, asked_at=now - dt.timedelta(days=9))
        JoinRequest.objects.create(member=stranger, circle=waasland, decided_at=now, accepted=False)
        JoinRequest.objects.create(member=trekker, circle=kempen, asked_by=neighbour)
    assert work() == NOTHING | {
        "Aanvragen om lid te worden": [
            ("Bea Buur", f"/aanvragen/{old.pk}/beslissen/"),
            ("Stef Stranger", f"/aanvragen/{young.pk}/beslissen/"),
        ]
    }


def test_failed_letters_ask(all_is_well, work):
    with acting_as(SYSTEM):
        made = [
            Delivery.objects.create(
                kind="test",
                dedupe_key=state,
                message_id=state,
                to="x@demo.example",
                subject=f"Brief {state}",
                state=state,
            )
            for state in Delivery.State.values
        ]
        failed = next(delivery for delivery in made if delivery.state == "failed")
    address = f"/beheer/mailroom/delivery/{failed.pk}/change/"
    assert work() == NOTHING | {"Mislukte e-mails": [("Brief failed", address)]}


def test_a_meeting_that_comes_close_without_invitations_asks(all_is_well, work, waasland, kempen):
    with acting_as(SYSTEM):
        soon = make.meeting(waasland, "Straks", in_days=13)
        make.meeting(waasland, "Later", in_days=15)
        make.meeting(waasland, "Klad", in_days=5, state="draft")
        make.meeting(kempen, "Uitgenodigd", in_days=5, invited_at=timezone.now())
    address = f"/bijeenkomsten/{soon.pk}/uitnodigen/"
    assert work() == NOTHING | {"Binnenkort, maar nog niemand uitgenodigd": [("Straks", address)]}


def test_a_circle_that_did_not_do_in_time_what_it_agreed_asks(all_is_well, work, waasland, kempen):
    yesterday, today = (timezone.localdate() - dt.timedelta(days=days) for days in (1, 0))
    with acting_as(SYSTEM):
        for circle, due in ((waasland, yesterday), (kempen, today)):
            ActionPoint.objects.create(meeting=circle.meetings.get(), what="Bel rond", due_on=due)
    assert work() == NOTHING | {"Acties over tijd": [("RKK Waasland", "/kringen/waasland/acties/")]}


@pytest.mark.parametrize("n", [1, 30])
def test_the_start_page_costs_the_same_however_much_there_is_to_do(
    all_is_well, browse, manager, waasland, n, django_assert_num_queries
):
    with acting_as(SYSTEM):
        for number in range(n):
            make.circle(f"Kring {number}", kind="working_group")
            make.meeting(waasland, f"Straks {number}", in_days=3)
            person = make.person(f"Aanvrager {number}")
            JoinRequest.objects.create(member=person, circle=waasland)
    client = browse(manager)
    client.get("/beheer/")
    with django_assert_num_queries(QUERIES[n]):
        page = client.get("/beheer/")
    heap = page.context["heaps"][0]
    assert (heap.count, len(heap.tasks)) == (n, min(n, 5))
    [circles] = [each for each in page.context["heaps"] if each.title == "Zonder trekker"]
    assert (circles.count, len(circles.tasks)) == (n, n)  # no other page lists them


QUERIES = {1: 15, 30: 17}
"""Two heaps are longer than what is shown of them, and are counted."""
