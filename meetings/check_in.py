"""The code on the screen with which people say that they are there: what it is, and when it opens.

It is worked out from the meeting and our secret key, so there is no row to write, to hide or to lose: the screen is
ready without anyone preparing it. It opens nothing by itself: who types it is logged in and sees the meeting.
"""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from mailroom.links import absolute

from .models import Meeting

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else: no 0 and O, no 1, I and L
LENGTH = 6  # 887 million codes, a handful of tries in ten minutes (regions/limits.py), and half a day at most
MARGIN = dt.timedelta(minutes=15)


def code_of(meeting: Meeting, *, key: str | None = None) -> str:
    """Six signs, the same for this meeting for as long as the secret key is."""
    drawn = salted_hmac("kenniskring.check_in", str(meeting.uid), secret=key, algorithm="sha256").digest()
    number, signs = int.from_bytes(drawn), ""
    for _place in range(LENGTH):
        number, which = divmod(number, len(SIGNS))
        signs += SIGNS[which]
    return signs


def is_code_of(meeting: Meeting, typed: str) -> bool:
    """Whether somebody typed the code, with or without spaces and capitals; a key on its way out still counts."""
    said = "".join(sign for sign in typed.upper() if sign.isalnum()).encode()
    keys = [None, *settings.SECRET_KEY_FALLBACKS]
    return any(hmac.compare_digest(code_of(meeting, key=key).encode(), said) for key in keys)


def opens_at(meeting: Meeting) -> dt.datetime:
    return meeting.starts_at - MARGIN


def is_open(meeting: Meeting) -> bool:
    """From a quarter of an hour before the meeting until a quarter after."""
    takes_place = meeting.state in (Meeting.State.PUBLISHED, Meeting.State.HELD)
    return takes_place and opens_at(meeting) <= timezone.now() <= meeting.ends_at + MARGIN


def address_of(meeting: Meeting) -> str:
    """Where one says to be there; short, because people type it from a screen."""
    return absolute(reverse("check_in", args=[meeting.pk]))


@dataclass(frozen=True)
class Drawing:
    """A QR code as one path of an SVG image: ``size`` units wide and high, one per module, without its white edge."""

    size: int
    path: str


def drawing_of(text: str) -> Drawing:
    """Readable with a seventh of it damaged or behind somebody's head."""
    import qrcode  # and with it Pillow: 6 MB that only who shows the code needs in memory

    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return Drawing(len(rows), path)
