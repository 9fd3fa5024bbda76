"""Local governments, circles, and the wall between circles."""

from django.apps import AppConfig
from django.core.checks import Error, Tags, register
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class RegionsConfig(AppConfig):
    name = "regions"
    verbose_name = _("Local governments and circles")

    def ready(self) -> None:
        connection_created.connect(_stand_guard)
        register(_role_check, Tags.database)


def _stand_guard(connection, **kwargs) -> None:
    from .wall import no_actor_no_query

    if no_actor_no_query not in connection.execute_wrappers:
        connection.execute_wrappers.append(no_actor_no_query)


def _role_check(databases=None, **kwargs):
    """``manage.py check --database default`` says so when the web server would run as a role that sees everything."""
    from .wall import wrong_role

    if "default" not in (databases or ()):
        return []
    reason = wrong_role()
    hint = "Use the app role in DATABASE_URL; see docs/operations.md."
    return [Error(reason, hint=hint, id="regions.E001")] if reason else []
