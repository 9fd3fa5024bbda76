"""What a form sends, what can be smuggled along with it, and what a request really changed."""

import copy
import json
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import psycopg
from django.apps import apps
from django.db import connection, models

from regions.wall import DOORKEEPER, SYSTEM, acting_as, member

# --- A form as the browser sends it ---------------------------------------------------------------------------------


class _Controls(HTMLParser):
    """The forms of a page: per form what a browser would send, unchanged."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self._select = self._textarea = ""
        self._first: str | None = None

    def _add(self, name: str | None, value: str) -> None:
        if name and self.forms:
            self.forms[-1].setdefault(name, []).append(value)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and at.get("type") not in ("submit", "button", "image"):
            if at.get("type") not in ("checkbox", "radio", "file") or "checked" in at:
                self._add(at.get("name"), at.get("value", "on" if "checked" in at else ""))
            elif self.forms and at.get("name"):
                self.forms[-1].setdefault(at["name"], [])
        elif tag == "select":
            self._select, self._first = at.get("name", ""), None if "multiple" in at else ""
        elif tag == "option" and self._select:
            if "selected" in at:
                self._add(self._select, at.get("value", ""))
        elif tag == "textarea":
            self._textarea = at.get("name", "")
            self._add(self._textarea, "")

    def handle_data(self, data: str) -> None:
        if self._textarea and self.forms:
            self.forms[-1][self._textarea][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            if self.forms and self._select:
                self.forms[-1].setdefault(self._select, [])
            self._select = ""
        elif tag == "textarea":
            self.forms[-1][self._textarea][-1] = self.forms[-1][self._textarea][-1].removeprefix("\n")
            self._textarea = ""


def filled_in(response: Any, *, having: str = "") -> dict[str, Any]:
    """The form of a page that has the field ``having``, or the longest one, as it would be sent back unchanged."""
    parser = _Controls()
    parser.feed(response.content.decode())
    forms = [form for form in parser.forms if having in form] if having else parser.forms
    return {name: values for name, values in max(forms, key=len, default={}).items() if name != "csrfmiddlewaretoken"}


# --- What is smuggled along -----------------------------------------------------------------------------------------


def forged(field: models.Field, foreign: dict[str, int]) -> str:
    """A value of the right kind that the field should not get from here: a row of another circle, another state."""
    if field.is_relation:
        return str(foreign.get(field.related_model._meta.label, 1))  # type: ignore[union-attr]
    if field.choices:
        return str(list(dict(field.flatchoices))[-1])
    for kind, value in [
        (models.BooleanField, "on"),
        (models.DateTimeField, "2031-01-01T10:00:00Z"),
        (models.DateField, "2031-01-01"),
        (models.IntegerField, "7"),
        (models.FloatField, "7"),
        (models.UUIDField, str(uuid.UUID(int=7))),
        (models.EmailField, "vervalst@demo.example"),
        (models.URLField, "https://vervalst.example"),
    ]:
        if isinstance(field, kind):
            return value
    return "vervalst"


def smuggled(own: set[str], foreign: dict[str, int]) -> dict[str, str]:
    """Every field of every model of the portal, under its name and its column's, but for the fields of the form."""
    extra = {"pk": "1"}
    for model in apps.get_models():
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
            value = forged(field, foreign)
            extra |= dict.fromkeys({field.name, getattr(field, "attname", field.name), f"{field.name}_id"}, value)
            if isinstance(field, models.DateTimeField):  # as the admin sends it
                extra |= {f"{field.name}_0": "2031-01-01", f"{field.name}_1": "10:00:00"}
    return {name: value for name, value in extra.items() if name not in own}


def with_query(path: str, extra: dict[str, str]) -> str:
    """The same fields in the address too: some pages look there."""
    return f"{path}{'&' if '?' in path else '?'}{urlencode(extra)}"


# --- What really changed --------------------------------------------------------------------------------------------

