"""Walls with a hole or a stone too many: policies and functions with a condition dropped, or one word changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from regions import wall
from regions.wall import ANYONE

from .oracle import walled, walls

WRITES = ("add", "change", "change blindly", "delete", "delete blindly")
OF = {
    "SELECT": ("see", "nobody"),
    "INSERT": ("add", "note"),
    "UPDATE": ("change", "change blindly", "move", "move blindly"),
    "DELETE": WRITES[3:],
}


@dataclass(frozen=True)
class Mutant:
    """One change of the wall: how it is made, and where it would be noticed."""

    name: str
    sql: str
    verbs: tuple[str, ...]
    tables: tuple[str, ...] | None = None  # labels; None for all


# --- One condition less ---------------------------------------------------------------------------------------------

WORDS = re.compile(r"'(?:[^']|'')*'|\b\w+\b|[();]|:=", re.IGNORECASE)
ENDS = {
    "WHERE",
    "FROM",
    "UNION",
    "SELECT",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "ON",
    "JOIN",
    "GROUP",
    "ORDER",
    "USING",
    "WITH",
    "IF",
    ":=",
}


def weaker(sql: str) -> Iterator[str]:
    """The text with one operand of an AND or OR left out, or one WHERE, each in turn; whatever the depth."""
    words = [(m.group().upper(), m.start(), m.end()) for m in WORDS.finditer(sql)]

    def edge(start: int, step: int) -> int:
        """The index of the word that ends the operand, going left or right from ``start``."""
        depth, at = 0, start + step
        while 0 <= at < len(words):
            word = words[at][0]
            depth += {"(": step, ")": -step}.get(word, 0)
            if depth < 0 or (depth == 0 and (word in ENDS or word in ("AND", "OR", ";"))):
                return at
            at += step
        return at

    for index, (word, start, end) in enumerate(words):
        if word in ("AND", "OR"):
            left, right = edge(index, -1), edge(index, 1)
            begins = words[left][2] if left >= 0 else 0
            ends = words[right][1] if right < len(words) else len(sql)
            yield f"{sql[:start]} {sql[ends:]}"
            yield f"{sql[:begins]} {sql[end:]}"
        elif word == "WHERE":
            right = edge(index, 1)
            while right < len(words) and words[right][0] in ("AND", "OR"):
                right = edge(right, 1)
            yield f"{sql[:start]} {sql[words[right][1] if right < len(words) else len(sql) :]}"


SWAPS = [
    ("app.led()", "app.circles()"),
    ("app.led()", "app.peers()"),
    ("app.circles()", "app.led()"),
    ("app.peers()", "app.circles()"),
    ("app.peers()", "app.led()"),
    ("app.is_system()", "app.is_steward()"),
    ("app.is_steward()", "app.is_system()"),
    ("app.is_steward()", "app.is_insider()"),
    ("app.is_insider()", "app.is_steward()"),
    ("app.is_insider()", "true"),
    ("app.is_doorkeeper()", "true"),
    ("app.is_vendor()", "false"),
    ("app.people()", "app.circles()"),
    ("= (SELECT app.me())", "IS NOT NULL"),
    ("'draft'", "'held'"),
    ("'accepted'", "'asked'"),
    ("'vendor'", "'flemish'"),
    ("'umbrella'", "'regional'"),
    ("IS NULL", "IS NOT NULL"),
    ("<>", "="),
    (">=", ">"),
    ("<=", "<"),
    ("THEN '{}'", "THEN app.circles()"),
    ("state", "audience"),
]
"""One word for another, wherever it stands."""


def changed(sql: str) -> Iterator[str]:
    yield from (sql.replace(old, new) for old, new in SWAPS if old in sql)


def variants(sql: str, *more: str) -> list[str]:
    """All of these, each once."""
    found = {" ".join(each.split()): each for each in (*more, *weaker(sql), *changed(sql))}
    return [found[name] for name in sorted(found) if name != " ".join(sql.split())]


# --- Policies -------------------------------------------------------------------------------------------------------


def _policy(label: str, name: str, command: str, condition: str) -> str:
    table = walled()[label]._meta.db_table
    policy = f"{name}_{command.lower()}"
    return f"DROP POLICY {policy} ON {table}; CREATE POLICY {policy} ON {table} FOR {command} {condition}"


def _seen_through(label: str) -> tuple[str, ...]:
    """This table, and those whose rows are seen when a row of it is; theirs too."""
    found = {label}
    while True:
        tables = "|".join(walled()[each]._meta.db_table for each in found)
        more = {each for each, wall in walls().items() if re.search(rf"\b({tables})\b", wall.see)}
        if more <= found:
            return tuple(sorted(found))
        found |= more


def _about_the_row(label: str, condition: str) -> bool:
    """Whether the condition looks at the row, and not only at who asks."""
    columns = "|".join(field.column for field in walled()[label]._meta.concrete_fields)
    return bool(re.search(rf"\b({columns})\b", re.sub(r"app\.\w+", "", condition)))


def of_policies() -> Iterator[Mutant]:
    """Every policy of every table: each way to weaken and change it, and none; the two sides of UPDATE apart."""
    for label, standing in walls().items():
        sides = {
            "SELECT": (standing.see, "USING ({0})" if standing.see == ANYONE else f"USING (({ANYONE}) AND ({{0}}))"),
            "INSERT": (standing.add, "WITH CHECK ({0})"),
            "UPDATE": (standing.change, "USING ({0}) WITH CHECK ({0})"),
            "DELETE": (standing.delete, "USING ({0})"),
        }
        for command, (condition, clause) in sides.items():
            tables = _seen_through(label) if command == "SELECT" else (label,)
            for variant in variants(condition, "true", "false"):
                sql = _policy(label, standing.name, command, clause.format(variant))
                yield Mutant(f"{label} {command} {variant}", sql, OF[command], tables)
        if label == "meetings.Meeting":  # its condition can be true before it asks who is there
            sql = _policy(label, standing.name, "SELECT", f"USING ({standing.see})")
            yield Mutant(f"{label} SELECT by nobody", sql, OF["SELECT"], _seen_through(label))
        one_sided = {"USING": f"USING (true) WITH CHECK ({standing.change})"}
        if _about_the_row(label, standing.change):  # else who has no row to change has none to move either
            one_sided["WITH CHECK"] = f"USING ({standing.change}) WITH CHECK (true)"
        for side, clause in one_sided.items():
            sql = _policy(label, standing.name, "UPDATE", clause)
            yield Mutant(f"{label} UPDATE without {side}", sql, OF["UPDATE"], (label,))


def of_tables() -> Iterator[Mutant]:
    """Tables that lost their wall, or got a second policy beside it."""
    for label, model in walled().items():
        table = model._meta.db_table
        yield Mutant(
            f"{label} without row security",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
            ("see", *WRITES),
            (label,),
        )
        yield Mutant(
            f"{label} without FORCE", f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY", ("stand",), (label,)
        )
        yield Mutant(
            f"{label} for everyone", f"CREATE POLICY also ON {table} USING (true)", ("see", *WRITES), (label,)
        )


# --- Functions ------------------------------------------------------------------------------------------------------

FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION app\.(\w+)\(.*?AS \$\$.*?\$\$;", re.DOTALL)


def functions() -> dict[str, str]:
    """The statement that makes each function, by name."""
    text = Path(wall.__file__).with_name("functions.sql").read_text()
    return {found.group(1): found.group() for found in FUNCTION.finditer(text)}


def of_functions() -> Iterator[Mutant]:
    """Every function with one condition less, or one word changed."""
    for name, statement in functions().items():
        head, body, tail = statement.split("$$")
        for variant in variants(body):
            if f"app.{name}()" not in variant:  # would call itself for ever
                text = " ".join(variant.split())
                yield Mutant(f"app.{name} {text}", f"{head}$${variant}$${tail}", ("rights", "ask", "see", "nobody"))


# --- All of them ----------------------------------------------------------------------------------------------------

NO_DIFFERENCE = [
    # whoever leads a circle is in it
    r"meetings.JoinLink SELECT .*app.circles\S+ OR m.circle_id = ANY\(\(SELECT app.(circles|peers).*",
    r"meetings.JoinLink SELECT .*\(m.circle_id = ANY\(\(SELECT app.circles\S+ \).*",
    r"members.Membership SELECT member_id = .SELECT app.me\S+ OR \S+ = ANY\(\(SELECT app.peers\S+( OR .*peers.*)?",
    # whose people one may know is no supplier, and in that circle
    r"meetings.(Case|Contribution|PressingQuestion) SELECT .*app.circles\S+ AND NOT \(SELECT app.is_vendor\(\)\)+ OR "
    r".*circle_id = ANY\(\(SELECT app.peers\S+",
    # a community manager leads every circle, and the system does
    r"mailroom.Channel \w+ circle_id = ANY\(\(SELECT app.led\S+( OR \(SELECT app.is_system\(\)\))?",
    r"app.peers SELECT CASE WHEN app.is_steward\(\) THEN app.led\(\) .*",
    # the system is a steward: it is asked first because that is quicker
    r"mailroom.Delivery SELECT (\(SELECT app.is_steward\(\)\) OR )?member_id = \(SELECT app.me\(\)\) OR "
    r"circle_id = ANY\(\(SELECT app.led\(\)\)::bigint\[\]\) OR \(SELECT app.is_steward\(\)\)",
    # a talk that is not accepted is seen by trekkers alone
    r"meetings.Speaker SELECT .* WHERE t.speaker_id = meetings_speaker.id \)",
    # the function asks it too
    r"members.Member UPDATE \( ?(\(SELECT true\) AND )?app.keeps_powers.*",
    # the planner asks app.led() for its estimate, and that raises
    r"app.seats_taken .* WHERE m.id = meeting AND \( \(m.state <> 'draft' AND \(m.audience = 'public' .*",
    # not even granted
    r"(regions.JournalEntry|admin.LogEntry) (UPDATE|DELETE) .*",
    # what is not said has no seal either
    r"app.actor DECLARE .* IF said (IS NULL|= '') THEN .*",
]
"""Mutants that behave like the wall."""


def all_of_them() -> Iterator[Mutant]:
    yield from of_policies()
    yield from of_tables()
    yield from of_functions()


def makes_no_difference(mutant: Mutant) -> bool:
    name = " ".join(mutant.name.split())
    return any(re.fullmatch(pattern, name) for pattern in NO_DIFFERENCE)
