"""Beat's own eye on the post. Whatever became of Redis, the bell or the workers: no letter waits for long."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Max, Q
from django.db.models.functions import Now

from regions.wall import SYSTEM, acting_as

from . import bell, postman
from .models import Delivery

PATIENCE = dt.timedelta(seconds=2)


def look() -> None:
    """Ring for the letters that are due; send them ourselves when nobody can be rung for, or nobody came."""
    waited = longest_wait()
    if waited is not None and (waited > PATIENCE or not bell.ring()):
        postman.work()


def longest_wait() -> dt.timedelta | None:
    """How long a letter has been due that nobody has in hand; None when there is none."""
    with acting_as(SYSTEM):
        return (
            Delivery.objects.filter(Q(leased_until=None) | Q(leased_until__lt=Now()), due_at__lte=Now())
            .filter(state__in=[Delivery.State.QUEUED, Delivery.State.HANDING_OVER])
            .aggregate(waited=Max(Now() - F("due_at")))["waited"]
        )
