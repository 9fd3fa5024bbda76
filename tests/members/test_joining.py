"""Joining, being decided about, leaving."""

import pytest
from allauth.account.models import EmailAddress

from mailroom.models import Delivery
from members import actions
from members.models import JoinRequest, Membership
from regions.models import Circle, Participation
from regions.wall import SYSTEM, acting_as, member
from tests import make


@pytest.fixture
def nele(temse):
    """Has a proven address of Temse, and is in no circle."""
    with acting_as(SYSTEM):
        return make.person("Nele Nieuw", government=temse, email="nele@temse.example")


def places(person):
    with acting_as(SYSTEM):
        return [place.circle.slug for place in person.memberships.current().select_related("circle").order_by("pk")]


def wish_of(person):
    with acting_as(SYSTEM):
        return JoinRequest.objects.get(member=person)


def letters():
    with acting_as(SYSTEM):
        return sorted((row.kind, row.to) for row in Delivery.objects.all())


def change(circle, **fields):
    with acting_as(SYSTEM):
        Circle.objects.filter(pk=circle.pk).update(**fields)


JOIN = "/kringen/waasland/lid-worden/"


def test_a_known_domain_joins_at_once(browse, waasland, nele):
    client = browse(nele)
    assert client.get(JOIN).context["at_once"] is True
    assert places(nele) == []
    assert client.post(JOIN).status_code == 302
    assert client.post(JOIN).status_code == 302
    assert places(nele) == ["waasland"]
    assert letters() == []


def test_an_unknown_domain_asks_and_is_decided_about(browse, waasland, trekker, manager, stranger):
    client = browse(stranger)
    assert client.get(JOIN).context["at_once"] is False
    for _click in range(2):
        assert client.post(JOIN, {"message": "Ik werk bij de politiezone."}).status_code == 302
    assert places(stranger) == []
    assert letters() == [
        ("request_received", stranger.email),
        ("request_to_decide", manager.email),
        ("request_to_decide", trekker.email),
    ]
    decide = f"/aanvragen/{wish_of(stranger).pk}/beslissen/"
    page = browse(trekker).get(decide)
    assert "politiezone" in page.text
    assert stranger.email in page.text
    assert browse(trekker).post(decide, {"accepted": "yes", "reason": "Welkom."}).status_code == 302
    assert places(stranger) == ["waasland"]
    wish = wish_of(stranger)
    assert (wish.accepted, wish.decided_by_id, wish.reason) == (True, trekker.pk, "Welkom.")
    assert [row for row in letters() if row[0] == "request_decided"] == [("request_decided", stranger.email)]
    assert client.get("/kringen/waasland/leden/").status_code == 200


def test_a_declined_request_is_told_with_its_reason(browse, waasland, trekker, stranger):
    browse(stranger).post(JOIN)
    decide = f"/aanvragen/{wish_of(stranger).pk}/beslissen/"
    browse(trekker).post(decide, {"accepted": "no", "reason": "Alleen voor besturen uit de streek."})
    assert places(stranger) == []
    with acting_as(SYSTEM):
        letter = Delivery.objects.get(kind="request_decided").letter
        assert "Alleen voor besturen uit de streek." in letter.text
    assert browse(trekker).get(decide).status_code == 302  # nothing left to decide
    assert browse(trekker).get("/kringen/waasland/leden/").status_code == 200


def test_whoever_is_first_decides(browse, waasland, trekker, manager, stranger):
    browse(stranger).post(JOIN)
    wish = wish_of(stranger)
    with acting_as(member(trekker.pk)):
        actions.decide(wish, by=trekker, accepted=False)
    with acting_as(member(manager.pk)), pytest.raises(actions.AlreadyDecided):
        actions.decide(wish, by=manager, accepted=True)
    assert places(stranger) == []
    assert wish_of(stranger).decided_by_id == trekker.pk


