"""The wall between circles: PostgreSQL row security, one policy per table, and who is asking.

Views hold no visibility filter to forget: the database decides which rows exist for the actor of this transaction.
The functions that the policies call are in ``functions.sql`` beside this file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models, transaction
from django.db.backends.ddl_references import Statement, Table

from .seal import sealed

# --- Who is asking -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Actor:
    """Someone for whom rows exist or not. ``str()`` is the form that PostgreSQL keeps: ``member:12``, ``system``."""

    kind: str
    member_id: int | None = None
    held_back: bool = False

    def __str__(self) -> str:
        if self.member_id is None:
            return self.kind
        return f"{self.kind}:{self.member_id}" + (":held-back" if self.held_back else "")


VISITOR = Actor("visitor")
"""Nobody we know. Sees what is public."""

SYSTEM = Actor("system")
"""The portal itself: timed jobs, letters, consequences of what people do."""

DOORKEEPER = Actor("doorkeeper")
"""Registers people and lets them in: knows who is on the list, and nothing of what is said inside."""


def member(member_id: int, *, held_back: bool = False) -> Actor:
    """The actor for the member with this id; a deactivated member sees what a visitor sees.

    ``held_back``: the session has not shown a second factor (decision 0011), so it has no role: a member and no more.
    """
    return Actor("member", member_id, held_back)


class NoActor(RuntimeError):
    """A walled table was asked for before anyone said who is asking."""


class ActorAlreadySet(RuntimeError):
    """Someone is already acting in this transaction. To act as another on purpose, use ``switch_actor``."""


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)


def current_actor() -> Actor | None:
    """Who is acting now, or None outside every ``acting_as``."""
    return _actor.get()


def tell_postgres(actor: Actor | None, asking: psycopg.Connection) -> None:
    """Say on one connection, for the rest of its transaction, who is asking. ``acting_as`` is how it is done.

    The value travels apart from the statement, whatever Django's cursors are set to do: in pg_stat_activity, where
    each session of our role sees the others', stands "$1" and not a seal that could be copied.
    """
    value = sealed(str(actor)) if actor else ""
    psycopg.Cursor(asking).execute("SELECT set_config('app.actor', %s, true)", [value])


def _tell_postgres(actor: Actor | None) -> None:
    with connection.wrap_database_errors:
        tell_postgres(actor, connection.connection)


@contextmanager
def _scope(actor: Actor) -> Iterator[None]:
    before = _actor.get()
    nested = connection.in_atomic_block
    with transaction.atomic():
        _tell_postgres(actor)
        token = _actor.set(actor)
        try:
            yield
        finally:
            _actor.reset(token)
        # A SET LOCAL outlives a released savepoint; only a commit or a rollback ends it by itself.
        if nested and not connection.needs_rollback:
            _tell_postgres(before)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Open a transaction in which PostgreSQL shows what exists for ``actor``.

    Nothing that waits on a network belongs inside. Raises ActorAlreadySet when someone else is acting.
    """
    if _actor.get() not in (None, actor):
        raise ActorAlreadySet(f"{_actor.get()} is acting; {actor} cannot take over without switch_actor().")
    with _scope(actor):
        yield


def write_as(actor: Actor, statement: str, values: Sequence[Any]) -> int:
    """One statement as a transaction of its own, told to PostgreSQL in one breath with who is asking: ``acting_as``
    goes back and forth four times. Gives the number of rows it changed, once that is committed.
    """
    if _actor.get() is not None or connection.in_atomic_block:
        raise ActorAlreadySet(f"{_actor.get()} is acting in a transaction; this one would not be its own.")
    with connection.cursor(), connection.wrap_database_errors:  # the first opens a connection that is alive
        asking = connection.connection
        try:
            with asking.pipeline():
                tell_postgres(actor, asking)
                changed = psycopg.Cursor(asking).execute(statement, values)
        except BaseException:
            # psycopg may believe that it prepared what PostgreSQL never read, or stay in its pipeline: whatever came
            # after it on this connection would fail.
            connection.close()
            raise
        return changed.rowcount


@contextmanager
def switch_actor(actor: Actor, *, because: str) -> Iterator[None]:
    """Act as another inside a running ``acting_as``, and give the place back afterwards.

    ``because`` is for the reader: it says what gives us the right. tests/wall/test_switches.py lists every use.
    """
    if _actor.get() is None:
        raise NoActor(f"Nobody is acting yet, so there is nobody to switch from (because: {because}).")
    with _scope(actor):
        yield


def as_system(because: str) -> Any:
    """Let the portal itself do what follows from what someone did: ``with as_system("a seat came free"):``."""
    return switch_actor(SYSTEM, because=because)


# --- What a policy is made of ------------------------------------------------------------------------------------
# The inner SELECT makes PostgreSQL call the function once per statement and not once per row.

ANYONE = "(SELECT app.actor()) IS NOT NULL"
NOBODY = "false"
SYSTEM_ONLY = "(SELECT app.is_system())"
STEWARD = "(SELECT app.is_steward())"  # a community manager, or the system
INSIDER = "(SELECT app.is_insider())"  # anyone who is in a circle, and stewards
DOOR = "(SELECT app.is_doorkeeper())"
A_TREKKER = "cardinality((SELECT app.led())::bigint[]) > 0"


def mine(column: str = "member_id") -> str:
    """The row is about the member who asks."""
    return f"{column} = (SELECT app.me())"


def in_circles(column: str = "circle_id") -> str:
    """The row belongs to a circle that the actor is in."""
    return f"{column} = ANY((SELECT app.circles())::bigint[])"


