"""A PostgreSQL that stands still for a moment."""

import os
import signal
import threading
import time

from django.db import connection


def test_a_statement_that_is_still_being_sent_when_the_server_stands_still_arrives_whole(committed):
    """Longer than FIRST_DOUBT, with more on its way than the line holds."""
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    os.kill(backend, signal.SIGSTOP)
    goes_on = threading.Timer(1, os.kill, [backend, signal.SIGCONT])
    goes_on.start()
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(%s)", ["x" * 5_000_000])
        assert cursor.fetchone() == (5_000_000,)
    assert time.monotonic() - began > 0.7
    goes_on.join()
