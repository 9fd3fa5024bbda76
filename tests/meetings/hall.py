"""Puts a meeting of Brugge that is going on in the portal, with its people: `python -m tests.meetings.hall`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kenniskring.settings")
django.setup()

from regions.models import Circle, LocalGovernment  # noqa: E402
from regions.wall import SYSTEM, acting_as  # noqa: E402
from tests import make  # noqa: E402

if __name__ == "__main__":
    with acting_as(SYSTEM):
        circle = Circle.objects.get(slug="brugge")
        brugge = LocalGovernment.objects.get(slug="brugge")
        make.person("Lut Lid", circle, government=brugge, email="lut@brugge.example")
        make.person("Tine Trekker", trekker_of=circle, government=brugge, email="tine@brugge.example")
        now = make.meeting(circle, "Nu bezig", in_days=-10 / 1440, host=brugge)
        for title, minutes in [("Onthaal", 5), ("Nieuwsronde", 60), ("Slot", 10)]:
            make.item(now, title, minutes=minutes)
