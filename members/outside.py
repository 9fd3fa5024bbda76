"""Logging in elsewhere: ACM/IDM, Entra ID or another OpenID provider (OpenID Connect Core 1.0, code flow with PKCE).

allauth keeps the state and decides what a login leads to. Asking the provider and judging its answer is done here, in
two pages on which nobody acts, so that no transaction waits for another server (decision 0012). They leave what they
found in the session for ``come_in``, an ordinary page at the door.
"""

from __future__ import annotations

import logging
import secrets
import time
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
import requests
from allauth.account.utils import get_next_redirect_url
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from mailroom.links import absolute

from .models import Member

log = logging.getLogger(__name__)
FOUND = "outside_login"  # in the session: who the provider says that came
KEY_LENGTH = 191  # characters of allauth's column
PATIENCE = 6.0  # seconds for all that we ask a provider in one request
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
PLACES = ("token_endpoint", "jwks_uri", "userinfo_endpoint")
KEPT = ("issuer", "token_endpoint_auth_methods_supported", *PLACES)  # from when one leaves until one is back
SAYS = ("sub", "name", "given_name", "family_name", "email")  # claims that we look at, beside the key


class ProviderAway(Exception):
    """It does not answer, or with something that is no answer."""


class AnswerRefused(Exception):
    """What it says does not prove who came."""


class Adapter(DefaultSocialAccountAdapter):
    """How allauth's outside logins do things here."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "no_password": gettext_lazy("First choose a password: without one you could no longer log in."),
        "connected_other": gettext_lazy("Somebody else on Kenniskring already logs in with this."),
    }

    def list_apps(self, request, provider=None, client_id=None) -> list[SocialApp]:
        """Those of the settings; the table of them stays empty, and unasked."""
        return [
            app
            for app in _apps()
            if provider in (None, app.provider, app.provider_id) and client_id in (None, app.client_id)
        ]

    def get_app(self, request, provider, client_id=None) -> SocialApp:
        """One that the settings no longer know has a name all the same: who linked it can still unlink it."""
        try:
            return super().get_app(request, provider, client_id)
        except SocialApp.DoesNotExist:
            if client_id is not None:
                raise
            return SocialApp(provider="openid_connect", provider_id=provider, name=provider)

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, Any]:
        addresses = sociallogin.email_addresses
        return {"name": sociallogin.user.name, "email": addresses[0].email if addresses else ""}

    def populate_user(self, request, sociallogin: SocialLogin, data: dict[str, Any]) -> Member:
        """Names as the provider writes them; the person may put them right."""
        names = [str(data.get(part) or "") for part in ("first_name", "last_name")]
        sociallogin.user.name = (str(data.get("name") or "") or " ".join(names)).strip()[:80]
        return sociallogin.user

    def save_user(self, request, sociallogin: SocialLogin, form=None) -> Member:
        """The address that the person chose; what the provider proved about another one says nothing."""
        chosen = form.cleaned_data["email"].lower()
        sociallogin.email_addresses = [each for each in sociallogin.email_addresses if each.email.lower() == chosen]
        return super().save_user(request, sociallogin, form)


def _apps() -> list[SocialApp]:
    return [SocialApp(provider="openid_connect", **provider) for provider in settings.OIDC_PROVIDERS]


def _provider(request, provider_id: str):
    """The provider with this id in the settings."""
    app = next((each for each in _apps() if each.provider_id == provider_id), None)
    if app is None:
        raise Http404
    return app.get_provider(request)


# --- Pages on which nobody acts ------------------------------------------------------------------------------------


@never_cache
@require_POST
def leave_for(request, provider_id):
    """To the provider's own log-in page. Asks first where that is, which also shows that the provider is there."""
    provider = _provider(request, provider_id)
    linking = request.POST.get("process") == "connect"
    try:
        if not ratelimit.consume(request, app="allauth.account", action="outside", config={"outside": "20/m/ip"}):
            raise AnswerRefused("too fast")
        places = _places(provider, _Asking())
    except (ProviderAway, AnswerRefused) as away:
        return _failed(request, provider, away, linking)
    pkce, nonce = generate_code_challenge(), secrets.token_urlsafe(32)
    state = {
        "process": "connect" if linking else "login",
        "data": {name: places[name] for name in KEPT if name in places},
        "nonce": nonce,
        "verifier": pkce.pop("code_verifier"),
    }
    if going := get_next_redirect_url(request):
        state["next"] = going
    asked = (
        pkce
        | provider.get_auth_params()
        | {
            "client_id": provider.app.client_id,
            "redirect_uri": _here(provider),
            "response_type": "code",
            "scope": " ".join(provider.get_scope()),
            "state": statekit.stash_state(request, provider_id=provider.sub_id, state=state),
            "nonce": nonce,
        }
    )
    mark = "&" if "?" in places["authorization_endpoint"] else "?"
    # A page and no redirect: the policy of our pages (form-action) lets no form end up elsewhere.
    context = {"provider": provider, "address": f"{places['authorization_endpoint']}{mark}{urlencode(asked)}"}
    return render(request, "socialaccount/leave_for.html", context)


