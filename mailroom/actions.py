"""Promising letters, and taking promises back. Sending them is the postman's work, in ``postman.py``."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Hashable, Iterable
from typing import Any

from django.conf import settings
from django.core.mail import make_msgid
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from regions.journal import note
from regions.wall import as_system

from . import bell
from .languages import to_anyone
from .models import Delivery, Letter, Silence, Slot, Wording
from .outgoing import Outgoing
from .rendering import likeness, own, unsubscribe_address, wording

KEPT = dt.timedelta(days=30)

DELIVERY = {
    "dedupe_key": "text",
    "kind": "text",
    "about": "text",
    "circle_id": "bigint",
    "member_id": "bigint",
    "to": "text",
    "subject": "text",
    "message_id": "text",
    "state": "text",
    "posted_at": "timestamptz",
    "due_at": "timestamptz",
    "not_after": "timestamptz",
    "attempts": "smallint",
    "can_unsubscribe": "boolean",
    "only_while_member": "boolean",
    "maybe_double": "boolean",
    "error": "text",
}
LETTER = {
    "delivery_id": "bigint",
    "wording_id": "bigint",
    "own": "jsonb",
    "headers": "jsonb",
}
"""Columns that are written when a letter is promised, and of which type."""


def post(*letters: Outgoing) -> int:
    """Promise letters in the transaction that makes them true; they leave after its commit. Gives the new ones."""
    return post_all(letters)


@transaction.atomic
def post_all(letters: Iterable[Outgoing]) -> int:
    """As ``post``, for many."""
    by_key = {letter.dedupe_key: letter for letter in letters}
    if not by_key:
        return 0
    with as_system("a letter that was promised is the portal's own business"):
        # In order of key, so that two who post the same letters at once wait for each other and not in a circle.
        offered = [_delivery(by_key[key]) for key in sorted(by_key)]
        ending = "ON CONFLICT DO NOTHING RETURNING id, dedupe_key"
        new = [(pk, by_key[key]) for pk, key in _insert("mailroom_delivery", DELIVERY, offered, ending)]
        if new:
            _write(new)
            bell.ring_after_commit(len(new))
    return len(new)


def _write(letters: list[tuple[int, Outgoing]]) -> None:
    """The letters of these deliveries. What several have in common is written once."""
    alike: dict[Hashable, list[tuple[int, Outgoing]]] = {}
    for pk, letter in letters:
        alike.setdefault(likeness(letter), []).append((pk, letter))
    wordings = Wording.objects.bulk_create(wording(some[0][1]) for some in alike.values())
    batches = zip(wordings, alike.values(), strict=True)
    rows = [_letter(pk, letter, common) for common, some in batches for pk, letter in some]
    _insert("mailroom_letter", LETTER, rows)


def _delivery(letter: Outgoing) -> dict[str, Any]:
    now = timezone.now()
    return {
        "dedupe_key": letter.dedupe_key,
        "kind": letter.kind,
        "about": letter.thing,
        "circle_id": letter.circle.pk if letter.circle else None,
        "member_id": letter.member.pk if letter.member else None,
        "to": letter.to,
        "subject": " ".join(letter.subject.split())[:200],
        "message_id": make_msgid(domain=settings.ALLOWED_HOSTS[0]),
        "state": Delivery.State.QUEUED.value,
        "posted_at": now.isoformat(),
        "due_at": (letter.not_before or now).isoformat(),
        "not_after": letter.not_after and letter.not_after.isoformat(),
        "attempts": 0,
        "can_unsubscribe": letter.can_unsubscribe,
        "only_while_member": letter.only_while_member,
        "maybe_double": False,
        "error": "",
    }


def _letter(delivery_pk: int, letter: Outgoing, common: Wording) -> dict[str, Any]:
    refusing, headers = unsubscribe_address(letter), dict(letter.headers)
    if refusing:
        headers |= {  # RFC 8058
            "List-Unsubscribe": f"<{refusing}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return {
        "delivery_id": delivery_pk,
        "wording_id": common.pk,
        "own": own(letter, refusing),
        "headers": headers,
    }


def _insert(
    table: str, columns: dict[str, str], rows: list[dict[str, Any]], ending: str = ""
) -> list[tuple[Any, ...]]:
    """As ``bulk_create``, without a model instance for each row and with all values as one JSON. Gives what
    ``ending`` returns."""
    names = ", ".join(f'"{name}"' for name in columns)
    typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM json_to_recordset(%s) AS given ({typed}) {ending}",
            [json.dumps(rows)],
        )
        return cursor.fetchall() if ending else []


@transaction.atomic
def try_again(deliveries: Iterable[Delivery], *, by: Any) -> int:
    """Put failed letters back in the queue, with all their tries. Returns how many: a text of a month ago is gone."""
    failed = Delivery.objects.failed().filter(pk__in=[delivery.pk for delivery in deliveries], letter__isnull=False)
    with as_system("whoever sees that a letter failed may have it tried again"):
        again = list(failed.select_for_update(of=("self",)))  # clicked twice is tried again once
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in again]).update(
            state=Delivery.State.QUEUED, attempts=0, due_at=timezone.now()
        )
    for delivery in again:
        note("mailroom.try_again", by=by, about=delivery)
    if again:
        bell.ring_after_commit(len(again))
    return len(again)


@to_anyone
@transaction.atomic
def unsubscribe(address: str, circle_id: int) -> None:
    """Send this address no more letters of the circle that can be refused; those that wait are withdrawn. Twice is
    harmless."""
    with as_system("whoever holds the letter may refuse the next one"):
        silence, is_new = Silence.objects.get_or_create(
            address=address.lower(), circle_id=circle_id, reason=Silence.Reason.UNSUBSCRIBED
        )
        Delivery.objects.unsent().filter(to__iexact=address, circle=circle_id, can_unsubscribe=True).update(
            state=Delivery.State.WITHDRAWN, leased_until=None, error=_("Unsubscribed.")
        )
    if is_new:
        note("mailroom.unsubscribe", by=None, about=silence)  # by its number: the journal holds no address


@transaction.atomic
def subscribe_again(address: str, circle_id: int) -> None:
    """Take back ``unsubscribe``. Letters of the time between do not come any more."""
    with as_system("whoever holds the letter may want them again"):
        refusals = list(_refusals(address, circle_id).select_for_update())
        _refusals(address, circle_id).delete()
    for silence in refusals:
        note("mailroom.subscribe_again", by=None, about=silence)


def has_unsubscribed(address: str, circle_id: int) -> bool:
    with as_system("whoever holds the letter may know whether the next one comes"):
        return _refusals(address, circle_id).exists()


def _refusals(address: str, circle_id: int) -> QuerySet[Silence]:
    return Silence.objects.filter(address__iexact=address, circle=circle_id, reason=Silence.Reason.UNSUBSCRIBED)


def throw_away() -> int:
    """Delete the texts of letters that left (or never will) a month ago, and slots as old. Returns how many texts.

    What was sent to whom stays; the texts hold personal links.
    """
    before = timezone.now() - KEPT
    waiting = Q(delivery__state__in=[Delivery.State.QUEUED, Delivery.State.HANDING_OVER])
    old = Letter.objects.exclude(waiting).alias(done_at=Coalesce("delivery__sent_at", "delivery__posted_at"))
    count, _per_model = old.filter(done_at__lt=before).delete()
    Wording.objects.filter(letters=None).delete()
    Slot.objects.filter(taken_at__lt=before).delete()
    return count
