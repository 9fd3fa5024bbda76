"""``migrate`` as the owner role, with the wall's functions before the tables and its grants after them."""

from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections, transaction

from regions import seal

WALL = Path(settings.ROOT, "regions")


def _bring_the_keys(cursor) -> None:
    """The seals that PostgreSQL believes from now on. In one transaction: nobody meets an empty table."""
    with transaction.atomic(using="owner"):
        cursor.execute("DELETE FROM app.seal")
        cursor.executemany("INSERT INTO app.seal VALUES (%s, %s)", seal.pads())


class Command(Migrate):
    def handle(self, *args, **options):
        if "owner" not in settings.DATABASES:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner role migrates. See docs/operations.md.")
        options["database"] = "owner"
        with connections["owner"].cursor() as cursor:
            # The functions name tables that come later, so their bodies are checked when they run.
            cursor.execute("SET check_function_bodies = off; SET ROLE kenniskring_wall")
            cursor.execute((WALL / "functions.sql").read_text())
            _bring_the_keys(cursor)
            cursor.execute("RESET ROLE; RESET check_function_bodies")
        super().handle(*args, **options)
        if options["app_label"] is None:
            call_command("createcachetable", database="owner", verbosity=0)
            with connections["owner"].cursor() as cursor:
                cursor.execute((WALL / "grants.sql").read_text())
