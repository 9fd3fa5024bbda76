"""Start everything, say where it is, stop everything: `python -m kenniskring.demo`. `make demo` calls this."""

from __future__ import annotations

import gc
import hashlib
import os
import secrets
import shlex
import shutil
import signal
import socket
import sys
import threading
import time
import urllib.request
from pathlib import Path

from honcho.manager import Manager

from kenniskring import servers

HOME = Path(os.environ.get("DEMO_HOME", servers.ROOT / ".local/demo"))
PLAYED = HOME / "played"
"""Written once the demo network is whole; says in which tables."""

DATABASE = "kenniskring_demo"
LOOPBACK = "127.0.0.1"
ACCOUNTS = [
    ("lid.waasland@demo.example", "lid van RKK Waasland"),
    ("trekker.waasland@demo.example", "trekker van RKK Waasland"),
    ("lid.kempen@demo.example", "lid van RKK Kempen"),
    ("trekker.kempen@demo.example", "trekker van RKK Kempen"),
    ("lid.beide@demo.example", "lid van allebei"),
    ("beheer@demo.example", "community manager, ook op /beheer/"),
]


def say(line: str) -> None:
    print(line, flush=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def refuse_a_port_in_use(port: int) -> None:
    """One clear line and exit code 1 when something listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            sys.exit(f"Port {port} cannot be used ({error.strerror}). Choose another: make demo PORT={port + 1}")


def secret_key() -> str:
    """Kept, so that whoever is logged in still is after a second start."""
    file = HOME / "secret_key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


def first_migrations() -> str:
    """Changes when a first migration was rewritten: tables that are there then cannot be brought up to date."""
    files = sorted(servers.ROOT.glob("*/migrations/0001_initial.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def start_database() -> bool:
    """PostgreSQL with the demo's database, unless DATABASE_URL names another. Says whether it is ours."""
    if "DATABASE_URL" in os.environ:
        return False
    server = servers.start_postgres(HOME / "postgres")
    if not PLAYED.exists() or PLAYED.read_text() != first_migrations():
        # The first start, or one that was broken off, or tables of another time.
        PLAYED.unlink(missing_ok=True)
        servers.drop_database(server, DATABASE)
        for folder in ("post", "media"):
            shutil.rmtree(HOME / folder, ignore_errors=True)
    servers.create_database(server, DATABASE)
    servers.set_defaults(servers.environment(server, DATABASE))
    os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")  # nobody mourns the last second of a demo
    return True


def sink_command() -> list[str]:
    port = os.environ["SMTP_URL"].rpartition(":")[2]
    return [sys.executable, "-m", "kenniskring.demo.sink", port, os.environ["DEMO_POST"]]


def prepare(*, ours: bool) -> None:
    """Tables and, the first time, facts and the demo network."""
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    from kenniskring.demo import network

    gc.set_threshold(100_000)  # looking for waste as often as by itself takes a tenth of the wait
    say("Tables …")
    call_command("migrate", verbosity=0)
    if not network.is_whole():
        call_command("load_demo")
        if ours:
            PLAYED.write_text(first_migrations())
    connections.close_all()


def announce(address: str, started: float) -> None:
    """Say where it is as soon as it answers."""
    while True:
        try:
            with urllib.request.urlopen(f"{address}/healthz/ready", timeout=5):
                break
        except OSError:
            time.sleep(0.2)
    width = max(len(account) for account, _ in ACCOUNTS)
    accounts = "\n".join(f"    {account:{width}}  {role}" for account, role in ACCOUNTS)
    say(
        f"\nKenniskring is ready after {time.monotonic() - started:.0f} s:\n\n    {address}/\n"
        f"    {address}/demo/post/   its letters\n\nAccounts, password kenniskring-demo:\n\n{accounts}\n\n"
        "Ctrl-C stops it.\n"
    )


def processes(port: int) -> dict[str, list[str]]:
    """The command line of each process of the portal, by name. The story test runs the same ones."""
    as_root = "ignore:You're running the worker with superuser privileges"  # on this machine alone, and it may
    celery = [sys.executable, "-W", as_root, "-m", "celery", "--app", "kenniskring", "--quiet"]
    return {
        "web": [
            *(sys.executable, "-m", "gunicorn", "kenniskring.wsgi", "--bind", f"{LOOPBACK}:{port}"),
            *("--workers", "1", "--threads", "8", "--log-level", "warning", "--no-control-socket"),
        ],
        "worker": [*celery, "worker", "--concurrency", "1", "--loglevel", "WARNING", "--without-gossip"],
        "beat": [*celery, "beat", "--loglevel", "WARNING"],
    }


def main() -> int:
    started = time.monotonic()
    port = int(os.environ.get("PORT", "8000"))
    refuse_a_port_in_use(port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that servers stop by atexit
    for folder in ("media", "static"):
        (HOME / folder).mkdir(parents=True, exist_ok=True)
    address = f"http://localhost:{port}"
    say("PostgreSQL and Valkey …")
    ours = start_database()
    if "REDIS_URL" not in os.environ:
        os.environ["REDIS_URL"] = servers.start_valkey().connection_url
    servers.set_defaults(
        {
            "DJANGO_SETTINGS_MODULE": "kenniskring.settings",
            "SECRET_KEY": secret_key(),
            "DEMO": "1",
            "BASE_URL": address,
            "EXTRA_HOSTS": f"localhost {LOOPBACK}",
            "SMTP_URL": f"smtp://{LOOPBACK}:{free_port()}",
            "DEMO_POST": str(HOME / "post"),
            "MEDIA_ROOT": str(HOME / "media"),
            "STATIC_ROOT": str(HOME / "static"),
            "LOG_LEVEL": "WARNING",
        }
    )
    prepare(ours=ours)
    manager = Manager()
    for name, command in {**processes(port), "post": sink_command()}.items():
        manager.add_process(name, shlex.join(command), cwd=str(servers.ROOT))
    teller = threading.Timer(1, announce, [address, started])
    teller.daemon = True
    teller.start()
    manager.loop()
    # Stopped on purpose is not an error.
    return 0 if manager.returncode in (128 + signal.SIGINT, 128 + signal.SIGTERM) else manager.returncode or 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped.")
