"""A point of a programme, and a speaker who can be asked for it."""

import pytest

from meetings.actions import hosting
from regions.models import LocalGovernment
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


# --- Hosts ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def lokeren(house):
    """The other government of Waasland."""
    with acting_as(SYSTEM):
        return LocalGovernment.objects.get(slug="lokeren")


@pytest.fixture
def lena(waasland, lokeren):
    """Works for Lokeren, and is in Waasland."""
    with acting_as(SYSTEM):
        return make.person("Lena Lokeren", waasland, government=lokeren)


@pytest.fixture
def draft(waasland):
    """To be hosted, in two months."""
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Ontwerp", state="draft", in_days=60)


@pytest.fixture
def asked(draft, as_, trekker, lid, temse):
    """Temse was asked through Lies."""
    with as_(trekker):
        return hosting.ask_host(draft, by=trekker, government=temse, contact=lid)


@pytest.fixture
def agreed(asked, as_, lid):
    """Temse agreed."""
    with as_(lid):
        return hosting.answer_hosting(asked, by=lid, accept=True)
