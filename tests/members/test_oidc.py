"""Logging in elsewhere, with a real OpenID provider: who comes in, who registers, and what is not believed."""

import json
import re

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from mailroom.models import Delivery
from members.models import Member
from regions.models import JournalEntry
from regions.wall import SYSTEM, acting_as
from tests.make import PASSWORD

from .provider import come, is_in


def register(client, **fields):
    return client.post("/account/outside/signup/", {"name": "Ann Ambtenaar", "where": ""} | fields)


def confirm(client, address: str) -> None:
    with acting_as(SYSTEM):
        key = EmailConfirmationHMAC(EmailAddress.objects.get(email=address)).key
    client.post(f"/account/confirm-email/{key}/")


def linked() -> list[tuple[str, str, str]]:
    with acting_as(SYSTEM):
        assert not SocialToken.objects.exists()
        assert {json.dumps(row.extra_data) for row in SocialAccount.objects.all()} <= {"{}"}
        rows = SocialAccount.objects.select_related("user").order_by("pk")
        return [(row.provider, row.uid, row.user.email) for row in rows]


def letters() -> list[tuple[str, str]]:
    with acting_as(SYSTEM):
        return sorted((row.kind, row.to) for row in Delivery.objects.all())


# --- Coming for the first time --------------------------------------------------------------------------------------


def test_there_are_buttons_only_where_there_are_providers(house, provider, settings):
    buttons = re.findall(r">Aanmelden met ([^<]+)<", Client().get("/account/login/").text)
    assert buttons == ["een passkey", "ACM/IDM", "Entra ID"]
    settings.OIDC_PROVIDERS = []
    assert "/account/oidc/" not in Client().get("/account/login/").text
    assert Client().post("/account/oidc/acm/login/").status_code == 404
    assert Client().get("/account/oidc/iets/").status_code == 404


def test_without_an_address_the_person_is_asked_for_one_and_proves_it(house, provider):
    client = Client()
    page = come(client, "ann")
    assert page.request["PATH_INFO"] == "/account/outside/signup/"
    assert (page.context["form"].initial["name"], page.context["form"].initial["email"]) == ("Ann Ambtenaar", "")
    assert register(client, email="").status_code == 422
    assert register(client, email="ann@elders.example").url == "/account/confirm-email/"
    assert not is_in(client)
    assert letters() == [("account/email_confirmation_signup"[:32], "ann@elders.example")]
    confirm(client, "ann@elders.example")
    assert is_in(client)
    assert linked() == [("acm", "vo-ann", "ann@elders.example")]
    with acting_as(SYSTEM):
        assert not Member.objects.get(email="ann@elders.example").has_usable_password()


def test_a_known_person_comes_in_by_the_key_whatever_the_names_and_address(house, provider):
    first = Client()
    come(first, "ann")
    register(first, email="ann@elders.example")
    confirm(first, "ann@elders.example")
    client = Client()
    assert come(client, "ann", next="/kringen/").request["PATH_INFO"] == "/kringen/"
    assert is_in(client)
    assert len(linked()) == 1


def test_the_address_of_a_government_proven_by_a_trusted_provider_opens_its_circle_at_once(waasland, provider):
    client = Client()
    come(client, "tem")
    assert register(client, email="ann@temse.example").url == "/mijn/"
    assert client.get("/kringen/waasland/leden/").status_code == 200
    assert letters() == []
    with acting_as(SYSTEM):
        row = EmailAddress.objects.get(email="ann@temse.example")
    assert (row.verified, row.primary) == (True, True)


def test_another_address_than_the_proven_one_is_proven_by_letter(waasland, provider):
    client = Client()
    come(client, "tem")
    assert register(client, email="burgemeester@temse.example").url == "/account/confirm-email/"
    with acting_as(SYSTEM):
        assert list(EmailAddress.objects.values_list("email", "verified")) == [("burgemeester@temse.example", False)]
    assert not is_in(client)


def test_a_provider_that_is_not_trusted_proves_no_address(waasland, provider):
    client = Client()
    come(client, "tem", "entra")
    assert register(client, email="ann@temse.example").url == "/account/confirm-email/"
    assert linked() == [("entra", "tem", "ann@temse.example")]


def test_the_same_person_at_two_providers_is_two_until_they_are_linked(house, provider):
    client = Client()
    come(client, "tem")
    register(client, email="ann@temse.example")
    assert come(Client(), "tem", "entra").request["PATH_INFO"] == "/account/outside/signup/"


