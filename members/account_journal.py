"""What people change about how they log in, in the journal: django-allauth does it, and says so by a signal.

Within the transaction of the request, so the line is true when the change is. Of second factors it tells only
afterwards, when nobody acts: ``second_factor.py`` writes those lines. A proven address has the line of ``welcome`` or
of ``address_changed``.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.socialaccount import signals as outside
from django.dispatch import Signal

from regions.journal import note

from .models import Member

LINES: dict[Signal, str] = {
    account.user_signed_up: "members.signed_up",
    account.password_set: "members.password_set",
    account.password_changed: "members.password_changed",
    account.password_reset: "members.password_reset",
    account.email_added: "members.email_added",
    account.email_removed: "members.email_removed",
    outside.social_account_added: "members.outside_login_added",
    outside.social_account_removed: "members.outside_login_removed",
}


def _note(signal: Signal, request: Any, user: Member | None = None, **_said: Any) -> None:
    """By its owner: whoever is logged in, or holds the letter that their address got."""
    owner = user or request.user
    note(LINES[signal], by=owner, about=owner)


for each in LINES:
    each.connect(_note)
