"""PostgreSQL frozen and stopped for some seconds; `make faults` has more ways, and takes longer."""

import pytest

from tests.faults import postgres

pytestmark = pytest.mark.long  # real processes against the clock


def test_pages_say_sorry_at_once_while_postgresql_is_away_and_all_is_well_when_it_is_back(committed, figure):
    lines = postgres.run("small")
    for what, measured, _ in lines:
        figure(f"postgres, {what}", measured)
    assert [line for line in lines if not line[2]] == []