# --- Not by address alone -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sub", ["lies", "liesbewezen"])
def test_the_address_of_somebody_with_a_profile_opens_nothing(lid, provider, sub):
    client = Client()
    page = come(client, sub)
    assert page.request["PATH_INFO"] == "/account/outside/signup/"
    assert register(client, email=lid.email).url == "/account/confirm-email/"
    assert not is_in(client)
    assert linked() == []
    assert letters() == [("account/account_already_exists", lid.email)]


def test_someone_with_a_profile_logs_in_first_and_links(lid, provider):
    client = Client()
    client.post("/account/login/", {"login": lid.email, "password": PASSWORD})
    page = come(client, "lies", process="connect")
    assert page.request["PATH_INFO"] == "/account/reauthenticate/"
    page = client.post("/account/reauthenticate/", {"password": PASSWORD}, follow=True)
    assert page.request["PATH_INFO"] == "/account/outside/"
    assert "ACM/IDM is gekoppeld." in page.text
    assert linked() == [("acm", "vo-lies", lid.email)]
    assert letters() == [("account/account_connected", lid.email)]
    elsewhere = Client()
    come(elsewhere, "lies")
    assert is_in(elsewhere)
    with acting_as(SYSTEM):
        pk = SocialAccount.objects.get().pk
    assert client.post("/account/outside/", {"account": pk}).status_code == 302
    assert linked() == []
    assert letters()[-1] == ("account/account_disconnected", lid.email)
    with acting_as(SYSTEM):
        assert list(JournalEntry.objects.order_by("pk").values_list("what", "by_id", "about")) == [
            ("members.outside_login_added", lid.pk, f"member:{lid.pk}"),
            ("members.outside_login_removed", lid.pk, f"member:{lid.pk}"),
        ]


def test_what_is_linked_to_a_provider_that_is_no_more_is_unlinked_too(lid, provider, settings):
    with acting_as(SYSTEM):
        account = SocialAccount.objects.create(user=lid, provider="weg", uid="1")
    client = Client()
    client.post("/account/login/", {"login": lid.email, "password": PASSWORD})
    assert "weg" in client.get("/account/outside/").text
    client.post("/account/outside/", {"account": account.pk})
    client.post("/account/reauthenticate/?next=/account/outside/", {"password": PASSWORD})
    assert linked() == []


def test_what_somebody_else_linked_stays_theirs(lid, neighbour, provider):
    for person in (lid, neighbour):
        client = Client()
        client.post("/account/login/", {"login": person.email, "password": PASSWORD})
        come(client, "ann", process="connect")
        page = client.post("/account/reauthenticate/", {"password": PASSWORD}, follow=True)
    assert "Iemand anders op Kenniskring meldt zich aan met dit profiel van ACM/IDM." in page.text
    assert linked() == [("acm", "vo-ann", lid.email)]


def test_who_proves_an_address_by_a_new_password_shuts_out_who_took_it_first(house, provider):
    """Pre-hijacking: somebody registers by way of a provider with an address that is not theirs, and waits."""
    thief = Client()
    come(thief, "ann")
    register(thief, email="slachtoffer@temse.example")
    Client().post("/account/password/reset/", {"email": "slachtoffer@temse.example"})
    with acting_as(SYSTEM):
        text = Delivery.objects.get(kind="account/password_reset_key").letter.text
    owner = Client()
    page = owner.get(next(word for word in text.split() if "/account/password/reset/key/" in word), follow=True)
    new = {"password1": PASSWORD, "password2": PASSWORD}
    assert owner.post(page.redirect_chain[-1][0], new).status_code == 302
    assert linked() == []
    confirm(owner, "slachtoffer@temse.example")
    assert come(Client(), "ann").request["PATH_INFO"] == "/account/outside/signup/"


def test_a_second_factor_is_asked_here_too(lid, provider):
    with acting_as(SYSTEM):
        SocialAccount.objects.create(user=lid, provider="acm", uid="vo-ann")
        Authenticator.objects.create(user=lid, type="totp", data={"secret": ""})
    client = Client()
    assert come(client, "ann").request["PATH_INFO"] == "/account/2fa/authenticate/"
    assert not is_in(client)


def test_nobody_makes_us_ask_a_provider_all_the_time(house, provider):
    client = Client()
    pages = [client.post("/account/oidc/acm/login/") for _ in range(21)]
    assert [page.status_code for page in pages] == [200] * 20 + [302]
    assert len(provider.asked) == 20


def test_a_deactivated_member_does_not_get_in_this_way_either(lid, provider):
    with acting_as(SYSTEM):
        SocialAccount.objects.create(user=lid, provider="acm", uid="vo-ann")
        Member.objects.filter(pk=lid.pk).update(is_active=False)
    client = Client()
    assert come(client, "ann").request["PATH_INFO"] == "/account/inactive/"
    assert not is_in(client)
