"""Who is logged in, looked up as every page does it: by a statement that Django need not put together each time."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection

from .models import Member

FIELDS = Member._meta.concrete_fields
BY_ID = f"SELECT {', '.join(str(field.column) for field in FIELDS)} FROM {Member._meta.db_table} WHERE id = %s"


class Backend(AuthenticationBackend):
    """allauth's, which finds people by their address."""

    def get_user(self, user_id: int) -> Member | None:
        with connection.cursor() as cursor:
            cursor.execute(BY_ID, [user_id])
            row = cursor.fetchone()
        member = row and Member.from_db("default", [field.attname for field in FIELDS], row)
        return member if member and self.user_can_authenticate(member) else None
