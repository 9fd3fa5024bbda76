"""``load_demo``: the facts about Flanders and a year of fictitious people, in an empty database."""

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from kenniskring.demo import network
from members.models import Member
from regions.wall import SYSTEM, acting_as


class Command(BaseCommand):
    help = "Fill an empty database with the facts and the fictitious people of the demo."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("Fictitious people belong in a demo only: set DEMO=1.")
        with acting_as(SYSTEM):
            if Member.objects.exists():
                raise CommandError("There are people here already; the demo starts in an empty database.")
        network.load(say=lambda line: self.stdout.write(line))