RANDOM = {
    "password", "session_key", "session_data", "message_id", "uid", "secret", "data", "file", "calendar", "headers",
    "at",
}  # fmt: skip
"""Columns whose new value is another each time; that they changed is compared, not into what."""
CHANCE = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # what is drawn by lot
NOBODYS = {"kenniskring_cache"}  # how often an address tried to log in, for minutes


def rows_written() -> dict[str, int]:
    """Rows that this transaction has written so far, per table; also those that were taken back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables "
            "WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())


def _keys(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey) "
            "WHERE indrelid = %s::regclass AND indisprimary",
            [table],
        )
        return [row[0] for row in cursor.fetchall()]


def rows_of(table: str, who: int | None) -> dict[tuple, dict[str, Any]]:
    """All rows of a table, by key: what the system, the doorkeeper and this member see, taken together."""
    keys = _keys(table)
    found: dict[tuple, dict[str, Any]] = {}
    for actor in (SYSTEM, DOORKEEPER, *([member(who)] if who else [])):
        with acting_as(actor), connection.cursor() as cursor:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            rows = [json.loads(text) for (text,) in cursor.fetchall()]
        found |= {tuple(row[key] for key in keys): row for row in rows}
    return found


class Ledger:
    """All tables as they were, to hold against what they become."""

    def __init__(self, who: int | None) -> None:
        self.who = who
        self.before: dict[str, dict[tuple, dict[str, Any]]] = {}
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = {row[0] for row in cursor.fetchall()}
        self.known = self.before = {table: rows_of(table, who) for table in tables - NOBODYS}
        self.written = rows_written()

    def start(self) -> None:
        """Count from here; all that was written so far is taken back, or known."""
        self.written = rows_written()

    def from_now_on(self) -> "Ledger":
        """All tables as they are now: what was made ready since ``start`` is no change that a form makes."""
        ready, now = copy.copy(self), rows_written()
        touched = {table for table, count in now.items() if count != self.written.get(table, 0)} - NOBODYS
        ready.before, ready.written = self.before | {table: rows_of(table, self.who) for table in touched}, now
        return ready

    def changes(self) -> set[tuple[str, str, str]]:
        """(table, key, what became of it) for every row that is not as it was; random values are not told."""
        found = set()
        for table, count in rows_written().items():
            if count == self.written.get(table, 0) or table in NOBODYS:
                continue
            before, after = self.before[table], rows_of(table, self.who)
            for key in before.keys() | after.keys():
                which = str(key) if key in self.known[table] else "new"  # some have a name that is drawn by lot
                found |= {(table, *change) for change in _change(before.get(key), after.get(key), which)}
        return found


def _change(old: dict[str, Any] | None, new: dict[str, Any] | None, which: str) -> Iterator[tuple[str, str]]:
    if new is None:
        yield which, "-"
    elif old is None:
        told = {name: "?" if name in RANDOM else value for name, value in new.items()}
        yield which, "+" + CHANCE.sub("?", json.dumps(told))
    else:
        for name in new.keys() | old.keys():
            if new[name] != old[name]:
                yield which, f"{name}={'?' if name in RANDOM else new[name]}"


def summary(changes: set[tuple[str, str, str]]) -> set[str]:
    """``table+``, ``table-`` and ``table.column``: what a form is expected to touch.

    A new wording is not told apart: it is part of the text of letters, when there are several alike.
    """
    said = {
        f"{table}{change[0]}" if change[0] in "+-" else f"{table}.{change.partition('=')[0]}"
        for table, _, change in changes
    }
    return said - {"mailroom_wording+"} if "mailroom_letter+" in said else said


@contextmanager
def same_numbers() -> Iterator[None]:
    """Rows that are made inside get the numbers that they would have got before."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        places = owner.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value FROM pg_sequences"
        ).fetchall()
        yield
        for name, last in places:
            owner.execute("SELECT setval(%s, %s, %s)", [name, last or 1, last is not None])
