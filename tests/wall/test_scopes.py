"""Scopes under attack: errors, nesting, threads, generators, connections that are used again, and injected SQL."""

import contextvars
import os
import threading
from contextlib import suppress

import psycopg
import pytest
from django.core.management import BaseCommand, call_command
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InternalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.http import StreamingHttpResponse

from kenniskring.celery import app as celery
from meetings.models import Meeting
from regions import seal
from regions.models import Circle
from regions.wall import SYSTEM, VISITOR, Actor, NoActor, acting_as, as_system, current_actor, member, switch_actor
from tests import make


def who_postgres_thinks_is_asking() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.actor', true)")
        return (cursor.fetchone()[0] or "").partition(" ")[0] or None  # without the seal


def test_postgres_and_python_agree_on_who_is_asking_at_every_depth(waasland, lid):
    assert (current_actor(), who_postgres_thinks_is_asking()) == (None, None)
    me = member(lid.pk)
    with acting_as(me):
        with as_system("a test"):
            with switch_actor(VISITOR, because="a test"):
                assert (str(current_actor()), who_postgres_thinks_is_asking()) == ("visitor", "visitor")
            assert (str(current_actor()), who_postgres_thinks_is_asking()) == ("system", "system")
        with acting_as(me):  # the same actor again is harmless
            assert who_postgres_thinks_is_asking() == str(me)
        assert (current_actor(), who_postgres_thinks_is_asking()) == (me, str(me))
    assert (current_actor(), who_postgres_thinks_is_asking()) == (None, None)


def _raise():
    raise ZeroDivisionError


def _break_a_constraint():
    Circle.objects.create(name="RKK Waasland", slug="dubbel", kind="regional")


def _write_broken_sql():
    with connection.cursor() as cursor:
        cursor.execute("SELECT nonsense")


def _break_in_a_block_without_savepoint():
    with transaction.atomic(savepoint=False):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    "accident", [_raise, _break_a_constraint, _write_broken_sql, _break_in_a_block_without_savepoint]
)
def test_after_any_accident_the_place_is_given_back(waasland, lid, accident):
    me = member(lid.pk)
    with acting_as(me):
        with pytest.raises(Exception, match=r".*"), as_system("a test fails"):
            accident()
        assert (current_actor(), who_postgres_thinks_is_asking()) == (me, str(me))
        with pytest.raises(Exception, match=r".*"), transaction.atomic(), as_system("a test fails"):
            accident()
        assert (current_actor(), who_postgres_thinks_is_asking()) == (me, str(me))


def test_taking_back_inside_a_switch_gives_the_place_back(waasland, lid):
    me = member(lid.pk)
    with acting_as(me):
        with as_system("a test takes back"):
            make.meeting(waasland)
            transaction.set_rollback(True)
        assert (current_actor(), who_postgres_thinks_is_asking()) == (me, str(me))
        assert Meeting.objects.count() == 0


@pytest.mark.parametrize("accident", [_break_a_constraint, _write_broken_sql])
def test_a_swallowed_database_error_does_not_leave_the_system_acting(waasland, lid, accident):
    me = member(lid.pk)
    with acting_as(me):
        with suppress(InternalError), as_system("a test swallows an error"), suppress(DatabaseError):
            accident()
        assert (current_actor(), who_postgres_thinks_is_asking()) == (me, str(me))


@pytest.mark.usefixtures("committed")
def test_a_connection_that_is_used_again_remembers_nobody(waasland, lid):
    with acting_as(SYSTEM):
        make.meeting(waasland, state="draft")
    assert who_postgres_thinks_is_asking() is None
    with pytest.raises(NoActor):
        Meeting.objects.count()
    with pytest.raises(ZeroDivisionError), acting_as(SYSTEM):
        _raise()
    assert who_postgres_thinks_is_asking() is None


@pytest.mark.usefixtures("committed")
def test_work_after_the_commit_has_nobody_acting(waasland):
    seen = []

    def ask():
        seen.append((current_actor(), who_postgres_thinks_is_asking()))
        with pytest.raises(NoActor):
            Meeting.objects.count()

    with acting_as(SYSTEM):
        transaction.on_commit(ask)
        with as_system("a test nests"):
            transaction.on_commit(ask)
    assert seen == [(None, None), (None, None)]


