"""Logging in elsewhere, with a real OpenID provider: who comes in, who registers, and what is not believed."""

import base64
import hashlib
import json
import re
import socket
import time
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import pytest
import requests
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.test import Client

from kenniskring.providers import read_providers
from mailroom.models import Delivery
from members.models import Member
from regions.wall import SYSTEM, acting_as
from tests.make import PASSWORD

from .provider import Provider, changed, come, leave, running, say_who

NAMES = {"name": "Ann Ambtenaar", "given_name": "Ann", "family_name": "Ambtenaar"}
PEOPLE = {
    "ann": NAMES | {"vo_id": "vo-ann"},
    "tem": NAMES | {"vo_id": "vo-tem", "email": "ann@temse.example", "email_verified": True},
    "lies": NAMES | {"vo_id": "vo-lies", "email": "lies.lid@demo.example", "email_verified": False},
    "liesbewezen": NAMES | {"vo_id": "vo-bewezen", "email": "lies.lid@demo.example", "email_verified": True},
    "leeg": NAMES | {"vo_id": None},
    "getal": NAMES | {"vo_id": 12},
}


@pytest.fixture(scope="module")
def server():
    with running(Provider(**PEOPLE)) as provider:
        yield provider


@pytest.fixture
def provider(server, settings, db):
    """ACM/IDM keyed on vo_id, whose addresses we believe; Entra ID keyed on sub, whose addresses we do not."""
    server.host.clear()
    server.instead.clear()
    server.asked.clear()
    server.forms.clear()
    cache.clear()
    settings.OIDC_PROVIDERS = configured(server.url)
    return server


def configured(url, **changes):
    acm = {"id": "acm", "name": "ACM/IDM", "key": "vo_id", "trust_email": True, "client_id": "kring"}
    entra = {"id": "entra", "name": "Entra ID", "client_id": "kring-entra"}
    both = {"server_url": url, "secret": "geheim:met/tekens"}
    return read_providers(json.dumps([acm | both | changes, entra | both]))


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


def is_in(client) -> bool:
    return client.get("/mijn/").status_code == 200


def turned_away(page, provider="ACM/IDM") -> bool:
    """On the page with the other ways in, and told why."""
    said = f"Aanmelden met {provider} is niet gelukt. Probeer het opnieuw, of meld u aan met uw wachtwoord."
    return page.request["PATH_INFO"] == "/account/login/" and said in page.text


# --- Coming for the first time --------------------------------------------------------------------------------------


def test_there_are_buttons_only_where_there_are_providers(house, provider, settings):
    buttons = re.findall(r">Aanmelden met ([^<]+)<", Client().get("/account/login/").text)
    assert buttons == ["een passkey", "ACM/IDM", "Entra ID"]
    settings.OIDC_PROVIDERS = []
    assert "/account/oidc/" not in Client().get("/account/login/").text
    assert Client().post("/account/oidc/acm/login/").status_code == 404


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


def test_a_deactivated_member_does_not_get_in_this_way_either(lid, provider):
    with acting_as(SYSTEM):
        SocialAccount.objects.create(user=lid, provider="acm", uid="vo-ann")
        Member.objects.filter(pk=lid.pk).update(is_active=False)
    client = Client()
    assert come(client, "ann").request["PATH_INFO"] == "/account/inactive/"
    assert not is_in(client)


# --- What is not believed -------------------------------------------------------------------------------------------


def test_what_we_ask_carries_pkce_state_and_nonce(house, provider):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(leave(Client())).query).items()}
    fixed = {
        "client_id": "kring",
        "redirect_uri": "http://testserver/account/oidc/acm/login/callback/",
        "response_type": "code",
        "scope": "openid profile email",
        "code_challenge_method": "S256",
    }
    assert asked.keys() - fixed.keys() == {"state", "nonce", "code_challenge"}
    assert fixed.items() <= asked.items()
    assert len({leave(Client()) for _ in range(3)}) == 3


def test_a_link_cannot_send_anyone_off(house, provider):
    assert Client().get("/account/oidc/acm/login/").status_code == 405
    assert provider.asked == []


def test_the_code_comes_with_what_only_we_know(house, provider):
    """RFC 7636: a code that somebody catches on the way is worth nothing."""
    client = Client()
    address = leave(client)
    client.get(say_who(address, "tem"))
    challenge = parse_qs(urlsplit(address).query)["code_challenge"][0]
    verifier = provider.forms[-1]["code_verifier"][0]
    hashed = hashlib.sha256(verifier.encode()).digest()
    assert base64.urlsafe_b64encode(hashed).rstrip(b"=").decode() == challenge


