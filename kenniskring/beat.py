"""Beat: asks Celery for what the timetable says, and does by itself what Celery cannot be asked for.

So letters leave, and jobs are done on time, also while Redis is away: PostgreSQL says what there is to do, and beat's
own hand does it. Every job can bear to be done by two at once: timed ones take their slot, letters are locked.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from celery import beat
from django.db import InterfaceError, OperationalError, close_old_connections, connections

from mailroom import bell, watch

from . import pulse

LOOK = 1
"""Seconds between two looks at the post. By a clock that nobody sets: the timetable's own may jump."""

JUMP: float = 5
"""Seconds by which the clock may be set between two of its looks at the timetable."""

log = logging.getLogger(__name__)


class Scheduler(beat.Scheduler):
    """Celery's, with a hand of its own; it remembers nothing."""

    max_interval = LOOK
    producer = None  # Celery's own would wait for a Redis that is away; without one, each message finds its own line

    def __init__(self, *args: Any, lazy: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, lazy=lazy, **kwargs)
        self._clock = _wall_clock()
        self._hand = None if lazy else Hand(self.app)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        before, self._clock = self._clock, _wall_clock()
        if abs(self._clock - before) > JUMP:
            log.warning("The clock jumped by %.0f s; beat plans anew", self._clock - before)
            self._plan_anew()
        if self._hand and not self._hand.is_alive():
            self._hand.start()
        pulse.show()
        return super().tick(*args, **kwargs)

    def apply_entry(self, entry: Any, producer: object = None) -> None:
        if not bell.send(entry.task, **entry.options) and self._hand:
            self._hand.jobs.put(entry.task)

    def close(self) -> None:
        if self._hand:
            self._hand.jobs.put(None)
        super().close()

    def _plan_anew(self) -> None:
        """What was planned by a clock that was wrong could be an hour or a year away."""
        self.data.clear()
        self.setup_schedule()
        self._heap = None


def _wall_clock() -> float:
    """What the clock says beside the time that went by: changes only when somebody sets it."""
    return time.time() - time.monotonic()


class Hand(threading.Thread):
    """Does jobs one by one, and looks at the post in between. Finishes what it has in hand when beat ends."""

    def __init__(self, app: Any) -> None:
        super().__init__(name="hand")
        self.app = app
        self.jobs: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def run(self) -> None:
        look = 0.0
        while (job := self._next(look)) is not None:
            if job is watch.look:
                look = time.monotonic() + LOOK
            self._do(job)
        connections.close_all()

    def _next(self, look: float) -> Callable[[], object] | None:
        """What to do now; watch.look when it is time for that and there is nothing else. None at the end."""
        try:
            name = self.jobs.get(timeout=max(0, look - time.monotonic()))
        except queue.Empty:
            return watch.look
        return None if name is None else partial(self.app.tasks[name].apply, throw=True)

    def _do(self, job: Callable[[], object]) -> None:
        close_old_connections()
        try:
            job()
        except (OperationalError, InterfaceError) as error:
            log.warning("Beat could not do %s: %s", job, error)
        except Exception:
            log.exception("Beat could not do %s", job)
        close_old_connections()
