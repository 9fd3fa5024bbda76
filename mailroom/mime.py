"""A letter as it travels: text, HTML and calendar in one message (RFC 5322, 2045, 6047).

Written out by hand: the shape is always the same, and Python's ``EmailMessage`` takes ten times as long for it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from django.conf import settings
from django.utils.timezone import localtime

from .models import Delivery

UNFOLDED = ("List-Unsubscribe", "List-Unsubscribe-Post")  # no mail program follows an address in encoded words
POLICY = SMTP.clone(cte_type="7bit")  # any relay can carry it, and a signature survives


def message(delivery: Delivery) -> bytes:
    """The bytes of this letter: the same ones every time. Raises ValueError for a header that cannot be."""
    letter = delivery.letter
    headers = {name: letter.headers[name] for name in UNFOLDED if name in letter.headers}
    headers |= {
        "From": settings.DEFAULT_FROM_EMAIL,
        "To": delivery.to,
        "Subject": delivery.subject,
        "Date": format_datetime(localtime(delivery.posted_at)),
        "Message-ID": delivery.message_id,
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies
        "MIME-Version": "1.0",
    }
    head = "".join(_header(name, value) for name, value in (headers | letter.headers).items())
    # "=_" stands in no quoted-printable and no base64 (RFC 2045, 6.7), so a boundary cannot be in a text.
    mark = f"=_{hashlib.sha256(delivery.message_id.encode()).hexdigest()[:24]}"
    parts = [_text("plain", letter.text)]
    if letter.html:
        parts.append(_text("html", letter.html))
    if not letter.calendar:
        return head.encode() + _multipart("alternative", f"{mark}a", parts)
    # Outlook and Gmail read the alternative, Apple's and Thunderbird's users open the file.
    calendar = base64.encodebytes(letter.calendar.encode()).replace(b"\n", b"\r\n")
    method = letter.calendar_method
    parts.append(_part(f'text/calendar; charset="utf-8"; method="{method}"', "base64", calendar))
    attached = _part("application/ics", "base64", calendar, 'attachment; filename="bijeenkomst.ics"')
    return head.encode() + _multipart("mixed", f"{mark}m", [_multipart("alternative", f"{mark}a", parts), attached])


def _header(name: str, value: str) -> str:
    line = f"{name}: {value}"
    if name in UNFOLDED or (line.isascii() and len(line) <= POLICY.max_line_length):  # type: ignore[operator]
        if not (line.isascii() and line.isprintable()):
            raise ValueError(f"{name} holds a line break, or letters that no header can")
        return f"{line}\r\n"
    return _folded(name, value)


@lru_cache(maxsize=64)  # the letters of a batch share a sender and a subject
def _folded(name: str, value: str) -> str:
    """In encoded words (RFC 2047) and on several lines, where needed."""
    return POLICY.fold(name, POLICY.header_factory(name, value))


def _multipart(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    line = b"--" + boundary.encode()
    body = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode() + body + line + b"--\r\n"


def _text(kind: str, text: str) -> bytes:
    lines = b"".join(line + b"\r\n" for line in text.encode().splitlines())
    return _part(f'text/{kind}; charset="utf-8"', "quoted-printable", binascii.b2a_qp(lines))


def _part(kind: str, encoding: str, body: bytes, disposition: str = "") -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    if disposition:
        head += f"Content-Disposition: {disposition}\r\n"
    return head.encode() + b"\r\n" + body