@pytest.mark.usefixtures("committed")
def test_a_thread_acts_for_nobody_even_with_the_context_of_its_parent(waasland):
    refusals = []

    def ask():
        try:
            Meeting.objects.count()
            refusals.append(connection.connection.execute("SELECT app.actor()").fetchone())
        except (NoActor, psycopg.errors.InsufficientPrivilege) as refusal:
            refusals.append(type(refusal))
        finally:
            connection.close()

    with acting_as(SYSTEM):
        context = contextvars.copy_context()
        for run in (ask, lambda: context.run(ask)):
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
    assert refusals == [NoActor, psycopg.errors.InsufficientPrivilege]


class Asks(BaseCommand):
    """A command that forgot to say who is asking."""

    def handle(self, *args, **options):
        Meeting.objects.count()


def test_a_command_without_an_actor_raises(waasland):
    with pytest.raises(NoActor):
        call_command(Asks())


@pytest.mark.usefixtures("committed")
def test_a_task_acts_as_the_system_and_as_nobody_afterwards_or_in_between(waasland):
    """Tasks that speak with the network are ``as_system=False``: they say per step who is asking, or get an error."""
    seen = []

    @celery.task(shared=False, name="tests.wall.asks_as_the_system")
    def asks():
        transaction.on_commit(lambda: seen.append((current_actor(), who_postgres_thinks_is_asking())))
        return Circle.objects.count(), str(current_actor())

    @celery.task(shared=False, name="tests.wall.asks_as_nobody", as_system=False)
    def forgets():
        return Circle.objects.count()

    @celery.task(shared=False, name="tests.wall.fails_as_the_system")
    def fails():
        _break_a_constraint()

    with acting_as(SYSTEM):
        circles = Circle.objects.count()
    assert asks.apply(throw=True).get() == (circles, "system")
    assert seen == [(None, None)]
    with pytest.raises(NoActor):
        forgets.apply(throw=True)
    with pytest.raises(IntegrityError):
        fails.apply(throw=True)
    assert (current_actor(), who_postgres_thinks_is_asking()) == (None, None)
    for task in (asks, forgets, fails):
        celery.tasks.unregister(task.name)


def test_a_stream_that_looks_for_rows_after_its_scope_raises(waasland, lid):
    """Generators that begin late, of a response too, and rows that are fetched one by one."""

    def names():
        yield from Circle.objects.values_list("name", flat=True)

    with acting_as(member(lid.pk)):
        late = [
            names(),
            StreamingHttpResponse(names()).streaming_content,
            Circle.objects.iterator(),
            (circle.name for circle in Circle.objects.iterator(chunk_size=1)),
        ]
    for each in late:
        with pytest.raises(NoActor):
            list(each)


def test_a_lazy_queryset_is_asked_as_whoever_reads_it(waasland, lid):
    with acting_as(SYSTEM):
        make.meeting(waasland, state="draft")
    with acting_as(member(lid.pk)):
        with as_system("a test takes a queryset along"):
            drafts = Meeting.objects.filter(state="draft")
        assert list(drafts) == []


def test_what_is_read_late_raises(waasland, lid):
    with acting_as(member(lid.pk)):
        meetings = Meeting.objects.all()
        rows = Meeting.objects.iterator()
    with pytest.raises(NoActor):
        list(meetings)
    with pytest.raises(NoActor):
        list(rows)


@pytest.mark.parametrize("forged", ["system ", "SYSTEM", "members", "manager", "member:-1", "member:1 OR true"])
def test_an_actor_that_nobody_made_is_nobody(waasland, forged):
    with acting_as(SYSTEM):
        make.meeting(waasland)
    seen = []
    with (
        acting_as(Actor(forged)),
        suppress(DataError, ProgrammingError),
        transaction.atomic(),
    ):  # refusing is fine too
        seen = list(Meeting.objects.all())
    assert seen == []


