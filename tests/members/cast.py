"""Puts the person of the browser tests in the portal: `python -m tests.members.cast`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kenniskring.settings")
django.setup()

from regions.models import Circle  # noqa: E402
from regions.wall import SYSTEM, acting_as  # noqa: E402
from tests import make  # noqa: E402

PIA = "pia@passkey.example"

if __name__ == "__main__":
    with acting_as(SYSTEM):
        make.person("Pia Passkey", trekker_of=Circle.objects.get(slug="kempen"), email=PIA)