def among_peers(column: str = "circle_id") -> str:
    """The row belongs to a circle whose people the actor may know: a vendor is in no circle that way."""
    return f"{column} = ANY((SELECT app.peers())::bigint[])"


def led(column: str = "circle_id") -> str:
    """The row belongs to a circle that the actor leads today."""
    return f"{column} = ANY((SELECT app.led())::bigint[])"


def among_colleagues(column: str = "circle_id") -> str:
    """The row belongs to a circle in which the actor may speak freely: everyone in it, but for suppliers."""
    return f"({in_circles(column)} AND NOT (SELECT app.is_vendor()))"


class Wall(models.constraints.BaseConstraint):
    """Row security of one table, written among its constraints.

    ``see``, ``add``, ``change`` and ``delete`` are SQL conditions on a row. ``change`` holds for the row before and
    after, so that nothing is moved to where the actor may not write; ``delete`` is ``change`` when not given.
    """

    def __init__(self, *, name: str, see: str, add: str, change: str, delete: str | None = None) -> None:
        super().__init__(name=name)
        self.see, self.add, self.change, self.delete = see, add, change, delete or change

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        kwargs |= {"see": self.see, "add": self.add, "change": self.change, "delete": self.delete}
        return path, args, kwargs

    def __eq__(self, other):
        return isinstance(other, Wall) and self.deconstruct() == other.deconstruct()

    def __hash__(self):
        return hash(self.name)

    def policies(self) -> dict[str, str]:
        """SQL of each policy by command."""
        # Without the first condition a row that is public for other reasons would be shown when nobody is asking.
        see = ANYONE if self.see == ANYONE else f"({ANYONE}) AND ({self.see})"
        return {
            "SELECT": f"USING ({see})",
            "INSERT": f"WITH CHECK ({self.add})",
            "UPDATE": f"USING ({self.change}) WITH CHECK ({self.change})",
            "DELETE": f"USING ({self.delete})",
        }

    def constraint_sql(self, model, schema_editor):
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))  # once the table is there

    def sql(self, table: str) -> str:
        """The statements that build this wall around ``table``."""
        policies = "; ".join(
            f"CREATE POLICY {self.name}_{command.lower()} ON {table} FOR {command} {condition}"
            for command, condition in self.policies().items()
        )
        return f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; {policies}"

    def create_sql(self, model, schema_editor):
        table = Table(model._meta.db_table, schema_editor.quote_name)
        return Statement(self.sql("%(table)s"), table=table)

    def remove_sql(self, model, schema_editor):
        # The table stays locked: without a policy nobody sees a row.
        return Statement(
            "; ".join(f"DROP POLICY {self.name}_{command.lower()} ON %(table)s" for command in self.policies()),
            table=Table(model._meta.db_table, schema_editor.quote_name),
        )

    def validate(self, model, instance, exclude=None, using="default"):
        """Row security speaks when the row is written, not before."""


borrowed: dict[str, Wall] = {}
"""Walls around tables of other people's apps, by table; each owner of such a wall fills in its own."""


def walled_models() -> list[type[models.Model]]:
    """Every model with a wall of its own."""
    return [model for model in apps.get_models() if any(isinstance(c, Wall) for c in model._meta.constraints)]


# --- Loud failure ------------------------------------------------------------------------------------------------


@cache
def _walled_tables() -> re.Pattern[str]:
    tables = [*(model._meta.db_table for model in walled_models()), *borrowed]
    return re.compile(rf"\b({'|'.join(tables)})\b", re.IGNORECASE)


def no_actor_no_query(execute, sql, params, many, context):
    """Database wrapper: a walled table is not even asked while nobody is acting.

    PostgreSQL raises too, but only once it looks at a row; an empty table would answer "nothing" without a word.
    """
    if _actor.get() is None and context["connection"].alias == "default" and _walled_tables().search(str(sql)):
        raise NoActor(f"Say who is asking first: with acting_as(actor): … The query was: {str(sql)[:200]}")
    return execute(sql, params, many, context)


_WRONG_ROLES = {
    "is, or may become, a superuser or one with BYPASSRLS": (
        "EXISTS (SELECT FROM pg_roles WHERE (rolsuper OR rolbypassrls) AND pg_has_role(asking, oid, 'MEMBER'))"
    ),
    "owns tables": (
        "EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
        "AND pg_has_role(asking, relowner, 'MEMBER'))"
    ),
    "may TRUNCATE tables": (
        "EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
        "AND has_table_privilege(asking, oid, 'TRUNCATE'))"
    ),
    "may create things beside the tables or the functions of the wall": (
        "EXISTS (SELECT FROM pg_namespace WHERE nspname IN ('public', 'app') "
        "AND has_schema_privilege(asking, oid, 'CREATE'))"
    ),
}


def wrong_role() -> str | None:
    """Why the role of our connection must not serve people, or None when it is the right one."""
    with connection.cursor() as cursor:
        # session_user: a SET ROLE is given back with one statement.
        cursor.execute(
            f"SELECT asking, {', '.join(_WRONG_ROLES.values())} FROM (SELECT session_user AS asking) AS who"
        )
        role, *answers = cursor.fetchone()
    for wrong, reason in zip(answers, _WRONG_ROLES, strict=True):
        if wrong:
            return f"Database role {role!r} {reason}, so the wall between circles would not hold for it."
    return None


def refuse_the_wrong_role() -> None:
    """Stop this process when its database role could see through the wall."""
    reason = wrong_role()
    if reason:
        raise ImproperlyConfigured(f"{reason} Use the app role in DATABASE_URL; see docs/operations.md.")
