"""``manage.py forget_second_factor someone@temse.be``: for who lost passkey, phone and recovery codes."""

from django.core.management import BaseCommand, CommandError

from members.models import Member
from members.second_factor import forget_second_factor
from regions.wall import SYSTEM, acting_as


class Command(BaseCommand):
    help = "Takes every second factor off a profile and ends its sessions; the owner gets a letter."

    def add_arguments(self, parser):
        parser.add_argument("address")

    def handle(self, *args, **options):
        with acting_as(SYSTEM):
            member = Member.objects.filter(email__iexact=options["address"]).first()
            if member is None:
                raise CommandError("Nobody has this address.")
            forget_second_factor(member)
        self.stdout.write(f"{member.name} logs in with the password alone, and can set up a second factor again.")