def test_another_nonce_is_refused(house, provider):
    client = Client()
    assert turned_away(client.get(say_who(changed(leave(client), nonce="x" * 43), "tem"), follow=True))


def test_a_state_is_good_once_and_for_one_browser(house, provider):
    client, other = Client(), Client()
    back = say_who(leave(client), "tem")
    assert turned_away(other.get(back, follow=True))
    assert client.get(back).url == "/account/outside/come-in/"
    assert turned_away(client.get(back, follow=True))
    assert turned_away(client.get("/account/oidc/acm/login/callback/?code=x&state=onzin", follow=True))
    for empty in ("", "?code=x", "?error=access_denied"):
        assert turned_away(Client().get(f"/account/oidc/acm/login/callback/{empty}", follow=True))


def test_a_state_of_one_provider_is_nothing_to_another(house, provider):
    client = Client()
    back = say_who(leave(client), "tem").replace("/oidc/acm/", "/oidc/entra/")
    assert turned_away(client.get(back, follow=True), "Entra ID")


def twist_issuer(provider):
    provider.host["/oauth2/token"] = provider.url.replace("http://localhost", "127.0.0.1")


def twist_key(provider):
    provider.instead["/jwks"] = oidc_provider_mock.app().test_client().get("/jwks").json


def twist_signature(provider):
    provider.instead["/oauth2/token"] = {"id_token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ."}


def twist_user_info(provider):
    provider.instead["/userinfo"] = {"sub": "lies", "vo_id": "vo-lies"}


@pytest.mark.parametrize(
    ("twist", "reason"),
    [
        (twist_issuer, "Invalid issuer"),
        (twist_key, "no key that fits"),
        (twist_signature, "The specified alg value is not allowed"),
        (twist_user_info, "the user info is about somebody else"),
    ],
)
def test_what_is_not_of_this_provider_is_refused(house, provider, caplog, twist, reason):
    twist(provider)
    client = Client()
    assert turned_away(come(client, "tem"))
    assert not is_in(client)
    assert reason in caplog.text


@pytest.mark.parametrize("sub", ["leeg", "getal"])
def test_without_the_claim_that_says_who_it_is_nobody_comes_in(house, provider, sub):
    assert turned_away(come(Client(), sub))


def test_a_provider_that_says_to_be_another_is_not_gone_to(house, provider):
    provider.host["/.well-known/openid-configuration"] = "elders.example"
    page = Client().post("/account/oidc/acm/login/", follow=True)
    assert "ACM/IDM antwoordt nu niet." in page.text


def test_a_provider_that_cancels_brings_one_back_to_the_other_ways_in(house, provider):
    client = Client()
    answer = requests.post(leave(client), data={"action": "deny"}, allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    assert turned_away(client.get(f"{back.path}?{back.query}", follow=True))


# --- Away -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def deaf():
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_provider_that_is_away_leaves_the_password(house, provider, settings, deaf, figure):
    for url in ("http://127.0.0.1:1", deaf):
        settings.OIDC_PROVIDERS = configured(url)
        began = time.monotonic()
        page = Client().post("/account/oidc/acm/login/", follow=True)
        took = time.monotonic() - began
        assert page.request["PATH_INFO"] == "/account/login/"
        assert "ACM/IDM antwoordt nu niet. Probeer het later opnieuw, of meld u aan met uw wachtwoord." in page.text
        assert 'name="password"' in page.text
        assert took < 5
    figure("seconds until the page that says that a silent OpenID provider is away", f"{took:.1f}")


def test_a_provider_that_goes_away_meanwhile_leaves_the_password_too(house, provider):
    client = Client()
    back = say_who(leave(client), "tem")
    provider.host["/oauth2/token"] = "\0"  # falls over
    page = client.get(back, follow=True)
    assert "ACM/IDM antwoordt nu niet." in page.text


def test_no_transaction_is_open_while_a_provider_is_asked(committed, provider, monkeypatch):
    from django.db import connection

    open_at = []
    ask = requests.request
    monkeypatch.setattr(
        requests, "request", lambda *args, **how: open_at.append(connection.in_atomic_block) or ask(*args, **how)
    )
    client = Client()
    come(client, "ann")
    assert open_at == [False] * 4


def test_a_page_for_who_comes_back_without_anything(house):
    client = Client()
    assert client.get("/account/outside/come-in/").url == "/account/login/"
    assert client.get("/account/outside/signup/").url == "/account/login/"
    assert list(get_messages(client.get("/account/login/").wsgi_request)) == []
