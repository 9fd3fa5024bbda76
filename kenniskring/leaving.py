"""How a web process goes without hanging up on anyone: first it says so, and only then it stops listening.

gunicorn closes its door as soon as it is asked to end; who stood in front of it is turned away. With DRAIN, asked to
end (SIGTERM) a process says 503 at /healthz/ready for that many seconds and answers everything else as usual, so that
the proxy sends people elsewhere first. gunicorn.conf.py names this.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

SECONDS = float(os.environ.get("DRAIN", "0"))
_leaving = threading.Event()


def is_leaving() -> bool:
    return _leaving.is_set()


def say_so_first(worker: Any) -> None:
    """gunicorn's hook for a worker that is about to begin."""

    def leave(number: int, frame: Any) -> None:
        if not _leaving.is_set():
            _leaving.set()
            timer = threading.Timer(SECONDS, worker.handle_exit, [number, frame])
            timer.daemon = True
            timer.start()

    if SECONDS:
        signal.signal(signal.SIGTERM, leave)
