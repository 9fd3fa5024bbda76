"""The Celery application: who the tasks act as, and that a worker is the right role."""

import os
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kenniskring.settings")


class SystemTask(DjangoTask):
    """A task is one transaction in which the portal itself acts.

    ``@shared_task(as_system=False)`` is for a task that speaks with the network: it says itself, per step, who acts.
    """

    abstract = True
    as_system = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from regions.wall import SYSTEM, acting_as

        if not self.as_system:
            return super().__call__(*args, **kwargs)
        with acting_as(SYSTEM):
            return super().__call__(*args, **kwargs)


app = Celery("kenniskring", task_cls=SystemTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_the_wrong_role(**_: Any) -> None:
    """Before the worker divides itself: the children must not share a connection."""
    from django.db import connection

    from regions.wall import refuse_the_wrong_role

    refuse_the_wrong_role()
    connection.close()
