"""The wall itself: who is asking, and what raises."""

import os

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from meetings.models import Meeting
from regions.models import Circle
from regions.wall import (
    DOORKEEPER,
    SYSTEM,
    VISITOR,
    ActorAlreadySet,
    NoActor,
    acting_as,
    as_system,
    member,
    write_as,
    wrong_role,
)
from tests import make


def ask_postgres(statement: str):
    """Past Django: what PostgreSQL itself says."""
    with transaction.atomic():
        return connection.connection.execute(statement)


def test_without_an_actor_a_query_raises(waasland):
    with pytest.raises(NoActor):
        list(Circle.objects.all())


def test_without_an_actor_raw_sql_raises_in_postgres(waasland):
    with pytest.raises(NoActor), connection.cursor() as cursor:
        cursor.execute("SELECT name FROM regions_circle")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="nobody is acting"):
        ask_postgres("SELECT name FROM regions_circle")


def test_a_member_sees_the_meetings_of_the_own_circle_only(waasland, kempen, lid, neighbour):
    with acting_as(SYSTEM):
        make.meeting(waasland, "Van ons")
        make.meeting(kempen, "Van hen")
    with acting_as(member(lid.pk)):
        assert [m.title for m in Meeting.objects.all()] == ["Van ons"]
    with acting_as(member(neighbour.pk)):
        assert [m.title for m in Meeting.objects.all()] == ["Van hen"]
    with acting_as(VISITOR):
        assert list(Meeting.objects.all()) == []


def test_nobody_takes_over_in_silence(house):
    with acting_as(VISITOR), pytest.raises(ActorAlreadySet), acting_as(SYSTEM):
        pass


def test_one_statement_is_written_as_whoever_it_says_and_by_itself(committed, waasland, trekker):
    rename = "UPDATE regions_circle SET name = %s WHERE id = %s"
    assert write_as(VISITOR, rename, ["Van niemand", waasland.pk]) == 0
    assert write_as(SYSTEM, rename, ["Van ons", waasland.pk]) == 1
    with pytest.raises(IntegrityError):
        write_as(SYSTEM, "UPDATE regions_circle SET name = NULL WHERE id = %s", [waasland.pk])
    with acting_as(member(trekker.pk)), pytest.raises(ActorAlreadySet):
        write_as(SYSTEM, rename, ["Van een ander", waasland.pk])
    with acting_as(SYSTEM):
        assert Circle.objects.get(pk=waasland.pk).name == "Van ons"


def test_a_statement_that_failed_leaves_nothing_behind_for_the_next(committed, waasland):
    """psycopg prepares what it sees for the third time, and does not look whether PostgreSQL came to read it."""
    rename = "UPDATE regions_circle SET name = %s WHERE id = %s"
    assert [write_as(SYSTEM, rename, [name, waasland.pk]) for name in ("Eerst", "Toen")] == [1, 1]
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 100")  # milliseconds
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute("LOCK TABLE regions_circle")
        with pytest.raises(OperationalError):
            write_as(SYSTEM, rename, ["Nooit", waasland.pk])
        owner.rollback()
    assert write_as(SYSTEM, rename, ["Weer", waasland.pk]) == 1


def test_a_statement_that_is_refused_at_its_commit_is_not_done_and_the_next_one_is(committed, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
    with pytest.raises(DatabaseError):  # a foreign key is looked at when all is done
        write_as(SYSTEM, "UPDATE meetings_meeting SET host_id = 0 WHERE id = %s", [meeting.pk])
    assert write_as(SYSTEM, "UPDATE meetings_meeting SET title = 'x' WHERE id = %s", [meeting.pk]) == 1
    with acting_as(SYSTEM):
        assert Meeting.objects.values_list("host", "title").get() == (None, "x")


def test_a_switch_gives_the_place_back(waasland, lid):
    with acting_as(SYSTEM):
        make.meeting(waasland, state="draft")
    with acting_as(member(lid.pk)):
        with as_system("a test looks"):
            assert Meeting.objects.count() == 1
        assert Meeting.objects.count() == 0


def test_a_switch_gives_the_place_back_after_an_error(waasland, lid):
    with acting_as(SYSTEM):
        make.meeting(waasland, state="draft")
    with acting_as(member(lid.pk)):
        with pytest.raises(ZeroDivisionError), as_system("a test fails"):
            assert 1 / 0
        assert Meeting.objects.count() == 0


def test_the_tests_run_as_the_app_role(db):
    assert wrong_role() is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("kenniskring_app",)


def test_the_app_role_cannot_switch_the_wall_off(house):
    for statement in [
        "SET row_security = off; SELECT * FROM regions_circle",
        "SET ROLE kenniskring_owner",
        "TRUNCATE regions_circle",
    ]:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask_postgres(statement)


def test_whether_someone_is_a_manager_is_the_doorkeepers_to_ask(manager, lid):
    for actor, answer in [(DOORKEEPER, True), (VISITOR, False), (member(lid.pk), False)]:
        with acting_as(actor), connection.cursor() as cursor:
            cursor.execute("SELECT app.keeps_powers(%s, true, true)", [manager.pk])
            assert cursor.fetchone() == (answer,)
