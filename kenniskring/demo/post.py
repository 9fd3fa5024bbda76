"""The letters that the demo's post office keeps, read from its Maildir."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import email.utils
import os
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone


@dataclass(frozen=True)
class Kept:
    """One letter that was kept: what the list says of it, and the way to the rest."""

    path: str
    to: str
    subject: str
    when: dt.datetime

    @property
    def key(self) -> str:
        return _key(self.path)

    def open(self) -> EmailMessage:
        with open(self.path, "rb") as file:
            return email.message_from_binary_file(file, policy=email.policy.default)


def _key(path: str) -> str:
    """The file's name as a slug; names in a Maildir hold points and the machine's name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", Path(path).name)


@lru_cache(maxsize=10_000)  # a kept letter never changes
def kept(path: str) -> Kept:
    with open(path, "rb") as file:
        headers = BytesHeaderParser(policy=email.policy.default).parse(file)
    when = email.utils.parsedate_to_datetime(headers["Date"]) if headers["Date"] else timezone.now()
    return Kept(path, str(headers["X-Envelope-To"]), str(headers["Subject"]), when)


def letters(to: str = "") -> list[str]:
    """Paths, newest letter first; only of those whose address contains ``to``."""
    new = Path(settings.DEMO_POST, "new")
    if not new.is_dir():
        return []
    files = sorted(os.scandir(new), key=lambda file: (file.stat().st_mtime, file.name), reverse=True)
    wanted = to.strip().lower()
    return [file.path for file in files if not wanted or wanted in kept(file.path).to.lower()]


def find(key: str) -> Kept | None:
    """The letter with this key. Looks among those that are there, so that a key is never taken for a path."""
    return next((kept(path) for path in letters() if _key(path) == key), None)


def part(message: EmailMessage, content_type: str) -> str:
    """The text of the first part of this type, or nothing."""
    for each in message.walk():
        if each.get_content_type() == content_type:
            content = each.get_content()
            return content if isinstance(content, str) else content.decode()
    return ""
