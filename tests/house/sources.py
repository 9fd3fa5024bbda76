"""The project's own files, for tests about the house itself."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAIRCASE = ["kenniskring", "cooperation", "meetings", "questions", "library", "members", "mailroom", "regions"]
"""Highest step first. Imports go down only; ``kenniskring`` may see everything."""


def python_files(*folders: str) -> list[Path]:
    """All of our Python in ``folders``, migrations apart: those are generated."""
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts
    )


def our_files() -> list[Path]:
    return python_files(*STAIRCASE)


def templates() -> list[Path]:
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))
