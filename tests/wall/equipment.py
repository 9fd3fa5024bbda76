"""Functions that a laboratory makes in PostgreSQL: many attempts in one round trip, each of them taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from django.db import models
from psycopg import sql

from .laboratory import APP, one
from .oracle import walled


def table(label: str) -> str:
    return walled()[label]._meta.db_table


def key(label: str) -> str:
    return walled()[label]._meta.pk.column


def kind_of_key(label: str) -> str:
    """Its type in PostgreSQL; most are numbers."""
    return "uuid" if isinstance(walled()[label]._meta.pk, models.UUIDField) else "bigint"


TRY_ALL = """
CREATE FUNCTION pg_temp.try_all(statements text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    statement text;
    touched bigint;
    answers text[] := '{}';
BEGIN
    FOREACH statement IN ARRAY statements LOOP
        BEGIN
            EXECUTE statement;
            GET DIAGNOSTICS touched = ROW_COUNT;
            RAISE EXCEPTION USING ERRCODE = 'KK000', MESSAGE = touched::text;
        EXCEPTION
            WHEN insufficient_privilege THEN answers := answers || 'refused'::text;
            WHEN integrity_constraint_violation THEN answers := answers || 'allowed'::text;
            WHEN SQLSTATE 'KK000' THEN
                answers := answers || CASE SQLERRM WHEN '0' THEN 'nothing' ELSE 'allowed' END;
        END;
    END LOOP;
    RETURN answers;
END $$
"""
"""Runs each statement and takes it back. A broken constraint is the answer "allowed": the wall is asked before it."""

ADD = """
CREATE FUNCTION pg_temp.add_{name}(copies jsonb) RETURNS {kind}[] LANGUAGE plpgsql AS $$
DECLARE
    copy {name};
    added {kind}[] := '{{}}';
BEGIN
    FOR copy IN SELECT * FROM jsonb_populate_recordset(NULL::{name}, copies) LOOP
        BEGIN
            INSERT INTO {name} SELECT copy.*;
            RAISE unique_violation;
        EXCEPTION
            WHEN insufficient_privilege THEN CONTINUE;
            WHEN unique_violation THEN added := added || copy.{key};
        END;
    END LOOP;
    RETURN added;
END $$
"""
"""Adds each row, copies too: their key would forbid it once the wall has said yes. Nothing of it stays."""


NOTHING_UNIQUE = """
DO $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname) FROM pg_constraint
        WHERE contype = 'u' AND connamespace = 'public'::regnamespace
        UNION ALL
        SELECT format('DROP INDEX %s', i.indexrelid::regclass) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
    LOOP
        EXECUTE statement;
    END LOOP;
END $$
"""
"""So that a change of all rows at once meets the wall and nothing else."""

UNGRANTED: set[tuple[str, str]] = set()
"""Command and table of what the app role may not even try."""


def equip(lab: psycopg.Connection) -> None:
    """Make the functions above for the length of the transaction; nothing but a key must be unique meanwhile."""
    lab.execute(TRY_ALL)
    lab.execute(NOTHING_UNIQUE)
    for label in walled():
        lab.execute(ADD.format(name=table(label), key=key(label), kind=kind_of_key(label)))
        for command in ("UPDATE", "DELETE"):
            if not one(lab, "SELECT has_table_privilege(%s, %s, %s)", [APP, table(label), command])[0]:
                UNGRANTED.add((command, label))


def try_all(lab: psycopg.Connection, statements: Iterable[str]) -> list[str]:
    """The answer to each: "allowed", "refused" with an error, or "nothing" was touched."""
    return one(lab, "SELECT pg_temp.try_all(%s)", [list(statements)])[0]


def literal(lab: psycopg.Connection, value: Any) -> str:
    return sql.Literal(value).as_string(lab)
