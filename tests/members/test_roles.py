"""Roles in a circle: a mandate is given, changed, ended, or runs out."""

import datetime as dt

import pytest
from django.utils import timezone

from mailroom.models import Delivery
from members import actions
from members.models import Member, Membership
from regions.wall import SYSTEM, acting_as, member
from tests import make


def place_of(person):
    with acting_as(SYSTEM):
        return Membership.objects.get(member=person)


def role_page(person):
    return f"/lidmaatschappen/{place_of(person).pk}/rol/"


def letters():
    with acting_as(SYSTEM):
        return sorted((row.kind, row.to) for row in Delivery.objects.all())


def days(number):
    return timezone.localdate() + dt.timedelta(days=number)


def set_mandate(person, start, end):
    with acting_as(SYSTEM):
        Membership.objects.filter(member=person).update(role="trekker", mandate_start=start, mandate_end=end)


def leads(client):
    return client.get("/kringen/waasland/leden/vragen/").status_code == 200


def test_a_member_becomes_a_trekker_and_is_told(browse, trekker, lid):
    page, client = role_page(lid), browse(lid)
    assert (browse(trekker).get(page).status_code, leads(client)) == (200, False)
    for _click in range(2):
        answer = browse(trekker).post(
            page, {"do": "give", "mandate_start": str(days(0)), "mandate_end": str(days(365))}
        )
        assert answer.status_code == 302
    place = place_of(lid)
    assert (place.role, place.mandate_start, place.mandate_end) == ("trekker", days(0), days(365))
    assert leads(client)
    assert letters() == [("role_given", lid.email)]


def test_losing_a_role_works_at_the_next_request_of_the_same_session(browse, waasland, trekker):
    with acting_as(SYSTEM):
        second = make.person("Tweede Trekker", trekker_of=waasland)
    client = browse(second)
    assert leads(client)
    browse(trekker).post(role_page(second), {"do": "end"})
    assert not leads(client)
    assert client.get("/kringen/waasland/leden/").status_code == 200
    assert letters() == [("role_taken", second.email)]


def test_losing_a_circle_works_at_the_next_request_of_the_same_session(browse, trekker, lid):
    client = browse(lid)
    assert client.get("/kringen/waasland/leden/").status_code == 200
    page = role_page(lid)
    for _click in range(2):
        assert browse(trekker).post(page, {"do": "remove"}).status_code == 302
    assert client.get("/kringen/waasland/leden/").status_code == 403
    assert letters() == [("removed_from_circle", lid.email)]


def test_who_was_removed_does_not_come_back_by_domain(browse, waasland, trekker, temse):
    with acting_as(SYSTEM):
        nele = make.person("Nele Nieuw", waasland, government=temse, email="nele@temse.example")
    browse(trekker).post(role_page(nele), {"do": "remove"})
    browse(nele).post("/kringen/waasland/lid-worden/")
    with acting_as(SYSTEM):
        assert not Membership.objects.current().filter(member=nele).exists()