def test_a_decision_without_yes_or_no_is_422_and_keeps_the_reason(browse, waasland, trekker, stranger):
    browse(stranger).post(JOIN)
    page = browse(trekker).post(f"/aanvragen/{wish_of(stranger).pk}/beslissen/", {"reason": "Omdat."})
    assert (page.status_code, "Omdat." in page.text) == (422, True)
    assert wish_of(stranger).decided_at is None


def test_only_who_leads_the_circle_decides(browse, waasland, trekker, lid, neighbour_trekker, stranger):
    browse(stranger).post(JOIN)
    decide = f"/aanvragen/{wish_of(stranger).pk}/beslissen/"
    assert browse(trekker).get(decide).status_code == 200
    seen = {
        person.name: browse(person).post(decide, {"accepted": "yes"}).status_code
        for person in (lid, neighbour_trekker, stranger)
    }
    assert seen == {lid.name: 404, neighbour_trekker.name: 404, stranger.name: 403}
    assert browse().post(decide, {"accepted": "yes"}).url.startswith("/account/login/")
    assert places(stranger) == []


def test_a_circle_where_everyone_asks_takes_no_one_at_once(browse, waasland, nele):
    change(waasland, joining=Circle.Joining.REQUEST)
    browse(nele).post(JOIN)
    assert places(nele) == []
    assert wish_of(nele).decided_at is None


@pytest.mark.parametrize("fields", [{"joining": "invitation"}, {"joining": "everyone"}, {"state": "closed"}])
def test_where_one_cannot_ask_the_page_says_so(browse, waasland, stranger, fields):
    change(waasland, **fields)
    page = browse(stranger).post(JOIN, follow=True)
    assert page.redirect_chain == [(JOIN, 302)]
    assert "<textarea" not in page.text
    with acting_as(SYSTEM):
        assert not JoinRequest.objects.exists()
    assert places(stranger) == []


def test_a_domain_proves_nothing_in_a_circle_where_the_government_is_not(browse, kempen, nele):
    browse(nele).post("/kringen/kempen/lid-worden/")
    assert places(nele) == []
    assert wish_of(nele).circle_id == kempen.pk


def test_a_government_that_left_the_circle_opens_it_no_longer(browse, waasland, temse, nele):
    with acting_as(SYSTEM):
        Participation.objects.filter(circle=waasland, government=temse).update(until="2026-01-01")
    browse(nele).post(JOIN)
    assert places(nele) == []


def test_an_address_that_was_not_checked_proves_nothing(browse, waasland, nele):
    with acting_as(SYSTEM):
        EmailAddress.objects.filter(user=nele).update(verified=False)
    browse(nele).post(JOIN)
    assert places(nele) == []


def test_a_message_that_is_too_long_is_422_and_kept(browse, waasland, stranger):
    page = browse(stranger).post(JOIN, {"message": "x" * 1001})
    assert (page.status_code, "x" * 1001 in page.text) == (422, True)


def test_one_person_is_in_several_circles(browse, waasland, kempen, geel, nele, neighbour_trekker):
    browse(nele).post(JOIN)
    browse(nele).post("/kringen/kempen/lid-worden/")
    with acting_as(member(neighbour_trekker.pk)):
        actions.decide(JoinRequest.objects.get(), by=neighbour_trekker, accepted=True)
    assert places(nele) == ["waasland", "kempen"]


# --- Leaving


LEAVE = "/kringen/waasland/verlaten/"


def test_a_member_leaves_after_one_question_and_sees_nothing_more(browse, waasland, lid):
    client = browse(lid)
    assert client.get(LEAVE).status_code == 200
    assert places(lid) == ["waasland"]
    assert client.get("/kringen/waasland/leden/").status_code == 200
    assert client.post(LEAVE).status_code == 302
    assert places(lid) == []
    assert client.get("/kringen/waasland/leden/").status_code == 403
    assert client.post(LEAVE).status_code == 302  # a second click
    with acting_as(SYSTEM):
        assert Membership.objects.get(member=lid).ended_at is not None


