"""What happens when something dies, freezes or comes twice. Real processes, real signals."""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager

import pytest

from kenniskring.servers import ROOT, start_valkey
from mailroom import actions, postman, slots
from mailroom.models import Delivery
from regions.wall import SYSTEM, acting_as

from .letters import outgoing

State = Delivery.State

# Starts a postman for each line it reads, says which process that is, and buries it.
DEPOT = """
import datetime as dt, os, time
import django; django.setup()
from mailroom import postman
postman.LEASE = dt.timedelta(seconds=1)
while input():
    child = os.fork()
    while not child:
        postman.work()
        time.sleep(0.05)
    print(child, flush=True)
    os.waitpid(child, 0)
"""

# Promises a letter for each line it reads, and says how long that took.
OFFICE = """
import time
import django; django.setup()
from tests.mailroom.letters import posted
while to := input():
    began = time.perf_counter()
    posted(to)
    print(time.perf_counter() - began, flush=True)
"""


@contextmanager
def running(*command, **environment):
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "LOG_LEVEL": "ERROR"} | environment,
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
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def ask(process, line: str) -> str:
    """What the process answers to a line."""
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    return process.stdout.readline()


def wait_until(is_so, timeout: float = 40) -> None:
    until = time.monotonic() + timeout
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.fixture
def valkey():
    server = start_valkey()
    yield server
    os.kill(server._process.pid, signal.SIGCONT)
    server.stop()


def redis(valkey) -> str:
    return f"redis://127.0.0.1:{valkey.port}"


def states() -> Counter:
    with acting_as(SYSTEM):
        return Counter(Delivery.objects.values_list("state", flat=True))


def test_a_sender_that_is_killed_loses_nothing_and_doubles_at_most_one_letter_per_kill(committed, mailbox):
    count, kills = 200, 5
    with acting_as(SYSTEM):
        actions.post_all(outgoing(f"lid{number}@temse.example") for number in range(count))
    with running("-c", DEPOT, SMTP_URL=mailbox.url) as depot:
        for kill in range(1, kills + 2):
            sender = int(ask(depot, "go"))
            if kill <= kills:
                mailbox.wait_for(kill * 30)
                time.sleep(random.uniform(0, 0.02))
            else:
                wait_until(lambda: states() == {State.SENT: count})
            os.kill(sender, signal.SIGKILL)
    arrived = Counter(letter["Message-ID"] for letter in mailbox.letters)
    doubles = {message_id for message_id, copies in arrived.items() if copies > 1}
    with acting_as(SYSTEM):
        assert set(arrived) == set(Delivery.objects.values_list("message_id", flat=True))
        flagged = set(Delivery.objects.filter(maybe_double=True).values_list("message_id", flat=True))
    assert len(mailbox.raw) - count <= kills
    assert len(flagged) <= kills
    assert doubles <= flagged


def test_a_sender_that_is_asked_to_end_finishes_the_letter_in_hand(committed, mailbox):
    with acting_as(SYSTEM):
        actions.post_all(outgoing(f"lid{number}@temse.example") for number in range(12))
    mailbox.replies("DATA", *[0.1] * 12)
    with running("-c", DEPOT, SMTP_URL=mailbox.url) as depot:
        for end in range(1, 4):
            sender = int(ask(depot, "go"))
            mailbox.wait_for(end * 3)
            os.kill(sender, signal.SIGTERM)
        wait_until(lambda: State.HANDING_OVER not in states(), timeout=5)  # nobody is left to pick up a doubt
    assert states()[State.SENT] == len(mailbox.raw) < 12
    with acting_as(SYSTEM):
        assert not Delivery.objects.filter(maybe_double=True).exists()


def test_postmen_at_once_send_each_letter_once(mailbox, together):
    with acting_as(SYSTEM):
        actions.post_all(outgoing(f"lid{number}@temse.example") for number in range(100))
    together(4, lambda _: postman.work(20))
    assert Counter(letter["To"] for letter in mailbox.letters) == {
        f"lid{number}@temse.example": 1 for number in range(100)
    }
    assert states() == {State.SENT: 100}


def test_a_frozen_redis_costs_a_page_a_second_and_the_next_one_nothing(committed, valkey):
    os.kill(valkey._process.pid, signal.SIGSTOP)
    with running("-c", OFFICE, REDIS_URL=redis(valkey)) as office:
        took = [float(ask(office, f"lid{number}@temse.example")) for number in range(2)]
    assert took[0] < 2.5  # a second of waiting, and the first query and template of this process
    assert took[1] < 0.5
    assert states() == {State.QUEUED: 2}


def test_celery_sends_at_once_when_it_is_rung_for(committed, mailbox, valkey):
    celery = ("-m", "celery", "-A", "kenniskring", "worker", "-c", "1", "--without-mingle")
    where = {"REDIS_URL": redis(valkey), "SMTP_URL": mailbox.url}
    with running(*celery, **where), running("-c", OFFICE, **where) as office:
        for count in range(1, 3):
            ask(office, f"lid{count}@temse.example")
            mailbox.wait_for(count, timeout=40)  # without a beat there is nobody else who could have
    assert states() == {State.SENT: 2}


def test_a_slot_runs_once_with_three_beats_at_once(together):
    def beat(_):
        with acting_as(SYSTEM):
            if not slots.take("remind", every=dt.timedelta(minutes=15)):
                return 0
            time.sleep(0.2)
            return actions.post(outgoing(version=time.monotonic_ns()))

    assert sorted(together(3, beat)) == [0, 0, 1]
    assert states() == {State.QUEUED: 1}


def test_a_slot_whose_job_fails_is_free_again(committed):
    def job(fails):
        with acting_as(SYSTEM):
            if not slots.take("remind", every=dt.timedelta(minutes=15)):
                return "not ours"
            if fails:
                raise ZeroDivisionError
            return "done"

    with pytest.raises(ZeroDivisionError):
        job(fails=True)
    assert [job(fails=False), job(fails=False)] == ["done", "not ours"]
