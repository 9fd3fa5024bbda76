"""Migrating while people use the portal: never a queue behind a lock that does not come."""

import os
import threading
import time

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from kenniskring.management.commands import migrate
from tests.servers import _admin

COLUMN = "SELECT count(*) FROM information_schema.columns WHERE column_name = 'late'"


@pytest.fixture
def owner(django_db_setup, django_db_blocker, monkeypatch, settings):
    """The owner's connection to a database of its own in which the migration of ``late`` has not run; short waits."""
    name = f"migrate_{os.getpid()}"
    _admin(f"CREATE DATABASE {name} TEMPLATE {os.environ['TEST_TEMPLATE']}")
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.production.late"]
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", "200ms")
    monkeypatch.setattr(migrate, "PAUSE", 0.1)
    url = os.environ["DATABASE_OWNER_URL"].replace(connections["owner"].settings_dict["NAME"], name)
    with django_db_blocker.unblock(), psycopg.connect(url, autocommit=True) as connection:
        connections["owner"].close()
        monkeypatch.setitem(connections["owner"].settings_dict, "NAME", name)
        yield connection
        connections["owner"].close()
    _admin(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def someone(owner):
    """Somebody who reads the circles in a transaction that does not end by itself."""
    with psycopg.connect(owner.info.dsn) as connection:
        connection.execute("LOCK TABLE regions_circle IN ACCESS SHARE MODE")
        yield connection


def test_a_lock_that_is_let_go_in_time_is_waited_for(owner, someone, capsys):
    threading.Timer(0.7, someone.rollback).start()
    call_command("migrate", verbosity=0)
    assert owner.execute(COLUMN).fetchone() == (1,)
    said = capsys.readouterr().err
    assert "In use: canceling statement due to lock timeout" in said
    assert "tries left" in said


def test_who_never_lets_go_ends_it_with_nothing_half_done(owner, someone, monkeypatch, figure):
    monkeypatch.setattr(migrate, "TRIES", 3)
    waits, stop = [], threading.Event()

    def read():
        with psycopg.connect(owner.info.dsn, autocommit=True) as reader:
            while not stop.is_set():
                began = time.monotonic()
                reader.execute("SELECT FROM regions_circle WHERE false")
                waits.append(time.monotonic() - began)

    reading = threading.Thread(target=read)
    reading.start()
    with pytest.raises(CommandError, match="pg_stat_activity"):
        call_command("migrate", verbosity=0)
    stop.set()
    reading.join()
    assert owner.execute(COLUMN).fetchone() == (0,)
    assert max(waits) < 1
    figure("longest wait of a reader behind a migration with lock_timeout 0.2 s", f"{max(waits):.2f} s")
    someone.rollback()
    call_command("migrate", verbosity=0)
    assert owner.execute(COLUMN).fetchone() == (1,)


def test_two_that_migrate_at_once_wait_for_each_other(owner, monkeypatch):
    monkeypatch.setattr(migrate, "TRIES", 1)
    with psycopg.connect(owner.info.dsn) as other:
        other.execute(f"SELECT pg_advisory_lock({migrate.ONE_AT_A_TIME})")
        with pytest.raises(CommandError):
            call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0)
    assert owner.execute(COLUMN).fetchone() == (1,)


def test_another_error_is_not_tried_again(owner, monkeypatch):
    owner.execute("ALTER TABLE regions_circle ADD COLUMN late integer")
    with pytest.raises(Exception, match='column "late" of relation "regions_circle" already exists'):
        call_command("migrate", verbosity=0)


def test_an_upgraded_database_has_the_rights_of_a_new_one(owner):
    rights = """
        SELECT grantee, table_name, column_name, privilege_type FROM information_schema.column_privileges
        WHERE table_schema = 'public'"""
    new = set(owner.execute(rights).fetchall())
    owner.execute("REVOKE DELETE ON members_member FROM kenniskring_app")
    owner.execute("GRANT UPDATE ON django_migrations TO kenniskring_app")
    owner.execute("GRANT SELECT (name) ON members_member TO kenniskring_wall")
    call_command("migrate", verbosity=0)
    assert {row for row in owner.execute(rights).fetchall() if row[2] != "late"} == new