@never_cache
@require_GET
def come_back(request, provider_id):
    """Back from the provider. What it says is asked and judged here; what follows from it, in ``come_in``."""
    provider = _provider(request, provider_id)
    state = statekit.unstash_state(request, provider_id=provider.sub_id, state_id=request.GET.get("state"))
    linking = bool(state) and state["process"] == "connect"
    try:
        if state is None:
            raise AnswerRefused("a state that is not ours, or was used")
        claims = _claims(request, provider, state)
        found = provider.sociallogin_from_response(request, claims)
    except (ProviderAway, AnswerRefused) as failure:
        return _failed(request, provider, failure, linking)
    found.account.extra_data = {}  # who it is, is enough
    found.state = {name: state[name] for name in ("process", "next") if name in state}
    request.session[FOUND] = found.serialize()
    return redirect("outside_come_in")


def _failed(request, provider, failure: Exception, linking: bool):
    """Back to where the other ways in are, with what went wrong. The log says more than the page."""
    log.warning("Logging in with %s failed: %s: %s", provider.sub_id, type(failure).__name__, failure)
    if isinstance(failure, ProviderAway):
        words = _("%(provider)s is not answering now. Try again later, or log in with your password.")
    else:
        words = _("Logging in with %(provider)s did not work. Try again, or log in with your password.")
    messages.error(request, words % {"provider": provider.name})
    return redirect("socialaccount_connections" if linking else "account_login")


# --- At the door ---------------------------------------------------------------------------------------------------


@require_GET
def come_in(request):
    """A known person is let in, an unknown one asked to register, a profile elsewhere linked: allauth decides."""
    found = request.session.pop(FOUND, None)
    if found is None:
        return redirect("account_login")
    return complete_social_login(request, SocialLogin.deserialize(found))


# --- What we ask of a provider, and believe ------------------------------------------------------------------------


