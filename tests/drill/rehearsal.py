"""The rehearsal itself: dump, restore, and hold one against the other. Gives what differs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import backup, look


@dataclass
class Report:
    """What was done, how long it took and what came of it; what differs."""

    lines: list[tuple[str, float, str]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, what: str) -> Iterator[Callable[[str], None]]:
        """Time what happens inside; call what it gives with a word about the result."""
        began, said = time.monotonic(), [""]
        yield lambda word: said.__setitem__(0, word)
        self.lines.append((what, time.monotonic() - began, said[0]))

    def compare(self, what: str, before: set, after: set) -> None:
        if before != after:
            gone, new = sorted(map(str, before - after)), sorted(map(str, after - before))
            self.differences.append(
                f"{what}: {len(gone)} gone or changed, {len(new)} new, such as {(gone + new)[:2]}"
            )

    def table(self) -> str:
        width = max(len(what) for what, _, _ in self.lines)
        return "\n".join(f"{what:{width}}  {seconds:7.1f} s  {said}".rstrip() for what, seconds, said in self.lines)


def size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"


def dump(report: Report, source: Any, database: str, media: Path, into: Path) -> None:
    """Back up, and see that who may not make a dump cannot."""
    for role in ("kenniskring_owner", "kenniskring_app"):
        with report.step(f"dump as {role}") as say:
            try:
                backup.back_up_database(source, database, into, role)
                report.differences.append(f"{role} could make a dump; with which rows?")
            except backup.Failed:
                say("refused, as it must be")
    with report.step("roles") as say:
        backup.back_up_roles(source, into)
        say(size(into / backup.ROLES))
    with report.step("database, as kenniskring_backup") as say:
        backup.back_up_database(source, database, into)
        say(size(into / backup.DATABASE))
    with report.step("files") as say:
        backup.back_up_files(media, into)
        say(f"{size(into / backup.FILES)}, {len(backup.fingerprints(media))} files")


def restore(report: Report, kept: Path, target: Any, media: Path) -> None:
    with report.step("restore roles"):
        backup.restore_roles(kept, target)
    with report.step("restore database"):
        backup.restore_database(kept, target)
    with report.step("restore files"):
        backup.restore_files(kept, media)


def compare(report: Report, source: Any, target: Any, database: str) -> None:
    """Rights, walls and rows, also through the eyes of everyone."""
    with report.step("roles, rights, functions and policies are the same") as say:
        before, after = look.facts(source, database), look.facts(target, database)
        for what in before:
            report.compare(what, before[what], after[what])
        say(f"{sum(map(len, before.values()))} facts")
    with report.step("the walls are those of the models") as say:
        report.differences += [f"The wall of {table} differs." for table in look.walls_that_differ(target, database)]
        say(f"{len(look.walls())} tables")
    with report.step("every row is there") as say:
        all_rows = look.rows(source, database)
        report.compare("rows", all_rows, look.rows(target, database))
        say(f"{sum(row[1] for row in all_rows)} rows in {len(all_rows)} tables")
    with report.step("everyone sees what they saw") as say:
        actors = look.everyone(source, database)
        seen = look.seen(source, database, actors)
        report.compare("what people see", seen, look.seen(target, database, actors))
        say(f"{len(actors)} actors × {len(look.walls())} tables, twice")


def rehearse(report: Report, source: Any, database: str, media: Path, folder: Path) -> Any:
    """The whole of it, in ``folder``; gives the new PostgreSQL with the restored database."""
    kept, restored = folder / "backup", folder / "media"
    for each in (kept, restored):
        each.mkdir()
    dump(report, source, database, media, kept)
    with report.step("a new PostgreSQL"):
        target = backup.fresh_cluster(folder / "postgres")
    restore(report, kept, target, restored)
    report.compare("files", set(backup.fingerprints(media).items()), set(backup.fingerprints(restored).items()))
    compare(report, source, target, database)
    return target