def test_whoever_was_in_it_before_asks_again(browse, waasland, nele):
    client = browse(nele)
    client.post(JOIN)
    client.post(LEAVE)
    client.post(JOIN)
    assert places(nele) == []
    assert wish_of(nele).circle_id == waasland.pk


def test_the_last_trekker_does_not_leave(browse, waasland, trekker, lid):
    page = browse(trekker).post(LEAVE, follow=True)
    assert places(trekker) == ["waasland"]
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    with acting_as(SYSTEM):
        make.person("Tweede Trekker", trekker_of=waasland)
    browse(trekker).post(LEAVE)
    assert places(trekker) == []


def test_a_trekker_whose_mandate_is_over_is_nobodys_successor(waasland, trekker):
    with acting_as(SYSTEM):
        old = make.person("Oude Trekker", trekker_of=waasland)
        Membership.objects.filter(member=old).update(mandate_end="2025-01-01")
    with acting_as(member(trekker.pk)), pytest.raises(actions.LastTrekkerLeaves):
        actions.leave(waasland, by=trekker)


def test_of_two_trekkers_who_leave_at_once_one_stays(committed, together, waasland, trekker):
    with acting_as(SYSTEM):
        second = make.person("Tweede Trekker", trekker_of=waasland)

    def go(number):
        person = (trekker, second)[number]
        with acting_as(member(person.pk)):
            actions.leave(waasland, by=person)

    ends = together(2, go)
    assert sorted(type(end).__name__ for end in ends) == ["LastTrekkerLeaves", "NoneType"]
    with acting_as(SYSTEM):
        assert Membership.objects.trekkers().filter(circle=waasland).count() == 1


def test_twenty_clicks_at_once_make_one_place(committed, together, waasland, nele):
    def click(_number):
        with acting_as(member(nele.pk)):
            return actions.join(waasland, by=nele).pk

    assert len(set(together(8, click))) == 1
    assert places(nele) == ["waasland"]


# --- Another address


def test_an_address_moved_away_no_longer_proves_and_the_trekkers_are_told(waasland, trekker, manager, nele):
    with acting_as(SYSTEM):
        Membership.objects.create(member=nele, circle=waasland)
        EmailAddress.objects.filter(user=nele).update(email="nele@gmail.example")
        nele.email = "nele@gmail.example"
        nele.save()
        actions.address_changed(nele, before="nele@temse.example")
    assert places(nele) == ["waasland"]
    assert letters() == [("address_moved_away", manager.email), ("address_moved_away", trekker.email)]
    with acting_as(SYSTEM):
        make.circle("Werkgroep", nele.government, slug="werkgroep", kind="working_group")
    with acting_as(member(nele.pk)):
        wish = actions.join(Circle.objects.get(slug="werkgroep"), by=nele)
    assert isinstance(wish, JoinRequest)


def test_another_address_of_the_same_government_tells_nobody(waasland, trekker, nele):
    with acting_as(SYSTEM):
        Membership.objects.create(member=nele, circle=waasland)
        nele.email = "nele.nieuw@temse.example"
        actions.address_changed(nele, before="nele@temse.example")
    assert letters() == []


def test_who_moves_to_a_supplier_becomes_one_in_the_circle(browse, waasland, trekker, lid, nele):
    with acting_as(SYSTEM):
        Membership.objects.create(member=nele, circle=waasland)
        partner = make.vendor()
        partner.mail_domains = ["softwarehuis.example"]
        partner.save()
    client = browse(nele)
    assert lid.name in client.get("/kringen/waasland/leden/").text
    with acting_as(SYSTEM):
        nele.email = "nele@softwarehuis.example"
        nele.save()
        actions.address_changed(nele, before="nele@temse.example")
    page = client.get("/kringen/waasland/leden/").text
    assert (lid.name in page, trekker.name in page) == (False, True)
    assert letters() == [("address_moved_away", trekker.email)]
