"""Gatherings: hosts, programme, speakers, invitations, answers."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
