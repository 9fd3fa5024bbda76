"""``migrate`` as the owner role, with the wall's functions before the tables and its grants after them.

People use the portal meanwhile. Who waits for a table makes everyone wait who comes after, so this waits shortly,
lets go, and tries again.
"""

import time
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import OperationalError, connections, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

from regions import seal

WALL = Path(settings.ROOT, "regions")
TRIES = 6
LOCK_TIMEOUT = "5s"
PAUSE = 10  # seconds between two tries
ONE_AT_A_TIME = 285  # any number: the advisory lock for which a second migrate waits

GIVEN_UP = """Somebody kept a lock that this needs. The migrations above that say OK are done, the others not begun.
See who it is, as a superuser, and migrate again:
    SELECT pid, usename, state, xact_start, query FROM pg_stat_activity WHERE xact_start < now() - interval '5 s';"""


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
        for tries_left in reversed(range(TRIES)):
            try:
                return self._migrate(*args, **options)
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
                    raise
                if not tries_left:
                    raise CommandError(GIVEN_UP) from error
                self.stderr.write(f"\nIn use: {error}".rstrip() + f"\nAgain in {PAUSE} s; {tries_left} tries left.")
            finally:
                connections["owner"].close()  # and with it role, timeout and lock
            time.sleep(PAUSE)
        return None

    def _migrate(self, *args, **options):
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'; SELECT pg_advisory_lock({ONE_AT_A_TIME})")
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
