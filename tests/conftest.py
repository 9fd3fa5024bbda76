"""The cast of the tests: two circles, and the people who are or are not in them.

Fixtures that make rows act as the system; a test says who is asking with ``acting_as`` or by logging in a client.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches
from django.db import connections
from django.test import Client

from regions.wall import SYSTEM, acting_as, member

from . import make
from .portal import chromium, portal  # noqa: F401
from .servers import (
    django_db_setup,  # noqa: F401  (ours instead of the one of pytest-django)
    empty_tables,
)
from .smtp import mailbox  # noqa: F401


@pytest.fixture
def db(request, django_db_setup):  # noqa: F811  (named here, so that the tables are there before a test's own fixtures)
    """A transaction that is taken back afterwards; for a test that asks for ``committed``, real commits."""
    request.getfixturevalue("committed" if "committed" in request.fixturenames else "_django_db_helper")


@pytest.fixture(autouse=True)
def nothing_remembered():
    """What a process remembers for a minute, it forgets between tests."""
    for name in ("memory", "template_fragments", "visitors"):
        caches[name].clear()


@pytest.fixture
def committed(django_db_setup, django_db_blocker):  # noqa: F811
    """Real commits, that other processes and threads see. All tables are emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    empty_tables()


@pytest.fixture
def together(committed):
    """``together(20, register)``: call ``register(0)`` … ``register(19)`` at once, each in a thread of its own.

    Gives what they returned, in order; an exception is returned like a value. A thread starts without an actor.
    """

    def run(count, call):
        gate = threading.Barrier(count)

        def one(number):
            try:
                gate.wait(10)
                return call(number)
            except Exception as error:  # noqa: BLE001
                return error
            finally:
                connections.close_all()

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(one, range(count)))

    return run


@pytest.fixture
def house(db):
    """Two circles and an umbrella, made by the system."""
    with acting_as(SYSTEM):
        temse = make.government("Temse")
        lokeren = make.government("Lokeren")
        geel = make.government("Geel", reference_region="kempen", province="antwerpen")
        make.circle("RKK Waasland", temse, lokeren, slug="waasland", region="waasland")
        make.circle("RKK Kempen", geel, slug="kempen", region="kempen")
        make.circle("RKK Overkoepelend", slug="overkoepelend", kind="umbrella", joining="everyone")


def _get(model, **lookup):
    with acting_as(SYSTEM):
        return model.objects.get(**lookup)


@pytest.fixture
def waasland(house):
    from regions.models import Circle

    return _get(Circle, slug="waasland")


@pytest.fixture
def kempen(house):
    from regions.models import Circle

    return _get(Circle, slug="kempen")


@pytest.fixture
def temse(house):
    from regions.models import LocalGovernment

    return _get(LocalGovernment, slug="temse")


@pytest.fixture
def geel(house):
    from regions.models import LocalGovernment

    return _get(LocalGovernment, slug="geel")


def _person(*args, **fields):
    with acting_as(SYSTEM):
        return make.person(*args, **fields)


@pytest.fixture
def lid(waasland, temse):
    """A member of Waasland."""
    return _person("Lies Lid", waasland, government=temse)


@pytest.fixture
def trekker(waasland, temse):
    """Leads Waasland."""
    return _person("Tom Trekker", trekker_of=waasland, government=temse)


@pytest.fixture
def neighbour(kempen, geel):
    """A member of another circle."""
    return _person("Bea Buur", kempen, government=geel)


@pytest.fixture
def neighbour_trekker(kempen, geel):
    """Leads another circle."""
    return _person("Tine Trekker", trekker_of=kempen, government=geel)


@pytest.fixture
def manager(house):
    """Community manager at V-ICT-OR."""
    return _person("Mia Manager", is_community_manager=True)


@pytest.fixture
def stranger(house):
    """Registered, and in no circle."""
    return _person("Stef Stranger")


@pytest.fixture
def as_(db):
    """``with as_(lid):`` act as this member."""
    return lambda person: acting_as(member(person.pk))


@pytest.fixture
def browse(db):
    """``browse(lid)`` is a client logged in as this member; ``browse()`` a visitor's."""

    def make_client(person=None) -> Client:
        client = Client()
        if person is not None:
            with acting_as(member(person.pk)):
                client.force_login(person)
        return client

    return make_client


def pytest_configure(config):
    """A quick password hash: the slow one costs a tenth of a second per person. And quick clients."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True  # else each client's first request looks at all static files there are
    # Each worker keeps its own uploads: tests count them.
    settings.MEDIA_ROOT = settings.MEDIA_ROOT / os.environ.get("PYTEST_XDIST_WORKER", "alone")
