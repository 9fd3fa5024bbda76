"""How long we wait for PostgreSQL. tests/faults freezes a whole server; here are the corners."""

import os
import socket
import subprocess
import sys
import time

import psycopg
import pytest
from django.db import connection as of_django

from kenniskring import servers
from kenniskring.postgres import base
from tests.servers import _admin


@pytest.fixture
def connection(django_db_setup):
    with base.Connection.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def mute():
    """A server that takes every line and says nothing, as a frozen one does."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield "127.0.0.1", str(server.getsockname()[1])


def test_a_long_statement_may_take_its_time_while_the_server_is_there(connection):
    assert connection.execute("SELECT pg_sleep(0.8), 7").fetchone()[1] == 7


def test_a_statement_over_the_limit_is_cancelled_and_the_connection_is_still_good(connection):
    connection.limit, began = 0.3, time.monotonic()
    with pytest.raises(psycopg.errors.QueryCanceled):
        connection.execute("SELECT pg_sleep(30)")
    assert time.monotonic() - began < 3
    assert connection.execute("SELECT 7").fetchone() == (7,)


def test_a_server_that_says_nothing_is_given_up_and_not_asked_again_for_a_second(mute):
    for shortest, longest in [(base.ANSWER, 2), (0, 0.1)]:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            base.ask(*mute)
        assert shortest <= time.monotonic() - began < longest


# Starts the web application while nobody listens where PostgreSQL should be; then it is there, and somebody comes.
LATE = """
import os, sys, time
from kenniskring.wsgi import application
os.symlink(sys.argv[1], sys.argv[2])
time.sleep(1.5)  # who did not answer is not asked again for a second
from django.test import Client
for _ in range(2):
    try:
        print(Client().get("/").status_code)
    except Exception as error:
        print(type(error).__name__)
"""


@pytest.mark.parametrize(
    ("role", "expected"),
    [("kenniskring_app", "200\n200\n"), ("kenniskring_owner", "ImproperlyConfigured\nImproperlyConfigured\n")],
)
def test_a_web_process_starts_without_postgresql_and_looks_at_its_role_later(
    django_db_setup, tmp_path, role, expected
):
    here = str(tmp_path / ".s.PGSQL.5432")
    there = servers.start_postgres(servers.ROOT / ".local/test/postgres").get_postmaster_info().socket_dir
    database = f"postgresql://{role}@/{django_db_setup}?host={str(tmp_path).replace('/', '%2F')}"
    run = subprocess.run(
        [sys.executable, "-c", LATE, f"{there}/.s.PGSQL.5432", here],
        cwd=servers.ROOT,
        env=os.environ | {"DATABASE_URL": database, "LOG_LEVEL": "CRITICAL", "EXTRA_HOSTS": "testserver"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.stdout == expected, run.stderr


def test_a_line_on_which_nothing_came_is_not_asked_about_and_one_that_was_hung_up_is_found_out(committed):
    with of_django.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    assert of_django.is_usable()
    ((last,),) = _admin(f"SELECT query FROM pg_stat_activity WHERE pid = {pid}")
    assert "pg_backend_pid" in last
    assert _admin(f"SELECT pg_terminate_backend({pid}, 2000)") == [(True,)]
    assert not of_django.is_usable()
    of_django.close()
