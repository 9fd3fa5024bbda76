"""What the portal is put under while something fails: letters promised without a pause, pages asked, people logging in."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password

from meetings.models import Meeting
from members.models import Member
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.faults.stage import Browser, running, wait_until
from tests.smtp import Mailbox

CELERY = ("-W", "ignore", "-m", "celery", "--app", "kenniskring", "--quiet")
WORKER = (*CELERY, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "ERROR")
BEAT = (*CELERY, "beat", "--loglevel", "ERROR")

# Promises a letter to each address it reads. Says when that was committed, which is before Celery is told.
OFFICE = """
import sys, time
import django; django.setup()
from django.db import OperationalError, close_old_connections, transaction
from mailroom import actions
from regions.wall import SYSTEM, acting_as
from tests.mailroom.letters import outgoing
for line in sys.stdin:
    to = line.strip()
    close_old_connections()
    try:
        with acting_as(SYSTEM):
            transaction.on_commit(lambda: print(to, time.time(), flush=True))
            actions.post(outgoing(to))
    except OperationalError:
        pass  # nothing was promised
"""


class Relay(Mailbox):
    """A mailbox that knows when each letter came."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    async def handle_DATA(self, server, session, envelope):
        self.at.append(time.time())
        return await super().handle_DATA(server, session, envelope)

    def __enter__(self) -> Relay:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()


@dataclass
class Letters:
    """Letters promised one after the other, and what became of them."""

    relay: Relay
    promised: dict[str, float] = field(default_factory=dict)

    def taken(self) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {}
        for letter, at in zip(self.relay.letters, self.relay.at, strict=False):
            found.setdefault(letter["To"].addresses[0].addr_spec, []).append(at)
        return found

    def missing(self, timeout: float = 20) -> int:
        """How many never came; waits for them."""
        try:
            wait_until(lambda: len(self.relay.raw) >= len(self.promised), timeout, every=0.2)
        except AssertionError:
            pass
        return len(set(self.promised) - set(self.taken()))

    def doubles(self) -> int:
        return sum(len(times) - 1 for times in self.taken().values())

    def latest(self, since: float = 0, until: float = math.inf) -> float:
        """Seconds from promise to relay, of the letter that waited longest among those promised in that time."""
        taken = self.taken()
        waits = [taken[to][0] - at for to, at in self.promised.items() if since <= at < until and to in taken]
        return max(waits, default=0)


@contextmanager
def letters(relay: Relay, every: float = 0.1, **environment: str) -> Iterator[Letters]:
    """Promise a letter ``every`` so many seconds, until the block ends."""
    made, stop = Letters(relay), threading.Event()
    with running("-c", OFFICE, **environment) as office:
        assert office.stdin is not None
        assert office.stdout is not None

        def read() -> None:
            for line in office.stdout:
                to, at = line.split()
                made.promised[to] = float(at)

        def write() -> None:
            number = 0
            while not stop.wait(every):
                number += 1
                office.stdin.write(f"lid{number}@temse.example\n")
                office.stdin.flush()

        threads = [threading.Thread(target=each) for each in (read, write)]
        for thread in threads:
            thread.start()
        wait_until(lambda: made.promised)
        try:
            yield made
        finally:
            stop.set()
            threads[1].join()
            office.stdin.close()  # it finishes what it read
            threads[0].join()


@dataclass
class Visit:
    """One page that was asked for; status 0 when nobody answered."""

    path: str
    at: float
    took: float
    status: int
    page: str = ""


@dataclass
class Town:
    """People who visit, and where they go."""

    people: list[Member]
    paths: list[str]
    visits: list[Visit] = field(default_factory=list)

    def during(self, since: float = 0, until: float = math.inf) -> list[Visit]:
        return [visit for visit in self.visits if since <= visit.at < until]

    def slowest(self, since: float = 0, until: float = math.inf) -> float:
        """Seconds that the slowest page took among those asked for in that time."""
        return max((visit.took for visit in self.during(since, until)), default=0)

    def answers(self, since: float = 0, until: float = math.inf) -> Counter[int]:
        """How many of each status."""
        return Counter(visit.status for visit in self.during(since, until))


PASSWORD = "een-lang-wachtwoord"


def town() -> Town:
    """A circle, a meeting and four people, one of whom logs in again and again."""
    with acting_as(SYSTEM):
        temse = make.government("Temse")
        circle = make.circle("RKK Waasland", temse)
        people = [make.person(f"Lid {number}", circle, government=temse) for number in range(4)]
        people[0].password = make_password(PASSWORD, hasher=PBKDF2PasswordHasher())  # as the web process makes them
        people[0].save()
        meeting: Meeting = make.meeting(circle)
        return Town(people, ["/", "/bijeenkomsten/", meeting.get_absolute_url(), "/mijn/"])


@contextmanager
def visitors(town: Town, address: str, *, pause: float = 0.1, log_in_every: float = 0) -> Iterator[Town]:
    """Have everyone in town ask for one page after the other, and one of them log in, until the block ends."""
    stop = threading.Event()

    def visit(browser: Browser) -> None:
        while not stop.is_set():
            for path in town.paths:
                _note(town, path, lambda: browser.get(path))  # noqa: B023  (called at once)
                stop.wait(pause)

    def log_in() -> None:
        while not stop.wait(log_in_every):
            fields = {"login": town.people[0].email, "password": PASSWORD}
            browser = Browser(address)
            _note(town, "log in", lambda: browser.post("/account/login/", fields))  # noqa: B023

    threads = [threading.Thread(target=visit, args=[Browser(address, person)]) for person in town.people]
    if log_in_every:
        threads.append(threading.Thread(target=log_in))
    for thread in threads:
        thread.start()
    try:
        yield town
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _note(town: Town, path: str, call) -> None:
    at, began = time.time(), time.perf_counter()
    try:
        status, page = call()
    except OSError as error:
        status, page = 0, repr(error)
        print(f"{path}: {error!r}", file=sys.stderr)
    town.visits.append(Visit(path, at, time.perf_counter() - began, status, page))
