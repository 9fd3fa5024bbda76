"""Telling Celery that there is work, through Redis. It only saves seconds: beat has it done anyway."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

BATCH = 50
POSTMEN = 4
QUIET = 5  # seconds
_quiet_until = 0.0


def ring_after_commit(letters: int) -> None:
    """Send the postmen once this transaction is committed: one, and more for a big batch."""
    postmen = min(POSTMEN, 1 + letters // BATCH)
    transaction.on_commit(lambda: ring(postmen))


def ring(postmen: int = 1) -> bool:
    """Ask for so many rounds of the postman now; says whether Redis took that."""
    return all(send("mailroom.tasks.deliver", expires=60) for _ in range(postmen))


def send(task: str, **options: Any) -> bool:
    """Ask Celery for a task; says whether Redis took that. One that is away or frozen costs us a second in five."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    try:
        current_app.send_task(task, **options)
    except (OperationalError, OSError) as error:
        _quiet_until = time.monotonic() + QUIET
        log.warning("Redis did not take the message about %s; beat sees to it: %s", task, error)
        return False
    return True
