"""A point of a programme, and a speaker who can be asked for it."""

import pytest

from regions.wall import SYSTEM, acting_as
from tests import make


@pytest.fixture
def item(waasland):
    with acting_as(SYSTEM):
        return make.item(make.meeting(waasland, "Camera's"))


@pytest.fixture
def sofie(house):
    """A vendor in the pool."""
    with acting_as(SYSTEM):
        return make.speaker()
