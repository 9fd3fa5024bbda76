"""Letters: written down, sent once, accounted for."""

from django.apps import AppConfig


class MailroomConfig(AppConfig):
    name = "mailroom"
