"""Sessions in PostgreSQL, asked only for keys that could be ours: a NUL byte in a cookie would be an error there."""

from django.contrib.sessions.backends.db import SessionStore as InPostgres


class SessionStore(InPostgres):
    """Django's own, with keys of letters and digits alone, as it makes them."""

    def _validate_session_key(self, key):
        return super()._validate_session_key(key) and key.isalnum()  # type: ignore[misc]  # the stubs leave it out
