"""pgbouncer in transaction mode, with two connections for eight at once: nobody gets what is another's."""

import os
import re
import shutil
import subprocess
import tempfile
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.test import Client

from kenniskring.demo.__main__ import free_port
from mailroom import postman
from mailroom.models import Delivery
from meetings.models import Meeting
from regions.seal import sealed
from regions.wall import SYSTEM, VISITOR, acting_as, as_system, member
from tests import make
from tests.mailroom.letters import posted
from tests.servers import _admin

from .composition import OPERATIONS
from .stores import OWNER

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
POOL = 2
AT_ONCE = 8
ROUNDS = 5  # of three requests
SCOPES = 60


def manual(instead: dict[str, str]) -> str:
    """The configuration in the manual, with ``instead`` in the place of what stands there."""
    (found,) = re.findall(r"^    \[databases\]\n(?:    .*\n)+", OPERATIONS.read_text(), re.MULTILINE)
    text = textwrap.dedent(found)
    for written, here in instead.items():
        assert text.count(written) == 1, written
        text = text.replace(written, here)
    return text


@contextmanager
def pgbouncer(port: int, users: str, instead: dict[str, str]):
    """pgbouncer on this port, for ``users``. It refuses to be root, and is then who PostgreSQL is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        here = {"listen_addr = *": "listen_addr = 127.0.0.1", "listen_port = 6432": f"listen_port = {port}"}
        here |= {"/etc/pgbouncer/userlist.txt": f"{folder}/users\nunix_socket_dir ="}
        (folder / "users").write_text(users)
        (folder / "ini").write_text(manual(here | instead))
        somebody = ["--user", OWNER] if OWNER else []
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen([str(PGBOUNCER), *somebody, str(folder / "ini")], stdout=log, stderr=log)
        try:
            yield lambda: f"{process.poll()} {(folder / 'log').read_text()}"
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def pooled(committed, monkeypatch, request):
    """Django's connections, of every thread, go through pgbouncer. Ask for the people of the test before this."""
    if not PGBOUNCER:
        assert not os.environ.get("REQUIRE_BROWSER"), "pgbouncer is missing: apt-get install pgbouncer"
        pytest.skip("pgbouncer is not on this machine: apt-get install pgbouncer")
    (socket,) = parse_qs(urlsplit(os.environ["DATABASE_URL"]).query)["host"]
    port = free_port()
    instead = {
        "kenniskring = host=db dbname=kenniskring": f"* = host={socket}",
        "default_pool_size = 20": f"default_pool_size = {POOL}",
        "auth_type = scram-sha-256": "auth_type = trust",
    }
    with pgbouncer(port, '"kenniskring_app" ""\n', instead) as how_it_is:
        connections.close_all()
        for key, value in {"HOST": "127.0.0.1", "PORT": str(port), "DISABLE_SERVER_SIDE_CURSORS": True}.items():
            monkeypatch.setitem(connection.settings_dict, key, value)
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "prepare_threshold", None)  # as the settings do
        until = time.monotonic() + 20
        while True:
            try:
                connection.ensure_connection()
                break
            except OperationalError:
                assert time.monotonic() < until, how_it_is()
                time.sleep(0.05)
        connections.close_all()
        yield port
        connections.close_all()


@pytest.fixture
def birds(waasland, kempen, lid, trekker, neighbour, manager):
    """One meeting per circle with a word of its own, and which of the words each actor may read."""
    with acting_as(SYSTEM):
        made = {"Reiger": make.meeting(waasland, "Reiger"), "Ekster": make.meeting(kempen, "Ekster")}
    both = set(made)
    readers = {None: set(), lid: {"Reiger"}, trekker: {"Reiger"}, neighbour: {"Ekster"}, manager: both}
    return made, readers


def test_requests_of_many_actors_share_two_connections_and_no_row(birds, pooled, together, figure):
    made, readers = birds

    def visit(number):
        person, words = list(readers.items())[number % len(readers)]
        client = Client(raise_request_exception=False)
        if person:
            with acting_as(member(person.pk)):
                client.force_login(person)
        wrong = 0
        for _ in range(ROUNDS):
            shown = client.get("/bijeenkomsten/")
            wrong += (shown.status_code, set(re.findall("Reiger|Ekster", shown.text))) != (200, words)
            for word, meeting in made.items():
                wrong += client.get(f"/bijeenkomsten/{meeting.pk}/").status_code != (200 if word in words else 404)
        return wrong

    assert together(AT_ONCE, visit) == [0] * AT_ONCE
    behind = _admin(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'kenniskring_app' "
        f"AND datname = '{connection.settings_dict['NAME']}'"
    )
    assert behind == [(POOL,)]
    figure(f"pgbouncer, {POOL} connections for {AT_ONCE}: wrong answers", f"0 of {AT_ONCE * ROUNDS * 3} requests")


def test_scopes_that_fail_leave_nothing_behind_for_the_next(birds, pooled, together, figure):
    _, readers = birds
    actors = [(member(person.pk) if person else VISITOR, words) for person, words in readers.items()]

    def scopes(number):
        wrong = 0
        for turn in range(SCOPES):
            actor, words = actors[(number + turn) % len(actors)]
            try:
                with acting_as(actor):
                    wrong += set(Meeting.objects.values_list("title", flat=True)) != words
                    with as_system("the test looks"):
                        wrong += Meeting.objects.count() != 2
                    wrong += Meeting.objects.count() != len(words)
                    if turn % 5 == 0:
                        raise KeyError
                    if turn % 10 == 1:
                        connection.cursor().execute("SELECT 1/0")
            except (KeyError, ArithmeticError, OperationalError) as error:
                wrong += isinstance(error, OperationalError)
            except Exception as error:  # noqa: BLE001
                wrong += "division by zero" not in str(error)
        return wrong

    assert together(AT_ONCE, scopes) == [0] * AT_ONCE
    done = f"0 of {AT_ONCE * SCOPES} scopes, 3 in 10 failed"
    figure(f"pgbouncer, {POOL} connections for {AT_ONCE}: wrong rows", done)


def test_what_outlives_a_transaction_would_be_someone_elses(birds, pooled):
    """Why the actor is set for one transaction: this is what would happen otherwise."""
    address = f"host=127.0.0.1 port={pooled} user=kenniskring_app dbname={connection.settings_dict['NAME']}"
    asking = "SELECT current_setting('app.actor', true)"
    with psycopg.connect(address, autocommit=True, prepare_threshold=None) as careless:
        careless.execute(f"SELECT set_config('app.actor', '{sealed('system')}', false)")
    seen = set()
    for _ in range(POOL):
        with psycopg.connect(address, autocommit=True, prepare_threshold=None) as next_one:
            seen.add(next_one.execute(asking).fetchone()[0])
    assert sealed("system") in seen


def test_the_postman_migrations_and_a_statement_that_takes_too_long_do_as_ever(pooled, mailbox, settings):
    posted("lies@temse.example")
    while postman.work():
        pass
    assert [str(letter["To"]) for letter in mailbox.letters] == ["lies@temse.example"]
    with acting_as(SYSTEM):
        assert [row.state for row in Delivery.objects.all()] == ["sent"]
    call_command("migrate", verbosity=0)  # past pgbouncer: DATABASE_OWNER_URL is PostgreSQL's own
    settings.STATEMENT_LIMIT = 0.5
    connection.close()
    began = time.monotonic()
    with pytest.raises(OperationalError), acting_as(VISITOR):
        connection.cursor().execute("SELECT pg_sleep(20)")
    assert time.monotonic() - began < 10
    with acting_as(VISITOR):
        assert Meeting.objects.count() == 0
