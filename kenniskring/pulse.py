"""Signs of life of worker and beat for a health check: a file whose date says when they last turned round.

The worker's comes from its main loop, every two seconds and only while Valkey can be spoken to; the beat's from
each look at its timetable (beat.py). So a file that grows old says that no work is taken or sent round. healthy.py
reads it; without PULSE_FILE nothing is written.
"""

from pathlib import Path
from typing import Any

from celery.signals import heartbeat_sent
from django.conf import settings


@heartbeat_sent.connect
def show(**_: Any) -> None:
    if settings.PULSE_FILE:
        Path(settings.PULSE_FILE).touch()
