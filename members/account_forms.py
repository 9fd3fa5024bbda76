"""allauth's forms for second factors and for who comes from elsewhere, in our words.

Apart from ``forms.py``, which allauth itself imports before its own forms are there.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from allauth.socialaccount.forms import SignupForm
from django import forms
from django.utils.translation import gettext_lazy as _

from . import actions
from .models import Member

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


class Code(forms.CharField):
    """Digits that somebody reads from another screen; spaces between them are fine."""

    def __init__(self, **kwargs) -> None:
        super().__init__(label=_("Code"), max_length=20, widget=forms.TextInput(CODE), **kwargs)


class CodeForm(AuthenticateForm):
    """When logging in."""

    code = Code(help_text=_("From the app on your phone, or one of your recovery codes."))


class CodeAgainForm(ReauthenticateForm):
    """Before something important."""

    code = Code(help_text=_("From the app on your phone, or one of your recovery codes."))


class FirstCodeForm(ActivateTOTPForm):
    """Shows that the app works."""

    code = Code(help_text=_("The six digits that the app shows now."))


class PasskeyForm(AddWebAuthnForm):
    """A new passkey: always one to log in with without a password, so always with a finger, a face or a PIN."""

    name = forms.CharField(
        label=_("Name"), max_length=60, required=False, help_text=_("So that you recognise it: laptop, phone, key.")
    )
    passwordless = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_passwordless(self) -> bool:
        return True


class PasskeyNameForm(EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(label=_("Name"), max_length=60)


class OutsideSignupForm(SignupForm):
    """Registering by way of a provider: the same questions, without a password."""

    def save(self, request) -> Member:
        """An address that the provider proved opens what it proves; another one waits for the letter."""
        member = super().save(request)
        if member.emailaddress_set.filter(verified=True, primary=True).exists():
            actions.welcome(member)
        return member

    def validate_unique_email(self, value: str) -> Any:
        """Who has a profile learns so by letter, as when registering with a password."""
        return super(SignupForm, self).validate_unique_email(value)
