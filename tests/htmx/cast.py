"""Puts two people of Limburg and four meetings in the portal: `python -m tests.htmx.cast`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kenniskring.settings")
django.setup()

from regions.models import Circle, LocalGovernment  # noqa: E402
from regions.wall import SYSTEM, acting_as  # noqa: E402
from tests import make  # noqa: E402

if __name__ == "__main__":
    with acting_as(SYSTEM):
        limburg = Circle.objects.get(slug="limburg")
        hasselt = LocalGovernment.objects.get(slug="hasselt")
        make.person("Hilde Hasselt", limburg, government=hasselt, email="hilde@hasselt.example")
        make.person("Theo Trekker", trekker_of=limburg, government=hasselt, email="theo@hasselt.example")
        cameras = make.meeting(limburg, "Camera's delen", in_days=20, host=hasselt, seats_in_person=1, about="Beeld")
        for title, minutes in [("Onthaal", 15), ("Nieuwsronde", 30), ("Verdieping", 45)]:
            make.item(cameras, title, minutes=minutes)
        make.meeting(limburg, "Samen aankopen", in_days=40, host=hasselt)
        online = make.meeting(limburg, "Camera's beheren", in_days=50, form="online")
        for title in ("Onthaal", "Rondvraag"):
            make.item(online, title)
        make.meeting(limburg, "Open data voor allen", in_days=60, host=hasselt, audience="public", form="online")
