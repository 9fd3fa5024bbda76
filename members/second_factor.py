"""The second factor: a passkey, or the codes of an app. allauth asks for it; what it is worth here, is said here."""

from __future__ import annotations

import base64
from functools import wraps
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
    record_authentication,
)
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mailroom import actions as mailroom
from regions.access import View, members_only
from regions.journal import action, note

from . import account_letters
from .logins import end_sessions_of
from .models import Member

METHOD = "mfa"  # as allauth calls it in a session
GOING = "second_factor_going"  # where someone was when a second factor was asked for


def was_shown(session) -> bool:
    """Whether a second factor of whoever is logged in was shown in this session: a code, or a passkey."""
    whose = session.get(_AUTHENTICATION_METHODS_USER_SESSION_KEY)
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return whose == session.get(SESSION_KEY) and any(record["method"] == METHOD for record in records)


class Adapter(DefaultMFAAdapter):
    """How allauth's second factors do things here."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code or passkey is not correct. Try again."),
        "cannot_generate_recovery_codes": _("First add a passkey or an app."),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user, type) -> str:
        number = sum(kind == type for kind, _pk in factors_of(user))
        return gettext("Passkey %(number)d") % {"number": number + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys are for our address, whatever the request says that ours is."""
        return {"id": urlsplit(settings.BASE_URL).hostname or "", "name": "Kenniskring"}


def _cipher() -> MultiFernet:
    """Writes with the key of today, reads with those on their way out too."""
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(salted_hmac("kenniskring.second-factor", "", secret, algorithm="sha256").digest())


# --- What follows when one comes or goes ---------------------------------------------------------------------------


def factors_of(member) -> set[tuple[str, int]]:
    """Kind and id of each second factor; recovery codes are one too."""
    return set(Authenticator.objects.filter(user=member).values_list("type", "pk"))


def is_protected(member) -> bool:
    return any(kind != "recovery_codes" for kind, _pk in factors_of(member))


def guarded(view: View) -> View:
    """A page of allauth that changes second factors. Whoever has one shows it first: a password is not enough here.

    What follows from a change happens in the same transaction as the change: letters, lines in the journal, and what
    sessions are worth.
    """

    @wraps(view)
    def answer(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if is_protected(request.user) and not was_shown(request.session):
            return redirect(f"{where_to_show(request.user)}?{urlencode({'next': request.get_full_path()})}")
        before = factors_of(request.user)
        response = view(request, *args, **kwargs)
        _follow(request, before, factors_of(request.user))
        return response

    return answer


def where_to_show(member) -> str:
    """The page where this member shows the second factor they have."""
    kinds = {kind for kind, _pk in factors_of(member)}
    return reverse("mfa_reauthenticate_webauthn" if kinds <= {"webauthn", "recovery_codes"} else "mfa_reauthenticate")


def _follow(request, before: set[tuple[str, int]], after: set[tuple[str, int]]) -> None:
    came, gone = after - before, before - after
    told = [f"{kind}_added" for kind, _pk in came] + [f"{kind}_removed" for kind, _pk in gone]
    if before and "recovery_codes_added" in told:  # those of the first second factor come with it
        told.append("recovery_codes_renewed")
    for letter in sorted(set(told) - {"recovery_codes_added", "recovery_codes_removed"}):
        get_account_adapter(request).send_notification_mail(f"second_factor/{letter}", request.user)
        note(f"members.{letter}", by=request.user, about=request.user)
    for kind, pk in came:
        if kind != "recovery_codes":  # making it was showing it
            record_authentication(request, request.user, METHOD, type=kind, id=pk)
    if any(kind != "recovery_codes" for kind, _pk in gone):  # what was shown elsewhere may be what is gone
        end_sessions_of(request.user, but=request.session.session_key)
    if gone and not after:
        records = request.session[AUTHENTICATION_METHODS_SESSION_KEY]
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [r for r in records if r["method"] != METHOD]


@action
def forget_second_factor(member: Member) -> None:
    """Take all of them off a profile whose owner lost them; who they are was checked by somebody who can."""
    Authenticator.objects.filter(user=member).delete()
    end_sessions_of(member)
    told = {"user": member, "timestamp": timezone.now(), "ip": None}
    mailroom.post(account_letters.compose("second_factor/forgotten", member.email, told))


def to_second_factors(request):
    """allauth's list of passkeys is part of the page with all second factors."""
    return redirect("mfa_index")


# --- From the page that asks for it, and back ----------------------------------------------------------------------


@members_only
@require_POST
def secure(request):
    """To where a second factor is shown or made; where one was going is remembered."""
    going = request.POST.get("going", "")
    if not url_has_allowed_host_and_scheme(going, {request.get_host()}, require_https=request.is_secure()):
        going = reverse("mine")
    if is_protected(request.user):
        return redirect(f"{where_to_show(request.user)}?{urlencode({'next': going})}")
    request.session[GOING] = going
    return redirect("mfa_index")


@members_only
@require_POST
def go_on(request):
    """Back to where one was going before a second factor was asked for."""
    return redirect(request.session.pop(GOING, None) or "mine")
