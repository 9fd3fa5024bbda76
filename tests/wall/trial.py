"""What PostgreSQL does and what the oracle says, side by side, for every actor of a world.

Each verb is a pair: ``OBSERVE`` it on a connection that plays the app role, ``expect`` it of the oracle. All that is
written is taken back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

import psycopg
from django.db import models

from regions.wall import Actor

from . import chance, oracle, told
from .equipment import UNGRANTED, key, literal, table, try_all
from .laboratory import become, one, taken_back
from .oracle import World, walled, walls

Labels = tuple[str, ...]


# --- What the actor does --------------------------------------------------------------------------------------------

Seen = dict[str, Any]


def _sets(lab: psycopg.Connection, labels: Labels, statement: str, values: list | None = None) -> Seen:
    row = one(lab, statement, values, prepare=len(labels) > 5)
    return {label: set(found or ()) for label, found in zip(labels, row, strict=True)}


@cache
def _looking(labels: Labels) -> str:
    return "SELECT " + ", ".join(f'(SELECT array_agg("{key(label)}") FROM {table(label)})' for label in labels)


@cache
def _with(labels: Labels, command: str, asked: str) -> str:
    """All tables in one statement; they are changed at once, so none sees what happens to another."""
    parts = [command.format(table=table(label), key=f'"{key(label)}"', plain=_plain(label)) for label in labels]
    steps = ", ".join(f"step{number} AS ({part})" for number, part in enumerate(parts))
    return f"WITH {steps} SELECT " + ", ".join(f"(SELECT {asked} FROM step{n})" for n in range(len(parts)))


@cache
def _plain(label: str) -> str | None:
    """SQL that gives a constant to a column of which the wall knows nothing; None where there is no such column."""
    meta = walled()[label]._meta
    wall = " ".join(walls()[label].policies().values())
    for field in meta.concrete_fields:
        if field.primary_key or re.search(rf"\b{field.column}\b", wall) or f"{label}.{field.name}" in chance.WORTH:
            continue
        if isinstance(field, models.DateTimeField):
            return f'"{field.column}" = now()'
        if isinstance(field, models.ForeignKey):
            return f'"{field.column}" = 1'
        if isinstance(field, (models.CharField, models.TextField)) and not field.choices:
            return f"\"{field.column}\" = 'x'"
        if isinstance(field, models.JSONField):
            return f"\"{field.column}\" = '[]'"
    return None


def see(lab: psycopg.Connection, world: World, labels: Labels) -> Seen:
    return _sets(lab, labels, _looking(labels))


def _keys(lab: psycopg.Connection, labels: Labels, command: str) -> Seen:
    touched = _granted(command, labels)
    nothing: Seen = {label: set() for label in labels}
    return nothing | (_sets(lab, touched, _with(touched, command, "array_agg(pk)")) if touched else {})


def _granted(command: str, labels: Labels) -> Labels:
    return tuple(label for label in labels if (command.split()[0], label) not in UNGRANTED)


def change(lab: psycopg.Connection, world: World, labels: Labels) -> Seen:
    return _keys(lab, labels, "UPDATE {table} SET {key} = {key} RETURNING {key} AS pk")


def delete(lab: psycopg.Connection, world: World, labels: Labels) -> Seen:
    return _keys(lab, labels, "DELETE FROM {table} RETURNING {key} AS pk")


def _counts(lab: psycopg.Connection, labels: Labels, command: str) -> Seen:
    labels = _granted(command, labels)
    if not labels:
        return {}
    row = one(lab, _with(labels, command, "count(*)"), prepare=len(labels) > 5)
    return dict(zip(labels, row, strict=True))


def change_blindly(lab: psycopg.Connection, world: World, labels: Labels) -> Seen:
    """Without reading a column, so that the wall's condition for seeing is not asked."""
    labels = tuple(label for label in labels if _plain(label))
    return _counts(lab, labels, "UPDATE {table} SET {plain} RETURNING 1")


def delete_blindly(lab: psycopg.Connection, world: World, labels: Labels) -> Seen:
    return _counts(lab, labels, "DELETE FROM {table} RETURNING 1")


def add(lab: psycopg.Connection, world: World, labels: Labels) -> Seen:
    asked = ", ".join(f"pg_temp.add_{table(label)}(doc -> '{label}')" for label in labels)
    document = chance.document({label: world.rows[label] | world.unborn.get(label, {}) for label in labels})
    return _sets(lab, labels, f"SELECT {asked} FROM (SELECT %s::jsonb AS doc) AS given", [document])


