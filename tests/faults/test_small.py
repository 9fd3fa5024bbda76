"""Every part of `make faults` in small: real processes against the clock, for seconds and not for minutes."""

import importlib

import pytest

from kenniskring.timetable import TIMETABLE
from tests.faults import clocks
from tests.faults.__main__ import parts


def test_the_nights_play_every_task_of_the_timetable():
    assert {entry["task"] for entry in TIMETABLE.values()} == set(clocks.LETTERS)


@pytest.mark.long
@pytest.mark.parametrize("part", sorted({*parts()} - {"pace"}))  # pace wants a machine to itself
def test_what_is_promised_is_kept(committed, figure, part):
    lines = importlib.import_module(f"tests.faults.{part}").run("small")
    for what, measured, _kept in lines:
        figure(f"{part}, {what}", measured)
    assert [line for line in lines if not line[2]] == []
