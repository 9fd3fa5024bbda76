"""Random worlds: what PostgreSQL shows and lets happen is what the oracle says, for every actor and every table."""

import itertools
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests import sample

from . import chance, equipment, oracle, trial
from .laboratory import laboratory, play, taken_back

WORLDS = 128 if sample.ALL else 16  # a part; four parts of 128 make more than 500
WRITTEN = 4 if sample.ALL else 1
WRITES = ("add", "change", "change blindly", "delete", "delete blindly", "move", "move blindly")
TELLS = ("rights", "ask", "note", "nobody")


@cache
def below(number: int) -> st.SearchStrategy[int]:
    return st.integers(0, number - 1)


@st.composite
def worlds(draw) -> oracle.World:
    return chance.world(lambda ways: draw(below(ways)))


def differences(part: int, count: int, verbs: tuple[str, ...]) -> int:
    """Hold PostgreSQL against the oracle in ``count`` worlds; how many pairs of actor and table were held."""
    held = 0
    turns = itertools.cycle(chance.OTHERS)

    # The seed makes every run the same: a world that fails here fails everywhere, and shrinks to a small one.
    @seed(part)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(worlds())
    def agree(world):
        nonlocal held
        world.moves = 6
        others = [next(turns)]  # all members, and one of those who are none: they see much the same
        with taken_back(lab):
            chance.fill(lab, world)
            play(lab)
            assert list(trial.disagreements(lab, world, verbs, others=others)) == [], world
        held += len(chance.actors(world, others)) * len(world.rows) * len(verbs)

    with laboratory() as lab:
        equipment.equip(lab)
        agree()
    return held


@pytest.mark.parametrize("part", range(4))
def test_everyone_sees_in_any_world_what_the_oracle_says(django_db_setup, figure, part):
    held = differences(part, WORLDS, ("see",))
    figure(f"random worlds, part {part + 1} of 4", f"{WORLDS}, {held:,} pairs of actor and table, 0 differences")


@pytest.mark.parametrize("part", range(2))
def test_everyone_writes_in_any_world_what_the_oracle_says(django_db_setup, figure, part):
    held = differences(10 + part, WRITTEN, WRITES + TELLS)
    figure(f"random worlds written to, part {part + 1} of 2", f"{WRITTEN}, {held:,} answers, 0 differences")
