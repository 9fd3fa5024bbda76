"""pytest plugin: servers and settings of our own, before Django looks at them.

PostgreSQL runs under .local/test; the tables are made once per change of the migrations and copied for each worker.
"""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from kenniskring import servers

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "kenniskring_template"
_database: str | None = None


def _schema_digest() -> str:
    """Changes when the tables, the wall's functions, the roles or the facts could."""
    digest = hashlib.sha256()
    for path in sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("regions/*.sql"), ROOT / "uv.lock"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


OURS = "TEST_TEMPLATE" not in os.environ  # whoever started us has made it: pytest-xdist for its workers, `make drill`

if OURS:
    POSTGRES = servers.start_postgres(ROOT / ".local/test/postgres")
    # Not in the checkout: uploads of tests are thrown away with the session.
    MEDIA = tempfile.TemporaryDirectory(prefix="kenniskring-media-")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "kenniskring.settings",
        "SECRET_KEY": "only-for-tests",
        "BASE_URL": "http://testserver",
        "EXTRA_HOSTS": "localhost 127.0.0.1",
        "REDIS_URL": "redis://127.0.0.1:1",  # nobody there; tests of the queue start a Valkey of their own
        "SMTP_URL": "smtp://127.0.0.1:1",
        "DEMO": "1",
        "MEDIA_ROOT": MEDIA.name,
        "STATIC_ROOT": tempfile.mkdtemp(dir=MEDIA.name),  # empty, for whitenoise: the finders serve
        "LOG_LEVEL": "WARNING",
        "VISITORS_SEE_FOR": "0",  # what a test changed is seen at once
        "TEST_TEMPLATE": f"{TEMPLATE}_{_schema_digest()}",
    }
    os.environ |= servers.environment(POSTGRES, os.environ["TEST_TEMPLATE"])
    os.environ["TEST_ADMIN_URL"] = servers.url(POSTGRES, "postgres", "postgres")
    if not hasattr(os, "_kenniskring_server"):
        os._kenniskring_server = POSTGRES  # type: ignore[attr-defined]


def _admin(statement: str) -> list:
    with psycopg.connect(os.environ["TEST_ADMIN_URL"], autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


if OURS:
    # Nothing here outlives a power cut, so nothing waits for the disk.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _admin(f"ALTER SYSTEM SET {setting} = off")
    _admin("SELECT pg_reload_conf()")


def _build_template() -> None:
    """Migrate once per schema; workers that come at the same time wait at the door."""
    from django.core.management import call_command
    from django.db import connections

    template = os.environ["TEST_TEMPLATE"]
    with open(ROOT / ".local/test/lock", "w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        if _admin(f"SELECT 1 FROM pg_database WHERE datname = '{template}'"):
            return
        building = f"{template}_building"
        _admin(f"DROP DATABASE IF EXISTS {building}")
        server = servers.start_postgres(ROOT / ".local/test/postgres")
        servers.create_database(server, building)
        connections["owner"].settings_dict["NAME"] = building
        call_command("migrate", verbosity=0)
        connections["owner"].close()
        _admin(f"ALTER DATABASE {building} RENAME TO {template}")


@contextmanager
def own_database(name: str) -> Iterator[None]:
    """Let Django, and processes started from here, work in a new copy of the template; it is dropped afterwards."""
    from django.db import connections

    _build_template()
    with open(ROOT / ".local/test/lock", "w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)  # a template is copied by one at a time
        _admin(f"CREATE DATABASE {name} TEMPLATE {os.environ['TEST_TEMPLATE']}")
        _admin(
            f"REVOKE CREATE, TEMPORARY ON DATABASE {name} FROM PUBLIC"
        )  # of a template, rights to itself stay behind
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    for key in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ[key] = os.environ[key].replace(os.environ["TEST_TEMPLATE"], name)
    try:
        yield
    finally:
        for alias in ("default", "owner"):
            connections[alias].close()
        _admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


EMPTY = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'
        AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
    PERFORM setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


def empty_tables() -> None:
    """Leave of the database what migrations made.

    As a superuser who looks at no foreign key: TRUNCATE makes a new file for each table and index, every time.
    """
    database = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_OWNER_URL"])["dbname"]
    with psycopg.connect(os.environ["TEST_ADMIN_URL"], dbname=database) as superuser:
        superuser.execute("SET lock_timeout = '10s'; SET session_replication_role = replica")
        superuser.execute(EMPTY)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """A database per worker, with the app role in front of it."""
    name = f"test_{os.getpid()}"
    with django_db_blocker.unblock():
        _build_template()
    with own_database(name):
        yield name
