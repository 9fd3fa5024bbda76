"""What a letter says before it is a letter. One shape for all: apps write words, the mailroom makes text and HTML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import models
from django.utils.translation import get_language

from regions.models import Circle

from .languages import language_of


class NotTheirLanguage(AssertionError):
    """A letter to a member in a language that they did not choose: its function lacks ``@to(…)``."""


@dataclass(frozen=True)
class CalendarFile:
    """An .ics for a letter: the line of its one reader, what stands before and after it for all; and its METHOD
    (RFC 5546)."""

    before: str
    attendee: str
    after: str
    method: str

    @property
    def text(self) -> str:
        return self.before + self.attendee + self.after


@dataclass(frozen=True)
class Outgoing:
    """One letter to one person. ``letters.py`` of each app returns these; ``mailroom.actions.post`` promises them.

    ``kind``, ``thing``, ``version`` and who gets it make it the same letter or another one: posting the same one
    twice adds nothing. ``subject`` names circle, verb and date: "[RKK Waasland] Uitnodiging: 12 maart, Temse".
    """

    kind: str
    thing: str  # "meeting:12"
    version: int | str
    to: str
    subject: str
    paragraphs: Sequence[str]
    member: models.Model | None = None
    circle: Circle | None = None
    name: str = ""  # for "Beste …"; the member's when empty
    facts: Sequence[tuple[str, str]] = ()  # (label, value): when, where, …
    buttons: Sequence[tuple[str, str]] = ()  # (label, absolute address)
    closing: Sequence[str] = ()
    calendar: CalendarFile | None = None
    not_before: dt.datetime | None = None  # leaves at this moment; at once when empty
    not_after: dt.datetime | None = None  # useless once this moment has passed
    can_unsubscribe: bool = False  # letters that a person may refuse: needs ``circle``
    only_while_member: bool = False  # for who is in ``circle``: not sent to ``member`` once that has ended
    why: str = ""  # why one gets this, for the foot of the letter; a sensible sentence when empty
    headers: dict[str, str] = field(default_factory=dict)
    language: str | None = field(default_factory=get_language)  # in which all this was written

    def __post_init__(self) -> None:
        if self.member and self.language != language_of(self.member):
            raise NotTheirLanguage(f"{self.kind} in {self.language}")

    @property
    def dedupe_key(self) -> str:
        """By person where there is one: an address may have been someone else's when a letter like it was posted."""
        reader = f"member:{self.member.pk}" if self.member else self.to.lower()
        return f"{self.kind}/{self.thing}/{self.version}/{reader}"

    @property
    def addressee(self) -> str:
        return self.name or str(self.member or "")

    @property
    def sender(self) -> str:
        return settings.DEFAULT_FROM_EMAIL
