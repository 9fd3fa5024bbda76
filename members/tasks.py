"""What Celery does about people."""

import datetime as dt

from celery import shared_task

from mailroom import slots

from . import actions


@shared_task
def tell_ended_mandates() -> None:
    """Close the mandates that ran out, once a day."""
    if slots.take("members.tell_ended_mandates", every=dt.timedelta(days=1)):
        actions.close_mandates_that_ran_out()
