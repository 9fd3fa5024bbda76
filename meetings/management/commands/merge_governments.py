"""``merge_governments 46013 46003 2031-01-01``: one local government goes up in another, with all that it did."""

import datetime as dt

from django.core.management.base import BaseCommand

from meetings.actions.mergers import merge
from regions.models import LocalGovernment
from regions.wall import SYSTEM, acting_as


class Command(BaseCommand):
    help = "Merge a local government (NIS code) into another one (NIS code), on a day."

    def add_arguments(self, parser):
        parser.add_argument("former")
        parser.add_argument("into")
        parser.add_argument("on", type=dt.date.fromisoformat)

    def handle(self, *args, former, into, on, **options):
        with acting_as(SYSTEM):  # one transaction: all or nothing
            merge(
                LocalGovernment.objects.get(nis_code=former), into=LocalGovernment.objects.get(nis_code=into), on=on
            )
