"""How fast the pages are, beside a bare Django view on the same server in the same run. `make bench` calls this.

Exits with 1 when a goal is missed. ``--small`` fills little, measures shortly and judges the number of queries alone.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import psycopg

from kenniskring import servers
from kenniskring.demo.__main__ import free_port

from . import network
from .network import Size

AT_ONCE = 8
QUERIES = 8  # at most, whatever the size
GROWTH = 1.2  # of p95, from the small network to the large one
INVITED_IN = 0.5  # seconds for 1,000 members
MEMORY = 120  # MiB per worker
RATIO = {  # of the requests per second of the bare view
    ("list", "visitor"): 0.6,
    ("list", "member"): 0.4,
    ("list", "trekker"): 0.4,
    ("meeting", "visitor"): 0.6,
    ("meeting", "member"): 0.4,
}


# --- Servers ------------------------------------------------------------------------------------------------------


@contextmanager
def running(command: list[str], environment: dict[str, str], **pipes: Any) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(command, cwd=servers.ROOT, env=environment, **pipes)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@dataclass
class Web:
    """A gunicorn that listens: of the portal, or of the bare view."""

    port: int
    process: subprocess.Popen

    def memory(self) -> float:
        """MiB of the largest worker."""
        children = subprocess.check_output(["pgrep", "-P", str(self.process.pid)], text=True).split()
        sizes = [re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()) for pid in children]
        return max(int(size[1]) for size in sizes if size) / 1024


def gunicorn(stack: ExitStack, application: str, environment: dict[str, str], workers: int) -> Web:
    """The command line of the image (Dockerfile), in its surroundings, on a free port of the loopback."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"),
        *(
            "--workers",
            str(workers),
            "--threads",
            "4",
            "--worker-tmp-dir",
            "/dev/shm",
            "--no-control-socket",
            "--log-level",
            "warning",
        ),
    ]
    memory = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "131072"}
    process = stack.enter_context(running(command, environment | {"PYTHONWARNINGS": "ignore"} | memory))
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return Web(port, process)
        time.sleep(0.1)
    sys.exit(f"{application} did not start.")


@dataclass
class Portal:
    """The portal on a network of one size, and who visits it."""

    web: Web
    visits: list[dict[str, Any]]
    invite: dict[str, str]
    database: str  # as a superuser


def portal(stack: ExitStack, size: Size, workers: int) -> Portal:
    server = servers.start_postgres(network.SERVER)
    database = network.copy(server, network.template(server, size))
    stack.callback(servers.drop_database, server, database)
    environment = network.surroundings(servers.environment(server, database))
    network.manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    counting = environment | {"VISITORS_SEE_FOR": "0"}  # what a page asks of PostgreSQL when it is made
    said = subprocess.check_output([sys.executable, "-m", "tests.bench.visits"], cwd=servers.ROOT, env=counting)
    web = gunicorn(stack, "kenniskring.wsgi", environment, workers)
    return Portal(web, **json.loads(said), database=servers.url(server, "postgres", database))


