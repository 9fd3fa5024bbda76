"""From the registration page to a place in a circle."""

import datetime as dt

import pytest
import time_machine
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core.cache import cache

from mailroom.models import Delivery
from members.askings import registration_link
from members.models import JoinRequest, Member, Membership
from regions.models import Circle
from regions.wall import DOORKEEPER, SYSTEM, acting_as
from tests import make

SIGNUP = "/account/signup/"
PASSWORD = "een-lang-wachtwoord"


def register(client, address, where="", **more):
    """What the registration form answers; the letter is not opened yet."""
    fields = {"email": address, "name": "Nele Nieuw", "password1": PASSWORD, "where": where} | more
    return client.post(SIGNUP, fields)


def open_the_letter(client, address):
    """Press the button on the page behind the link in the letter."""
    with acting_as(DOORKEEPER):
        key = EmailConfirmationHMAC(EmailAddress.objects.get(email=address, verified=False)).key
    page = client.get(f"/account/confirm-email/{key}/")
    assert page.status_code == 200
    return client.post(f"/account/confirm-email/{key}/")


def places():
    with acting_as(SYSTEM):
        rows = Membership.objects.current().order_by("pk")
        return [(place.member.email, place.circle.slug) for place in rows.select_related("member", "circle")]


def wishes():
    with acting_as(SYSTEM):
        rows = JoinRequest.objects.open().order_by("pk")
        return [(wish.member.email, wish.circle.slug) for wish in rows.select_related("member", "circle")]


def letters(*kinds):
    with acting_as(SYSTEM):
        return {(row.kind, row.to) for row in Delivery.objects.filter(kind__in=kinds)}


def member(address):
    with acting_as(SYSTEM):
        return Member.objects.select_related("government", "partner").get(email=address)


def test_a_known_domain_is_in_after_the_check_of_the_address(browse, waasland, temse):
    client = browse()
    assert register(client, "Nele@Temse.example").status_code == 302
    assert places() == []  # an address that was only typed proves nothing
    answer = open_the_letter(client, "nele@temse.example")
    assert (answer.status_code, answer.url) == (302, "/mijn/")
    assert places() == [("nele@temse.example", "waasland")]
    assert wishes() == []
    assert member("nele@temse.example").government == temse
    assert "RKK Waasland" in client.get("/mijn/").text


def test_choosing_the_government_of_ones_own_domain_is_the_same(browse, waasland, temse):
    client = browse()
    register(client, "nele@temse.example", temse.pk)
    open_the_letter(client, "nele@temse.example")
    assert places() == [("nele@temse.example", "waasland")]


def test_a_free_address_that_chose_temse_gets_a_request_and_no_place(browse, trekker, manager, temse):
    client = browse()
    register(client, "nele@gmail.example", temse.pk)
    open_the_letter(client, "nele@gmail.example")
    assert places() == [(trekker.email, "waasland")]
    assert wishes() == [("nele@gmail.example", "waasland")]
    assert letters("request_received", "request_to_decide") == {
        ("request_received", "nele@gmail.example"),
        ("request_to_decide", trekker.email),
        ("request_to_decide", manager.email),
    }
    assert client.get("/kringen/waasland/leden/").status_code == 403


def test_a_government_other_than_that_of_the_domain_becomes_a_request(browse, house, geel, kempen):
    client = browse()
    register(client, "nele@temse.example", geel.pk)
    open_the_letter(client, "nele@temse.example")
    assert places() == []
    assert wishes() == [("nele@temse.example", "kempen")]


def test_a_known_domain_that_works_elsewhere_is_not_in(browse, house):
    client = browse()
    register(client, "nele@temse.example", "elsewhere")
    open_the_letter(client, "nele@temse.example")
    assert (places(), wishes()) == ([], [])
    assert member("nele@temse.example").government is None


def test_an_unknown_domain_without_a_choice_is_told_what_to_do(browse, house):
    client = browse()
    register(client, "nele@gmail.example")
    open_the_letter(client, "nele@gmail.example")
    assert (places(), wishes()) == ([], [])
    page = client.get("/mijn/")
    assert page.status_code == 200
    assert 'href="/kringen/"' in page.text


def test_a_suppliers_domain_counts_for_more_than_the_choice(browse, house, temse):
    with acting_as(SYSTEM):
        partner = make.vendor()
        partner.mail_domains = ["softwarehuis.example"]
        partner.save()
    client = browse()
    register(client, "nele@softwarehuis.example", temse.pk)
    open_the_letter(client, "nele@softwarehuis.example")
    assert places() == []
    assert wishes() == [("nele@softwarehuis.example", "waasland")]
    nele = member("nele@softwarehuis.example")
    assert (nele.partner, nele.government) == (partner, None)


def test_a_circle_where_everyone_asks_gets_a_request_from_a_known_domain(browse, waasland):
    with acting_as(SYSTEM):
        Circle.objects.filter(pk=waasland.pk).update(joining=Circle.Joining.REQUEST)
    client = browse()
    register(client, "nele@temse.example")
    open_the_letter(client, "nele@temse.example")
    assert (places(), wishes()) == ([], [("nele@temse.example", "waasland")])


def test_looking_at_the_page_behind_the_link_changes_nothing(browse, house):
    client = browse()
    register(client, "nele@temse.example")
    with acting_as(DOORKEEPER):
        address = EmailAddress.objects.get(email="nele@temse.example")
    for _scan in range(2):
        assert browse().get(f"/account/confirm-email/{EmailConfirmationHMAC(address).key}/").status_code == 200
    with acting_as(DOORKEEPER):
        assert not EmailAddress.objects.get(pk=address.pk).verified
    assert places() == []