@pytest.mark.parametrize("deed", ["end", "remove"])
def test_the_last_trekker_keeps_the_role(browse, trekker, manager, deed):
    page = browse(manager).post(role_page(trekker), {"do": deed}, follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert place_of(trekker).is_trekker
    assert letters() == []


def test_the_last_mandate_is_not_moved_to_later(browse, trekker, manager):
    browse(manager).post(role_page(trekker), {"do": "give", "mandate_start": str(days(7))})
    assert place_of(trekker).is_trekker
    assert letters() == []


def test_a_mandate_may_begin_later_and_leads_nothing_until_then(browse, trekker, lid):
    browse(trekker).post(role_page(lid), {"do": "give", "mandate_start": str(days(7))})
    assert place_of(lid).role == "trekker"
    assert not leads(browse(lid))
    browse(trekker).post(role_page(lid), {"do": "end"})
    place = place_of(lid)
    assert (place.role, place.mandate_start, place.mandate_end) == ("member", None, None)


@pytest.mark.parametrize(
    ("mandate", "wrong"),
    [
        ({}, ["mandate_start"]),
        ({"mandate_start": "morgen"}, ["mandate_start"]),
        ({"mandate_start": str(days(5)), "mandate_end": str(days(4))}, ["mandate_end"]),
        ({"mandate_start": str(days(-9)), "mandate_end": str(days(-1))}, ["mandate_end"]),
    ],
)
def test_a_mandate_that_cannot_be_is_422(browse, trekker, lid, mandate, wrong):
    page = browse(trekker).post(role_page(lid), {"do": "give"} | mandate)
    assert (page.status_code, sorted(page.context["form"].errors)) == (422, wrong)
    assert place_of(lid).role == "member"


def test_nobody_else_gives_roles(browse, trekker, lid, neighbour_trekker, neighbour, manager):
    page = role_page(lid)
    assert browse(trekker).get(page).status_code == 200
    sent = {"do": "give", "mandate_start": str(days(0))}
    codes = [browse(person).post(page, sent).status_code for person in (lid, neighbour, neighbour_trekker)]
    assert codes == [403, 404, 404]
    assert place_of(lid).role == "member"
    assert browse(manager).post(page, sent).status_code == 302
    assert place_of(lid).role == "trekker"


def test_an_unknown_deed_is_422(browse, trekker, lid):
    assert browse(trekker).post(role_page(lid), {"do": "promote"}).status_code == 422


def test_who_takes_themselves_out_goes_by_the_page_for_leaving(browse, waasland, trekker):
    answer = browse(trekker).post(role_page(trekker), {"do": "remove"})
    assert answer.url == "/kringen/waasland/verlaten/"
    assert place_of(trekker).ended_at is None


def test_who_works_for_a_supplier_does_not_lead(browse, waasland, trekker):
    with acting_as(SYSTEM):
        vera = make.person("Vera Verkoper", waasland, partner=make.vendor())
    browse(trekker).post(role_page(vera), {"do": "give", "mandate_start": str(days(0))})
    assert place_of(vera).role == "member"
    assert letters() == []


def test_a_mandate_that_ends_today_still_leads_and_one_of_yesterday_does_not(browse, lid, trekker):
    client = browse(lid)
    set_mandate(lid, days(-30), days(0))
    assert leads(client)
    set_mandate(lid, days(-30), days(-1))
    assert not leads(client)
    assert client.get("/kringen/waasland/leden/").status_code == 200


def test_python_and_postgresql_agree_on_who_leads(waasland, trekker, lid):
    mandates = [(days(0), None), (days(1), None), (days(-5), days(0)), (days(-5), days(-1))]
    for mandate in mandates:
        set_mandate(lid, *mandate)
        with acting_as(SYSTEM):
            by_python = Member.objects.trekkers_of(waasland).filter(pk=lid.pk).exists()
        with acting_as(member(lid.pk)):
            from regions.permissions import rights_of_the_actor

            assert (waasland.pk in rights_of_the_actor().led) is by_python, mandate
        assert place_of(lid).is_trekker is by_python


def test_who_no_longer_leads_is_told_once_and_managers_when_nobody_does(waasland, trekker, lid, manager):
    set_mandate(lid, days(-30), days(-1))
    with acting_as(SYSTEM):
        actions.close_mandates_that_ran_out()
        actions.close_mandates_that_ran_out()
    assert letters() == [("mandate_ended", lid.email)]  # there is another trekker
    place = place_of(lid)
    assert (place.role, place.mandate_end) == ("member", days(-1))
    set_mandate(trekker, days(-30), days(-1))
    with acting_as(SYSTEM):
        actions.close_mandates_that_ran_out()
    assert letters() == [
        ("circle_without_trekker", manager.email),
        ("mandate_ended", lid.email),
        ("mandate_ended", trekker.email),
    ]


def test_a_mandate_that_ends_today_is_left_alone(waasland, trekker):
    set_mandate(trekker, days(-30), days(0))
    with acting_as(SYSTEM):
        actions.close_mandates_that_ran_out()
    assert letters() == []
    assert place_of(trekker).role == "trekker"


def test_of_two_trekkers_who_end_each_others_mandate_one_stays(committed, together, waasland, trekker):
    with acting_as(SYSTEM):
        second = make.person("Tweede Trekker", trekker_of=waasland)
    places = place_of(trekker), place_of(second)

    def end(number):
        person, other = (trekker, second)[number], places[1 - number]
        with acting_as(member(person.pk)):
            actions.end_mandate(Membership.objects.get(pk=other.pk), by=person)

    ends = together(2, end)
    assert sorted(type(answer).__name__ for answer in ends) == ["NoneType", "PermissionDenied"]
    with acting_as(SYSTEM):
        assert Membership.objects.trekkers().filter(circle=waasland).count() == 1
