"""What the parts have in common: processes of the portal, a Valkey, people by the hundred, and waiting."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from kenniskring import servers
from kenniskring.demo.__main__ import free_port
from mailroom.models import Delivery
from meetings.models import JoinLink, Meeting
from members.models import Member, Membership
from regions.wall import SYSTEM, acting_as, member
from tests import make

PATIENCE = 60
"""Seconds that a busy machine may take over what takes a quiet one two."""


@contextmanager
def running(*command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process in our surroundings, with pipes to talk to; asked to end (SIGTERM) when the block does."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=servers.ROOT,
        env=os.environ | {"PYTHONPATH": str(servers.ROOT), "LOG_LEVEL": "ERROR"} | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:  # closes its pipes
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


class Process:
    """A process that is ended and started again, and remembers how it ended."""

    def __init__(self, *command: str, **environment: str) -> None:
        self.command = [sys.executable, *command]
        self.environment = os.environ | {"LOG_LEVEL": "ERROR"} | environment
        self.ends: list[int] = []
        self.start()

    def start(self) -> None:
        self.running = subprocess.Popen(
            self.command,
            cwd=servers.ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def ask_to_end(self, *, everyone: bool = False) -> None:
        """SIGTERM, to the process alone as Docker does, or to its children too, as systemd does."""
        (os.killpg if everyone else os.kill)(self.running.pid, signal.SIGTERM)

    def wait(self) -> None:
        self.ends.append(self.running.wait(60))

    def end(self) -> None:
        if self.running.poll() is None:
            self.ask_to_end()
            self.wait()


@contextmanager
def process(*command: str, **environment: str) -> Iterator[Process]:
    started = Process(*command, **environment)
    try:
        yield started
    finally:
        started.end()


def ask(process: subprocess.Popen[str], line: str) -> str:
    """What the process answers to a line."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    return process.stdout.readline()


def wait_until(is_so: Callable[[], Any], timeout: float = PATIENCE, every: float = 0.1) -> float:
    """Seconds until it was so. AssertionError when it never was."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < timeout, f"not so after {timeout} s: {is_so}"
        time.sleep(every)
    return time.monotonic() - began


@contextmanager
def valkey() -> Iterator[Any]:
    """A Valkey of our own; freeze it with SIGSTOP if you like. ``redis(it)`` is its address."""
    server = servers.start_valkey()
    try:
        yield server
    finally:
        os.kill(server._process.pid, signal.SIGCONT)
        server.stop()


def redis(server: Any) -> str:
    return f"redis://127.0.0.1:{server.port}"


@contextmanager
def web(workers: int = 1, threads: int = 8, **environment: str) -> Iterator[str]:
    """gunicorn on a free port, as production runs it; gives its address once it answers."""
    port = free_port()
    command = ("-m", "gunicorn", "kenniskring.wsgi", "--bind", f"127.0.0.1:{port}", "--log-level", "warning")
    more = ("--workers", str(workers), "--threads", str(threads), "--no-control-socket")
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            urllib.request.urlopen(f"{address}/healthz/ready", timeout=5).close()
        except OSError:
            return False
        return True

    with running(*command, *more, **environment):
        wait_until(answers)
        yield address


@contextmanager
def worker(processes: int = 4, *, beat: bool = True, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """The Celery worker, as production runs it, with a beat inside."""
    command = ("-W", "ignore", "-m", "celery", "--app", "kenniskring", "--quiet", "worker", "--without-mingle")
    with running(*command, "-c", str(processes), *(["--beat"] if beat else []), **environment) as process:
        yield process


class Browser:
    """Someone who is logged in, over a real line to ``web``."""

    def __init__(self, address: str, person: Member | None = None) -> None:
        self.host = address.removeprefix("http://")
        self.cookies = {settings.CSRF_COOKIE_NAME: "x" * 32}
        if person is not None:
            client = Client()
            with acting_as(member(person.pk)):
                client.force_login(person)
            self.cookies |= {name: morsel.value for name, morsel in client.cookies.items()}

    def get(self, path: str) -> tuple[int, str]:
        """Status and page."""
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and page of a form sent in with the token that forms carry."""
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": "x" * 32} | (fields or {})))

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        line = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        try:
            line.request(method, path, body, {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"})
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        finally:
            line.close()


def states() -> Counter[str]:
    """How many letters are in which state."""
    with acting_as(SYSTEM):
        return Counter(Delivery.objects.order_by().values_list("state", flat=True))


def a_circle(members: int, *, online_link: str = "") -> tuple[Member, Meeting]:
    """A circle with so many members, its trekker among them, and a published meeting nobody is invited to yet."""
    with acting_as(SYSTEM):
        government = make.government("Temse")
        circle = make.circle("RKK Waasland", government, slug="waasland")
        trekker = make.person("Tom Trekker", trekker_of=circle, government=government)
        people = [
            Member(email=f"lid{number}@temse.example", name=f"Lid {number}", government=government, password="!")
            for number in range(members - 1)
        ]
        Member.objects.bulk_create(people)
        Membership.objects.bulk_create(Membership(member=person, circle=circle) for person in people)
        meeting = make.meeting(circle, "Camera's in de stad", form="hybrid", about="Wat mag, en wat helpt? " * 9)
        for title in ("Onthaal", "Wat de wet zegt", "Ervaringen uit Temse", "Napraten"):
            make.item(meeting, title)
        if online_link:
            JoinLink.objects.create(meeting=meeting, url=online_link)
    return trekker, meeting
