"""Each service's very command line, from a built image, against local servers."""

import dataclasses
import json
import os
import re
import signal
import time

import psycopg
import pytest

from kenniskring.demo.__main__ import free_port
from tests.make import PASSWORD

from . import composition
from .container import PATIENCE
from .deployment import can_confine, deployed
from .door import NGINX, NOWHERE, Names, proxy_words
from .door import words as door_words
from .test_pooler import PGBOUNCER, pgbouncer

PERSON = f"""
from allauth.account.models import EmailAddress
from members.models import Member
from regions.wall import SYSTEM, acting_as
with acting_as(SYSTEM):
    lies = Member.objects.create_user("lies@demo.example", "Lies Lid", "{PASSWORD}")
    EmailAddress.objects.create(user=lies, email=lies.email, verified=True, primary=True)
"""
POST = """
from mailroom import actions
from mailroom.outgoing import Outgoing
from regions.wall import SYSTEM, acting_as
with acting_as(SYSTEM):
    actions.post(*[
        Outgoing(kind="try", thing="{batch}", version=1, to=f"{batch}-{{n}}@demo.example", subject="Hallo",
                 paragraphs=["Dag."])
        for n in range({count})
    ])
"""


@pytest.fixture
def composed(tmp_path):
    """All that compose starts, with two of web and worker, on tables that its `migrate` made."""
    with deployed(tmp_path) as deployment:
        assert "Applying meetings.0001_initial... OK" in deployment.run("migrate")
        deployment.await_health(*[deployment.start(name) for name in ("web", "web", "worker", "worker", "beat")])
        yield deployment
        assert [each.stop() for each in deployment.running if each.process.poll() is None] == [0] * 5


def test_what_compose_starts_works(composed, figure, tmp_path):
    """One test, so that the processes start once, whatever pytest-xdist gives to whom. Each step is a sentence."""
    each_role_has_the_password_that_it_was_given(composed)
    each_web_answers_with_pages_and_files_that_may_be_kept_for_ever(composed, figure)
    nobody_gets_what_is_of_the_demo_or_came_by_another_name(composed)
    two_workers_send_each_letter_once_also_when_web_cannot_ring_for_them(composed, figure)
    every_line_that_they_wrote_is_json(composed)
    migrating_again_while_the_portal_runs_is_harmless(composed)
    a_health_check_tells_who_is_well(composed)
    nothing_writes_in_the_image(composed)
    if PGBOUNCER:
        behind_pgbouncer_as_the_manual_has_it_people_log_in(composed)
    if NGINX:
        the_door_passes_on_who_asks_and_goes_past_a_web_that_is_gone(composed, tmp_path)
    the_log_of_the_database_names_nobody(composed)


def test_this_machine_has_what_shows_it_all():
    if not NGINX:
        assert not os.environ.get("REQUIRE_BROWSER"), "nginx is missing: apt-get install nginx-light"
        pytest.skip("nginx is not on this machine, so nobody tried the door: apt-get install nginx-light")
    if not can_confine():
        pytest.skip("Not root, or no mount namespaces: the file system was not read-only, only looked at afterwards.")


def each_web_answers_with_pages_and_files_that_may_be_kept_for_ever(composed, figure):
    for web in composed.all("web"):
        assert composed.ask(web, "/healthz/live").status == 200
        page = composed.ask(web, "/kringen/")
        assert page.status == 200
        assert "RKK Waasland" in page.body.decode()
        sheets = re.findall(r'href="(/static/css/[^"]+)"', page.body.decode())
        assert sheets
        for path in sheets:
            assert re.fullmatch(r"/static/css/\w+\.[0-9a-f]{12}\.css", path)
            sheet = composed.ask(web, path, **{"Accept-Encoding": "br"})
            assert (sheet.status, sheet.headers["Content-Encoding"]) == (200, "br")
            assert sheet.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    figure("memory of web, gunicorn with 2 workers (PSS per process)", f"{web.memory()} MiB")


def nobody_gets_what_is_of_the_demo_or_came_by_another_name(composed):
    web = composed.all("web")[0]
    assert composed.ask(web, "/demo/post/").status == 404
    assert composed.ask(web, "/kringen/", Host="elsewhere.example").status == 400
    assert composed.ask(web, "/kringen/", **{"X-Forwarded-Proto": "http"}).status == 301


def two_workers_send_each_letter_once_also_when_web_cannot_ring_for_them(composed, figure):
    letters = PERSON + POST.format(batch="quiet", count=40)
    shell = ["python", "manage.py", "shell", "--no-imports", "--command", letters]
    composed.run("web", ["env", "REDIS_URL=redis://127.0.0.1:1", *shell])  # so the beat must notice
    arrived = composed.mailbox.wait_for(40, PATIENCE)
    assert sorted(str(letter["To"]) for letter in arrived) == sorted(f"quiet-{n}@demo.example" for n in range(40))
    worker = composed.all("worker")[0]
    figure("memory of a worker with 4 postmen (PSS per process)", f"{worker.memory()} MiB")


def every_line_that_they_wrote_is_json(composed):
    for name in ("web", "worker", "beat"):
        for each in composed.all(name):
            assert [line for line in each.log.read_text().splitlines() if not json.loads(line)["message"]] == []


def each_role_has_the_password_that_it_was_given(composed):
    given = composed.services["db"]["environment"]
    for role in ("owner", "app", "backup"):
        line = f"host=127.0.0.1 port={composed.db.port} dbname=kenniskring user=kenniskring_{role}"
        for password in ("", given["POSTGRES_PASSWORD"]):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(line, password=password)
        with psycopg.connect(line, password=given[f"{role.upper()}_PASSWORD"]) as found:
            assert found.info.user == f"kenniskring_{role}"


