"""The databases that are measured: filled once per change of the tables, kept as templates under .local/bench."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg

from kenniskring import servers

HERE = Path(__file__).parent
HOME = servers.ROOT / ".local" / "bench"
# A database with the tables of today may be named to begin from, with the key of its wall: so do the tests.
BASE = os.environ.get("BENCH_BASE")
SERVER = Path(os.environ.get("BENCH_SERVER", HOME / "postgres"))
SECRET_KEY = os.environ.get("BENCH_SECRET_KEY", "only-for-measuring-" + "x" * 40)


@dataclass(frozen=True)
class Size:
    """How large a network is; ``invited`` is the number of members of the circle that invites them all at once."""

    meetings: int
    circles: int = 500
    members: int = 20_000
    invited: int = 1_000


def surroundings(database_urls: dict[str, str]) -> dict[str, str]:
    """The environment of a portal in production, that asks this database."""
    return os.environ | database_urls | {
        "DJANGO_SETTINGS_MODULE": "kenniskring.settings",
        "SECRET_KEY": SECRET_KEY,
        "BASE_URL": "https://kenniskring.example",
        "REDIS_URL": os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:1"),
        "SMTP_URL": "smtp://127.0.0.1:1",
        "STATIC_ROOT": str(HOME / "static"),
        "MEDIA_ROOT": str(HOME / "media"),
        "DEMO": "0",
        "LOG_LEVEL": "WARNING",
        "TRUSTED_PROXIES": "1",
        "SECOND_FACTOR_REQUIRED": "0",  # a trekker logs in here without a telephone
    }  # fmt: skip


def manage(database_urls: dict[str, str], *command: str) -> None:
    command = (sys.executable, "manage.py", *command)
    subprocess.run(command, cwd=servers.ROOT, env=surroundings(database_urls), check=True, stdout=subprocess.DEVNULL)


def _digest() -> str:
    """Changes when the tables, the walls, the facts or the filling could."""
    root = servers.ROOT
    files = [
        *root.glob("*/migrations/*.py"),
        *root.glob("regions/*.sql"),
        *root.glob("data/*.csv"),
        HERE / "fill.sql",
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted([*files, root / "uv.lock"]))).hexdigest()[:10]


def template(server: servers.PostgresServer, size: Size) -> str:
    """The name of a filled database of this size; makes it when it is not there, and throws older ones away."""
    mark = f"bench_{size.meetings}_{size.circles}_{size.members}_"
    name = mark + _digest()
    with psycopg.connect(servers.url(server, "postgres", "postgres"), autocommit=True) as admin:
        known = {row[0] for row in admin.execute("SELECT datname FROM pg_database").fetchall()}
    if name in known:
        return name
    for old in known:
        if old.startswith(mark):
            servers.drop_database(server, old)
    building = f"{mark}building"
    servers.drop_database(server, building)
    servers.create_database(server, building, template=BASE)
    urls = servers.environment(server, building)
    if BASE is None:
        manage(urls, "migrate", "--verbosity", "0")
    manage(urls, "load_facts")
    with psycopg.connect(servers.url(server, "postgres", building), autocommit=True) as superuser:
        for setting, value in vars(size).items():
            superuser.execute("SELECT set_config(%s, %s, false)", [f"bench.{setting}", str(value)])
        superuser.execute((HERE / "fill.sql").read_bytes())
        superuser.execute("VACUUM ANALYZE")
    with psycopg.connect(servers.url(server, "postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
    return name


def copy(server: servers.PostgresServer, of: str) -> str:
    """A database of one's own, with what is in ``of``: what is measured may write."""
    name = f"run_{os.getpid()}_{of}"
    servers.create_database(server, name, template=of)
    return name
