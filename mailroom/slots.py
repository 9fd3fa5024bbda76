"""Timed jobs run once per slot: a second beat, a restart and the night in which the clock goes back are harmless."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone

EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
MAY_DIFFER = dt.timedelta(minutes=2)


class ClockIsWrong(RuntimeError):
    """This machine and PostgreSQL do not agree what time it is, so nobody can say what is due."""


def refuse_a_wrong_clock() -> None:
    """ClockIsWrong when this machine's clock is minutes off. Celery asks before each job.

    A job an hour early would call meetings held that have yet to begin; a day early, it would take tomorrow's slot.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
    if abs(theirs - timezone.now()) > MAY_DIFFER:
        raise ClockIsWrong(f"PostgreSQL says {theirs:%Y-%m-%d %H:%M:%S %Z}, this machine {timezone.now()}")


def take(task: str, *, every: dt.timedelta) -> bool:
    """Whether this run is ours. Call it first, inside the transaction of the job itself:

    who comes at the same time waits for that transaction; when it fails, the slot is free again.
    """
    now = timezone.now()
    start = EPOCH + (now - EPOCH) // every * every  # in UTC, where no hour comes twice
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mailroom_slot (task, slot, taken_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [task, f"{start:%Y-%m-%dT%H:%MZ}", now],
        )
        return cursor.rowcount == 1
