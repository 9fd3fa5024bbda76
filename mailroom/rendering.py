"""From what a letter says to text and HTML.

Letters of one batch differ in little: name, addresses of buttons, the way to unsubscribe. So each text is made once
with marks in those places, and kept once: a thousand invitations cost little more than one.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Hashable
from dataclasses import replace

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from . import links
from .models import Wording
from .outgoing import Outgoing

MARK = f"mark-{secrets.token_hex(8)}-"  # nobody can write it in a letter
PLACES = re.compile(re.escape(MARK) + r"(\d+)-")


def own(letter: Outgoing, refusing: str) -> list[str]:
    """What is of one reader, in the order of the marks; ``refusing`` is the ``unsubscribe_address``."""
    attendee = letter.calendar.attendee if letter.calendar else ""
    return [letter.addressee, refusing, attendee, *(address for _, address in letter.buttons)]


def wording(letter: Outgoing) -> Wording:
    """What it has in common with all letters of the same ``likeness``, not saved."""
    shared = _shared(letter)
    context = {
        "letter": shared,
        "has_profile": letter.member is not None,
        "unsubscribe": _mark(1) if shared.can_unsubscribe and shared.circle else "",
        "home": settings.BASE_URL,
    }
    with override(shared.language):
        text = re.sub(r"\n{3,}", "\n\n", render_to_string("mailroom/letter.txt", context)).strip() + "\n"
        html = render_to_string("mailroom/letter.html", context)
    made = Wording(text=_pieces(text), html=_pieces(html))
    if letter.calendar:
        made.calendar = [letter.calendar.before, 2, letter.calendar.after]
        made.calendar_method = letter.calendar.method
    return made


def _pieces(body: str) -> list[str | int]:
    """Between two pieces of text, the number of a mark."""
    return [int(piece) if place % 2 else piece for place, piece in enumerate(PLACES.split(body))]


def unsubscribe_address(letter: Outgoing) -> str:
    """Where whoever holds the letter stops such letters; empty when this one cannot be refused."""
    if not letter.can_unsubscribe or letter.circle is None:
        return ""
    return links.address_with(links.make_token("unsubscribe", [letter.to, letter.circle.pk]), "unsubscribe")


def _mark(number: int) -> str:
    return f"{MARK}{number}-"


def _shared(letter: Outgoing) -> Outgoing:
    """The letter with marks for all that is of one reader."""
    return replace(
        letter,
        version="",
        to="",
        member=None,
        name=_mark(0) if letter.addressee else "",
        buttons=[(label, _mark(number)) for number, (label, _) in enumerate(letter.buttons, 3)],
        calendar=None,
        headers={},
    )


def likeness(letter: Outgoing) -> Hashable:
    """What ``_shared`` leaves: letters for which it is the same have one wording."""
    return (
        letter.language,
        letter.subject,
        bool(letter.addressee),
        *map(tuple, (letter.paragraphs, letter.facts, letter.closing)),
        tuple(label for label, _ in letter.buttons),
        letter.circle.pk if letter.circle else None,
        letter.can_unsubscribe,
        letter.why,
        letter.member is not None,
        letter.calendar and (letter.calendar.before, letter.calendar.after, letter.calendar.method),
    )
