"""A foreign key looks through the wall: PostgreSQL checks it past row security, so the policies must look."""

import random
from typing import Any

from regions.wall import SYSTEM

from . import chance, equipment, oracle, trial
from .laboratory import become, laboratory, play, taken_back

WORLDS = 8

LOOKS_THROUGH = {
    ("meetings.Invitation", "member_id"): "in the umbrella circle a trekker invites people of every circle",
    ("meetings.Report", "written_by_id"): "the circle's own note of who wrote last; it shows nothing of that member",
    ("meetings.ActionPoint", "owner_id"): "who left keeps their action; only who is in the circle hears of it",
    ("meetings.Hosting", "contact_id"): "the circle's own note of whom it asked; who is not in it sees nothing by it",
    ("meetings.Hosting", "swap_with_id"): "shows nothing of that row; exchanging looks whose circle it is",
    ("meetings.Case", "owner_id"): "who left keeps their case; only who is in the circle hears of it",
    ("meetings.PressingQuestion", "member_id"): "who left keeps their question; it shows nothing of that member",
    ("meetings.Contribution", "member_id"): "the circle's own note of who wrote it; it shows nothing of that member",
    ("meetings.Asking", "by_id"): "the circle's own note of who asked; it shows nothing of that member",
    (
        "meetings.DateVote",
        "talk_id",
    ): "a check (IntegrityError here) keeps it apart from a member, whom the wall asks for",
    ("members.JoinRequest", "decided_by_id"): "the circle's own note of who decided; the journal is what counts",
}
"""What may point at a row that the writer does not see, and why that is no harm."""


def tried(lab, world: oracle.World, actor, dice: random.Random) -> dict[str, tuple[str, str]]:
    """Statements by which this actor ties a row to one they do not see: rows they may change, and copies."""
    found = {}
    for label in oracle.RULES:
        rows = list(world.rows[label].values())
        key = oracle.walled()[label]._meta.pk.attname
        theirs = [row for row in rows if row[key] in trial.expect(world, actor, "change", label)]
        addable = [row for row in rows if row[key] in trial.expect(world, actor, "add", label)]
        for field, options in chance._varying(label):
            target = chance.target(field) if options is None else None
            if target not in world.rows:
                continue
            hidden = sorted(set(world.rows[target]) - oracle.visible(world, actor, target))
            for row in dice.sample(theirs, min(3, len(theirs))) if hidden else ():
                statement = trial._move(lab, label, row[key], field.attname, dice.choice(hidden))
                found[statement] = (label, field.attname)
            for row in dice.sample(addable, min(3, len(addable))) if hidden else ():
                new = row | {field.attname: dice.choice(hidden)}
                if not field.primary_key:
                    new[key] = 10**6
                found[insert(lab, label, new)] = (label, field.attname)
    return found


def insert(lab, label: str, row: dict[str, Any]) -> str:
    columns = chance._columns(label)
    names = ", ".join(f'"{columns[name]}"' for name in row)
    values = ", ".join(equipment.literal(lab, value) for value in row.values())
    return f"INSERT INTO {equipment.table(label)} ({names}) VALUES ({values})"


def test_nobody_ties_a_row_to_one_they_do_not_see(django_db_setup, figure):
    count, accepted = 0, set()
    with laboratory() as lab:
        equipment.equip(lab)
        for number in range(WORLDS):
            dice = random.Random(number)
            world = chance.world(dice.randrange)
            with taken_back(lab):
                chance.fill(lab, world)
                play(lab)
                for actor in chance.actors(world):
                    if actor == SYSTEM or not (statements := tried(lab, world, actor, dice)):
                        continue
                    become(lab, actor)
                    answers = equipment.try_all(lab, statements)
                    accepted |= {
                        where
                        for where, answer in zip(statements.values(), answers, strict=True)
                        if answer == "allowed"
                    }
                    count += len(statements)
    figure("foreign keys to hidden rows", f"{count} tried, {len(accepted)} kinds allowed, each for a reason")
    assert accepted == set(LOOKS_THROUGH)
    assert count > 200
