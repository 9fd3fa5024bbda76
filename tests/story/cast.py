"""Puts the story's people in the portal: `python -m tests.story.cast`. They were there before the story begins."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kenniskring.settings")
django.setup()

from regions.models import Circle, LocalGovernment  # noqa: E402
from regions.wall import SYSTEM, acting_as  # noqa: E402
from tests import make  # noqa: E402

if __name__ == "__main__":
    with acting_as(SYSTEM):
        waasland = Circle.objects.get(slug="waasland")
        temse = LocalGovernment.objects.get(slug="temse")
        temse.mail_domains.append("temse.example")
        temse.save()
        make.person("Tom Trekker", trekker_of=waasland, government=temse, email="tom@temse.example")
        make.person("Nele Niet", waasland, government=temse, email="nele@temse.example")
        make.person("Bea Buur", Circle.objects.get(slug="kempen"), email="bea@kempen.example")
