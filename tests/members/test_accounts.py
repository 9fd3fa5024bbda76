"""Logging in, changing address and password: allauth's pages with our words and our rules."""

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core.cache import cache
from django.test import Client

from mailroom.models import Delivery
from members.models import Member
from regions.wall import DOORKEEPER, SYSTEM, acting_as
from tests.make import PASSWORD

LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def _nobody_was_counted(db):
    cache.clear()


def log_in(client, person, password=PASSWORD):
    return client.post(LOGIN, {"login": person.email, "password": password})


def letters():
    with acting_as(SYSTEM):
        return sorted((row.kind, row.to) for row in Delivery.objects.all())


def test_a_member_logs_in_by_address_and_out_again(lid):
    client = Client()
    assert log_in(client, lid).status_code == 302
    assert client.get("/mijn/").status_code == 200
    assert client.get("/account/logout/").status_code == 200
    assert client.get("/mijn/").status_code == 200  # looking at the page logs nobody out
    client.post("/account/logout/")
    assert client.get("/mijn/").status_code == 302


def test_a_manager_logs_in_too(manager):
    client = Client()
    log_in(client, manager)
    assert client.get("/mijn/").status_code == 200


def test_a_wrong_password_and_an_unknown_address_look_the_same(lid):
    wrong = Client().post(LOGIN, {"login": lid.email, "password": "verkeerd"})
    unknown = Client().post(LOGIN, {"login": "niemand@gmail.example", "password": "verkeerd"})
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert f'value="{lid.email}"' in wrong.text


def test_failed_logins_are_counted_although_the_request_failed_nothing(committed, lid):
    for _attempt in range(5):
        assert log_in(Client(), lid, "verkeerd").status_code == 422
    assert log_in(Client(), lid).status_code == 429  # the right password, too late
    cache.clear()
    assert log_in(Client(), lid).status_code == 302


def test_who_tries_far_too_often_gets_a_page_that_says_so(house):
    client = Client()
    pages = [client.post("/account/password/reset/", {"email": "niemand@gmail.example"}) for _attempt in range(4)]
    assert [page.status_code for page in pages] == [302] * 3 + [429]
    assert pages[-1].text.count("<h1>") == 1


def test_a_deactivated_member_does_not_get_in(lid):
    with acting_as(SYSTEM):
        Member.objects.filter(pk=lid.pk).update(is_active=False)
    client = Client()
    log_in(client, lid)
    assert client.get("/mijn/").status_code == 302


def test_deactivating_works_at_the_next_request(lid):
    client = Client()
    log_in(client, lid)
    assert client.get("/kringen/waasland/leden/").status_code == 200
    with acting_as(SYSTEM):
        Member.objects.filter(pk=lid.pk).update(is_active=False)
    assert client.get("/kringen/waasland/leden/").status_code == 302


def test_without_a_checked_address_one_gets_a_new_letter_instead(lid):
    with acting_as(SYSTEM):
        EmailAddress.objects.filter(user=lid).update(verified=False)
    client = Client()
    assert log_in(client, lid).url == "/account/confirm-email/"
    assert client.get("/mijn/").status_code == 302
    assert letters() == [("account/email_confirmation", lid.email)]


def test_registering_with_an_address_that_has_a_profile_writes_to_its_owner(lid):
    page = Client().post("/account/signup/", {"email": lid.email, "name": "X", "password1": PASSWORD, "where": ""})
    assert page.url == "/account/confirm-email/"
    assert letters() == [("account/account_already_exists", lid.email)]


def test_a_new_password_by_letter(lid):
    asked = Client().post("/account/password/reset/", {"email": lid.email})
    unknown = Client().post("/account/password/reset/", {"email": "niemand@gmail.example"})
    assert (asked.status_code, asked.url) == (unknown.status_code, unknown.url)
    assert letters() == [
        ("account/password_reset_key", lid.email),
        ("account/unknown_account", "niemand@gmail.example"),
    ]
    with acting_as(SYSTEM):
        text = Delivery.objects.get(to=lid.email).letter.text
    link = next(word for word in text.split() if "/account/password/reset/key/" in word)
    client = Client()
    page = client.get(link, follow=True)
    address = page.redirect_chain[-1][0]
    short = client.post(address, {"password1": "kort", "password2": "kort"})
    assert (short.status_code, list(short.context["form"].errors)) == (422, ["password1"])
    new = "een-nog-langer-wachtwoord"
    assert client.post(address, {"password1": new, "password2": new}).status_code == 302
    assert log_in(Client(), lid, new).status_code == 302
    assert "token_fail" in Client().get(link, follow=True).context  # the link worked once