def _moves(world: World, label: str) -> list[tuple[Any, str, Any]]:
    """Key, column and new value: some rows tied to something else, or given another role, state or owner."""
    moves = []
    for field, options in chance._varying(label):
        if options is None:
            options = chance._parents(label, field, world.rows)
        if len(options) > 1 and len(set(options)) > 1:
            for pk, row in world.rows[label].items():
                others = [value for value in dict.fromkeys(options) if value != row[field.attname]]
                moves += [(pk, field.attname, value) for value in others]
    return moves[:: len(moves) // world.moves + 1]


def _move(lab: psycopg.Connection, label: str, pk: Any, name: str, value: Any) -> str:
    column = chance._columns(label)[name]
    return f'UPDATE {table(label)} SET "{column}" = {literal(lab, value)} WHERE "{key(label)}" = {literal(lab, pk)}'


def move(lab: psycopg.Connection, world: World, labels: Labels) -> Seen:
    """One value of one row at a time."""
    moves = {label: _moves(world, label) for label in labels}
    answers = iter(try_all(lab, [_move(lab, label, *each) for label in labels for each in moves[label]]))
    return {label: {each for each in moves[label] if next(answers) == "allowed"} for label in labels}


def _blind_moves(world: World, label: str) -> list[tuple[str, Any]]:
    """Column and value: each foreign key of all rows at once to some rows that there are."""
    return [
        (field.attname, value)
        for field, options in chance._varying(label)
        if options is None
        for value in chance._parents(label, field, world.rows)[-world.moves // 3 :]
    ]


def move_blindly(lab: psycopg.Connection, world: World, labels: Labels) -> Seen:
    """All rows at once, without reading one: only the condition for changing stands in the way."""
    moves = {label: _blind_moves(world, label) for label in _granted("UPDATE", labels)}
    columns = {label: chance._columns(label) for label in moves}
    answers = iter(
        try_all(
            lab,
            [
                f'UPDATE {table(label)} SET "{columns[label][name]}" = {literal(lab, value)}'
                for label in moves
                for name, value in moves[label]
            ],
        )
    )
    return {label: [next(answers) for _ in moves[label]] for label in moves}


def rights(lab: psycopg.Connection, world: World, labels: Labels) -> Seen:
    """What the functions say about who asks; the second gate asks most of it too."""
    row = one(
        lab,
        "SELECT app.circles(), app.peers(), app.led(), app.people(), app.was_at(), "
        "app.is_insider(), app.is_manager(), app.is_vendor(), app.lacks_second_factor(), app.my_government()",
    )
    return {"rights": [set(found) for found in row[:5]] + [*row[5:]]}


def ask(lab: psycopg.Connection, world: World, labels: Labels) -> Seen:
    """What functions tell about rows that are not the actor's to see."""
    lab.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    meetings, people = list(world.rows["meetings.Meeting"]), list(world.rows["members.Member"])
    seats = lab.execute(
        "SELECT id, app.seats_taken(id, 'in_person'), app.seats_taken(id, 'online') FROM unnest(%s::bigint[]) AS id",
        [meetings],
    )
    places = lab.execute(
        "SELECT who, circle FROM unnest(%s::bigint[]) AS who, unnest(%s::bigint[]) AS circle "
        "WHERE app.is_in(who, circle)",
        [people, list(world.rows["regions.Circle"])],
    )
    powers = lab.execute(
        "SELECT who, active, manager FROM unnest(%s::bigint[]) AS who, unnest('{t,f}'::bool[]) AS active, "
        "unnest('{t,f}'::bool[]) AS manager WHERE app.keeps_powers(who, active, manager)",
        [people],
    )
    return {"seats": set(seats), "places": set(places), "powers": set(powers)}


def stand(lab: psycopg.Connection, world: World, labels: Labels) -> Seen:
    """Row security is on, and forced on the owner too."""
    on = "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = %s::regclass"
    return {label: one(lab, on, [table(label)])[0] for label in labels}


FORGED = ["", "system", f"system {'0' * 64}", "member:1"]
"""Who is nobody: not said, or said without a seal."""


def unheard(lab: psycopg.Connection, world: World, labels: Labels) -> Iterator[tuple]:
    """Where somebody who is nobody gets an answer instead of an error."""
    looks = {
        f"SELECT FROM {table(label)}": label
        for label in labels
        if world.rows[label] and oracle.RULES[label] is not oracle.nobody
    }
    for pk in world.rows["meetings.Meeting"]:  # one by one: for a public one no other condition is asked
        looks[f"SELECT FROM meetings_meeting WHERE id = {pk}"] = "meetings.Meeting"
        looks[f"SELECT app.seats_taken({pk}, 'online')"] = "seats"
    for said in FORGED:
        one(lab, "SELECT set_config('app.actor', %s, true)", [said])
        for label, answer in zip(looks.values(), try_all(lab, looks), strict=True):
            if answer != "refused":
                yield repr(said), "nobody", label, answer, "refused"


def note(lab: psycopg.Connection, world: World, labels: Labels) -> Seen:
    """Lines in the journal: an honest one, one for somebody else, and one for yesterday."""
    if "regions.JournalEntry" not in labels:
        return {}
    start = "INSERT INTO regions_journalentry (what, about"
    answers = try_all(
        lab,
        [
            f"{start}) VALUES ('x', 'y')",
            f"{start}, actor) VALUES ('x', 'y', 'member:0')",
            f"{start}, at) VALUES ('x', 'y', now() - interval '1 day')",
        ],
    )
    return {"regions.JournalEntry": answers}


OBSERVE = {
    "see": see,
    "add": add,
    "change": change,
    "change blindly": change_blindly,
    "delete": delete,
    "delete blindly": delete_blindly,
    "move": move,
    "move blindly": move_blindly,
    "rights": rights,
    "ask": ask,
    "stand": stand,
    "note": note,
}

# --- What the oracle says -------------------------------------------------------------------------------------------


RULES = {"see": oracle.RULES, "change": oracle.MAY_CHANGE, "delete": oracle.MAY_DELETE}


def _blind_answer(world: World, actor: Actor, label: str, name: str, value: Any) -> str:
    who, may = world.asker(actor), oracle.MAY_CHANGE[label]
    theirs = [row for row in world.rows[label].values() if may(world, who, row)]
    if not theirs:
        return "nothing"
    return "allowed" if all(may(world, who, row | {name: value}) for row in theirs) else "refused"


def _expect(world: World, actor: Actor, verb: str, label: str) -> Any:
    who = world.asker(actor)
    if verb == "stand":
        return True
    if verb == "rights":
        people = {pk for pk in world.rows["members.Member"] if oracle.knows(world, who, pk)}
        roles = [who.insider, who.manager, who.vendor, who.lacks_proof]
        return [who.circles, who.peers, who.leads, people, who.was_at, *roles, who.government]
    if verb == "note":
        return ["allowed", "refused", "refused"]
    if verb == "ask":
        return getattr(told, label)(world, who)
    if verb == "move blindly":
        return [_blind_answer(world, actor, label, *each) for each in _blind_moves(world, label)]
    if verb == "move":
        before = world.rows[label]
        return {
            (pk, name, value)
            for pk, name, value in _moves(world, label)
            if oracle.may_become(world, actor, label, before[pk], before[pk] | {name: value})
        }
    if verb == "add":
        new = world.rows[label] | world.unborn.get(label, {})
        return {pk for pk, row in new.items() if oracle.MAY_ADD[label](world, who, row)}
    rows = oracle.allowed(RULES[verb.split()[0]], world, actor, label)
    if verb.endswith("blindly"):
        return len(rows)
    return rows & oracle.visible(world, actor, label)  # what is not seen is not found to be changed either


def expect(world: World, actor: Actor, verb: str, label: str) -> Any:
    """What should come of it: keys of rows, how many there are for what is done blindly, or what a function says."""
    known = world.expectations
    if (actor, verb, label) not in known:
        known[actor, verb, label] = _expect(world, actor, verb, label)
    return known[actor, verb, label]


# --- Side by side ---------------------------------------------------------------------------------------------------


def disagreements(
    lab: psycopg.Connection,
    world: World,
    verbs: Collection[str],
    labels: Labels | None = None,
    others: list[Actor] = chance.OTHERS,
) -> Iterator[tuple]:
    """Where they differ: actor, verb, table, what happened, what should have. In a filled world, for the app role."""
    labels = labels or tuple(label for label in oracle.RULES if label in walled())
    for actor in chance.actors(world, others):
        become(lab, actor)
        for verb in verbs:
            try:
                happened = _happens(lab, world, verb, labels)
            except psycopg.Error as refusal:
                yield str(actor), verb, labels, repr(refusal), "no error"
                return  # the transaction is of no use any more
            for label, found in happened.items():
                expected = expect(world, actor, verb, label)
                if found != expected:
                    yield str(actor), verb, label, found, expected
    if "nobody" in verbs:  # last: a plan that somebody else's question left behind may ask less
        yield from unheard(lab, world, labels)


def _happens(lab: psycopg.Connection, world: World, verb: str, labels: Labels) -> Seen:
    if verb in ("see", "nobody"):
        return see(lab, world, labels) if verb == "see" else {}
    with taken_back(lab):
        return OBSERVE[verb](lab, world, labels)
