"""A letter as it travels: text, HTML and calendar in one message (RFC 5322, 2045, 6047)."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings
from django.utils.timezone import localtime

from .models import Delivery

POLICY = SMTP.clone(cte_type="7bit")  # any relay can carry it, and a signature survives
UNFOLDED = ("List-Unsubscribe", "List-Unsubscribe-Post")


def message(delivery: Delivery) -> bytes:
    """The bytes of this letter: the same ones every time, but for the boundaries. Raises ValueError for a header that
    cannot be."""
    letter = delivery.letter
    mail = EmailMessage(policy=POLICY)
    mail["From"] = settings.DEFAULT_FROM_EMAIL
    mail["To"] = delivery.to
    mail["Subject"] = delivery.subject
    mail["Date"] = format_datetime(localtime(delivery.posted_at))
    mail["Message-ID"] = delivery.message_id
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    for name, value in letter.headers.items():
        if name not in UNFOLDED:
            mail[name] = value
    mail.set_content(letter.text)
    if letter.html:
        mail.add_alternative(letter.html, subtype="html")
    if letter.calendar:
        # Outlook and Gmail read the alternative, Apple's and Thunderbird's users open the file.
        method = letter.calendar_method
        mail.add_alternative(letter.calendar, subtype="calendar", params={"method": method}, cte="base64")
        mail.add_attachment(
            letter.calendar.encode(), maintype="application", subtype="ics", filename="bijeenkomst.ics"
        )
    return _unfolded(letter.headers) + mail.as_bytes()


def _unfolded(headers: dict[str, str]) -> bytes:
    """Headers that hold an address, on one line: ``email`` would turn a long one into encoded words, which no mail
    program follows."""
    lines = b""
    for name in UNFOLDED:
        if name in headers:
            value = headers[name]
            if not value.isprintable():
                raise ValueError(f"{name} holds a line break")
            lines += f"{name}: {value}\r\n".encode("ascii")
    return lines