class Load:
    """The load generator, a process of its own."""

    def __init__(self, stack: ExitStack, seconds: float) -> None:
        self.seconds = seconds
        self.process = stack.enter_context(
            running(
                [sys.executable, "-m", "tests.bench.load"],
                dict(os.environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )

    def on(self, port: int, requests: list[str]) -> Measured:
        question = {"port": port, "seconds": self.seconds, "at_once": AT_ONCE, "requests": requests}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline())
        if set(said["statuses"]) != {"200"}:
            sys.exit(f"{requests[0].splitlines()[0]} was answered with {said['statuses']}.")
        latencies = sorted(said["latencies"])
        return Measured(said["answered"] / said["seconds"], latencies[int(len(latencies) * 0.95)], said["bytes"])


@dataclass(frozen=True)
class Measured:
    """One round: requests per second, p95 in seconds, bytes of an answer with its headers."""

    rate: float
    p95: float
    size: int


# --- Measuring ----------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """A page as one reader sees it, over all rounds."""

    page: str
    who: str
    queries: tuple[int, int]  # in the small network, in the large one
    rates: list[float] = field(default_factory=list)
    p95s: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    growths: list[float] = field(default_factory=list)
    size: int = 0

    def add(self, at_large: Measured, bare: float, at_small: Measured) -> None:
        """A round; ``bare`` is what the bare view did just before and just after."""
        self.rates.append(at_large.rate)
        self.p95s.append(at_large.p95)
        self.ratios.append(at_large.rate / bare)
        self.growths.append(at_large.p95 / at_small.p95)
        self.size = at_large.size

    def misses(self) -> list[str]:
        """The goals that this page does not reach."""
        goal, name = RATIO.get((self.page, self.who), 0), f"{self.page}, {self.who}"
        missed = []
        if median(self.ratios) < goal:
            missed.append(f"{name}: {median(self.ratios):.2f} of the bare view, and {goal} is the goal")
        if median(self.growths) > GROWTH:
            missed.append(f"{name}: p95 grew {median(self.growths):.2f} times, and {GROWTH} is the goal")
        return missed + self.queries_missed()

    def queries_missed(self) -> list[str]:
        most = max(self.queries)
        return [f"{self.page}, {self.who}: {most} queries, and {QUERIES} is the goal"] if most > QUERIES else []


SIMPLE = ["GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"]


def measure(portals: list[Portal], bare: Web, load: Load, rounds: int) -> tuple[list[Row], list[float]]:
    """Bare, large, bare, small, and again: what else happens on this machine falls on all alike."""
    small, large = portals[0], portals[-1]
    rows, bares = [], [load.on(bare.port, SIMPLE).rate]
    for here, there in zip(small.visits, large.visits, strict=True):
        row = Row(there["page"], there["who"], (here["queries"], there["queries"]))
        for _ in range(2 if rounds > 1 else 0):  # until every thread of every worker has been here
            load.on(small.web.port, here["requests"])
            load.on(large.web.port, there["requests"])
        for _ in range(rounds):
            at_large = load.on(large.web.port, there["requests"])
            bares.append(load.on(bare.port, SIMPLE).rate)
            at_small = load.on(small.web.port, here["requests"]) if small is not large else at_large
            row.add(at_large, sum(bares[-2:]) / 2, at_small)
        rows.append(row)
        print(line(row), flush=True)
    return rows, bares


def invite(portal: Portal) -> tuple[int, float]:
    """Press the button as a trekker: how many letters were written down, and the seconds until the answer."""
    headers = dict(each.split(": ", 1) for each in portal.invite["request"].splitlines()[1:] if each)
    headers["Referer"] = f"https://{headers['Host']}/"

    def ask(method: str, body: str = "") -> tuple[int, str, http.client.HTTPResponse, float]:
        line = http.client.HTTPConnection("127.0.0.1", portal.web.port)
        began = time.perf_counter()
        line.request(method, portal.invite["path"], body, headers)
        answer = line.getresponse()
        text = answer.read().decode()
        return answer.status, text, answer, time.perf_counter() - began

    _status, page, answer, _took = ask("GET")
    for cookie in answer.headers.get_all("Set-Cookie") or []:
        headers["Cookie"] += f"; {cookie.partition(';')[0]}"
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)">', page))
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    status, page, _answer, took = ask("POST", urlencode(hidden))
    if status != 302:
        sys.exit(f"Inviting was answered with {status}.")
    with psycopg.connect(portal.database) as superuser:
        written = superuser.execute("SELECT count(*) FROM mailroom_delivery").fetchall()[0][0]
    return written, took


# --- Telling ------------------------------------------------------------------------------------------------------

HEAD = f"{'page':18}{'as':9}{'a second':>9}{'ratio':>7}{'goal':>6}{'p95 ms':>8}{'grows':>7}{'queries':>9}{'bytes':>8}"


def line(row: Row) -> str:
    few, many = row.queries
    goal = RATIO.get((row.page, row.who), "")
    return (
        f"{row.page:18}{row.who:9}{median(row.rates):9.0f}{median(row.ratios):7.2f}{goal:>6}"
        f"{median(row.p95s) * 1000:8.1f}{median(row.growths):7.2f}{f'{few}, {many}':>9}{row.size:8}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a small network, one short round, judge queries only")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measurement")
    options = parser.parse_args()
    sizes, workers = [Size(1_000), Size(100_000)], 2
    if options.small:
        options.rounds, options.seconds, sizes, workers = 1, 0.1, [Size(400, 20, 100, 20)], 1
    with ExitStack() as stack:
        portals = [portal(stack, size, workers) for size in sizes]
        large = portals[-1]
        bare_url = {"BARE_DATABASE_URL": large.database}
        bare = gunicorn(stack, "tests.bench.bare", dict(os.environ) | bare_url, workers)
        idle = gunicorn(stack, "tests.bench.idle", dict(os.environ), workers)
        load = Load(stack, options.seconds)
        ceiling = load.on(idle.port, SIMPLE)
        few, many = sizes[0], sizes[-1]
        print(
            f"{many.meetings:,} meetings, {many.circles} circles, {many.members:,} members; {AT_ONCE} visits at once"
        )
        print(f"grows: p95 beside that of {few.meetings:,} meetings; queries: there, and here")
        print(f"anew: a visitor for whom each page is made, not kept for a second: decision 17\n\n{HEAD}", flush=True)
        rows, bares = measure(portals, bare, load, options.rounds)
        letters, took = invite(large)
        memory = large.web.memory()
    missed = [miss for row in rows for miss in (row.queries_missed() if options.small else row.misses())]
    if not options.small:
        print()
        if subprocess.run([sys.executable, "-m", "tests.faults", "pace"], cwd=servers.ROOT).returncode:
            missed.append("letters: see the table above")
        missed += [f"inviting took {took:.2f} s, and {INVITED_IN} is the goal"] if took > INVITED_IN else []
        missed += [f"a worker has {memory:.0f} MiB, and {MEMORY} is the goal"] if memory > MEMORY else []
    print(
        f"\nbare Django view   {median(bares):.0f} a second (ratio 1); a server that only says ok: {ceiling.rate:.0f}"
    )
    print(f"inviting           {letters} members in {took:.2f} s (goal {INVITED_IN} for 1,000)")
    print(f"memory             {memory:.0f} MiB in the largest web worker (goal {MEMORY})")
    print("\n".join(["", "Missed:", *missed] if missed else ["", "Every goal is reached."]))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
