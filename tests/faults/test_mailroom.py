"""Senders that are killed, relays that misbehave, clicks again and again, links in letters: small versions."""

import pytest

from tests.faults import clicks, links, relays, senders

pytestmark = pytest.mark.long  # real processes against the clock


@pytest.mark.parametrize("part", [senders, relays, clicks, links], ids=lambda part: part.__name__.rpartition(".")[2])
def test_no_letter_is_lost_or_doubled_in_silence(committed, figure, part):
    lines = part.run("small")
    name = part.__name__.rpartition(".")[2]
    if part is relays:
        figure(f"{name}, manners in which a letter left once, or the doubt was told", len(lines))
    else:
        for what, measured, _ in lines:
            figure(f"{name}, {what}", measured)
    assert [line for line in lines if not line[2]] == []
