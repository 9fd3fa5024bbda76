"""Random worlds: some rows in every walled table, each shaped by one choice, tied by their foreign keys.

A new walled model takes part by itself: its fields say what can vary. What matters more than chance would have it,
and what a CHECK constraint asks, is written below.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from regions.wall import DOORKEEPER, SYSTEM, VISITOR, Actor, member

from .oracle import Row, World, walled

Choose = Callable[[int], int]
"""Gives a number below the one it is asked."""

NOW = dt.datetime.now(dt.UTC)
TODAY = dt.datetime.now(ZoneInfo("Europe/Brussels")).date()
YESTERDAY, TOMORROW, LONG_AGO = (TODAY + dt.timedelta(days=days) for days in (-1, 1, -700))

HOW_MANY = {
    "regions.Circle": 4,
    "members.Member": 6,
    "members.Membership": 13,
    "members.JoinRequest": 5,
    "mailroom.Delivery": 5,
    "meetings.Meeting": 8,
    "meetings.AgendaItem": 7,
    "meetings.Talk": 8,
    "meetings.Registration": 14,
    "meetings.Invitation": 6,
    "meetings.Material": 5,
    "meetings.JoinLink": 6,
    "meetings.DateVote": 9,
    "meetings.Need": 8,
    "meetings.Hosting": 12,
    "meetings.Excuse": 6,
    "meetings.Report": 6,
    "meetings.ReportPart": 5,
    "meetings.Decision": 5,
    "meetings.ActionPoint": 5,
    "meetings.Evaluation": 16,
    "meetings.Case": 5,
    "meetings.Contribution": 6,
    "meetings.PressingQuestion": 8,
    "meetings.QuestionSupport": 6,
    "meetings.SpeakerCall": 5,
    "meetings.TalkProposal": 8,
}
"""Rows of a table; 3 of the others, less those that would break a unique constraint."""

UNBORN = 2
"""Rows more of the larger tables that are drawn and not put there: somebody might want to add them."""

THINNED = {"members.Membership": 5, "members.JoinRequest": 3, "meetings.Registration": 5}
"""In one world of three, so that there are people whom hardly anybody knows."""

WORTH: dict[str, list[Any]] = {
    "regions.Circle.kind": ["regional", "regional", "working_group", "umbrella"],
    "regions.Partner.kind": ["vendor", "flemish"],
    "regions.Participation.since": [LONG_AGO],
    "members.Member.is_active": [True, True, True, False],
    "members.Member.is_community_manager": [False, False, False, False, True],
    "members.Membership.role": ["trekker", "member"],
    "members.Membership.mandate_start": [LONG_AGO, LONG_AGO, TODAY, TOMORROW],
    "members.Membership.mandate_end": [None, None, YESTERDAY, TODAY],
    "members.Membership.ended_at": [None, None, None, NOW],
    "members.JoinRequest.decided_at": [None, None, NOW],
    "meetings.Meeting.state": ["published", "draft", "published", "held", "cancelled"],
    "meetings.Meeting.audience": ["circle", "network", "public"],
    "meetings.Report.state": ["published", "published", "draft"],
    "meetings.Attendance.name": [""],  # a member has none here
    "meetings.Hosting.state": ["asked", "accepted", "declined"],
    "meetings.AgendaItem.kind": ["site_visit", "deep_dive"],
    "meetings.DatePoll.asks": ["members", "members", "speaker"],
    "meetings.Talk.state": ["accepted", "asked", "declined", "withdrawn"],
    "meetings.SpeakerCall.closed_at": [None, None, NOW],
    "meetings.TalkProposal.confirmed_at": [NOW, NOW, None],
}
"""What a column may hold; the more often, the more likely."""

SELDOM = {
    "members.Member.partner",
    "members.JoinRequest.asked_by",
    "meetings.Material.item",
    "meetings.Material.talk",
    "meetings.DateVote.talk",
    "meetings.Decision.item",
    "meetings.PressingQuestion.item",
    "meetings.PressingQuestion.government",
    "meetings.TalkProposal.talk",
    "meetings.ActionPoint.item",
}
"""Foreign keys that are empty half of the time."""

CROWDED = {"meetings.Evaluation.meeting": 3}
"""Foreign keys that point at no more than so many rows: what is hidden below a number must reach it now and then."""

ALL_THE_SAME = {"form", "rhythm", "province", "reference_region", "region"}
"""Choices that are nobody's business here."""

