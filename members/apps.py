"""People, their place in a circle, their rights."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        from . import borrowed  # noqa: F401  (registers walls around other apps' tables)
