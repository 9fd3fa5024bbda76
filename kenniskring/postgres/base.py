"""PostgreSQL that is away, frozen or slow becomes an error within a second or so, and not a page that hangs.

libpq waits for an answer for ever, and two seconds at least for a connection; no setting changes that for a server
whose machine is up and whose processes stand still. So a statement that takes long asks on the side whether the
server is there. Django wants this module to be called ``base``.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base
from psycopg.errors import CancellationTimeout, _WaitTimeout

FIRST_DOUBT = 0.6  # seconds without an answer, after which we ask whether the server is there
NEXT_DOUBT = 2
ANSWER = 0.4  # seconds that a server may take to say that it is there
SHUNNED = 1  # seconds for which a server that did not is not asked again, so that nobody queues for it

ARE_YOU_THERE = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""SSLRequest (PostgreSQL's protocol, 54.2.12): answered with one byte, before anyone logs in or is counted."""

_shunned: dict[tuple[str, str], float] = {}


def ask(host: str, port: str) -> None:
    """OSError when nobody answers there."""
    if time.monotonic() < _shunned.get((host, port), 0):
        raise TimeoutError("no answer a moment ago")
    unix = host.startswith("/")
    address: Any = f"{host}/.s.PGSQL.{port}" if unix else (host, int(port))
    try:
        with socket.socket(socket.AF_UNIX) if unix else socket.create_connection(address, ANSWER) as line:
            line.settimeout(ANSWER)
            if unix:
                line.connect(address)
            line.sendall(ARE_YOU_THERE)
            if not line.recv(1):
                raise ConnectionResetError("hung up")
    except OSError:
        _shunned[host, port] = time.monotonic() + SHUNNED
        raise


def _resumable(gen: Any) -> Any:
    """As ``gen``, and one may wait for it again: with nothing to tell it, psycopg then sends None, which a statement
    that is still being sent (a thousand letters to a busy server) does not take for an answer."""
    try:
        ready = yield next(gen)
        while True:
            ready = yield gen.send(ready or 0)
    except StopIteration as end:
        return end.value


class Connection(psycopg.Connection):
    """A connection that notices when the server is gone, and ends statements that take too long."""

    limit: float = 0
    """Seconds that a statement may take; 0 is as long as it likes."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        gen, began, doubt = _resumable(gen), time.monotonic(), FIRST_DOUBT
        while True:
            try:
                return super().wait(gen, interval, doubt)
            except _WaitTimeout:
                took = time.monotonic() - began
                self._still_there(hopeless=bool(self.limit) and took > self.limit + 2 * ANSWER)
                if self.limit and took >= self.limit:
                    with contextlib.suppress(psycopg.OperationalError, CancellationTimeout):
                        self.cancel_safe(timeout=ANSWER)  # the server then ends the statement with an error
                left = self.limit - took if self.limit else NEXT_DOUBT
                doubt = min(NEXT_DOUBT, left) if left > 0 else ANSWER

    def _still_there(self, *, hopeless: bool) -> None:
        """OperationalError when the server does not answer, or did not end a statement that it was told to."""
        try:
            if hopeless:
                raise TimeoutError("the statement was not ended")
            ask(self.pgconn.host.decode(), self.pgconn.port.decode())
        except OSError as error:
            self.pgconn.finish()  # nobody rolls back on this line, and waits again
            raise psycopg.OperationalError(f"PostgreSQL does not answer: {error}") from None


def _is_silent(line: psycopg.Connection) -> bool:
    """Nothing came on this line since it was last used. Had the server hung up, that would have come."""
    try:
        poll = select.poll()
        poll.register(line.pgconn.socket, select.POLLIN)
        return not poll.poll(0)
    except psycopg.OperationalError:  # closed already, by us
        return False


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Django wants to know before each page; the server is only asked when there is a reason for doubt."""
        return _is_silent(self.connection) or super().is_usable()

    def get_new_connection(self, conn_params):
        host, port = conn_params.get("host", ""), str(conn_params.get("port") or 5432)
        if host and "," not in host:
            try:
                ask(host, port)
            except OSError as error:
                raise psycopg.OperationalError(f"PostgreSQL does not answer: {error}") from None
        self.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        connection = Connection.connect(**{"connect_timeout": 2} | conn_params)
        connection.limit = settings.STATEMENT_LIMIT
        return connection