HANGS_ON_AN_ANSWER = {"meetings.Need", "meetings.Excuse"}
MEETS = {"starts_at": NOW + dt.timedelta(days=30), "ends_at": NOW + dt.timedelta(days=30, hours=2)}


def _lawful(label: str, row: Row) -> Row:
    """The same row, as the CHECK constraints want it."""
    if label == "members.Membership" and row["mandate_end"] and row["mandate_end"] < row["mandate_start"]:
        return row | {"mandate_end": None}
    if label == "members.JoinRequest":
        return row | {"accepted": None if row["decided_at"] is None else bool(row["accepted"])}
    if label == "meetings.Registration":
        attending = "" if row["answer"] == "no" else row["attending"]
        return row | {"attending": attending, "waiting": row["waiting"] and row["answer"] == "yes"}
    if label == "regions.Circle":
        return row | {"meets_before_id": None}  # which nobody's wall looks at
    if label == "meetings.DateVote" and row["talk_id"]:
        return row | {"member_id": None, "government_id": None}
    return row | MEETS if label in {"meetings.Meeting", "meetings.DateOption"} else row


# --- One row --------------------------------------------------------------------------------------------------------


PLAIN = {
    (models.CharField, models.TextField, models.FileField): "",
    (models.IntegerField, models.FloatField): 1,
    (models.DateField,): NOW,
    (models.GenericIPAddressField,): "127.0.0.1",
    (models.JSONField,): {},
}


def _plain(field: models.Field) -> Any:
    """A value for a column about which nobody cares."""
    fitting = [value for kinds, value in PLAIN.items() if isinstance(field, kinds)]
    if not fitting:
        raise TypeError(f"Say in PLAIN what {field} may hold.")
    return fitting[0]


@cache
def _varying(label: str) -> list[tuple[models.Field, list[Any] | None]]:
    """Each column of a table with what it may hold; None for a relation, [] for what differs in every row."""
    found: list[tuple[models.Field, list[Any] | None]] = []
    for field in walled()[label]._meta.concrete_fields:
        options: list[Any] | None
        if field.remote_field:
            options = None
        elif (name := f"{label}.{field.name}") in WORTH:
            options = WORTH[name]
        elif field.primary_key or field.unique:
            options = []
        elif field.choices and field.name not in ALL_THE_SAME:
            options = [value for value, _ in field.flatchoices]
        elif isinstance(field, models.BooleanField):
            options = [False, True]
        else:
            options = [None if field.null else field.get_default() if field.has_default() else _plain(field)]
        found.append((field, options))
    return found


def _of_its_own(field: models.Field, number: int) -> Any:
    if isinstance(field, models.UUIDField):
        return uuid.UUID(int=number)
    return number if isinstance(field, models.IntegerField) else f"{number}"


def target(field: models.Field) -> str:
    """To which table a foreign key points."""
    return field.remote_field.model._meta.label  # type: ignore[union-attr]


def _parents(label: str, field: models.Field, rows: dict[str, dict[Any, Row]]) -> list[Any]:
    """To what a foreign key may point; nothing at all in a table without a wall."""
    there = list(rows.get(target(field), ()))[: CROWDED.get(f"{label}.{field.name}")]
    if not field.null:
        return there
    return [None] * (max(1, len(there)) if f"{label}.{field.name}" in SELDOM else 1) + there


def _rows(label: str, rows: dict[str, dict[Any, Row]], choose: Choose, count: int) -> Iterator[Row]:
    """The rows of one table, each drawn with one choice."""
    for number in range(1, count + 1):
        columns = {
            field.attname: (
                _parents(label, field, rows) if options is None else options or [_of_its_own(field, number)]
            )
            for field, options in _varying(label)
        }
        ways = math.prod(len(options) for options in columns.values())
        if not ways:
            return  # a table to which it must point is empty
        choice, row = choose(ways), {}
        for name, options in columns.items():
            choice, which = divmod(choice, len(options))
            row[name] = options[which]
        if label in HANGS_ON_AN_ANSWER and number % 3:  # otherwise it says another meeting, which helps nobody
            row["meeting_id"] = rows["meetings.Registration"][row["registration_id"]]["meeting_id"]
        yield _lawful(label, row)


