"""The walls that stand in PostgreSQL are the ones that the models say."""

import os

import psycopg
import pytest

from regions.wall import Wall, borrowed, walled_models

POLICIES = """
    SELECT polcmd::text, polpermissive, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
    FROM pg_policy WHERE polrelid = %s::regclass
"""


def walls() -> dict[str, Wall]:
    """The one wall of every walled table."""
    own = {
        model._meta.db_table: next(c for c in model._meta.constraints if isinstance(c, Wall))
        for model in walled_models()
    }
    return own | borrowed


@pytest.fixture
def owner(django_db_setup):
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        yield connection
        connection.rollback()


def policies(owner, table: str, as_if: str) -> set[tuple]:
    rows = owner.execute(POLICIES, [table]).fetchall()
    return {
        (command, permissive, *[text and text.replace(table, as_if) for text in conditions])
        for command, permissive, *conditions in rows
    }


def stands(owner, table: str, wall: Wall) -> bool:
    """Whether this table has the policies of its wall, and no other; ``owner`` may make a table beside it."""
    copy = f"drift_{table}"
    owner.execute(f"CREATE TABLE {copy} (LIKE {table})")
    owner.execute(wall.sql(copy).replace(f"{table}.", f"{copy}."))  # where a wall names its own columns in full
    return policies(owner, table, table) == policies(owner, copy, table)


def test_every_wall_stands_as_its_model_says(db, owner):
    for table, wall in walls().items():
        assert stands(owner, table, wall), table
        assert len(policies(owner, table, table)) == 4


def test_a_table_has_one_wall():
    for model in walled_models():
        assert len([c for c in model._meta.constraints if isinstance(c, Wall)]) == 1, model
