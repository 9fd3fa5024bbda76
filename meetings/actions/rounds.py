"""The round of the governments: each tells in a few lines what it is working on."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from meetings.models import Contribution, Meeting
from members.models import Member
from regions.journal import action
from regions.models import LocalGovernment

STILL_WRITTEN = dt.timedelta(days=14)
"""How long after a meeting one may add what was said."""


class RoundClosed(Exception):
    """A draft, cancelled, or more than two weeks ago."""


class WrittenMeanwhile(Exception):
    """Somebody saved another text since this one was opened: ``current``, as it is now."""

    def __init__(self, current: Contribution) -> None:
        super().__init__(current)
        self.current = current


def is_open(meeting: Meeting) -> bool:
    known = meeting.state in (Meeting.State.PUBLISHED, Meeting.State.HELD)
    return known and timezone.now() < meeting.ends_at + STILL_WRITTEN


@action
def contribute(meeting: Meeting, *, by: Member, government: LocalGovernment, text: str, version: int) -> Contribution:
    """Write or change what this government tells; without a text it is taken back. ``version`` is the one that was
    opened, 0 for none.

    Refuses with RoundClosed, and with WrittenMeanwhile: then nothing is saved. The same text again changes nothing.
    """
    if not is_open(meeting):
        raise RoundClosed
    current = _locked(meeting, government)
    if current is None:
        try:
            with transaction.atomic():
                return Contribution.objects.create(meeting=meeting, government=government, text=text, member=by)
        except IntegrityError:  # a colleague was first, this very moment
            current = Contribution.objects.select_for_update().get(meeting=meeting, government=government)
    if current.text == text:
        return current
    if current.version != version:
        raise WrittenMeanwhile(current)
    current.text, current.member, current.changed_at = text, by, timezone.now()
    current.version += 1
    current.save(update_fields=["text", "member", "changed_at", "version"])
    return current


def _locked(meeting: Meeting, government: LocalGovernment) -> Contribution | None:
    return Contribution.objects.select_for_update().filter(meeting=meeting, government=government).first()
