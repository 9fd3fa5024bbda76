"""The demo network: a year in the life of circles whose people do not exist, lived by the actions that users call."""

from __future__ import annotations

import random
from collections.abc import Callable

from django.core.management import call_command

from members.models import Member
from regions.wall import SYSTEM, acting_as

from .cast import ASKERS
from .clock import Year, at, prepare_what_nobody_planned
from .gatherings import Gatherings
from .people import People


def is_whole() -> bool:
    """The whole year was played: the last one to arrive is there."""
    with acting_as(SYSTEM):
        return Member.objects.filter(email=ASKERS[-1].email).exists()


def load(say: Callable[[str], object]) -> None:
    """Everything, in an empty database. Always the same, but for the dates: those count from today."""
    say("Facts about Flanders …")
    call_command("load_facts", verbosity=0)
    say("Two years of fictitious people, with their meetings and letters …")
    year = Year()
    people = People(year)
    people.schedule()
    Gatherings(year, random.Random(2026)).schedule()
    year.add(at(-1, "08:00"), prepare_what_nobody_planned)
    year.play(say)
    people.register(ASKERS[-1])
