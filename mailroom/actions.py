"""Promising letters. Sending them is the postman's work, in ``postman.py``."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.mail import make_msgid
from django.core.mail.utils import DNS_NAME
from django.template.loader import render_to_string

from regions.wall import as_system

from .models import Delivery, Letter
from .outgoing import Outgoing


def post(*letters: Outgoing) -> int:
    """Promise letters in the transaction that makes them true; they leave after its commit. Returns how many are new."""
    return post_all(letters)


def post_all(letters: Iterable[Outgoing]) -> int:
    """As ``post``, for many."""
    new = 0
    with as_system("a letter that was promised is the portal's own business"):
        for letter in letters:
            delivery, created = Delivery.objects.get_or_create(
                dedupe_key=letter.dedupe_key,
                defaults={
                    "kind": letter.kind,
                    "about": letter.thing,
                    "circle": letter.circle,
                    "member": letter.member,
                    "to": letter.to,
                    "subject": letter.subject[:200],
                    "message_id": make_msgid(domain=DNS_NAME.get_fqdn()),
                    "not_after": letter.not_after,
                },
            )
            if created:
                Letter.objects.create(
                    delivery=delivery,
                    text=render_to_string("mailroom/letter.txt", {"letter": letter}),
                    html=render_to_string("mailroom/letter.html", {"letter": letter}),
                    headers=letter.headers,
                    calendar=letter.calendar.text if letter.calendar else "",
                    calendar_method=letter.calendar.method if letter.calendar else "",
                )
                new += 1
    return new