@cache
def _unique(label: str) -> list[tuple[tuple[str, ...], tuple]]:
    """What must not come twice: columns, and the values in others for which that holds."""
    meta = walled()[label]._meta
    found: list[tuple[tuple[str, ...], tuple]] = [((f.attname,), ()) for f in meta.concrete_fields if f.unique]
    found += [(tuple(meta.get_field(name).attname for name in names), ()) for names in meta.unique_together]
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            condition = constraint.condition
            if condition is None or not condition.negated:
                names = tuple(meta.get_field(name).attname for name in constraint.fields)
                found.append((names, tuple(condition.children) if condition else ()))
    return found


def _places(label: str, row: Row) -> set[tuple]:
    """The places that this row takes under unique constraints."""
    return {
        (names, *(row[name] for name in names))
        for names, condition in _unique(label)
        if all(_holds(row, *each) for each in condition)
    }


def _holds(row: Row, name: str, value: Any) -> bool:
    return row[name.removesuffix("__in")] in value if name.endswith("__in") else row[name] == value


# --- A world --------------------------------------------------------------------------------------------------------


@cache
def _parents_first() -> list[str]:
    waiting, order = dict(walled()), []
    while waiting:
        for label, model in list(waiting.items()):
            needs = {target(field) for field in model._meta.concrete_fields if field.remote_field}
            if not needs & (set(waiting) - {label}):
                order.append(label)
                del waiting[label]
    return order


def world(choose: Choose, *, without: str = "") -> World:
    """A world as the choices have it; one table, and what hangs on it, may be left empty."""
    rows: dict[str, dict[Any, Row]] = {}
    unborn: dict[str, dict[Any, Row]] = {}
    counts = HOW_MANY | (THINNED if choose(3) == 1 else {}) | {without: 0}
    for label in _parents_first():
        key = walled()[label]._meta.pk.attname
        taken: set[tuple] = set()
        rows[label], unborn[label] = {}, {}
        count = counts.get(label, 3)
        for number, row in enumerate(_rows(label, rows, choose, count + (count > 3) * UNBORN)):
            places = _places(label, row)
            if number >= count:
                unborn[label][row[key]] = row
            elif not places & taken:
                taken |= places
                rows[label][row[key]] = row
    made = World(rows)
    made.unborn = unborn
    return made


OTHERS = [VISITOR, DOORKEEPER, SYSTEM, *(member(pk, held_back=True) for pk in (1, 2, 3)), member(10**9)]
"""Who asks besides the members: some of them in a session without a second factor, and one who was deleted."""


def actors(of: World, others: list[Actor] = OTHERS) -> list[Actor]:
    """Everyone who can ask."""
    return [*(member(pk) for pk in of.rows["members.Member"]), *others]


@cache
def _insertion() -> str:
    """One statement that fills all tables from one JSON document; foreign keys are only looked at on commit."""
    inserts = []
    for number, (label, model) in enumerate(walled().items()):
        table = model._meta.db_table
        columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
        rows = f"jsonb_populate_recordset(NULL::{table}, (SELECT doc -> '{label}' FROM given))"
        inserts.append(f"i{number} AS (INSERT INTO {table} ({columns}) SELECT {columns} FROM {rows})")
    return f"WITH given AS (SELECT %s::jsonb AS doc), {', '.join(inserts)} SELECT"


@cache
def _columns(label: str) -> dict[str, str]:
    return {field.attname: field.column for field in walled()[label]._meta.concrete_fields}


def document(rows: dict[str, dict[Any, Row]]) -> str:
    """Rows as JSON, under the names that their columns have in PostgreSQL."""
    return json.dumps(
        {
            label: [{_columns(label)[name]: value for name, value in row.items()} for row in table.values()]
            for label, table in rows.items()
        },
        cls=DjangoJSONEncoder,
    )


def fill(connection: psycopg.Connection, world: World) -> None:
    """Put a world into empty tables, as a superuser."""
    connection.execute(_insertion(), [document(world.rows)], prepare=True)