def test_a_second_click_on_the_button_is_harmless(browse, house):
    client = browse()
    register(client, "nele@temse.example")
    with acting_as(DOORKEEPER):
        key = EmailConfirmationHMAC(EmailAddress.objects.get(email="nele@temse.example")).key
    assert client.post(f"/account/confirm-email/{key}/").status_code == 302
    again = client.post(f"/account/confirm-email/{key}/", follow=True)
    assert again.redirect_chain == [(f"/account/confirm-email/{key}/", 302)]
    assert (again.status_code, 'href="/mijn/"' in again.text) == (200, True)
    assert places() == [("nele@temse.example", "waasland")]


def test_a_forged_confirmation_gets_a_page_that_says_what_to_do(browse, house):
    page = browse().get("/account/confirm-email/MQ:onzin:onzin/")
    assert (page.status_code, 'href="/account/login/"' in page.text) == (200, True)


def test_registering_twice_tells_a_stranger_nothing_and_the_owner_everything(browse, lid, house):
    new, old = register(browse(), "nele@gmail.example"), register(browse(), lid.email.upper())
    assert (new.status_code, new.url) == (old.status_code, old.url)
    with acting_as(SYSTEM):
        assert Member.objects.filter(email=lid.email).count() == 1
        assert Member.objects.get(email=lid.email).name == lid.name


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"password1": "kort"}, ["password1"]),
        ({"email": "geen adres"}, ["email"]),
        ({"name": ""}, ["name"]),
        ({"where": "999999"}, ["where"]),
        ({"where": "kempen'; --", "name": ""}, ["name", "where"]),
    ],
)
def test_what_is_not_right_is_said_and_what_was_typed_is_kept(browse, house, fields, wrong):
    sent = {"email": "nele@gmail.example", "name": "Nele Nieuw", "password1": PASSWORD, "where": ""} | fields
    page = browse().post(SIGNUP, sent)
    assert page.status_code == 422
    assert sorted(page.context["form"].errors) == wrong
    if sent["name"]:
        assert 'value="Nele Nieuw"' in page.text
    assert PASSWORD not in page.text
    with acting_as(SYSTEM):
        assert not Member.objects.filter(name="Nele Nieuw").exists()


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("kort", "Dit wachtwoord is te kort: het moet minstens 12 tekens hebben."),
        ("q1w2e3r4t5y6", "Dit wachtwoord is te algemeen."),
        ("nele@gmail.example", "Dit wachtwoord lijkt te veel op uw naam of uw e-mailadres."),
    ],
)
def test_a_password_that_is_not_good_enough_is_said_in_dutch(browse, house, password, message):
    sent = {"email": "nele@gmail.example", "name": "Nele Nieuw", "password1": password, "where": ""}
    assert browse().post(SIGNUP, sent).context["form"].errors["password1"] == [message]


def test_the_registration_form_has_four_fields(browse, house):
    form = browse().get(SIGNUP).context["form"]
    assert [field.name for field in form.visible_fields()] == ["email", "name", "password1", "where"]


def test_two_clicks_at_once_register_once(committed, together, browse, house):
    cache.clear()
    answers = together(2, lambda _click: register(browse(), "nele@gmail.example"))
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, "/account/confirm-email/")] * 2
    with acting_as(SYSTEM):
        assert [row.kind for row in Delivery.objects.all()] == [
            "account/email_confirmation_signu"
        ]  # a kind has 32 places
        assert Member.objects.filter(email="nele@gmail.example").count() == 1


def test_nobody_registers_as_a_manager(browse, house):
    register(browse(), "nele@gmail.example", is_community_manager="on", is_active="on", partner="1")
    assert not member("nele@gmail.example").is_community_manager


def test_who_was_asked_and_registers_with_that_address_is_in(browse, trekker, kempen, waasland):
    link = registration_link(waasland, by_id=trekker.pk, address="nele@gmail.example")
    client = browse()
    page = client.get(link)
    assert "RKK Waasland" in page.text
    assert 'value="nele@gmail.example"' in page.text
    register(client, "nele@gmail.example", asked=page.context["form"].initial["asked"])
    assert places() == [(trekker.email, "waasland")]  # not before the check of the address
    open_the_letter(client, "nele@gmail.example")
    assert places() == [(trekker.email, "waasland"), ("nele@gmail.example", "waasland")]
    assert letters("asking_answered") == {("asking_answered", trekker.email)}


def test_the_link_is_of_no_use_to_another_address(browse, trekker, waasland):
    link = registration_link(waasland, by_id=trekker.pk, address="nele@gmail.example")
    client = browse()
    token = client.get(link).context["form"].initial["asked"]
    register(client, "ander@gmail.example", asked=token)
    open_the_letter(client, "ander@gmail.example")
    assert places() == [(trekker.email, "waasland")]
    assert wishes() == []


def test_an_old_or_forged_link_still_lets_one_register(browse, trekker, waasland):
    link = registration_link(waasland, by_id=trekker.pk, address="nele@gmail.example")
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=31)):
        page = browse().get(link)
        assert (page.status_code, page.context["form"].asking_expired) == (200, True)
    page = browse().get(link + "x")
    assert (page.status_code, page.context["form"].asking_forged) == (200, True)
