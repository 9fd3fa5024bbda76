"""What PostgreSQL shows equals what the oracle says, for everyone who can ask and for every table."""

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


def test_everyone_sees_exactly_what_the_oracle_says(cast):
    with acting_as(SYSTEM):
        everything = oracle.World()
    wrong: dict = {}
    seen: dict[str, set[frozenset]] = {}
    for name, actor in world.actors(cast).items():
        for label, model in oracle.walled().items():
            with acting_as(actor):
                shown = {row.pk for row in model.objects.all()}
            expected = set(everything.rows[label]) if name == "system" else oracle.visible(everything, actor, label)
            seen.setdefault(label, set()).add(frozenset(shown))
            if shown != expected:
                wrong[name, label] = {"too much": shown - expected, "too little": expected - shown}
    assert wrong == {}
    # A table that shows the same to all, or nothing to anyone, proves little: say which they are.
    assert {label for label, sets in seen.items() if len(sets) == 1} == {
        "regions.LocalGovernment",
        "regions.FormerGovernment",
        "regions.Partner",
        "regions.Circle",
        "regions.Participation",
        "library.Topic",
        *UNUSED,
    }


def test_counts_and_raw_sql_obey_the_same_wall(cast):
    with acting_as(SYSTEM):
        everything = oracle.World()
    for actor in world.actors(cast).values():
        if actor == SYSTEM:
            continue
        for label, model in oracle.walled().items():
            expected = oracle.visible(everything, actor, label)
            with acting_as(actor), connection.cursor() as cursor:
                assert model.objects.count() == len(expected), (actor, label)
                cursor.execute(f'SELECT {model._meta.pk.column} FROM "{model._meta.db_table}"')
                assert {pk for (pk,) in cursor.fetchall()} == expected, (actor, label)
                with cursor.copy(f'COPY "{model._meta.db_table}" ({model._meta.pk.column}) TO STDOUT') as rows:
                    assert len(list(rows.rows())) == len(expected), (actor, label)


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


def test_seats_are_counted_for_who_sees_the_meeting_and_for_nobody_else(cast):
    from meetings.models import Meeting, Registration

    with acting_as(SYSTEM):
        everything = oracle.World()
        taken = {
            pk: Registration.objects.filter(meeting=pk, answer="yes", attending="in_person", waiting=False).count()
            for pk in everything.rows["meetings.Meeting"]
        }
        assert Meeting.objects.count() == len(taken) == 36
    for actor in world.actors(cast).values():
        sees = set(taken) if actor == SYSTEM else oracle.visible(everything, actor, "meetings.Meeting")
        with acting_as(actor), connection.cursor() as cursor:
            for pk in taken:
                cursor.execute("SELECT app.seats_taken(%s, 'in_person')", [pk])
                assert cursor.fetchone() == (taken[pk] if pk in sees else None,), (actor, pk)
