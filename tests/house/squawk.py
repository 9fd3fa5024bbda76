"""`python -m tests.house.squawk`: would a migration lock or rewrite a table in use? Exit code 1 when one would.

squawk reads the SQL of every migration after its app's first. One that may break a rule says so in a line of its own:
``# squawk: allow <rule> because <reason>``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from kenniskring import servers

from .sources import ROOT, STAIRCASE

ALLOWED = re.compile(r"^# squawk: allow ([a-z-]+) because \S.+$", re.MULTILINE)
SQUAWK = Path(sys.executable).with_name("squawk")

EXCLUDED = {
    "require-timeout-settings": "our migrate command sets lock_timeout, and tries again",
    "prefer-robust-stmts": "each migration is one transaction: all of it or nothing",
    "prefer-text-field": "the length of a field is the form's limit too; making it longer rewrites nothing",
    "prefer-identity": "Django's keys are identity columns",
    "prefer-bigint-over-int": "a count of seats needs no more",
    "prefer-bigint-over-smallint": "a position in a list needs no more",
}
"""Rules that are not for us, and why."""


def later_migrations() -> list[Path]:
    """All of ours that run on tables which may be in use."""
    paths = [path for app in STAIRCASE for path in sorted((ROOT / app / "migrations").glob("0*.py"))]
    return [path for path in paths if not path.name.startswith("0001")]


def sql_of(migration: Path) -> str:
    """What it does, as SQL. The database is only asked how it writes things."""
    from django.db import connections
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, replace_migrations=False)
    loader.connection = connections["owner"]
    node = loader.graph.nodes[migration.parts[-3], migration.stem]
    return "\n".join(map(str, loader.collect_sql([(node, False)])))


def complaints(statements: str, allowed: set[str], folder: Path, name: str) -> str:
    """What squawk says about this SQL; nothing when it is content."""
    file = folder / f"{name}.sql"
    file.write_text(statements)
    rules = ",".join(sorted(EXCLUDED.keys() | allowed))
    command = [
        str(SQUAWK),
        "--pg-version",
        "18.0",
        "--assume-in-transaction",
        "--reporter",
        "gcc",
        "--exclude",
        rules,
    ]
    done = subprocess.run([*command, file.name], cwd=folder, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"{done.stdout}{done.stderr}"


def main() -> int:
    server = servers.start_postgres(ROOT / ".local/test/postgres")
    os.environ["DATABASE_OWNER_URL"] = servers.url(server, "postgres", "postgres")
    os.environ |= {"DJANGO_SETTINGS_MODULE": "kenniskring.settings", "LOG_LEVEL": "WARNING"}
    import django

    django.setup()
    with tempfile.TemporaryDirectory() as name:
        found = [
            complaints(
                sql_of(path), set(ALLOWED.findall(path.read_text())), Path(name), f"{path.parts[-3]}.{path.stem}"
            )
            for path in later_migrations()
        ]
    sys.stdout.write("".join(found))
    return 1 if any(found) else 0


if __name__ == "__main__":
    sys.exit(main())
