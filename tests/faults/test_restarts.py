"""Web and worker ended and started twice; `make faults` does so thirty times."""

import pytest

from tests.faults import restarts

pytestmark = pytest.mark.long  # real processes against the clock


def test_nobody_notices_that_web_and_worker_start_again(committed, figure):
    lines = restarts.run("small")
    for what, measured, _ in lines:
        figure(f"restarts, {what}", measured)
    assert [line for line in lines if not line[2]] == []
