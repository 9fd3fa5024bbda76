"""The matrix: nine actors, every walled model, eight verbs, in plain SQL and through the ORM, as the app role.

matrix.txt shows what the nine may do at all; a model that is missing there is red.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, models, transaction
from django.db.models import F, Q

from regions.wall import SYSTEM, acting_as
from tests import sample

from . import oracle, trial, world

NINE = {
    "visitor": "visitor",
    "member": "member",
    "elsewhere": "member elsewhere",
    "of two": "member of both",
    "former": "former member",
    "trekker": "trekker",
    "trekker elsewhere": "trekker elsewhere",
    "manager": "manager",
    "deactivated": "deactivated trekker",
}
LETTERS = {"see": "s", "add": "a", "change": "c", "delete": "d"}
TABLE = Path(__file__).with_name("matrix.txt")


class TakenBack(Exception):
    pass


def said(call: Callable[..., int], *values: Any) -> str:
    """Do it and take it back: "allowed", "refused" by row security, or "nothing" was touched."""
    try:
        with transaction.atomic():
            if not call(*values):
                return "nothing"
            raise TakenBack
    except (TakenBack, IntegrityError):  # a value that must be unique: row security was asked before, and said yes
        return "allowed"
    except ProgrammingError as error:
        if isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
            return "refused"
        raise


class Sql:
    """What one writes by hand."""

    def __init__(self, model: type[models.Model]) -> None:
        self.table, self.key = f'"{model._meta.db_table}"', f'"{model._meta.pk.column}"'
        self.columns = {field.attname: field for field in model._meta.concrete_fields}

    def ask(self, statement: str, values: list | None = None) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(t=self.table, k=self.key), values)
            return [row[0] for row in cursor.fetchall()] if cursor.description else cursor.rowcount

    def all(self) -> set:
        return set(self.ask("SELECT {k} FROM {t}"))

    def read(self, keys: list) -> set:
        return set(self.ask("SELECT {k}, {t}.* FROM {t} WHERE {k} = ANY(%s)", [keys]))

    def search(self) -> set:
        return set(self.ask("SELECT {k} FROM {t} WHERE {t}::text ILIKE '%%' AND length({t}::text) > 1 / length('x')"))

    def count(self) -> int:
        return self.ask("SELECT count(*) FROM {t}")[0]

    def change(self) -> int:
        return self.ask("UPDATE {t} SET {k} = {k}")

    def delete(self) -> int:
        return self.ask("DELETE FROM {t}")

    def move(self, pk: Any, name: str, value: Any) -> int:
        return self.ask(f'UPDATE {{t}} SET "{self.columns[name].column}" = %s WHERE {{k}} = %s', [value, pk])

    def add(self, row: oracle.Row) -> int:
        names = ", ".join(f'"{field.column}"' for field in self.columns.values())
        values = [field.get_db_prep_save(row[name], connection) for name, field in self.columns.items()]
        return self.ask(f"INSERT INTO {{t}} ({names}) VALUES ({', '.join(['%s'] * len(values))})", values)


class Orm:
    """What views write."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model, self.rows = model, model._default_manager.all()
        self.texts = [
            f.name for f in model._meta.concrete_fields if isinstance(f, models.CharField | models.TextField)
        ]

    def all(self) -> set:
        return {row.pk for row in self.rows.all()}

    def read(self, keys: list) -> set:
        return set(self.rows.in_bulk(keys))

    def search(self) -> set:
        anywhere = Q(pk__gte=0)
        for name in self.texts:
            anywhere |= Q(**{f"{name}__icontains": "e"})
        return set(self.rows.filter(anywhere).values_list("pk", flat=True))

    def count(self) -> int:
        return self.rows.count()

    def change(self) -> int:
        return self.rows.order_by().update(**{self.model._meta.pk.attname: F("pk")})

    def delete(self) -> int:
        return self.rows.order_by()._raw_delete("default")

    def move(self, pk: Any, name: str, value: Any) -> int:
        return self.rows.filter(pk=pk).order_by().update(**{name: value})

    def add(self, row: oracle.Row) -> int:
        return len(self.model._default_manager.bulk_create([self.model(**row)]))


def looked(layer: Any, keys: list) -> Iterator[tuple[str, Any]]:
    """What the verbs that only look give."""
    yield "list", layer.all()
    yield "read", layer.read(keys)
    yield "search", layer.search()
    yield "count", layer.count()


def touched(call: Callable[[], int]) -> int:
    """How many rows it changed, taken back; 0 where the app role may not try."""
    count = 0

    def counted() -> int:
        nonlocal count
        count = call()
        return count

    return count if said(counted) == "allowed" else 0


def some(rows: list) -> list:
    return rows[:: len(rows) // 5 + 1]


@pytest.fixture
def cast(house):
    return world.build()


@pytest.fixture
def everything(cast):
    with acting_as(SYSTEM):
        return oracle.World()


@pytest.mark.parametrize("layer", [Sql, Orm])
def test_nine_actors_do_with_every_model_what_the_oracle_says(cast, everything, figure, layer):
    wrong, cells = [], 0
    walked = {label: model for label, model in oracle.walled().items() if sample.is_in(label, 3)}
    for name, who in NINE.items():
        actor = world.actors(cast)[who]
        for label, model in walked.items():
            rows, door = everything.rows[label], layer(model)
            expected = {verb: trial.expect(everything, actor, verb, label) for verb in LETTERS}
            moves = some(trial._moves(everything, label))
            with acting_as(actor):
                found = dict(looked(door, list(rows)))
                found["change"] = touched(door.change)
                found["delete"] = touched(door.delete)
                added = [pk for pk in some(list(rows)) if said(door.add, rows[pk]) == "allowed"]
                found["add"] = set(added)
                found["move"] = {each for each in moves if said(door.move, *each) == "allowed"}
            wanted = dict.fromkeys(("list", "read", "search"), expected["see"]) | {
                "count": len(expected["see"]),
                "change": len(expected["change"]),
                "delete": trial.expect(everything, actor, "delete blindly", label),  # no column is read
                "add": expected["add"] & set(some(list(rows))),
                "move": trial.expect(everything, actor, "move", label) & set(moves),
            }
            wrong += [(name, label, verb, found[verb], wanted[verb]) for verb in found if found[verb] != wanted[verb]]
            cells += len(found)
    assert wrong == []
    what = f"{cells:,}: 9 actors × {len(walked)} models × 8 verbs, 0 wrong"
    figure(f"cells of the matrix, {layer.__name__.upper()}", what)


def table(everything: oracle.World, cast: dict) -> str:
    """What each of the nine may do with at least one row that there is; S: they see all of them."""
    lines = [" ".join([f"{'':32}", *(f"{name:17}" for name in NINE)]).rstrip()]
    for label in sorted(oracle.walled()):
        cells = []
        for who in NINE.values():
            actor = world.actors(cast)[who]
            may = [letter for verb, letter in LETTERS.items() if trial.expect(everything, actor, verb, label)]
            rows = everything.rows[label]
            if rows and trial.expect(everything, actor, "see", label) == set(rows):
                may[0] = "S"
            cells.append("".join(may) or "-")
        lines.append(" ".join([f"{label:32}", *(f"{cell:17}" for cell in cells)]).rstrip())
    return "\n".join([*lines, ""])


def test_the_table_of_what_nine_actors_may_is_up_to_date(cast, everything):
    """When it should change: look at what changed, and run `MATRIX=write` with this test."""
    drawn = table(everything, cast)
    if os.environ.get("MATRIX") == "write":
        TABLE.write_text(drawn)
    assert TABLE.read_text() == drawn
