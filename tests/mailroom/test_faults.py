"""What happens when something dies, freezes or comes twice. Real processes, real signals."""

import datetime as dt
import os
import signal
import time
from collections import Counter

import pytest

from kenniskring.servers import start_valkey
from mailroom import actions, postman, slots
from mailroom.models import Delivery
from regions.wall import SYSTEM, acting_as
from tests.faults.senders import depot
from tests.faults.stage import ask, redis, running, states, wait_until

from .letters import outgoing

State = Delivery.State

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


@pytest.fixture
def valkey():
    server = start_valkey()
    yield server
    os.kill(server._process.pid, signal.SIGCONT)
    server.stop()


def test_a_sender_that_is_asked_to_end_finishes_the_letter_in_hand_and_lets_go_of_the_others(committed, mailbox):
    with acting_as(SYSTEM):
        actions.post_all(outgoing(f"lid{number}@temse.example") for number in range(12))
    mailbox.replies("DATA", *[0.1] * 12)
    with depot(1, SMTP_URL=mailbox.url) as start:
        for end in range(1, 4):
            sender = start()
            mailbox.wait_for(end * 3)
            os.kill(sender, signal.SIGTERM)
        wait_until(lambda: State.HANDING_OVER not in states(), timeout=5)  # nobody is left to pick up a doubt
    assert states()[State.SENT] == len(mailbox.raw) < 12
    with acting_as(SYSTEM):
        assert not Delivery.objects.filter(maybe_double=True).exists()
        waiting = Delivery.objects.exclude(state=State.SENT).values_list("leased_until", "attempts")
        assert set(waiting) == {(None, 0)}


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
    assert took[0] < 4  # a second of waiting, and the first query and template of this process
    assert took[1] < 1
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
