"""The nights in which clocks change in steps of three hours; in `make faults` of five minutes."""

import pytest

from kenniskring.timetable import TIMETABLE
from tests.faults import clocks


def test_the_nights_play_every_task_of_the_timetable():
    assert {entry["task"] for entry in TIMETABLE.values()} == set(clocks.LETTERS)


@pytest.mark.long  # real processes against the clock
def test_each_slot_and_each_letter_once_whatever_the_clocks_do(committed, figure):
    lines = clocks.run("small")
    for what, measured, _ in lines:
        figure(f"clocks, {what}", measured)
    assert [line for line in lines if not line[2]] == []
