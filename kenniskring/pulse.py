"""Signs of life of worker and beat for a health check: a file whose date says when they last turned round.

Both come from the main loop and only while Valkey can be spoken to, so a file that grows old says "no work is taken" or
"no work is sent round". healthy.py reads it; without PULSE_FILE nothing is written.
"""

from pathlib import Path
from typing import Any

from celery.signals import after_task_publish, beat_init, heartbeat_sent
from django.conf import settings


@heartbeat_sent.connect
def show(**_: Any) -> None:
    """The worker does so every two seconds."""
    if settings.PULSE_FILE:
        Path(settings.PULSE_FILE).touch()


@beat_init.connect
def show_when_sending(**_: Any) -> None:
    """In the beat alone: each message that Valkey took, the postman's every four seconds."""
    after_task_publish.connect(show)
