"""Sessions in PostgreSQL, asked only for keys that could be ours: a NUL byte in a cookie would be an error there."""

from django.contrib.sessions.backends.db import SessionStore as InPostgres
from django.db import connection
from django.utils import timezone


class SessionStore(InPostgres):
    """Django's own, with keys of letters and digits alone, as it makes them."""

    def _validate_session_key(self, key):
        return super()._validate_session_key(key) and key.isalnum()  # type: ignore[misc]  # the stubs leave it out

    def load(self):
        """As Django does it, by a statement that need not be put together for every page."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s",
                [self.session_key, timezone.now()],
            )
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])
