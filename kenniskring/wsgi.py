"""What the web server imports. It refuses to start as a database role that could see through the wall."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kenniskring.settings")
os.environ.setdefault("STATEMENT_LIMIT", "5")  # seconds
application = get_wsgi_application()

from django.db import OperationalError  # noqa: E402  (Django must be set up first)
from django.db.backends.signals import connection_created  # noqa: E402
from django.urls import reverse  # noqa: E402

from regions.wall import refuse_the_wrong_role  # noqa: E402


def look_at_the_role(connection, **kwargs) -> None:
    """On the first connection, when PostgreSQL was away at the start."""
    try:
        refuse_the_wrong_role()
    except BaseException:
        connection.close()  # the next request would find it open, and not looked at
        raise
    connection_created.disconnect(look_at_the_role)


try:
    refuse_the_wrong_role()
except OperationalError:  # gunicorn would give up; people get a 503 until PostgreSQL is back
    connection_created.connect(look_at_the_role)

reverse("front")  # imports every view now, and not while the first visitor waits
# What was imported stays for ever, so nobody looks through it for waste again. Then looking is cheap and may be done
# often: instances that refer to each other, as of a feed, wait for it, and some megabytes of them waited at a time.
gc.freeze()
gc.set_threshold(2_000, 5, 0)
gc.collect()
