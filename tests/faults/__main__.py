"""`make faults`: kill, freeze and cut what the portal stands on, and count what was lost.

python -m tests.faults [--small] [part …]    exit 1 when a promise is broken

A part is a module beside this one with a function ``run(size)``, "full" or "small", that gives lines of (what,
figure, promise kept). It finds an empty database with the wall, in Django's connection and in DATABASE_URL for
processes of its own; what else it needs it starts itself (``stage.py``), and stops.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import sys
import time
import traceback
from pathlib import Path

import django
from django.conf import settings

import tests.servers as servers  # starts PostgreSQL, and says to Django where it is: first

Line = tuple[str, str, bool]


def parts() -> list[str]:
    """Every module here that can be run."""
    files = Path(__file__).parent.glob("[a-z]*.py")
    return sorted(file.stem for file in files if "\ndef run(" in file.read_text())


def play(part: str, size: str) -> list[Line]:
    """The lines of one part. One that breaks off broke its promises."""
    from django.db import connections

    try:
        return importlib.import_module(f"tests.faults.{part}").run(size)
    except Exception:  # noqa: BLE001  (whatever it was, the other parts are played)
        traceback.print_exc()
        return [("broken off", "see above", False)]
    finally:
        connections.close_all()
        servers.empty_tables()


def told(lines: dict[str, list[Line]]) -> str:
    """One table of all parts, columns aligned."""
    rows = [
        (part, what, figure, "kept" if kept else "BROKEN")
        for part, each in lines.items()
        for what, figure, kept in each
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description="What is lost when something fails.")
    asked.add_argument("parts", nargs="*", metavar="part", help=f"one of: {', '.join(parts())}; all when none")
    asked.add_argument("--small", action="store_true", help="as in `pytest -m long`: less of everything")
    arguments = asked.parse_args()
    if unknown := set(arguments.parts) - set(parts()):
        asked.error(f"there is no part {', '.join(sorted(unknown))}")
    os.environ["LOG_LEVEL"] = "ERROR"  # what is away is away on purpose
    django.setup()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # as in the tests: quick people
    lines: dict[str, list[Line]] = {}
    with servers.own_database(f"faults_{os.getpid()}"):
        for part in arguments.parts or parts():
            began = time.monotonic()
            print(f"{part} …", end=" ", file=sys.stderr, flush=True)
            lines[part] = play(part, "small" if arguments.small else "full")
            print(f"{time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(told(lines))
    return 0 if all(kept for each in lines.values() for _what, _figure, kept in each) else 1


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
