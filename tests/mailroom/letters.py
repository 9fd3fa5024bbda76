"""Letters for the tests of the mailroom."""

from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from mailroom import actions, postman
from mailroom.models import Delivery
from mailroom.outgoing import Outgoing
from regions.wall import SYSTEM, acting_as


def outgoing(to: str = "lies@temse.example", **fields) -> Outgoing:
    words: dict[str, Any] = {
        "kind": "invitation",
        "thing": "meeting:12",
        "version": 1,
        "to": to,
        "subject": "[RKK Waasland] Uitnodiging: 12 maart, Temse",
        "name": "Lies Lid",
        "paragraphs": ["U bent uitgenodigd."],
        "facts": [("Wanneer", "12 maart 2027, 14.00 uur")],
        "buttons": [("Ja, ik kom", f"https://kenniskring.example/antwoord/{to}/")],
    }
    return Outgoing(**words | fields)


def posted(*args, **fields) -> Delivery:
    """Promise one letter; gives its row."""
    letter = outgoing(*args, **fields)
    with acting_as(SYSTEM):
        actions.post(letter)
        return Delivery.objects.get(dedupe_key=letter.dedupe_key)


def fresh(delivery: Delivery) -> Delivery:
    """The row as it is now."""
    with acting_as(SYSTEM):
        return Delivery.objects.get(pk=delivery.pk)


def make_due() -> None:
    """Let time pass: whatever waits is due, and leases have run out."""
    with acting_as(SYSTEM):
        Delivery.objects.filter(due_at__gt=Now()).update(due_at=Now())
        Delivery.objects.exclude(leased_until=None).update(leased_until=F("posted_at"))


def claimed() -> Delivery:
    """A letter in the hands of a postman."""
    (delivery,) = postman.claim()
    return delivery
