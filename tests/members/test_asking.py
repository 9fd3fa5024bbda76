"""A trekker asks someone by address, and learns nothing about that address."""

import re

import pytest

from mailroom.models import Delivery
from members.models import JoinRequest, Member
from regions.models import Circle
from regions.wall import SYSTEM, acting_as, member

ASK = "/kringen/waasland/leden/vragen/"


@pytest.fixture
def asked(browse, waasland, trekker, stranger):
    """The stranger, whom the trekker of Waasland has asked."""
    browse(trekker).post(ASK, {"address": stranger.email, "message": "Kom er eens bij."})
    with acting_as(SYSTEM):
        return JoinRequest.objects.get(member=stranger)


def circles_of(person):
    with acting_as(SYSTEM):
        return [place.circle.slug for place in person.memberships.current().select_related("circle")]


def letters():
    with acting_as(SYSTEM):
        return sorted((row.kind, row.to) for row in Delivery.objects.all())


def plain(page):
    """A page without what differs each time: tokens, and the address that was typed."""
    return re.sub(r'value="[^"]{40,}"', "", page.text)


def test_the_page_says_the_same_whether_the_address_has_a_profile_or_not(browse, waasland, trekker, lid, stranger):
    client = browse(trekker)
    pages = {}
    for address in (stranger.email, "niemand@gmail.example"):
        answer = client.post(ASK, {"address": address}, follow=True)
        pages[address] = plain(answer).replace(address, "…")
    assert pages[stranger.email] == pages["niemand@gmail.example"]
    with acting_as(member(trekker.pk)):
        rows = Delivery.objects.values_list("kind", "about", "member", "circle", "subject")
        assert len(rows) == 2
        assert len(set(rows)) == 1
        assert not JoinRequest.objects.exists()
        assert not Member.objects.filter(pk=stranger.pk).exists()
    with acting_as(SYSTEM):
        assert JoinRequest.objects.count() == 1


def test_an_address_without_a_profile_is_kept_in_the_delivery_alone(browse, waasland, trekker):
    browse(trekker).post(ASK, {"address": "Niemand@Gmail.example"})
    assert letters() == [("asked_to_join", "niemand@gmail.example")]
    with acting_as(SYSTEM):
        assert not JoinRequest.objects.exists()
        assert not Member.objects.filter(email__startswith="niemand").exists()
        link = re.search(r"http://testserver(/account/signup/\?asked=\S+)", Delivery.objects.get().letter.text)[1]
    assert browse().get(link).context["form"].asking.address == "niemand@gmail.example"


def test_asking_twice_writes_once_a_day(browse, waasland, trekker, stranger):
    for _click in range(2):
        browse(trekker).post(ASK, {"address": stranger.email})
    assert letters() == [("asked_to_join", stranger.email)]


def test_who_was_asked_sees_it_and_says_yes(browse, asked, stranger, trekker):
    client = browse(stranger)
    address = f"/aanvragen/{asked.pk}/antwoord/"
    assert address in client.get("/mijn/").text
    assert "Kom er eens bij." in client.get(address).text
    assert circles_of(stranger) == []
    assert client.post(address, {"accepted": "yes"}).status_code == 302
    assert client.post(address, {"accepted": "no"}).status_code == 302  # too late
    assert circles_of(stranger) == ["waasland"]
    assert letters() == [("asked_to_join", stranger.email), ("asking_answered", trekker.email)]


def test_who_was_asked_says_no(browse, asked, stranger, trekker):
    browse(stranger).post(f"/aanvragen/{asked.pk}/antwoord/", {"accepted": "no"})
    assert circles_of(stranger) == []
    assert letters() == [("asked_to_join", stranger.email), ("asking_answered", trekker.email)]
    assert browse(stranger).get(f"/aanvragen/{asked.pk}/antwoord/").status_code == 200


def test_an_answer_without_yes_or_no_is_422(browse, asked, stranger):
    assert browse(stranger).post(f"/aanvragen/{asked.pk}/antwoord/", {}).status_code == 422


def test_nobody_answers_for_another(browse, asked, stranger, trekker, lid, manager, neighbour_trekker):
    answer, decide = f"/aanvragen/{asked.pk}/antwoord/", f"/aanvragen/{asked.pk}/beslissen/"
    assert browse(stranger).get(answer).status_code == 200
    people = [trekker, lid, manager, neighbour_trekker]
    assert [browse(person).post(answer, {"accepted": "yes"}).status_code for person in people] == [404] * 4
    assert [browse(person).post(decide, {"accepted": "yes"}).status_code for person in people] == [404, 404, 302, 404]
    assert browse(stranger).post(decide, {"accepted": "yes"}).status_code == 403
    assert circles_of(stranger) == []


def test_asking_who_is_in_already_does_nothing(browse, waasland, trekker, lid):
    assert browse(trekker).post(ASK, {"address": lid.email}).status_code == 302
    assert letters() == []


def test_asking_who_asked_makes_a_place(browse, waasland, trekker, stranger):
    browse(stranger).post("/kringen/waasland/lid-worden/")
    browse(trekker).post(ASK, {"address": stranger.email})
    assert circles_of(stranger) == ["waasland"]
    assert [row for row in letters() if row[0] == "request_decided"] == [("request_decided", stranger.email)]


def test_asking_to_join_while_one_was_asked_is_a_yes(browse, asked, stranger):
    browse(stranger).post("/kringen/waasland/lid-worden/")
    assert circles_of(stranger) == ["waasland"]


def test_a_circle_by_invitation_is_open_to_who_was_asked(browse, waasland, trekker, stranger):
    with acting_as(SYSTEM):
        Circle.objects.filter(pk=waasland.pk).update(joining=Circle.Joining.INVITATION)
    browse(trekker).post(ASK, {"address": stranger.email})
    browse(stranger).post("/kringen/waasland/lid-worden/")
    assert circles_of(stranger) == ["waasland"]


def test_an_address_that_is_none_is_422_and_kept(browse, waasland, trekker):
    page = browse(trekker).post(ASK, {"address": "geen adres", "message": "Dag"})
    assert (page.status_code, 'value="geen adres"' in page.text, "Dag" in page.text) == (422, True, True)
    assert letters() == []


def test_only_trekkers_of_the_circle_and_managers_ask(browse, waasland, trekker, lid, manager, neighbour_trekker):
    people = [trekker, manager, lid, neighbour_trekker]
    codes = [browse(person).post(ASK, {"address": "nele@gmail.example"}).status_code for person in people]
    assert codes == [302, 302, 403, 403]
    assert letters() == [("asked_to_join", "nele@gmail.example")]


def test_nobody_is_asked_into_the_umbrella_circle(browse, house, manager, stranger):
    browse(manager).post("/kringen/overkoepelend/leden/vragen/", {"address": stranger.email})
    assert letters() == []
    with acting_as(SYSTEM):
        assert not JoinRequest.objects.exists()


def test_a_deactivated_profile_gets_no_letter(browse, waasland, trekker, stranger):
    with acting_as(SYSTEM):
        Member.objects.filter(pk=stranger.pk).update(is_active=False)
    assert browse(trekker).post(ASK, {"address": stranger.email}).status_code == 302
    assert letters() == []
