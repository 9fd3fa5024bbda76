"""Workers and beat away for some seconds each; `make faults` does so twice, and once until rings have expired."""

import pytest

from tests.faults import absences

pytestmark = pytest.mark.long  # real processes against the clock


def test_letters_leave_or_wait_and_pages_open_without_workers_or_beat(committed, figure):
    lines = absences.run("small")
    for what, measured, _ in lines:
        figure(f"absences, {what}", measured)
    assert [line for line in lines if not line[2]] == []