def the_log_of_the_database_names_nobody(composed):
    line = f"host=127.0.0.1 port={composed.db.port} dbname=kenniskring user=postgres"
    with psycopg.connect(line, password=composed.services["db"]["environment"]["POSTGRES_PASSWORD"]) as connection:
        connection.execute("CREATE TEMPORARY TABLE person (email text UNIQUE)")
        connection.execute("INSERT INTO person VALUES ('lies@temse.example')")
        with pytest.raises(psycopg.errors.UniqueViolation, match="lies@temse"):
            connection.execute("INSERT INTO person VALUES ('lies@temse.example')")
    log = composed.db.log.read_text()
    assert 'duplicate key value violates unique constraint "person_email_key"' in log
    assert ".example" not in log


def behind_pgbouncer_as_the_manual_has_it_people_log_in(composed):
    port, password = free_port(), composed.services["db"]["environment"]["APP_PASSWORD"]
    instead = {"host=db ": f"host=127.0.0.1 port={composed.db.port} "}
    with pgbouncer(port, f'"kenniskring_app" "{password}"\n', instead) as how_it_is:
        address = composed.services["web"]["environment"]["DATABASE_URL"].replace("@db/", f"@127.0.0.1:{port}/")
        line = [
            "env",
            "DATABASE_POOLER=1",
            f"DATABASE_URL={address}",
            *composition.command_of(composed.services["web"]),
        ]
        web = composed.start("web", line)
        composed.await_health(web)
        assert "RKK Waasland" in composed.ask(web, "/kringen/").body.decode()
        assert composed.log_in(web, "lies@demo.example", "verkeerd").status == 422
        welcome = composed.log_in(web, "lies@demo.example", PASSWORD)
        assert welcome.status == 302
        cookies = [cookie.partition(";")[0] for cookie in welcome.headers.get_all("Set-Cookie")]
        mine = [composed.ask(web, "/mijn/", Cookie="; ".join(cookies)) for _ in range(6)]
        assert [page.status for page in mine] == [200] * 6, how_it_is()
        assert web.stop() == 0


def the_door_passes_on_who_asks_and_goes_past_a_web_that_is_gone(composed, tmp_path):
    names = Names(NOWHERE, "127.0.0.1")
    folders = [tmp_path / "door", tmp_path / "proxy"]
    for folder in folders:
        folder.mkdir()
        folder.chmod(0o777)
    line = door_words(names, composed.all("web")[0].port, port := free_port(), folders[0])
    door = dataclasses.replace(composed.start("door", line, folders[0]), port=port)
    line = proxy_words(door.port, port := free_port(), folders[1])
    proxy = dataclasses.replace(composed.start("door", line, folders[1]), port=port)
    composed.await_health(door, proxy)
    for way in (door, proxy):
        assert [composed.ask(way, "/healthz/live").status for _ in range(10)] == [200] * 10
        assert composed.ask(way, "/kringen/").status == 200
        assert composed.ask(way, "/kringen/", Host="elsewhere.example").status == 400
    assert composed.ask(door, "/kringen/", **{"X-Forwarded-Proto": "http"}).status == 301
    a_claim_that_rotates_gets_nobody_more_tries(composed, proxy)
    for each in (proxy, door):
        each.process.send_signal(signal.SIGQUIT)
        assert each.process.wait(PATIENCE) == 0
    names.stop()


def a_claim_that_rotates_gets_nobody_more_tries(composed, proxy):
    def fail(number, come_from):
        claim = {"X-Forwarded-For": f"203.0.113.{number}"}
        return composed.log_in(proxy, "iemand@temse.example", "verkeerd", come_from=come_from, **claim).status

    assert [fail(number, "127.0.0.2") for number in range(7)] == [422] * 5 + [429] * 2
    assert fail(8, "127.0.0.3") == 422  # another line is not to blame


def migrating_again_while_the_portal_runs_is_harmless(composed):
    said = composed.run("migrate")
    assert "No migrations to apply." in said
    assert "local governments" in said
    assert composed.ask(composed.all("web")[0], "/kringen/").status == 200


def a_health_check_tells_who_is_well(composed):
    web, worker, beat = (composed.all(name)[0] for name in ("web", "worker", "beat"))
    assert all(each.is_healthy() for each in (web, worker, beat, composed.db, composed.valkey))
    extra = composed.start("web", ["sleep", "60"])  # nobody listens
    assert not extra.is_healthy()
    assert not dataclasses.replace(composed.valkey, port=extra.port).is_healthy()
    assert not dataclasses.replace(worker, environment=worker.environment | {"PULSE_FILE": "/none"}).is_healthy()
    old = extra.tmp / "pulse"
    old.touch()
    long_ago = time.time() - 120
    os.utime(old, (long_ago, long_ago))
    assert not dataclasses.replace(beat, environment=beat.environment | {"PULSE_FILE": str(old)}).is_healthy()
    extra.stop()


def nothing_writes_in_the_image(composed):
    assert composed.written() == set()
    if not can_confine():
        return
    refused = composed.start("web", ["touch", str(composed.app / "x")])
    assert refused.process.wait(PATIENCE) == 1
    assert "Read-only file system" in refused.log.read_text()
    assert "uid=10001 gid=10001 groups=10001" in composed.run("web", ["id"])