def test_a_forged_link_for_a_password_gets_a_page_that_says_what_to_do(house):
    page = Client().get("/account/password/reset/key/1-forged-token/")
    assert (page.status_code, 'href="/account/password/reset/"' in page.text) == (200, True)


@pytest.mark.parametrize("who", ["lid", "manager"])
def test_another_password(request, who):
    person = request.getfixturevalue(who)
    client = Client()
    log_in(client, person)
    new = "een-nog-langer-wachtwoord"
    wrong = client.post("/account/password/change/", {"oldpassword": "x", "password1": new, "password2": new})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["oldpassword"])
    right = client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert right.url == "/mijn/gegevens/"
    assert client.get("/mijn/").status_code == 200  # still logged in here
    assert log_in(Client(), person, new).status_code == 302
    assert letters() == [("account/password_changed", person.email)]


def test_another_address_counts_once_it_is_confirmed(trekker, lid):
    with acting_as(SYSTEM):
        lid.email = "lies@temse.example"
        lid.save()
        EmailAddress.objects.filter(user=lid).update(email=lid.email)
    client = Client()
    log_in(client, lid)
    page = client.post("/account/email/", {"email": "lies@gmail.example", "action_add": ""})
    assert page.status_code == 302
    with acting_as(DOORKEEPER):
        assert Member.objects.get(pk=lid.pk).email == "lies@temse.example"
        key = EmailConfirmationHMAC(EmailAddress.objects.get(email="lies@gmail.example")).key
    assert client.post(f"/account/confirm-email/{key}/").url == "/mijn/gegevens/"
    with acting_as(DOORKEEPER):
        assert Member.objects.get(pk=lid.pk).email == "lies@gmail.example"
        assert [row.email for row in EmailAddress.objects.filter(user=lid)] == ["lies@gmail.example"]
    assert client.get("/kringen/waasland/leden/").status_code == 200  # still in the circle
    assert letters() == [
        ("account/email_changed", "lies@temse.example"),
        ("account/email_confirmation", "lies@gmail.example"),
        ("address_moved_away", trekker.email),
    ]


def test_an_address_that_is_none_is_422(lid):
    client = Client()
    log_in(client, lid)
    page = client.post("/account/email/", {"email": "geen adres", "action_add": ""})
    assert (page.status_code, 'value="geen adres"' in page.text) == (422, True)


PAGES = [
    "login/",
    "signup/",
    "confirm-email/",
    "confirm-email/MQ:onzin:onzin/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/done/",
    "password/reset/key/1-forged-token/",
    "inactive/",
]
OWN_PAGES = ["logout/", "password/change/", "email/", "reauthenticate/"]


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_at_the_door_have_our_face(house, path):
    answer = Client().get(f"/account/{path}")
    assert (answer.status_code, answer.text.count("<h1>"), 'lang="nl"' in answer.text) == (200, 1, True)
    assert "allauth" not in "".join(template.name or "" for template in answer.templates)


@pytest.mark.parametrize("path", OWN_PAGES)
def test_the_pages_behind_the_door_have_our_face(lid, path):
    client = Client()
    log_in(client, lid)
    answer = client.get(f"/account/{path}")
    assert (answer.status_code, answer.text.count("<h1>"), 'lang="nl"' in answer.text) == (200, 1, True)


def test_the_doorkeeper_is_told_nothing_of_circles(lid, house):
    client = Client()
    log_in(client, lid)
    assert "RKK Waasland" in client.get("/mijn/").text
    assert "RKK Waasland" not in client.get("/account/email/").text
