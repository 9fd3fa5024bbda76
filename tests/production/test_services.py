"""Each service's very command line, from a built image, against local servers."""

import dataclasses
import json
import os
import re
import shutil
import signal
import time

import pytest

from kenniskring import servers
from kenniskring.demo.__main__ import free_port
from tests.servers import ROOT

from .deployment import PATIENCE, can_confine, deployed

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")

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
    server = servers.start_postgres(ROOT / ".local/test/postgres")
    with deployed(tmp_path, server, f"production_{os.getpid()}") as deployment:
        assert "Applying meetings.0001_initial... OK" in deployment.run("migrate")
        deployment.await_health(*[deployment.start(name) for name in ("web", "web", "worker", "worker", "beat")])
        yield deployment
        assert [each.stop() for each in deployment.running if each.process.poll() is None] == [0] * 5


def test_what_compose_starts_works(composed, figure, tmp_path):
    """One test, so that the processes start once, whatever pytest-xdist gives to whom. Each step is a sentence."""
    each_web_answers_with_pages_and_files_that_may_be_kept_for_ever(composed, figure)
    nobody_gets_what_is_of_the_demo_or_came_by_another_name(composed)
    two_workers_send_each_letter_once_also_when_web_cannot_ring_for_them(composed, figure)
    every_line_that_they_wrote_is_json(composed)
    migrating_again_while_the_portal_runs_is_harmless(composed)
    a_health_check_tells_who_is_well(composed)
    nothing_writes_in_the_image(composed)
    if NGINX:
        the_door_passes_on_who_asks_and_goes_past_a_web_that_is_gone(composed, tmp_path)


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
    letters = POST.format(batch="quiet", count=40)
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


def the_door_passes_on_who_asks_and_goes_past_a_web_that_is_gone(composed, tmp_path):
    web, port = composed.all("web")[0], free_port()
    webs = f"upstream webs {{ server 127.0.0.1:{free_port()}; server 127.0.0.1:{web.port}; }} server {{"
    there_and_here = {"web:8000": "webs", "server {": webs, "listen 8000": f"listen 127.0.0.1:{port}"}
    folder = tmp_path / "door"
    folder.mkdir()
    folder.chmod(0o777)
    text = composed.configs["door"].replace("/tmp/", f"{folder}/")
    for written, here in there_and_here.items():
        assert text.count(written) == 1
        text = text.replace(written, here)
    (folder / "conf").write_text(text)
    words = [NGINX, *composed.services["door"]["entrypoint"][1:-1], str(folder / "conf")]
    door = dataclasses.replace(web, port=port, process=composed.start("door", words, folder).process)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            assert composed.ask(door, "/door").status == 204
            break
        except ConnectionRefusedError:
            assert time.monotonic() < until
            time.sleep(0.1)
    assert [composed.ask(door, "/healthz/live").status for _ in range(10)] == [200] * 10
    assert composed.ask(door, "/kringen/").status == 200
    assert composed.ask(door, "/kringen/", Host="elsewhere.example").status == 400
    assert composed.ask(door, "/kringen/", **{"X-Forwarded-Proto": "http"}).status == 301
    door.process.send_signal(signal.SIGQUIT)
    assert door.process.wait(PATIENCE) == 0


def migrating_again_while_the_portal_runs_is_harmless(composed):
    said = composed.run("migrate")
    assert "No migrations to apply." in said
    assert "local governments" in said
    assert composed.ask(composed.all("web")[0], "/kringen/").status == 200


def a_health_check_tells_who_is_well(composed):
    web, worker, beat = (composed.all(name)[0] for name in ("web", "worker", "beat"))
    assert all(composed.is_healthy(each) for each in (web, worker, beat))
    extra = composed.start("web", ["sleep", "60"])  # nobody listens
    assert not composed.is_healthy(extra)
    assert not composed.is_healthy(
        dataclasses.replace(worker, environment=worker.environment | {"PULSE_FILE": "/none"})
    )
    old = extra.tmp / "pulse"
    old.touch()
    long_ago = time.time() - 120
    os.utime(old, (long_ago, long_ago))
    assert not composed.is_healthy(dataclasses.replace(beat, environment=beat.environment | {"PULSE_FILE": str(old)}))
    extra.stop()


def nothing_writes_in_the_image(composed):
    assert composed.written() == set()
    if not can_confine():
        return
    refused = composed.start("web", ["touch", str(composed.app / "x")])
    assert refused.process.wait(PATIENCE) == 1
    assert "Read-only file system" in refused.log.read_text()
    assert "uid=10001 gid=10001 groups=10001" in composed.run("web", ["id"])
