"""The Celery application: who the tasks act as, how Redis is found again, and that we are the right role."""

import os
from typing import Any

import kombu
from celery import Celery
from celery.app.amqp import AMQP
from celery.contrib.django.task import DjangoTask
from celery.signals import beat_init, setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kenniskring.settings")


class SystemTask(DjangoTask):
    """A task is one transaction in which the portal itself acts.

    ``@shared_task(as_system=False)`` is for a task that speaks with the network: it says itself, per step, who acts.
    """

    abstract = True
    as_system = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from mailroom.slots import refuse_a_wrong_clock
        from regions.wall import SYSTEM, acting_as

        if not self.as_system:
            return super().__call__(*args, **kwargs)
        with acting_as(SYSTEM):
            if not self.request.called_directly:  # who does so, the demo's year for one, knows what time it means
                refuse_a_wrong_clock()
            return super().__call__(*args, **kwargs)


class Line(kombu.Connection):
    """To Redis. Once that is back a worker is so within seconds; Celery's own pause grows to half a minute."""

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Any:
        return super().ensure_connection(
            *args, **{"interval_start": 1, "interval_step": 1, "interval_max": 3} | kwargs
        )


class Lines(AMQP):
    Connection = Line


app = Celery("kenniskring", task_cls=SystemTask, amqp=Lines)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

from . import pulse  # noqa: E402, F401  (needs the settings; connects itself to Celery's signals)


@setup_logging.connect
def log_as_the_rest_does(**_: Any) -> None:
    """Celery would write lines of its own making, past the pen of ``logs.py``. Django has set up ours already."""


@beat_init.connect
@worker_init.connect
def refuse_the_wrong_role(**_: Any) -> None:
    """Before the worker divides itself: the children must not share a connection."""
    from django.db import connection

    from regions.wall import refuse_the_wrong_role

    refuse_the_wrong_role()
    connection.close()
