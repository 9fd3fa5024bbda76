"""Puts the people of a quarter in the portal, and moves its meeting in time: with its number and minutes.

Limburg, so that the other story, on the same portal, hears nothing of it.
"""

import datetime as dt
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kenniskring.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from meetings.models import Meeting  # noqa: E402
from regions.models import Circle, LocalGovernment  # noqa: E402
from regions.wall import SYSTEM, acting_as  # noqa: E402
from tests import make  # noqa: E402

TREKKER, HOST = "tilda@hasselt.example", "hans@genk.example"
MEMBER, ABSENT, SPEAKER = "nora@beringen.example", "leo@lommel.example", "sander@spreker.example"
PEOPLE = [("Hans Host", "genk", HOST), ("Nora Nieuwsgierig", "beringen", MEMBER), ("Leo Laat", "lommel", ABSENT)]


def enter() -> None:
    limburg = Circle.objects.get(slug="limburg")
    hasselt = LocalGovernment.objects.get(slug="hasselt")
    make.person("Tilda Trekker", trekker_of=limburg, government=hasselt, email=TREKKER)
    for name, slug, address in PEOPLE:
        make.person(name, limburg, government=LocalGovernment.objects.get(slug=slug), email=address)


def begin(pk: int, minutes_ago: int) -> None:
    """The meeting began so many minutes ago, and lasts three hours."""
    start = timezone.now() - dt.timedelta(minutes=minutes_ago)
    Meeting.objects.filter(pk=pk).update(starts_at=start, ends_at=start + dt.timedelta(hours=3))


if __name__ == "__main__":
    with acting_as(SYSTEM):
        if sys.argv[1:]:
            begin(*map(int, sys.argv[1:]))
        else:
            enter()
