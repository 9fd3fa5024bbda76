"""Logs name no person and hold no key, wherever it stood: in a path, a question, a cookie, an error or a task."""

import io
import json
import logging
import logging.config
import uuid

import pytest
from celery import shared_task
from django.core.signing import dumps
from django.test import Client

from kenniskring import logs
from kenniskring.logs import blot
from mailroom.links import make_token
from members.models import new_secret
from regions.wall import SYSTEM, acting_as

ADDRESS = "lies.lid+proef@temse.example"
FIELDS = {"time", "level", "logger", "message"}
OF_A_REQUEST = {"request_id", "method", "path"}


@pytest.fixture
def written():
    """What is written as production writes it: ``written()`` gives each line as what it says."""
    stream, root = io.StringIO(), logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("kenniskring.access", "django.request", "celery")}
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Json(json_ensure_ascii=False))
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Not Found: /agenda/{secret}.ics", "Not Found: /agenda/…"),
        ("Gone: /spreker/{secret}:1xUu15:{secret}/", "Gone: /spreker/…/"),
        ("Not Found: /bijeenkomsten/12/materiaal/", "Not Found: /bijeenkomsten/12/materiaal/"),
        ("GET /bijeenkomsten/?zoek=camera&next=%2F HTTP/1.1", "GET /bijeenkomsten/?… HTTP/1.1"),
        ("Key (email)=(lies.lid@temse.example) already exists.", "Key (email)=(…@…) already exists."),
        ("<lies@temse.example>, 'o''brien@x.be'", "<…@…>, 'o''…@…'"),
        ("/beheer/lies%40temse.example/", "/beheer/…@…/"),
        ("sessionid=p6k1v9y3r0h8t2m4q7w5e1z3x9c8b6n4; path", "sessionid=…; path"),
        ("Task mailroom.tasks.deliver[{task}] received", "Task mailroom.tasks.deliver[{task}] received"),
        ("in django.contrib.sessions.middleware.SessionMiddleware", None),
        ('  File "/srv/kenniskring/.venv/lib/python3.13/site-packages/django/db/utils.py", line 105', None),
        ("2026-11-22T00:52:00.123456+01:00", None),
    ],
)
def test_keys_people_and_questions_are_blotted_out(said, kept):
    task = str(uuid.uuid4())
    said = said.format(secret=new_secret(), task=task)
    assert blot(said) == (said if kept is None else kept.format(task=task))


@pytest.mark.parametrize("number", range(20))
def test_every_key_that_we_make_is_blotted_out(number):
    for key in (new_secret(), make_token("answer", [number, ADDRESS]), dumps(number), uuid.uuid4().hex):
        assert key not in blot(f"{key} ({key}) /{key}/ '{key}' token={key}")


def test_the_settings_write_everything_through_the_pen(settings):
    for kind, pen in (("json", logs.Json), ("text", logs.Line)):
        made = logs.configuration({"LOG_FORMAT": kind})
        assert made["formatters"][kind]["()"] is pen
        assert {name: handler["formatter"] for name, handler in made["handlers"].items()} == {"console": kind}
        assert {name for name, logger in made["loggers"].items() if logger.get("handlers")} == set()
    assert logs.configuration({})["handlers"]["console"]["formatter"] == "json"
    assert logs.configuration({"DEMO": "1"})["handlers"]["console"]["formatter"] == "text"
    assert settings.MIDDLEWARE[0] == "kenniskring.logs.RequestLog"


def test_a_request_is_one_line_with_what_happened(written, browse, house):
    assert browse().get("/kringen/?zoek=waas").status_code == 200
    [line] = written()
    assert set(line) == FIELDS | OF_A_REQUEST | {"status", "duration_ms"}
    said = {key: line[key] for key in ("level", "logger", "message", "method", "path", "status")}
    assert said == {
        "level": "INFO",
        "logger": "kenniskring.access",
        "message": "GET /kringen/ 200",
        "method": "GET",
        "path": "/kringen/",
        "status": 200,
    }
    assert 0 < line["duration_ms"] < 10_000


def test_who_asks_whether_we_are_well_is_not_written_down(written, browse, db):
    browse().get("/healthz/live")
    assert written() == []


def test_what_a_request_logs_carries_its_number(written, house, monkeypatch):
    def fall(*args):
        raise ValueError(f"no {ADDRESS} here")

    monkeypatch.setattr("kenniskring.views.for_visitor", fall)
    assert Client(raise_request_exception=False).get("/").status_code == 500
    error, line = written()
    assert (error["logger"], error["level"]) == ("django.request", "ERROR")
    assert error["request_id"] == line["request_id"]
    assert "ValueError: no …@… here" in error["exc_info"]
    assert set(error) == FIELDS | OF_A_REQUEST | {"exc_info"}


@shared_task
def _fails(address, token):
    raise ValueError(f"{address} with {token}")


def test_addresses_and_keys_in_every_place_are_found_nowhere(written, house, lid, browse, monkeypatch):
    token, secret, session = make_token("answer", [1, ADDRESS]), new_secret(), "p6k1v9y3r0h8t2m4q7w5e1z3x9c8b6n4"
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = session
    headers = {
        "referer": f"http://testserver/antwoord/{token}/?wie={ADDRESS}",
        "user-agent": f"{ADDRESS} {secret}",
        "x-forwarded-for": "203.0.113.9",
    }
    for path in (
        f"/antwoord/{token}/",
        f"/spreker/{token}x/",
        f"/afmelden/{token}/?wie={ADDRESS}",
        f"/agenda/{secret}.ics",
        f"/account/password/reset/key/1-{secret}/",
        f"/account/confirm-email/{token}/",
        f"/kringen/?zoek={ADDRESS}&sleutel={secret}",
        f"/{ADDRESS}/{secret}",
        f"/nergens/{ADDRESS}?next=/antwoord/{token}/",
    ):
        client.get(path, headers=headers)
        client.post(path, {"email": ADDRESS, "key": secret}, headers=headers)
    client.post("/account/login/", {"login": ADDRESS, "password": secret}, headers=headers)
    client.get("/", headers={"host": f"{secret}.example"})  # refused, and said so by django.security
    Client(enforce_csrf_checks=True).post("/account/login/", {"login": ADDRESS}, headers=headers)

    def fall():
        raise ValueError(f"{ADDRESS} {token} sessionid={session} /agenda/{secret}.ics?wie={ADDRESS}")

    monkeypatch.setattr("kenniskring.views.for_visitor", fall)
    client.get(f"/?wie={ADDRESS}", headers=headers)
    with acting_as(SYSTEM):
        _fails.apply([ADDRESS, token])
    try:
        raise RuntimeError(ADDRESS) from KeyError(token)
    except RuntimeError:
        logging.getLogger("gunicorn.error").propagate = True
        logging.getLogger("gunicorn.error").exception("Error handling request /antwoord/%s/?wie=%s", token, ADDRESS)
    logging.getLogger("celery.worker").warning("%s", {"args": [ADDRESS, token]}, extra={"data": ADDRESS})
    logging.getLogger("any").error({"a": ADDRESS, "message": token})

    lines = written()
    assert {"kenniskring.access", "django.request", "celery.app.trace", "django.security.DisallowedHost"} <= {
        line["logger"] for line in lines
    }
    whole = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    kept = [each for each in (ADDRESS, "lies.lid", token, secret, session, "zoek", "203.0.113.9") if each in whole]
    assert kept == []
