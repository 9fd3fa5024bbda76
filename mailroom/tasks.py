"""What Celery does for the mailroom."""

import datetime as dt

from celery import shared_task

from . import actions, bell, postman, slots


@shared_task(as_system=False)  # the postman acts step by step: the relay must not be spoken to in a transaction
def deliver() -> None:
    """Send what is due."""
    if postman.work():
        bell.ring()


@shared_task
def throw_away() -> None:
    """Delete old texts, once a day."""
    if slots.take("mailroom.throw_away", every=dt.timedelta(days=1)):
        actions.throw_away()
