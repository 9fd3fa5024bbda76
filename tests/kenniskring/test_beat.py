"""What beat does by itself when Redis takes nothing. tests/faults does so with all processes, for longer."""

import json
import signal

import pytest
from django.test import Client

from kenniskring import beat, leaving
from kenniskring.celery import app
from mailroom import bell, slots
from mailroom.models import Slot
from regions.wall import SYSTEM, acting_as
from tests.faults.stage import wait_until

JOB = "mailroom.tasks.throw_away"


@pytest.fixture
def scheduler(monkeypatch):
    """A beat whose Redis is away, as that of every test."""
    app.loader.import_default_modules()
    monkeypatch.setattr(bell, "_quiet_until", 0)
    scheduler = beat.Scheduler(app)
    yield scheduler
    scheduler.close()
    if scheduler._hand.ident:
        scheduler._hand.join()


def slots_taken():
    with acting_as(SYSTEM):
        return set(Slot.objects.values_list("task", flat=True))


def test_a_job_that_redis_does_not_take_is_done_by_hand(committed, scheduler):
    scheduler.tick()
    scheduler.apply_entry(next(entry for entry in scheduler.schedule.values() if entry.task == JOB))
    wait_until(lambda: slots_taken() == {"mailroom.throw_away"})


def test_a_machine_with_a_wrong_clock_does_no_jobs(committed, monkeypatch):
    app.loader.import_default_modules()
    monkeypatch.setattr(slots, "MAY_DIFFER", -slots.MAY_DIFFER)  # then every clock is wrong
    with pytest.raises(slots.ClockIsWrong):
        app.tasks[JOB].apply(throw=True)
    assert slots_taken() == set()
    app.tasks[JOB]()  # by somebody who knows what time it is
    assert slots_taken() == {"mailroom.throw_away"}


def test_a_web_process_says_that_it_leaves_and_answers_on(db, monkeypatch):
    ended, before = [], signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(leaving, "SECONDS", 0.2)
    monkeypatch.setattr(leaving, "_leaving", leaving.threading.Event())
    worker = type("Worker", (), {"handle_exit": lambda self, *args: ended.append(args)})()
    try:
        leaving.say_so_first(worker)
        assert Client().get("/healthz/ready").status_code == 200
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        response = Client().get("/healthz/ready")
        assert (response.status_code, json.loads(response.text)["web"], ended) == (503, "leaving", [])
        assert Client().get("/").status_code == 200
        wait_until(lambda: len(ended) == 1)
    finally:
        signal.signal(signal.SIGTERM, before)
