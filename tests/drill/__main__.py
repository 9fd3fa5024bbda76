"""`python -m tests.drill`: rehearse backup and restore with the demo network. Exit code 1 when anything differs.

The tests of the wall take most of the time; `python -m tests.drill tests/wall/test_wall.py` runs those alone.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from kenniskring import servers
from kenniskring.demo import __main__ as demo

from .rehearsal import Report, rehearse

DATABASE = "kenniskring_drill"
READY = """
from django.test import Client
from regions.wall import wrong_role
client = Client(headers={"host": "localhost"})
answers = {path: client.get(path).status_code for path in ("/healthz/ready", "/", "/bijeenkomsten/", "/kringen/")}
assert set(answers.values()) == {200}, answers
assert wrong_role() is None
"""


def the_demo() -> Any:
    """The PostgreSQL of the demo, its network played. The demo itself must not be running."""
    os.environ.pop("DATABASE_URL", None)
    for folder in ("media", "static"):
        (demo.HOME / folder).mkdir(parents=True, exist_ok=True)
    ours = {"SECRET_KEY": demo.secret_key, "DEMO": lambda: "1", "LOG_LEVEL": lambda: "ERROR"}
    os.environ |= {name: value() for name, value in ours.items()} | {
        "DJANGO_SETTINGS_MODULE": "kenniskring.settings",
        "BASE_URL": "http://localhost",
        "REDIS_URL": "redis://127.0.0.1:1",
        "SMTP_URL": f"smtp://127.0.0.1:{demo.free_port()}",
        "DEMO_POST": str(demo.HOME / "post"),
        "MEDIA_ROOT": str(demo.HOME / "media"),
        "STATIC_ROOT": str(demo.HOME / "static"),
    }
    demo.start_database()
    demo.prepare(ours=True)
    return servers.start_postgres(demo.HOME / "postgres")


def copy(server: Any) -> None:
    """The database of the drill: the demo's, with roles and rights as the manual makes them."""
    servers.drop_database(server, DATABASE)
    try:
        servers.create_database(server, DATABASE, template=demo.DATABASE)
    except psycopg.errors.ObjectInUse:
        sys.exit("The demo is running. Stop it first: the drill works on a copy of what is at rest.")
    with psycopg.connect(servers.url(server, "postgres", DATABASE)) as connection:
        connection.execute((servers.ROOT / "regions" / "roles.sql").read_bytes())


def in_surroundings(server: Any, database: str, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A Python of ours with this database behind it."""
    environment = os.environ | servers.environment(server, database) | more
    return subprocess.run(
        [sys.executable, *command], cwd=servers.ROOT, env=environment, capture_output=True, text=True, check=False
    )


def start_the_portal(report: Report, target: Any, media: Path) -> None:
    with report.step("the portal answers, as the app role") as say:
        done = in_surroundings(
            target, DATABASE, "manage.py", "shell", "--no-imports", "--command", READY, MEDIA_ROOT=str(media)
        )
        say("4 pages")
        if done.returncode:
            report.differences.append(f"The portal does not start on the restored database:\n{done.stderr}")


def test_the_wall(report: Report, target: Any, scratch: Path) -> None:
    """All of tests/wall on the restored database, at last emptied of its rows: they bring a world of their own."""
    with psycopg.connect(servers.url(target, "postgres", "postgres"), autocommit=True) as admin:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # as for all tests: nothing here is kept
            admin.execute(f"ALTER SYSTEM SET {setting} = off")
        admin.execute("SELECT pg_reload_conf()")
    with psycopg.connect(servers.url(target, "kenniskring_owner", DATABASE)) as owner:
        tables = owner.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        ).fetchone()
        owner.execute(f"TRUNCATE {tables[0]} RESTART IDENTITY CASCADE")  # type: ignore[index]
    settings = {
        "TEST_TEMPLATE": DATABASE,
        "TEST_ADMIN_URL": servers.url(target, "postgres", "postgres"),
        "BASE_URL": "http://testserver",
        "EXTRA_HOSTS": "localhost 127.0.0.1",
        "LOG_LEVEL": "WARNING",
        "MEDIA_ROOT": str(scratch),  # or uploads of the tests would land among the demo's
        "PGOPTIONS": "",
    }
    with report.step("the tests of the wall pass on it") as say:
        done = in_surroundings(
            target, DATABASE, "-m", "pytest", *(sys.argv[1:] or ["tests/wall"]), "-n", "2", **settings
        )
        say((done.stdout or done.stderr).strip().splitlines()[-1].strip("= "))
        if done.returncode:
            report.differences.append(f"tests/wall:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that servers stop by atexit
    began, report = time.monotonic(), Report()
    with report.step("the demo network (played when it is not there yet)"):
        source = the_demo()
        copy(source)
    folder = Path(tempfile.mkdtemp(prefix="kenniskring-drill-"))
    folder.chmod(0o755)
    try:
        target = rehearse(report, source, DATABASE, demo.HOME / "media", folder)
        start_the_portal(report, target, folder / "media")
        test_the_wall(report, target, folder / "scratch")
        target.cleanup()
    finally:
        servers.drop_database(source, DATABASE)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{report.table()}\n{'':2}{time.monotonic() - began:.0f} s in all\n")
    for difference in report.differences:
        print(f"DIFFERENT  {difference}")
    if not report.differences:
        print("Nothing differs.")
    return 1 if report.differences else 0


if __name__ == "__main__":
    sys.exit(main())
