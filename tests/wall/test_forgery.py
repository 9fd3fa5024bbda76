"""SQL that somebody injected: the app role inside a member's request, and it gets no further than the member."""

import os
import re
import time
from contextlib import suppress

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from meetings.models import Meeting
from members.models import Member
from regions.models import Circle
from regions.wall import SYSTEM, VISITOR, acting_as, member, tell_postgres
from tests import make

ACT_AS_ANOTHER = [
    "ALTER ROLE kenniskring_app SET app.actor = 'system'",
    "ALTER ROLE ALL SET app.actor = 'system'",
    "ALTER DATABASE {database} SET app.actor = 'system'",
    "ALTER SYSTEM SET app.actor = 'system'",
    "SET LOCAL app.actor = 'system'",
    "SET app.actor TO 'system'",
    "SELECT set_config('app.actor', 'system', false)",
    "UPDATE pg_settings SET setting = 'system' WHERE name = 'app.actor'",
    "DO $$ BEGIN PERFORM set_config('app.actor', 'system', true); END $$",
]
"""Each is refused, changes nothing for this session, or leaves an actor without a seal, which is refused."""

REBUILD_THE_WALL = [
    "ALTER FUNCTION app.actor() SECURITY INVOKER",
    "ALTER FUNCTION app.actor() RESET search_path",
    "ALTER FUNCTION app.actor() RENAME TO other",
    "ALTER FUNCTION app.led() OWNER TO kenniskring_app",
    "CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL::timestamptz'",
    "CREATE SCHEMA mine",
    "CREATE VIEW public.mine AS SELECT 1",
    "CREATE RULE mine AS ON SELECT TO meetings_meeting DO INSTEAD SELECT 1",
    "CREATE OPERATOR public.= (FUNCTION = int8eq, LEFTARG = bigint, RIGHTARG = bigint)",
    "CREATE POLICY mine ON meetings_meeting USING (true)",
    "CREATE PUBLICATION mine FOR ALL TABLES",
    "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "ALTER TABLE meetings_meeting OWNER TO kenniskring_app",
    "ALTER TABLE app.seal DISABLE ROW LEVEL SECURITY",
    "GRANT kenniskring_wall TO kenniskring_app",
    "GRANT SELECT ON app.seal TO kenniskring_app",
    "GRANT pg_read_all_data TO kenniskring_app",
    "LOCK TABLE app.seal",
    "SELECT xmin FROM app.seal",
    "SELECT seal FROM app.seal",
    "SELECT pg_catalog.pg_read_binary_file('PG_VERSION')",
    "SELECT * FROM pg_statistic",
    "SELECT * FROM pg_authid",
    "SELECT lo_import('/etc/hostname')",
    "COPY (SELECT 1) TO '/tmp/kenniskring-stolen'",
    "LOAD 'plperl'",
    "SET session_preload_libraries = 'auto_explain'",
    "SET log_parameter_max_length = -1",
    "SET ROLE kenniskring_owner",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
]


@pytest.fixture
def draft(waasland, kempen):
    """A secret of Kempen: what the member of Waasland must not get."""
    with acting_as(SYSTEM):
        return make.meeting(kempen, "Geheim beraad", state="draft")


def run(statement: str):
    return connection.connection.execute(statement)


def test_saying_to_be_the_system_shows_nothing(lid, draft):
    for statement in ACT_AS_ANOTHER:
        with acting_as(member(lid.pk)):
            with suppress(psycopg.Error, ProgrammingError), transaction.atomic():
                run(statement.format(database=connection.settings_dict["NAME"]))
                assert draft not in Meeting.objects.all()
            assert draft not in Meeting.objects.all()
        with acting_as(SYSTEM):
            assert draft in Meeting.objects.all()


def test_a_session_that_begins_as_the_system_has_no_seal(django_db_setup):
    """A role may change its own settings: ALTER ROLE … SET reaches each new session, as these options do."""
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege, match="carries no seal")
    with psycopg.connect(os.environ["DATABASE_URL"], options="-c app.actor=system") as session, refused:
        session.execute("SELECT app.led()")


def test_nobody_rebuilds_the_wall_or_reads_its_key(lid, draft):
    taken = []
    for statement in REBUILD_THE_WALL:
        with acting_as(member(lid.pk)):
            try:
                with transaction.atomic():
                    run(statement)
                    taken.append(statement)
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.CantChangeRuntimeParam):
                pass
    assert taken == []


def test_the_key_is_in_no_catalogue_that_the_app_role_reads(lid):
    with psycopg.connect(os.environ["TEST_ADMIN_URL"], dbname=connection.settings_dict["NAME"]) as superuser:
        keys = {pad.hex() for row in superuser.execute("SELECT inner_pad, outer_pad FROM app.seal") for pad in row}
    assert len(keys) == 2
    with acting_as(member(lid.pk)):
        told = run("SELECT string_agg(prosrc, ' ') FROM pg_proc WHERE pronamespace = 'app'::regnamespace").fetchone()
        assert not any(key in told[0] for key in keys)
        for catalogue in ("pg_stats", "pg_stats_ext", "pg_prepared_statements", "pg_settings", "pg_db_role_setting"):
            found = run(f"SELECT coalesce(string_agg(c::text, ' '), '') FROM {catalogue} AS c").fetchone()
            assert not any(key in found[0] for key in keys), catalogue


