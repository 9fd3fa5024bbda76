"""Canaries: every text of every row carries a word of its own, found again in whatever an answer is made of."""

from __future__ import annotations

import email
import email.policy
import html
import io
import re
import zipfile
from typing import Any

import openpyxl
import psycopg
import pypdf
from django.db import models
from psycopg import sql

from mailroom.models import Wording
from tests.wall import oracle

WORD = re.compile(r"zq(\d+)w(\d+)qz", re.IGNORECASE)
LABELS = sorted(oracle.RULES)
Row = tuple[str, int]
"""A row by the label of its model and its key."""

NOT_TEXT = {
    "kind",
    "content_type",
    "about",
    "what",
    "actor",
    "task",
    "slot",
    "password",
    "secret",
    "dedupe_key",
    "message_id",
    "slug",
}


def word(row: Row) -> str:
    """The word of this row."""
    label, pk = row
    return f"zq{LABELS.index(label)}w{pk}qz"


def plant(superuser: psycopg.Connection) -> int:
    """Put its word before every text of every walled row that not everyone may read. Says in how many places."""
    planted = 0
    for label, model in oracle.walled().items():
        if oracle.RULES[label] is oracle.everyone:
            continue
        for field in model._meta.concrete_fields:
            if _is_text(field):
                planted += superuser.execute(*_planting(label, model, field)).rowcount
    return planted


def _is_text(field: Any) -> bool:
    if _is_in_pieces(field):
        return True
    return (
        isinstance(field, models.CharField | models.TextField)
        and not (field.choices or field.unique or isinstance(field, models.EmailField))
        and field.name not in NOT_TEXT
    )


def _is_in_pieces(field: Any) -> bool:
    """A body that letters share: a list of texts and numbers."""
    return field.model is Wording and isinstance(field, models.JSONField)


def _planting(label: str, model: Any, field: Any) -> tuple[sql.Composed, list[Any]]:
    own = sql.SQL("'zq' || %s::text || 'w' || {key} || 'qz'").format(key=sql.Identifier(model._meta.pk.column))
    column = sql.Identifier(field.column)
    if _is_in_pieces(field):
        statement = (
            "UPDATE {table} SET {column} = jsonb_set({column}, '{{0}}', to_jsonb({own} || ' ' || ({column} ->> 0))) "
            "WHERE {column} <> '[]'"
        )
        names = {"table": sql.Identifier(model._meta.db_table), "column": column, "own": own}
        return sql.SQL(statement).format(**names), [LABELS.index(label)]
    # An address stays one, and keeps its key behind it.
    text = "{column} || '#' || {own}" if isinstance(field, models.URLField) else "{own} || ' ' || {column}"
    update = sql.SQL("UPDATE {table} SET {column} = left(" + text + ", %s) WHERE {column} <> ''").format(
        table=sql.Identifier(model._meta.db_table), column=column, own=own
    )
    return update, [LABELS.index(label), field.max_length or 1_000_000]


# --- Files that carry words --------------------------------------------------------------------------------------


def a_workbook(text: str) -> bytes:
    """One sheet with ``text`` in its first cell."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = text
    book.save(file)
    return file.getvalue()


# --- Finding them again ------------------------------------------------------------------------------------------


def rows_in(body: bytes) -> set[Row]:
    """The rows whose words stand in ``body``: a page, a calendar, a PDF, an Office file, or a letter in its parts."""
    return {(LABELS[int(label)], int(pk)) for text in _texts(body) for label, pk in WORD.findall(text)}


def _texts(body: bytes) -> list[str]:
    if body.startswith(b"%PDF"):
        return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages]
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return [text for name in packed.namelist() for text in (name, *_texts(packed.read(name)))]
    text = body.decode(errors="replace")
    return [html.unescape(text), re.sub(r"\r?\n[ \t]", "", text)]  # RFC 5545, 3.1: calendars fold their lines


def rows_in_letter(raw: bytes) -> set[Row]:
    """The same for a letter as it travelled, attachments included."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part.get_payload(decode=True) or b"" for part in message.walk()]
    headers = "\n".join(str(value) for part in message.walk() for value in part.values())
    return set().union(*map(rows_in, [*parts, headers.encode()]))  # type: ignore[arg-type]
