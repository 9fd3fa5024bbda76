"""A connection past Django, for attacks: a superuser who fills tables, then plays the app role."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from regions.wall import Actor, tell_postgres

APP = "kenniskring_app"


@contextmanager
def laboratory() -> Iterator[psycopg.Connection]:
    """A superuser in one transaction on this worker's database, taken back afterwards. Needs ``django_db_setup``."""
    with psycopg.connect(os.environ["TEST_ADMIN_URL"], dbname=connection.settings_dict["NAME"]) as lab:
        lab.execute("SET LOCAL lock_timeout = '10s'")
        yield lab
        lab.rollback()


@contextmanager
def taken_back(lab: psycopg.Connection) -> Iterator[None]:
    """What happens inside never happened; a role or an actor that was taken is given back too.

    Past psycopg, which throws all prepared statements away on a ROLLBACK: planning takes longer than running.
    """
    lab.pgconn.exec_(b"SAVEPOINT here")
    try:
        yield
    finally:
        done = lab.pgconn.exec_(b"ROLLBACK TO SAVEPOINT here; RELEASE SAVEPOINT here")
        assert done.status == psycopg.pq.ExecStatus.COMMAND_OK, done.error_message


def one(lab: psycopg.Connection, statement: str, values: list | None = None, *, prepare: bool = False) -> tuple:
    """The only row that this gives."""
    row = lab.execute(statement, values, prepare=prepare).fetchone()
    assert row
    return row


def play(lab: psycopg.Connection) -> None:
    """Be the app role until the savepoint or the transaction ends."""
    lab.execute(f"SET LOCAL ROLE {APP}")


def become(lab: psycopg.Connection, actor: Actor) -> None:
    """Be this actor until somebody else is, or the savepoint or the transaction ends."""
    tell_postgres(actor, lab)