@pytest.mark.usefixtures("committed")
def test_another_session_shows_its_statements_and_never_its_seal(waasland, lid):
    with acting_as(member(lid.pk)):
        Meeting.objects.count()
        own = run("SELECT split_part(current_setting('app.actor'), ' ', 2)").fetchone()[0]
        with psycopg.connect(os.environ["DATABASE_URL"]) as other:
            seen = other.execute(
                "SELECT coalesce(string_agg(a::text, ' '), '') FROM pg_stat_activity AS a"
            ).fetchone()
        assert len(own) == 64
        assert own not in seen[0]


@pytest.mark.usefixtures("committed")
def test_what_is_left_behind_in_a_session_makes_nobody_else_of_the_next(waasland, kempen, lid):
    """A seal kept beyond the transaction, another search_path, other settings: the next request is who it is."""
    with acting_as(SYSTEM):
        ours, theirs = make.meeting(waasland), make.meeting(kempen, state="draft")
    with acting_as(member(lid.pk)):
        run("SELECT set_config('app.actor', current_setting('app.actor'), false)")
        run("SET search_path = pg_temp, app, public")
        run("SET row_security = off")  # then PostgreSQL refuses what row security would narrow
    run("SET row_security = on")
    with acting_as(VISITOR):
        assert list(Meeting.objects.all()) == []
    with acting_as(SYSTEM):
        assert set(Meeting.objects.all()) == {ours, theirs}
    assert run("SELECT app.actor()").fetchone()[0] == f"member:{lid.pk}"  # who left it, and nobody more
    connection.close()


def test_a_hidden_row_does_not_show_in_errors(lid, draft, stranger):
    """Conditions that would fail on a hidden row are asked of the visible ones only."""
    probes = [
        f"SELECT count(*) FROM meetings_meeting WHERE 1 / (id - {draft.pk}) IS NOT NULL",
        "SELECT count(*) FROM meetings_meeting WHERE title::int > 0",
        f"SELECT count(*) FROM members_member WHERE 1 / (id - {stranger.pk}) IS NOT NULL",
        f"SELECT count(*) FROM meetings_meeting m JOIN members_member p ON 1 / (m.id - {draft.pk}) IS NOT NULL",
        f"SELECT count(*) FROM regions_circle c LEFT JOIN meetings_meeting m ON 1 / (m.id - {draft.pk}) > c.id",
        f"SELECT (SELECT 1 / (m.id - {draft.pk}) FROM meetings_meeting m ORDER BY 1 / (m.id - {draft.pk}) LIMIT 1)",
    ]
    for probe in probes:
        with acting_as(SYSTEM), pytest.raises(psycopg.DataError), transaction.atomic():
            run(probe)
        with acting_as(member(lid.pk)):
            run(probe)
    with acting_as(member(lid.pk)):
        assert not Member.objects.filter(pk=stranger.pk).exists()


def test_statistics_of_hidden_rows_are_hidden(lid, draft):
    """ANALYZE keeps the most common values of each column; pg_stats leaves out tables with row security."""
    with acting_as(member(lid.pk)):
        tables = {row[0] for row in run("SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public'")}
        walled = {
            row[0]
            for row in run(
                "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace"
            )
        }
    assert Circle._meta.db_table in walled
    assert tables & walled == set()


# --- What the seal costs --------------------------------------------------------------------------------------------

LISTS = "SELECT count(*) FROM meetings_meeting"
CALLS = "SELECT count(app.actor()) FROM generate_series(1, 100)"


def without_the_seal(definition: str) -> str:
    """The same function, that believes whatever is said."""
    shorter, count = re.subn(r"PERFORM FROM app\.seal.*?END IF;", "", definition, flags=re.DOTALL)
    assert count == 1
    return shorter


def quickest(session: psycopg.Connection, definition: str, statement: str) -> float:
    """Milliseconds of one statement with this ``app.actor()``: the least of many, where nothing else had its turn."""
    session.execute("RESET ROLE")
    session.execute(definition)
    session.execute("SET LOCAL ROLE kenniskring_app")  # for whom the wall stands
    took = []
    for _ in range(15):
        began = time.perf_counter()
        session.execute(statement)
        took.append(time.perf_counter() - began)
    return min(took) * 1000


@pytest.mark.usefixtures("committed")
def test_the_seal_costs_a_statement_next_to_nothing(waasland, lid, figure):
    with acting_as(SYSTEM):
        make.meeting(waasland)
    with psycopg.connect(os.environ["TEST_ADMIN_URL"], dbname=connection.settings_dict["NAME"]) as session:
        definition = session.execute("SELECT pg_get_functiondef('app.actor()'::regprocedure)").fetchone()[0]
        tell_postgres(member(lid.pk), session)
        cost = {}
        for statement in (LISTS, CALLS):  # by turns, so that a slow moment of the machine is both's
            turns = [
                [quickest(session, which, statement) for which in (definition, without_the_seal(definition))]
                for _ in range(20)
            ]
            cost[statement] = [min(times) for times in zip(*turns, strict=True)]
        session.rollback()
    (sealed, bare), (call, bare_call) = cost[LISTS], [many / 100 for many in cost[CALLS]]
    figure(
        "the seal of the actor, a count of meetings: with / without / ratio",
        f"{sealed:.3f} / {bare:.3f} ms / {sealed / bare:.2f}",
    )
    figure(
        "the seal of the actor, one call of app.actor(): with / without / more",
        f"{call:.4f} / {bare_call:.4f} / {call - bare_call:.4f} ms",
    )
    assert 0 < call - bare_call < 0.2
    assert sealed - bare < 2
