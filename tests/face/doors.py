"""The pages beside the table of addresses: of allauth for who is halfway in, and about what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from kenniskring import views
from regions.access import SecondFactorMissing
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.members.provider import come
from tests.members.test_second_factor import APP, CODES, link_an_app, log_in, say_password_again

from .gather import Shown, shown

ALWAYS_ELSEWHERE = {
    *("account_set_password", "account_confirm_login_code", "mfa_list_webauthn", "mfa_login_webauthn"),
    *("mfa_reauthenticate_webauthn", "secure", "go_on", "outside_come_in", "outside_come_back", "renew_feed"),
    "choose_cancelled",
    *("language", "admin:login", "admin:password_change", "demo_letter"),
}
"""They lead on to another page, or speak to scripts; and there is no letter in the post office of the tests."""


def doors() -> Iterator[Shown]:
    """allauth's pages, by the name of their address."""
    cache.clear()  # attempts are counted there
    with acting_as(SYSTEM):
        person = make.person("Nora Nieuw")
        letter = EmailConfirmationHMAC(EmailAddress.objects.get(user=person)).key
        key = f"{user_pk_to_url_str(person)}-{EmailAwarePasswordResetTokenGenerator().make_token(person)}"
    client = log_in(person)
    yield from _known("account_reauthenticate", client.get(APP, follow=True))
    say_password_again(client, APP)
    yield from _asked(client, "account_email", "mfa_activate_totp", "account_change_password", "mfa_add_webauthn")
    yield from _sent(client, "mfa_activate_totp", {"code": "1"})
    link_an_app(client)
    yield from _asked(client, "mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes")
    yield from _known("mfa_view_recovery_codes", client.get(CODES))
    yield from _known("mfa_view_recovery_codes", client.post(f"{CODES}generate/", follow=True))
    halfway = log_in(person)
    yield from _asked(halfway, "mfa_authenticate")
    yield from _sent(halfway, "mfa_authenticate", {"code": "1"})
    with acting_as(SYSTEM):
        data = {"name": "Laptop", "credential": {}}
        passkey = Authenticator.objects.create(user=person, type="webauthn", data=data)
    yield from _asked(client, "mfa_edit_webauthn", "mfa_remove_webauthn", pk=passkey.pk)
    yield from _asked(Client(), "account_confirm_email", key=letter)
    yield from _known(
        "account_reset_password_from_key", Client().get(f"/account/password/reset/key/{key}/", follow=True)
    )


def from_elsewhere() -> Iterator[Shown]:
    """Who logged in at an OpenID provider that runs, and is not known here."""
    client = Client()
    for each in _known("outside_leave_for", client.post("/account/oidc/acm/login/")):
        yield replace(each, html=each.html.replace('http-equiv="refresh"', ""))  # it waits until it was looked at
    client = Client()
    yield from _known("socialaccount_signup", come(client, "ann"))
    yield from _known("socialaccount_signup", client.post("/account/outside/signup/", {"name": ""}))


def errors() -> Iterator[Shown]:
    """What is said when it went wrong."""
    quiet = Client(raise_request_exception=False)
    request = quiet.post("/nergens/", {"zoek": "x"}).wsgi_request
    yield from _known("error:400", quiet.get("/", headers={"host": "elders.example"}))
    yield from _known("error:403", Client(enforce_csrf_checks=True).post("/account/login/", {"login": "a"}))
    yield from _known("error:403", views.permission_denied(request, SecondFactorMissing()))
    yield from _known("error:429", views.too_many_requests(request))
    yield from _known("error:500", views.server_error(RequestFactory().get("/")))
    yield from _known("error:503", _busy())


def _busy() -> Any:
    from django.db import OperationalError

    try:
        raise OperationalError
    except OperationalError:
        return views.server_error(RequestFactory().get("/"))


def _asked(client: Client, *names: str, **where: Any) -> Iterator[Shown]:
    for name in names:
        yield from _known(name, client.get(reverse(name, kwargs=where or None)))


def _sent(client: Client, name: str, data: dict) -> Iterator[Shown]:
    yield from _known(name, client.post(reverse(name), data))


def _known(name: str, response: Any) -> Iterator[Shown]:
    found = shown(name, "somebody", "/deze-pagina/", response)
    assert found, (name, response.status_code, getattr(response, "url", ""))
    yield found
