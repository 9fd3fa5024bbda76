"""What the portal is put under while something fails: letters promised without a pause, pages asked, forms sent."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password

from meetings.models import Meeting
from members.models import Member
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.faults.stage import PATIENCE, Browser, running, wait_until
from tests.make import PASSWORD
from tests.smtp import Mailbox

BUSY = 4
"""How many times as long something may take in the small versions, beside which other work may want the processor."""

CELERY = ("-W", "ignore", "-m", "celery", "--app", "kenniskring", "--quiet")
WORKER = (*CELERY, "worker", "--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "ERROR")
BEAT = (*CELERY, "beat", "--loglevel", "ERROR")

# Promises a letter to each address it reads. Says when that was committed, which is before Celery is told.
OFFICE = """
import sys, time
import django; django.setup()
from django.db import OperationalError, close_old_connections, transaction
from mailroom import actions
from regions.wall import SYSTEM, acting_as
from tests.mailroom.letters import outgoing
print("open", flush=True)
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
    """A mailbox that knows when each letter came, by address."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: dict[str, list[float]] = {}

    def take(self, to: str, raw: bytes) -> None:
        self.taken.setdefault(to, []).append(time.time())
        super().take(to, raw)

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

    def _absent(self) -> set[str]:
        return set(self.promised) - set(self.relay.taken)

    def missing(self, timeout: float = PATIENCE) -> int:
        """How many never came; waits for them."""
        with contextlib.suppress(AssertionError):
            wait_until(lambda: not self._absent(), timeout)
        return len(self._absent())

    def doubles(self) -> int:
        return sum(len(self.relay.taken[to]) - 1 for to in self.promised if to in self.relay.taken)

    def latest(self, since: float = 0, until: float = math.inf, *, not_before: float = 0) -> float:
        """Seconds from promise to relay, of the letter that waited longest among those promised in that time.

        ``not_before``: when it could first leave.
        """
        came = {to: times[0] for to, times in self.relay.taken.items()}
        promised = {to: at for to, at in self.promised.items() if since <= at < until and to in came}
        return max((came[to] - max(at, not_before) for to, at in promised.items()), default=0)


@contextmanager
def letters(relay: Relay, environment: dict[str, str], every: float = 0.5) -> Iterator[Letters]:
    """Promise a letter ``every`` so many seconds, until the block ends."""
    made, stop = Letters(relay), threading.Event()
    with running("-c", OFFICE, **environment) as office:
        ears, mouth = office.stdout, office.stdin
        assert ears is not None
        assert mouth is not None
        ears.readline()  # open

        def read() -> None:
            for line in ears:
                to, at = line.split()
                made.promised[to] = float(at)

        def write() -> None:
            number = 0
            while not stop.wait(every):
                number += 1
                mouth.write(f"lid{number}@temse.example\n")
                mouth.flush()

        threads = [threading.Thread(target=each) for each in (read, write)]
        for thread in threads:
            thread.start()
        wait_until(lambda: made.promised)
        try:
            yield made
        finally:
            stop.set()
            threads[1].join()
            mouth.close()  # it finishes what it read
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
    browsers: list[Browser]
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


LOG_IN, ASK = "log in", "ask for a letter"


def town() -> Town:
    """A circle, a meeting and four people, one of whom logs in again and again."""
    with acting_as(SYSTEM):
        temse = make.government("Temse")
        circle = make.circle("RKK Waasland", temse)
        people = [make.person(f"Lid {number}", circle, government=temse) for number in range(4)]
        people[0].password = make_password(PASSWORD, hasher=PBKDF2PasswordHasher())  # as the web process makes them
        people[0].save()
        meeting: Meeting = make.meeting(circle)
    browsers = [Browser("", person) for person in people]
    return Town(people, browsers, ["/", "/bijeenkomsten/", meeting.get_absolute_url(), "/mijn/"])


@contextmanager
def visitors(town: Town, address: str, *, pause: float = 0.5, forms_every: float = 0) -> Iterator[Town]:
    """Have everyone in town ask for one page after the other, until the block ends.

    With ``forms_every`` so many seconds, someone logs in, and someone asks for a letter: what rings for the postman.
    """
    stop = threading.Event()

    def visit(browser: Browser) -> None:
        while not stop.is_set():
            for path in town.paths:
                _note(town, path, partial(browser.get, path))
                stop.wait(pause)

    def fill_in() -> None:
        for number in itertools.count():
            if stop.wait(forms_every):
                return
            known = {"login": town.people[0].email, "password": PASSWORD}
            _note(town, LOG_IN, partial(Browser(address).post, "/account/login/", known))
            unknown = {"email": f"niemand{number}@temse.example"}  # is told so by letter; each address has its limit
            _note(town, ASK, partial(Browser(address).post, "/account/password/reset/", unknown))

    for browser in town.browsers:
        browser.host = address.removeprefix("http://")
    threads = [threading.Thread(target=visit, args=[browser]) for browser in town.browsers]
    if forms_every:
        threads.append(threading.Thread(target=fill_in))
    for thread in threads:
        thread.start()
    try:
        yield town
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _note(town: Town, path: str, ask: Callable[[], tuple[int, str]]) -> None:
    at, began = time.time(), time.perf_counter()
    try:
        status, page = ask()
    except (OSError, http.client.HTTPException) as error:
        status, page = 0, repr(error)
    wanted = page if status >= 500 or not status else ""  # what was well is not kept
    town.visits.append(Visit(path, at, time.perf_counter() - began, status, wanted))