@pytest.mark.parametrize(
    "said",
    [
        "system",
        "system ",
        "system 0",
        "system {seal of the member}",
        "member:{neighbour} {seal of the member}",
        "{seal of the member}",
        " {seal of the member}",
        "doorkeeper {seal of the member}",
    ],
)
def test_injected_sql_cannot_become_another(waasland, lid, neighbour, said):
    """What runs inside a member's request reads that member's seal, and gets no further with it."""
    with acting_as(member(lid.pk)), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT split_part(current_setting('app.actor'), ' ', 2)")
            own = cursor.fetchone()[0]
        assert len(own) == 64
        forged = said.replace("{seal of the member}", own).replace("{neighbour}", str(neighbour.pk))
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.actor', %s, true)", [forged])
        with pytest.raises(ProgrammingError, match="carries no seal of ours"), transaction.atomic():
            Circle.objects.count()
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.actor', %s, true)", [f"member:{lid.pk} {own}"])
        assert waasland in Circle.objects.all()  # one's own seal fits


def test_a_key_that_is_replaced_serves_until_the_next_migration_without_it(waasland, settings):
    before, settings.SECRET_KEY = settings.SECRET_KEY, "the next key"
    with pytest.raises(ProgrammingError, match="carries no seal of ours"), acting_as(VISITOR), transaction.atomic():
        Circle.objects.count()
    settings.SECRET_KEY_FALLBACKS = [before]
    new, old = seal.pads()
    with psycopg.connect(os.environ["TEST_ADMIN_URL"], dbname=connection.settings_dict["NAME"]) as superuser:
        assert superuser.execute("SELECT * FROM app.seal").fetchall() == [old]  # made by migrate
        assert new != old


def test_a_seal_is_never_part_of_a_statement(waasland, lid):
    """In pg_stat_activity sessions of one role read each other's statements."""
    with acting_as(member(lid.pk)):
        mine = connection.connection.info.backend_pid
        with psycopg.connect(os.environ["DATABASE_URL"]) as other:
            seen = other.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [mine]).fetchone()
        assert seen == ("SELECT set_config('app.actor', $1, true)",)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM app.seal",
        "INSERT INTO app.seal VALUES ('', '')",
        "UPDATE app.seal SET inner_pad = ''",
        "DELETE FROM app.seal",
        "COPY app.seal TO STDOUT",
        "CREATE OR REPLACE FUNCTION app.actor() RETURNS text LANGUAGE sql AS $$SELECT 'system'$$",
        "CREATE TABLE public.mine (id int)",
        "CREATE FUNCTION app.is_system() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "CREATE OR REPLACE FUNCTION app.is_system() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "DROP FUNCTION app.is_system()",
        "DROP POLICY meetings_wall_select ON meetings_meeting",
        "ALTER TABLE meetings_meeting NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE meetings_meeting DISABLE TRIGGER ALL",
        "CREATE TRIGGER spy BEFORE INSERT ON meetings_meeting EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "SET ROLE kenniskring_wall",
        "SET SESSION AUTHORIZATION kenniskring_owner",
        "SET session_replication_role = replica",
        "ALTER ROLE kenniskring_app BYPASSRLS",
        "COPY meetings_meeting TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT last_value FROM meetings_meeting_id_seq",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
    ],
)
def test_the_app_role_may_not(house, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege), acting_as(SYSTEM), transaction.atomic():
        connection.connection.execute(statement)


def test_nobody_makes_temporary_tables(house):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_database_privilege(%s, 'TEMPORARY')", [os.environ["TEST_TEMPLATE"]])
        assert cursor.fetchone() == (False,)


@pytest.fixture
def may_make_temporary_tables(committed):
    """Before the test's first transaction, or it would not know yet."""
    database = connection.settings_dict["NAME"]
    with psycopg.connect(os.environ["TEST_ADMIN_URL"], autocommit=True) as superuser:
        superuser.execute(f"GRANT TEMPORARY ON DATABASE {database} TO PUBLIC")
        yield
        superuser.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")


def test_a_temporary_table_does_not_stand_before_the_real_one(may_make_temporary_tables, waasland, lid):
    """Even who may make them: the functions of the wall look at ``public`` alone."""
    with acting_as(member(lid.pk)), transaction.atomic():
        connection.connection.execute("CREATE TEMP TABLE members_member AS SELECT 1 AS id, true AS is_active")
        connection.connection.execute("CREATE DOMAIN pg_temp.date AS text")
        with connection.cursor() as cursor:
            cursor.execute("SELECT app.me(), app.today() = (now() AT TIME ZONE 'Europe/Brussels')::pg_catalog.date")
            assert cursor.fetchone() == (lid.pk, True)
