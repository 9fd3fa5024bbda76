"""The sender is killed (SIGKILL) at any moment of its work, again and again; the letters are counted at the relay."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailroom import actions
from mailroom.models import Delivery
from regions.wall import SYSTEM, acting_as
from tests.faults.stage import ask, running, states, wait_until
from tests.mailroom.letters import outgoing
from tests.servers import empty_tables
from tests.smtp import QuickRelay

# Starts a postman for each line it reads, and says which process that is. Leases are short: a letter whose postman
# died is looked at again after some seconds instead of two minutes.
DEPOT = """
import datetime as dt, os, signal, sys, time
import django; django.setup()
from mailroom import postman
postman.LEASE = dt.timedelta(seconds=float(sys.argv[1]))
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while input():
    child = os.fork()
    while not child:
        postman.work()
        time.sleep(0.05)
    print(child, flush=True)
"""


@contextmanager
def depot(lease: float, **environment: str) -> Iterator[Callable[[], int]]:
    """``start()`` starts a postman and gives its process id; all are gone when the block ends."""
    pids: list[int] = []
    with running("-c", DEPOT, str(lease), **environment) as process:

        def start() -> int:
            pids.append(int(ask(process, "go")))
            return pids[-1]

        try:
            yield start
        finally:
            for pid in pids:
                kill(pid)


def kill(pid: int, how: signal.Signals = signal.SIGKILL) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, how)


def play(relay: QuickRelay, *, letters: int, kills: int, lease: float, postmen: int, **environment: str) -> float:
    """Promise letters, kill postmen while these send them, wait until all are sent. Returns seconds."""
    with acting_as(SYSTEM):
        for start in range(0, letters, 1000):
            some = range(start, min(start + 1000, letters))
            actions.post_all(outgoing(f"lid{number}@temse.example") for number in some)
    began = time.monotonic()
    with depot(lease, SMTP_URL=relay.url, **environment) as start_one:
        working = [start_one() for _ in range(postmen)]
        for number in range(1, kills + 1):
            so_far = number * letters // (kills + 2)
            wait_until(lambda: len(relay.taken) >= so_far, every=0.005)  # noqa: B023  (called before it changes)
            time.sleep(random.uniform(0, 0.02))
            kill(working.pop(random.randrange(postmen)))
            working.append(start_one())
        wait_until(lambda: states() == {Delivery.State.SENT: letters}, timeout=300)
    return time.monotonic() - began


def told(relay: QuickRelay, name: str, kills: int, took: float) -> list[tuple[str, str, bool]]:
    """What arrived against what was promised. A relay that can be asked leaves no double, and no doubt."""
    with acting_as(SYSTEM):
        rows = dict(Delivery.objects.values_list("message_id", "maybe_double"))
    copies = Counter(f"<{message_id}>" for message_id in relay.taken)
    flagged = {message_id for message_id, maybe_double in rows.items() if maybe_double}
    double = {message_id for message_id, count in copies.items() if count > 1}
    missing, strange = rows.keys() - copies.keys(), copies.keys() - rows.keys()
    extra = copies.total() - len(copies)
    allowed = kills if name == "mute" else 0
    return [
        (f"{name} relay: missing of {len(rows):,}, {kills} kills", f"{len(missing)}", not missing and not strange),
        (f"{name} relay: doubles, at most {allowed}", f"{extra}", extra <= allowed),
        (f"{name} relay: doubles that nobody is told of", f"{len(double - flagged)}", double <= flagged),
        (f"{name} relay: told that it may be double", f"{len(flagged)}", len(flagged) <= allowed),
        (f"{name} relay: seconds, with the kills", f"{took:.0f}", True),
    ]


def run(size: str) -> list[tuple[str, str, bool]]:
    measure: dict[str, float] = {"letters": 10_000, "kills": 100, "lease": 5, "postmen": 4}
    if size == "small":
        measure = {"letters": 240, "kills": 6, "lease": 2, "postmen": 2}
    lines = []
    for name in ("mute", "askable"):
        with QuickRelay(delay=0.002) as relay:
            lookup = {"RELAY_LOOKUP_URL": relay.lookup_url} if name == "askable" else {}
            took = play(relay, **measure, **lookup)  # type: ignore[arg-type]
            lines += told(relay, name, int(measure["kills"]), took)
        empty_tables()
    return lines
