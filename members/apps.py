"""People, their place in a circle, their rights."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        from . import account_journal, borrowed  # noqa: F401  (listens; registers walls around other apps' tables)
