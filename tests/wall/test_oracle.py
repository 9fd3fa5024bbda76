"""Every table has a wall, and every wall an oracle. Whether they agree: test_matrix.py and test_worlds.py."""

import pytest
from django.apps import apps
from django.db import connection

from regions.wall import SYSTEM, acting_as, borrowed, walled_models

from . import oracle, world

WITHOUT_A_WALL = {
    "django_session",  # read before anyone knows who is asking
    "kenniskring_cache",  # keys carry the actor, or it holds only public things
    "django_migrations",
    "django_content_type",
    "auth_permission",  # unused: rights are in regions/permissions.py
    "auth_group",
    "auth_group_permissions",
}
UNUSED = {
    "account.EmailConfirmation",  # confirmations are signed links
    "socialaccount.SocialApp",  # providers are settings
    "socialaccount.SocialToken",  # and what they hand out is thrown away
}


@pytest.fixture
def cast(house):
    return world.build()


def test_every_wall_is_in_the_oracle_and_has_rows_in_the_world(cast):
    assert set(oracle.RULES) == set(oracle.walled())
    with acting_as(SYSTEM):
        everything = oracle.World()
    assert {label for label, rows in everything.rows.items() if not rows} == UNUSED


def test_every_model_has_a_wall_or_a_reason():
    walled = {model._meta.db_table for model in walled_models()} | set(borrowed)
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert tables - walled <= WITHOUT_A_WALL


def test_every_table_has_its_wall_in_postgres(db):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT relname, relrowsecurity AND relforcerowsecurity,
                   (SELECT string_agg(polcmd::text, '' ORDER BY polcmd::text) FROM pg_policy
                    WHERE polrelid = c.oid AND polpermissive AND polroles = '{0}')
            FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
            """
        )
        walls = {table: (forced, commands) for table, forced, commands in cursor.fetchall()}
    assert {table for table, wall in walls.items() if wall != (True, "adrw")} == WITHOUT_A_WALL


def test_a_copy_to_a_file_obeys_the_same_wall(cast):
    with acting_as(SYSTEM):
        everything = oracle.World()
    for name in ("visitor", "member", "trekker"):
        actor = world.actors(cast)[name]
        for label, model in oracle.walled().items():
            statement = f'COPY "{model._meta.db_table}" ({model._meta.pk.column}) TO STDOUT'
            with acting_as(actor), connection.cursor() as cursor, cursor.copy(statement) as rows:
                shown = len(list(rows.rows()))
            assert shown == len(oracle.visible(everything, actor, label)), (actor, label)
