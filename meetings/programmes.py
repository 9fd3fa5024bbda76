"""Programmes to start from, built on the four pillars, and fitted to the length of a meeting."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from mailroom.languages import to_anyone

from .models import AgendaItem, Form

Kind = AgendaItem.Kind
PILLARS = [Kind.NEWS_ROUND, Kind.PEER_CONSULTATION, Kind.DEEP_DIVE, Kind.SITE_VISIT]
"""On which a programme stands; welcome, break and closing are none."""
STEP = 5
"""Minutes: the grain in which a programme is written."""


class Template(models.TextChoices):
    """The programmes one can start from."""

    CLASSIC = "classic", _("classic meeting, all four pillars")
    PEER_CONSULTATION = "peer_consultation", _("peer consultation around one case")
    SITE_VISIT = "site_visit", _("project visit at the host")
    WEBINAR = "webinar", _("online session with a speaker")
    EMPTY = "empty", _("empty, I write it myself")


@dataclass(frozen=True)
class Part:
    """A point of a template; ``minutes`` as in a meeting of about two hours."""

    kind: Kind
    title: object  # lazy: becomes Dutch when the meeting is made, for its whole circle
    minutes: int

    @property
    def is_pillar(self) -> bool:
        return self.kind in PILLARS


WELCOME = Part(Kind.WELCOME, _("Welcome"), 10)
NEWS = Part(Kind.NEWS_ROUND, _("News round: what is each government working on"), 25)
BREAK = Part(Kind.BREAK, _("Break"), 15)
CLOSING = Part(Kind.CLOSING, _("Agreements and next meeting"), 10)

PARTS: dict[str, list[Part]] = {
    Template.CLASSIC: [
        WELCOME,
        NEWS,
        Part(Kind.PEER_CONSULTATION, _("Peer consultation: one member's case"), 25),
        BREAK,
        Part(Kind.DEEP_DIVE, _("Deep dive with a guest expert"), 30),
        Part(Kind.SITE_VISIT, _("Project of the host"), 20),
        CLOSING,
    ],
    Template.PEER_CONSULTATION: [
        WELCOME,
        NEWS,
        Part(Kind.PEER_CONSULTATION, _("Peer consultation: one member's case"), 60),
        CLOSING,
    ],
    Template.SITE_VISIT: [
        WELCOME,
        Part(Kind.SITE_VISIT, _("Project of the host"), 60),
        NEWS,
        BREAK,
        CLOSING,
    ],
    Template.WEBINAR: [
        WELCOME,
        Part(Kind.DEEP_DIVE, _("Deep dive with a guest expert"), 60),
        NEWS,
        CLOSING,
    ],
    Template.EMPTY: [],
}


def template_for(form: str) -> Template:
    """What suits a form: a screen tires sooner than a room."""
    return Template.WEBINAR if form == Form.ONLINE else Template.CLASSIC


def fit(minutes: list[int], total: int) -> list[int]:
    """These lengths stretched or shrunk to ``total`` minutes together, in steps of five where that is possible.

    No part becomes shorter than a step, so a meeting that is much too short gets a programme that is too long, which
    the programme page says.
    """
    if not minutes:
        return []
    exact = [each * total / sum(minutes) for each in minutes]
    fitted = [max(STEP, int(each) // STEP * STEP) for each in exact]
    by_loss = sorted(range(len(exact)), key=lambda i: exact[i] - fitted[i], reverse=True)
    for i in by_loss:
        if total - sum(fitted) >= STEP:
            fitted[i] += STEP
    longest = max(range(len(exact)), key=lambda i: fitted[i])
    fitted[longest] = max(STEP, fitted[longest] + total - sum(fitted))
    return fitted


@to_anyone
def write(template: str, minutes: int) -> list[AgendaItem]:
    """The points of this template for a meeting of so many minutes, not saved yet, in order."""
    parts = PARTS[template]
    lengths = fit([part.minutes for part in parts], minutes)
    return [
        AgendaItem(position=position, kind=part.kind, title=str(part.title), minutes=length)
        for position, (part, length) in enumerate(zip(parts, lengths, strict=True), start=1)
    ]


def outline() -> list[tuple[Template, list[Part], int]]:
    """Each template that holds something, with its points and how long they take together, in minutes."""
    held = [(template, PARTS[template]) for template in Template if PARTS[template]]
    return [(template, parts, sum(part.minutes for part in parts)) for template, parts in held]
