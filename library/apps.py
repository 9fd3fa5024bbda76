"""Topics, and what the circles keep about them."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "library"
