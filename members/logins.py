"""Where someone is logged in: the rows of allauth.usersessions, one per session, without an internet address."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils.translation import gettext as _

from regions.journal import note

from .models import Member

NOWHERE = "0.0.0.0"  # noqa: S104  (allauth's table wants an internet address, and nobody needs it)

BROWSERS = {"Firefox": r"Firefox/", "Edge": r"Edg", "Opera": r"OPR/", "Chrome": r"Chrom|CriOS/", "Safari": r"Safari/"}
DEVICES = {
    "iPhone": r"iPhone",
    "iPad": r"iPad",
    "Android": r"Android",
    "Windows": r"Windows",
    "Mac": r"Macintosh",
    "Linux": r"Linux|X11",
}


def device(user_agent: str) -> str:
    """What a browser says of itself, in words: "Firefox op Windows"."""
    browser, machine = (
        next((name for name, sign in known.items() if re.search(sign, user_agent)), "")
        for known in (BROWSERS, DEVICES)
    )
    if browser and machine:
        return _("%(browser)s on %(device)s") % {"browser": browser, "device": machine}
    return browser or machine or _("unknown device")


def sessions_of(member: Member) -> list[Any]:
    """Those that still hold, the newest first. A session that ended by itself leaves its row until the next login."""
    rows = [row for row in UserSession.objects.filter(user=member).order_by("-created_at") if _holds(member, row)]
    for row in rows:
        row.device = device(row.user_agent)
    return rows


def _holds(member: Member, row: UserSession) -> bool:
    session = import_module(settings.SESSION_ENGINE).SessionStore(row.session_key)
    fresh = session.get(HASH_SESSION_KEY) == member.get_session_auth_hash()  # not from before another password
    return fresh and session.get(SESSION_KEY) == str(member.pk)


def forget_internet_address(key: str | None) -> None:
    """Of the session with this key, which allauth has just written down."""
    UserSession.objects.filter(session_key=key).exclude(ip=NOWHERE).update(ip=NOWHERE)


def log_out_elsewhere(member: Member, *, by: Member, here: str | None, only: int | None = None) -> int:
    """End one's own sessions but the one ``here``: all others, or just ``only``. Says how many ended."""
    ended = end_sessions_of(member, but=here, only=only)
    if ended:
        note("members.log_out_elsewhere", by=by, about=member)
    return ended


def end_sessions_of(member: Member, *, but: str | None = None, only: int | None = None) -> int:
    """Log out everywhere, or just where ``only`` says, but never in session ``but``. Says how many ended."""
    rows = UserSession.objects.filter(user=member).exclude(session_key=but)
    ended = list(rows if only is None else rows.filter(pk=only))
    for session in ended:
        session.end()
    return len(ended)
