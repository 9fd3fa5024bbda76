"""The portal as a project: settings, addresses, the front page, the timetable."""

from .celery import app as celery_app

__all__ = ["celery_app"]
