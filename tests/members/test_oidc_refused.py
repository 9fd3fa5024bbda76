"""What an OpenID provider, or somebody who plays one, says and is not believed; and providers that are away."""

import base64
import hashlib
import socket
import time
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import pytest
import requests
from django.contrib.messages import get_messages
from django.test import Client

from .provider import changed, come, configured, is_in, leave, say_who, turned_away


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
