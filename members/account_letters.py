"""Letters about the account itself: proving an address, a new password, what changed. One function per letter.

django-allauth decides when; the words are ours. A letter that is not here goes out in allauth's own words.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from mailroom.languages import language_of
from mailroom.links import absolute
from mailroom.outgoing import Outgoing

Context = dict[str, Any]
USEFUL = dt.timedelta(days=1)  # afterwards a new one has been asked for


def compose(prefix: str, to: str, context: Context) -> Outgoing:
    """The letter for allauth's template ``prefix``, "account/email/password_reset_key".

    allauth takes the host of its links from the request, whose sender may write what they like there.
    """
    with override(language_of(context["user"]) if context.get("user") else get_language()):
        return _composed(prefix, to, context)


def _composed(prefix: str, to: str, context: Context) -> Outgoing:
    name = prefix.rpartition("/")[2]
    context = {key: _at_our_address(value) if key.endswith("_url") else value for key, value in context.items()}
    words = LETTERS[name](context) if name in LETTERS else _in_the_words_of_allauth(prefix, context)
    member = context.get("user")
    usual: Context = {
        "kind": f"account/{name}"[:32],
        "thing": f"member:{member.pk}" if member else "account",
        "version": uuid.uuid4().hex,  # asked again is sent again
        "to": to,
        "member": member,
        "not_after": timezone.now() + USEFUL,
        "why": _("You get this e-mail because someone gave this address on Kenniskring."),
    }
    return Outgoing(**usual | words)


def email_confirmation(context: Context) -> Context:
    return {
        "subject": _("[Kenniskring] Confirm your e-mail address"),
        "paragraphs": [
            _("You have given this e-mail address on Kenniskring. Confirm that it is yours: then you can log in."),
        ],
        "buttons": [(_("Confirm your e-mail address"), context["activate_url"])],
        "closing": [_did_not_ask()],
    }


def account_already_exists(context: Context) -> Context:
    return {
        "subject": _("[Kenniskring] You already have a profile"),
        "paragraphs": [
            _("Someone, probably you, tried to register with this e-mail address. It already has a profile."),
            _("Log in with the password that you chose. If you have forgotten it, choose a new one."),
        ],
        "buttons": [
            (_("Log in"), absolute(reverse("account_login"))),
            (_("Choose a new password"), context["password_reset_url"]),
        ],
        "closing": [_did_not_ask()],
    }


def password_reset_key(context: Context) -> Context:
    return {
        "subject": _("[Kenniskring] Choose a new password"),
        "paragraphs": [
            _("Someone, probably you, asked for a new password for your profile."),
            _("Use the button within %(days)d days. It works once.")
            % {"days": settings.PASSWORD_RESET_TIMEOUT // 86400},
        ],
        "buttons": [(_("Choose a new password"), context["password_reset_url"])],
        "closing": [_did_not_ask()],
    }


def unknown_account(context: Context) -> Context:
    return {
        "subject": _("[Kenniskring] No profile with this address"),
        "paragraphs": [
            _("Someone, probably you, asked for a new password for this e-mail address. It has no profile here."),
            _("Did you register with another address? Then try that one. Otherwise you can register now."),
        ],
        "buttons": [(_("Register"), context["signup_url"])],
        "closing": [_did_not_ask()],
    }


def password_changed(context: Context) -> Context:
    return _notice(
        context, _("[Kenniskring] Your password was changed"), _("The password of your profile was changed.")
    )


def password_reset(context: Context) -> Context:
    return _notice(
        context, _("[Kenniskring] You have a new password"), _("A new password was chosen for your profile.")
    )


def password_set(context: Context) -> Context:
    return _notice(context, _("[Kenniskring] You have a password"), _("A password was chosen for your profile."))


def email_changed(context: Context) -> Context:
    return _notice(
        context,
        _("[Kenniskring] Your e-mail address was changed"),
        _("From now on you log in with %(new)s, no longer with %(old)s.")
        % {"new": context.get("to_email", ""), "old": context.get("from_email", "")},
    )


def email_confirm(context: Context) -> Context:
    return _notice(
        context,
        _("[Kenniskring] Your e-mail address is confirmed"),
        _("An e-mail address of your profile was confirmed."),
    )


def email_deleted(context: Context) -> Context:
    return _notice(
        context,
        _("[Kenniskring] An e-mail address was removed"),
        _("The address %(address)s was removed from your profile.") % {"address": context.get("deleted_email", "")},
    )


def webauthn_added(context: Context) -> Context:
    return _second_factor(
        context,
        _("[Kenniskring] A passkey was added"),
        _("A passkey was added to your profile. You can log in with it, without a password."),
    )


def webauthn_removed(context: Context) -> Context:
    return _second_factor(
        context, _("[Kenniskring] A passkey was removed"), _("A passkey was removed from your profile.")
    )


def totp_added(context: Context) -> Context:
    return _second_factor(
        context,
        _("[Kenniskring] An app with codes was linked"),
        _("From now on you are asked for a code from an app when you log in with your password."),
    )


def totp_removed(context: Context) -> Context:
    return _second_factor(
        context,
        _("[Kenniskring] The app with codes was unlinked"),
        _("The app with codes no longer belongs to your profile."),
    )


def recovery_codes_renewed(context: Context) -> Context:
    return _second_factor(
        context,
        _("[Kenniskring] You have new recovery codes"),
        _("New recovery codes were made for your profile. The old ones no longer work."),
    )


def forgotten(context: Context) -> Context:
    return _second_factor(
        context,
        _("[Kenniskring] Your second factor was taken away"),
        _("V-ICT-OR took your passkeys, app and recovery codes off your profile, and logged you out everywhere."),
    )


def account_connected(context: Context) -> Context:
    return _notice(
        context,
        _("[Kenniskring] %(provider)s was linked") % {"provider": context["provider"].name},
        _("From now on you can also log in with %(provider)s.") % {"provider": context["provider"].name},
    )


def account_disconnected(context: Context) -> Context:
    return _notice(
        context,
        _("[Kenniskring] %(provider)s was unlinked") % {"provider": context["provider"].name},
        _("You can no longer log in with %(provider)s.") % {"provider": context["provider"].name},
    )


LETTERS: dict[str, Callable[[Context], Context]] = {
    "webauthn_added": webauthn_added,
    "webauthn_removed": webauthn_removed,
    "totp_added": totp_added,
    "totp_removed": totp_removed,
    "recovery_codes_renewed": recovery_codes_renewed,
    "forgotten": forgotten,
    "account_connected": account_connected,
    "account_disconnected": account_disconnected,
    "email_confirmation": email_confirmation,
    "email_confirmation_signup": email_confirmation,
    "account_already_exists": account_already_exists,
    "password_reset_key": password_reset_key,
    "unknown_account": unknown_account,
    "password_changed": password_changed,
    "password_reset": password_reset,
    "password_set": password_set,
    "email_changed": email_changed,
    "email_confirm": email_confirm,
    "email_deleted": email_deleted,
}


def _at_our_address(link: str) -> str:
    return absolute(urlunsplit(("", "", *urlsplit(link)[2:])))


def _did_not_ask() -> str:
    return _("Was this not you? Then you do not need to do anything.")


def _notice(context: Context, subject: str, what: str) -> Context:
    """Tells the owner what happened, so that a stranger's doing is noticed."""
    moment = timezone.localtime(context["timestamp"])
    return {
        "subject": subject,
        "paragraphs": [what],
        "facts": [
            (_("When"), date_format(moment, "DATETIME_FORMAT")),
            (_("IP address"), context["ip"] or "–"),
        ],
        "buttons": [(_("Choose a new password"), absolute(reverse("account_reset_password")))],
        "closing": [_("Was this you? Then you do not need to do anything. If not, choose a new password at once.")],
        "why": _("You get this e-mail so that nobody can change your profile without you noticing."),
        "not_after": None,
    }


def _second_factor(context: Context, subject: str, what: str) -> Context:
    """A new password alone would not help: whoever did this may have left a way in."""
    return _notice(context, subject, what) | {
        "buttons": [(_("Look at how you log in"), absolute(reverse("mfa_index")))],
        "closing": [
            _(
                "Was this you? Then you do not need to do anything. If not, log in, remove what is not yours "
                "and choose a new password at once. If you cannot log in, call V-ICT-OR."
            )
        ],
    }


def _in_the_words_of_allauth(prefix: str, context: Context) -> Context:
    subject = " ".join(render_to_string(f"{prefix}_subject.txt", context).split())
    body = render_to_string(f"{prefix}_message.txt", context).strip()
    return {
        "subject": f"[Kenniskring] {subject}",
        "paragraphs": [part for part in body.split("\n\n") if part.strip()],
    }
