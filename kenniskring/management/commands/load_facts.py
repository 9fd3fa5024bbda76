"""``load_facts``: local governments, circles to begin with and topics, from the data files. Harmless to repeat."""

from django.core.management.base import BaseCommand

import library.facts
import regions.facts
from regions.wall import SYSTEM, acting_as


class Command(BaseCommand):
    help = "Load or update the facts: local governments, circles to begin with, topics."

    def handle(self, *args, **options):
        with acting_as(SYSTEM):  # one transaction: all or nothing
            for what, tally in (regions.facts.load() | library.facts.load()).items():
                self.stdout.write(f"{what}: {tally}")
