"""The proofs, proven: a wall with one condition less, or one word changed, is noticed.

`make mutants` tries them all; here it is a sample.
"""

import os
import random
from zlib import crc32

import psycopg
import pytest

from tests import sample

from . import chance, equipment, mutants, trial
from .laboratory import laboratory, play, taken_back

PARTS = 4
ONE_IN = 1 if os.environ.get("MUTANTS") == "all" else 8 if sample.ALL else 16
WORLDS = 90  # at most; most mutants are noticed in the first


def is_noticed(lab, world, mutant) -> bool | None:
    """Whether the proofs see this mutant in a filled world; None when PostgreSQL does not take it."""
    with taken_back(lab):
        try:
            lab.execute(mutant.sql)
        except psycopg.Error:
            return None
        play(lab)
        return any(trial.disagreements(lab, world, mutant.verbs, mutant.tables))


def survivors(tried: list[mutants.Mutant]) -> tuple[int, list[mutants.Mutant]]:
    """How many of these PostgreSQL took, and which of them behave like the wall in every world."""
    noticed = 0
    with laboratory() as lab:
        equipment.equip(lab)
        for number in range(WORLDS):
            if not tried:
                break
            # The second is a network before its first circle: who leads every circle leads none there.
            empty = "regions.Circle" if number == 1 else ""
            world = chance.world(random.Random(number).randrange, without=empty)
            with taken_back(lab):
                chance.fill(lab, world)
                answers = [(each, is_noticed(lab, world, each)) for each in tried]
            noticed += sum(answer is True for _, answer in answers)
            tried = [each for each, answer in answers if answer is False]
    return noticed + len(tried), tried


@pytest.mark.parametrize("part", range(PARTS))
def test_a_wall_with_a_hole_is_noticed(django_db_setup, figure, part):
    """One mutant in eight, or in sixteen; which ones hangs on what they change."""
    tried = [each for each in mutants.all_of_them() if crc32(each.name.encode()) % (ONE_IN * PARTS) == part]
    alike = [each for each in tried if mutants.makes_no_difference(each)]
    made, unnoticed = survivors([each for each in tried if each not in alike])
    figure(
        f"mutants of the wall, part {part + 1} of {PARTS}",
        f"{made} made, {made - len(unnoticed)} noticed; {len(alike)} more are no different",
    )
    assert [each.name for each in unnoticed] == []
    assert made > 10


def test_conditions_are_dropped_one_by_one():
    def told(sql):
        return {" ".join(each.split()) for each in mutants.weaker(sql)}

    assert told("a AND (b OR NOT c)") == {"(b OR NOT c)", "a", "a AND ( NOT c)", "a AND (b )"}
    assert told("SELECT (SELECT 1 WHERE x = 'AND' AND y)") == {
        "SELECT (SELECT 1 )",
        "SELECT (SELECT 1 WHERE y)",
        "SELECT (SELECT 1 WHERE x = 'AND' )",
    }
