"""What there is in a database: for whom, behind which walls, and whose it is."""

from __future__ import annotations

import re
from typing import Any

import psycopg
from psycopg import sql

from kenniskring import servers
from regions.wall import DOORKEEPER, SYSTEM, VISITOR, Actor, member, tell_postgres
from tests.wall.test_drift import stands, walls

FACTS = {
    "roles": """
        SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
               ARRAY(SELECT m.roleid::regrole || ' ' || m.set_option || m.inherit_option || m.admin_option
                     FROM pg_auth_members m WHERE m.member = r.oid ORDER BY 1)
        FROM pg_roles r WHERE rolname !~ '^pg_'""",
    "rights on the database": "SELECT datname, datacl::text[] FROM pg_database WHERE datname = current_database()",
    "schemas": """
        SELECT nspname, nspowner::regrole::text, nspacl::text[]
        FROM pg_namespace WHERE nspname IN ('public', 'app')""",
    "tables": """
        SELECT oid::regclass::text, relkind, relowner::regrole::text, relacl::text[], relrowsecurity,
               relforcerowsecurity
        FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'app'::regnamespace)""",
    "columns": """
        SELECT attrelid::regclass::text, attname, attnotnull, attacl::text[], format_type(atttypid, atttypmod)
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped
          AND relnamespace IN ('public'::regnamespace, 'app'::regnamespace)""",
    "functions": """
        SELECT oid::regprocedure::text, proowner::regrole::text, prosecdef, proacl::text[], pg_get_functiondef(oid)
        FROM pg_proc WHERE pronamespace IN ('public'::regnamespace, 'app'::regnamespace) AND prokind = 'f'""",
    "policies": """
        SELECT tablename, policyname, permissive, roles::text[], cmd, qual, with_check FROM pg_policies""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "default rights": "SELECT defaclrole::regrole::text, defaclobjtype, defaclacl::text[] FROM pg_default_acl",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
}


def facts(server: Any, database: str) -> dict[str, set[tuple]]:
    """Everything that keeps circles apart, as PostgreSQL has it."""
    with psycopg.connect(servers.url(server, "postgres", database)) as connection:
        return {
            what: {tuple(_plain(what, value) for value in row) for row in connection.execute(question).fetchall()}
            for what, question in FACTS.items()
        }


def _plain(what: str, value: Any) -> str:
    """Rights in an order of their own; lists of texts without the casts that PostgreSQL moves at each parsing."""
    if isinstance(value, list):
        return str(sorted(value))
    moved = r"::(text|character varying)(\[\])?|[()]" if what in ("indexes", "constraints") else "$^"
    return re.sub(moved, "", str(value))


def walls_that_differ(server: Any, database: str) -> set[str]:
    """Tables whose policies are not those that their model says."""
    with psycopg.connect(servers.url(server, "kenniskring_owner", database)) as owner:
        differ = {table for table, wall in walls().items() if not stands(owner, table, wall)}
        owner.rollback()
    return differ


def _contents(tables: list[str]) -> sql.Composed:
    """Of each table: how many rows one sees, and a fingerprint of them."""
    each = [
        sql.SQL("SELECT {}, count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t").format(
            sql.Literal(table), sql.Identifier(*table.split("."))
        )
        for table in tables
    ]
    return sql.SQL(" UNION ALL ").join(each)


def rows(server: Any, database: str) -> set[tuple]:
    """Every table, walled or not, as a superuser sees it."""
    with psycopg.connect(servers.url(server, "postgres", database)) as connection:
        connection.execute("SET timezone = 'UTC'")
        tables = connection.execute(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('public', 'app')"
        ).fetchall()
        return set(connection.execute(_contents([table for (table,) in tables])).fetchall())


def everyone(server: Any, database: str) -> list[Actor]:
    """Each actor that there is, deactivated members too, and one that there is not."""
    with psycopg.connect(servers.url(server, "postgres", database)) as connection:
        people = connection.execute("SELECT id FROM members_member ORDER BY id").fetchall()
    return [VISITOR, DOORKEEPER, SYSTEM, member(10**9), *[member(pk) for (pk,) in people]]


def seen(server: Any, database: str, actors: list[Actor]) -> set[tuple]:
    """What each of them sees of each walled table, as the app role is told."""
    question = _contents(sorted(walls()))
    found = set()
    with psycopg.connect(servers.url(server, "kenniskring_app", database)) as app:
        app.execute("SET timezone = 'UTC'")
        app.commit()
        for actor in actors:
            tell_postgres(actor, app)
            found |= {(str(actor), *row) for row in app.execute(question).fetchall()}
            app.rollback()
    return found