class _Asking:
    """All questions of one request, within one patience."""

    def __init__(self) -> None:
        self.until = time.monotonic() + PATIENCE

    def __call__(self, method: str, url: str, **how: Any) -> dict[str, Any]:
        """The JSON object that the provider answers. Raises ProviderAway."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise ProviderAway(f"no time left for {url}")
        try:
            answer = requests.request(method, url, timeout=min(3.0, left), allow_redirects=False, **how)
            if answer.status_code >= 500:
                raise ProviderAway(f"{url} answers {answer.status_code}")
            said = answer.json()
        except requests.RequestException as error:  # a broken JSON is one too
            raise ProviderAway(f"{url}: {type(error).__name__}") from error
        if answer.status_code != 200 or not isinstance(said, dict):
            raise AnswerRefused(f"{url} answers {answer.status_code}")
        return said


def _places(provider, ask: _Asking) -> dict[str, Any]:
    """Where the provider takes what (OpenID Connect Discovery 1.0, 4.3: it must be the issuer that we asked for)."""
    try:
        places = ask("GET", provider.server_url)
    except AnswerRefused as refused:
        raise ProviderAway(str(refused)) from refused
    issuer = provider.app.settings["server_url"].partition("/.well-known/")[0]
    if str(places.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        raise ProviderAway(f"{issuer} says to be {places.get('issuer')}")
    for place in ("authorization_endpoint", *PLACES):
        known = urlsplit(str(places.get(place, ""))).scheme == urlsplit(issuer).scheme  # from https to https
        if not known and (place in places or place != "userinfo_endpoint"):
            raise ProviderAway(f"{issuer} has no usable {place}")
    return places


def _here(provider) -> str:
    """Where the provider sends people back to: at our address, whatever a request says that it is."""
    return absolute(reverse("outside_come_back", args=[provider.sub_id]))


def _claims(request, provider, state: dict[str, Any]) -> dict[str, Any]:
    """What the provider says about who came, once it proved to. Raises AnswerRefused or ProviderAway."""
    places, ask = state["data"], _Asking()
    if "code" not in request.GET or request.GET.get("iss", places["issuer"]) != places["issuer"]:  # RFC 9207
        raise AnswerRefused(f"no code of this provider: {request.GET.get('error', '')[:80]!r}")
    tokens = ask("POST", places["token_endpoint"], **_exchange(provider, request.GET["code"], state))
    claims = _read_id_token(str(tokens.get("id_token", "")), ask("GET", places["jwks_uri"]), provider, state)
    if "userinfo_endpoint" in places and "access_token" in tokens:
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        more = ask("GET", places["userinfo_endpoint"], headers=bearer)
        if more.get("sub") != claims["sub"]:  # Core 5.3.4
            raise AnswerRefused("the user info is about somebody else")
        claims = more | claims
    return _of_use(claims, provider)


def _of_use(claims: dict[str, Any], provider) -> dict[str, Any]:
    """What we look at: the claim that says who it is, names, and an address that is proven or not."""
    key, trusted = provider.app.settings["uid_field"], provider.app.settings["trust_email"]
    said = {name: claims[name] for name in {*SAYS, key} if isinstance(claims.get(name), str)}
    if not 0 < len(said.get(key, "").strip()) <= KEY_LENGTH:
        raise AnswerRefused(f"no {key} that says who it is")
    return said | {"email_verified": trusted and claims.get("email_verified") is True}


def _exchange(provider, code: str, state: dict[str, Any]) -> dict[str, Any]:
    """The request for tokens, with who we are as the provider wants it (RFC 6749, 2.3.1)."""
    us = {"client_id": provider.app.client_id, "client_secret": provider.app.secret}
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": _here(provider)}
    form["code_verifier"] = state["verifier"]
    if "client_secret_basic" in state["data"].get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
        return {"data": form, "auth": tuple(quote(each, safe="") for each in us.values())}
    return {"data": form | us}


def _fitting(keys: dict[str, Any], named: str | None) -> jwt.PyJWK:
    """The one key of the provider that a token names, or that there is."""
    found = [key for key in jwt.PyJWKSet.from_dict(keys).keys if named in (None, key.key_id)]
    if len(found) != 1:
        raise AnswerRefused("ID token: no key that fits")
    return found[0]


def _read_id_token(token: str, keys: dict[str, Any], provider, state: dict[str, Any]) -> dict[str, Any]:
    """The claims of the ID token: of this issuer, for us, for this very login, and signed (Core 3.1.3.7)."""
    try:
        claims = jwt.decode(
            token,
            _fitting(keys, jwt.get_unverified_header(token).get("kid")),
            algorithms=ALGORITHMS,
            audience=provider.app.client_id,
            issuer=state["data"]["issuer"],
            leeway=60,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise AnswerRefused(f"ID token: {type(error).__name__}: {error}") from error
    if not secrets.compare_digest(str(claims.get("nonce", "")), state["nonce"]):
        raise AnswerRefused("ID token: another nonce")
    if claims.get("azp", provider.app.client_id) != provider.app.client_id:
        raise AnswerRefused("ID token: for another party")
    return claims
