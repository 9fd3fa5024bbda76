"""Valkey killed, frozen and emptied for some seconds each; `make faults` does so for minutes."""

import pytest

from tests.faults import valkey

pytestmark = pytest.mark.long  # real processes against the clock


def test_letters_leave_and_pages_open_without_valkey(committed, figure):
    lines = valkey.run("small")
    for what, measured, _ in lines:
        figure(f"valkey, {what}", measured)
    assert [line for line in lines if not line[2]] == []
