"""The project itself as an app: commands, checks, the front page."""

from django.apps import AppConfig


class KenniskringConfig(AppConfig):
    name = "kenniskring"
