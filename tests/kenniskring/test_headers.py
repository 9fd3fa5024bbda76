"""What every response says to the browser, whatever it is and whatever went wrong."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from kenniskring import servers
from kenniskring.demo.__main__ import free_port
from kenniskring.headers import ALWAYS
from members.models import FeedAddress
from regions.wall import SYSTEM, acting_as
from tests.house.test_urls import address, draft_of, pages
from tests.wall import world

STRICT = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
ADMIN = f"{STRICT}; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'"
SAFETY = ALWAYS | {
    "Content-Security-Policy": STRICT,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload"}
BY_LINK = ("/antwoord/", "/spreker/", "/afmelden/")
NAMES = {*SAFETY, *HSTS, "Server", "X-Powered-By", "Via", "Content-Security-Policy-Report-Only"}


def safety_of(response) -> dict[str, str]:
    """The headers of a response that are about safety."""
    return {name: response.headers[name] for name in sorted(NAMES) if response.headers.get(name) is not None}


def patient(**extra) -> Client:
    return Client(raise_request_exception=False, **extra)


# --- Every page -----------------------------------------------------------------------------------------------------


@pytest.fixture
def cast(house):
    return world.build()


def every_address(things):
    """Every address of the portal, filled in: pages, feeds, files, forms, the admin, the accounts and the demo."""
    for route, _ in pages():
        if "(?P<" in route or "^" in route:  # regular expressions: the last pages of the admin and of allauth
            yield "/" + re.sub(r"\(\?P<[^)]*\)", "1", route).replace("^", "").replace("\\Z", "").rstrip("$")
        elif "<" in route and route.split("/")[0] not in things:
            yield "/" + re.sub(r"<[^>]*>", "1", route)
        else:
            yield address(route, things)


def test_every_address_says_it_all_to_everyone(cast, browse):
    things, wrong, statuses = draft_of("waasland"), {}, set()
    with acting_as(SYSTEM):
        things["agenda"] = FeedAddress.objects.earliest("pk").secret
    for who in (None, "manager"):
        client = patient()
        if who:
            client = browse(cast[who])
            client.raise_request_exception = False
        for where in every_address(things):
            for answer in (client.get, client.post) if who else (client.get,):
                response = answer(where)
                statuses.add(response.status_code)
                said = safety_of(response)
                if said.get("Content-Security-Policy") == ADMIN:
                    assert where.startswith("/beheer/"), where
                    said["Content-Security-Policy"] = STRICT
                if where.startswith(BY_LINK):
                    assert said["Referrer-Policy"] in ("no-referrer", "same-origin")
                    said["Referrer-Policy"] = "same-origin"
                if said != SAFETY:
                    wrong[who, where] = said
    assert wrong == {}
    assert {200, 302, 404, 405, 422} <= statuses


def test_nothing_outside_the_admin_allows_what_is_unsafe(cast, browse):
    assert "unsafe" not in str(configured.SECURE_CSP)
    relaxed = browse(cast["manager"]).get("/beheer/")
    assert (relaxed.status_code, relaxed["Content-Security-Policy"]) == (200, ADMIN)
    for where in ("/beheer/", "/beheer/members/member/", "/beheer/nergens/"):  # to who may not: the strict one
        for who in (None, cast["member"]):
            assert browse(who).get(where)["Content-Security-Policy"] == STRICT


# --- Everything that can go wrong -----------------------------------------------------------------------------------


def _fall(*args, **kwargs):
    raise ValueError("ours")


WRONG = {
    "a host that is not ours": (400, lambda client: client.get("/", headers={"host": "elders.example"})),
    "a broken form": (
        400,
        lambda client: client.post("/account/login/", "x", content_type="multipart/form-data; boundary=\xff"),
    ),
    "a form that is far too long": (
        413,
        lambda client: client.post(
            "/account/login/", {"login": "x" * 3_000_000}, content_type="application/x-www-form-urlencoded"
        ),
    ),
    "a form with too many fields": (
        413,
        lambda client: client.post("/account/login/", {f"f{n}": "x" for n in range(1_500)}),
    ),
    "too many files": (
        413,
        lambda client: client.post("/account/login/", {f"f{n}": SimpleUploadedFile("a", b"x") for n in range(5)}),
    ),
    "not yours to do": (403, lambda client: client.get("/sprekers/")),
    "not there": (404, lambda client: client.get("/nergens/")),
    "a NUL": (404, lambda client: client.get("/besturen/%00/")),
    "not that way": (405, lambda client: client.post("/kringen/")),
    "no slash": (301, lambda client: client.get("/kringen")),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_goes_wrong_says_it_all_too(what, lid, browse):
    client = browse(lid)
    client.raise_request_exception = False
    status, ask = WRONG[what]
    response = ask(client)
    assert (response.status_code, safety_of(response)) == (status, SAFETY)


def test_a_form_without_its_token_says_it_all_too(house):
    response = patient(enforce_csrf_checks=True).post("/account/login/", {"login": "a@b.example"})
    assert (response.status_code, safety_of(response)) == (403, SAFETY)


def test_our_own_error_says_it_all_too(house, monkeypatch):
    monkeypatch.setattr("kenniskring.views.for_visitor", _fall)
    response = patient().get("/")
    assert (response.status_code, safety_of(response)) == (500, SAFETY)


def test_an_error_in_a_middleware_says_it_all_too(house, monkeypatch):
    monkeypatch.setattr("members.middleware.ActorMiddleware.__call__", _fall)
    response = patient().get("/")
    assert (response.status_code, safety_of(response)) == (500, SAFETY)


def test_without_a_database_it_is_all_said_too(django_db_setup, django_db_blocker):
    from django.db import connections

    connection = connections["default"]
    with django_db_blocker.unblock():
        connection.close()
        before = connection.settings_dict
        connection.settings_dict = before | {"HOST": "127.0.0.1", "PORT": "1"}
        try:
            response = patient().get("/")
        finally:
            connection.close()
            connection.settings_dict = before
    assert (response.status_code, safety_of(response)) == (503, SAFETY)


# --- https: as in production ----------------------------------------------------------------------------------------


COLLECT = """
import json, django
FOLLOWS = ["SECOND_FACTOR_REQUIRED", "RATE_LIMITS"]
django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("collectstatic", interactive=False, verbosity=0)
print(json.dumps({n: getattr(settings, n) for n in dir(settings) if "_COOKIE_" in n or n in FOLLOWS}))
"""


@dataclass
class Production:
    port: int
    log: Path
    settings: dict


@pytest.fixture(scope="module")
def production(django_db_setup, tmp_path_factory):
    """gunicorn as it runs in production behind a proxy with TLS."""
    folder = tmp_path_factory.mktemp("production")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.kenniskring.production",
        "BASE_URL": "https://kenniskring.example",
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "media"),
        "LOG_LEVEL": "INFO",
        "TRUSTED_PROXIES": "1",
    }
    del environment["DEMO"]
    surroundings = {"cwd": servers.ROOT, "env": environment}
    collected = subprocess.run([sys.executable, "-c", COLLECT], **surroundings, stdout=subprocess.PIPE, check=True)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "kenniskring.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "2"]
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(command, **surroundings, stdout=log, stderr=log)
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield Production(port, folder / "log", json.loads(collected.stdout))
        finally:
            process.terminate()
            process.wait(30)


def ask(port: int, path: str, method: str = "GET", **headers) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = {"Host": "kenniskring.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"} | headers
    connection.request(method, path, headers=sent)
    response: Any = connection.getresponse()
    response.body = response.read()
    connection.close()
    return response


def test_production_says_it_all_over_https(production):
    port = production.port
    css = re.search(r'/static/css/[^"]+\.css', ask(port, "/").body.decode())[0]
    assert re.fullmatch(r"/static/css/\w+\.[0-9a-f]{12}\.css", css)
    paths = {
        "/": 200,
        css: 200,
        "/static/nergens.css": 404,
        "/nergens/": 404,
        "/mijn/": 302,
        "/account/login/": 200,
        "/beheer/": 302,
        "/healthz/live": 200,
        "/healthz/ready": 200,
        "/demo/post/": 404,
    }
    found = {path: ask(port, path) for path in paths}
    assert json.loads(found["/healthz/ready"].body)["database"] == "ok"
    assert {path: response.status for path, response in found.items()} == paths
    assert {path: safety_of(response) for path, response in found.items()} == dict.fromkeys(paths, SAFETY | HSTS)
    refused = ask(port, "/", Host="elders.example")
    assert (refused.status, safety_of(refused)) == (400, SAFETY | HSTS)


def test_production_sends_http_to_https_with_the_rest_of_it(production):
    port = production.port
    response = ask(port, "/kringen/", **{"X-Forwarded-Proto": "http"})
    assert (response.status, response.headers["Location"]) == (301, "https://kenniskring.example/kringen/")
    assert safety_of(response) == SAFETY
    assert ask(port, "/healthz/live", **{"X-Forwarded-Proto": "http"}).status == 200


def test_cookies_in_production_are_for_this_host_alone(production):
    port = production.port
    [cookie] = ask(port, "/account/login/").headers.get_all("Set-Cookie")
    name, *attributes = re.sub(r"=[^;]*", "", cookie, count=1).split("; ")
    assert name == "__Host-csrftoken"
    assert {a for a in attributes if not a.startswith(("expires", "Max-Age"))} == {
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
        "Secure",
    }


RAW = {
    "a line that is too long": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "no method": b"\x00\x01 / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a bad header": b"GET / HTTP/1.1\r\nHost: x\r\nlies@temse.example: x\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
    "a header that is too long": b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 90000 + b"\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    "a strange encoding": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: odd\r\n\r\n",
}


@pytest.mark.parametrize("what", RAW)
def test_what_never_reaches_django_is_refused_with_headers_and_without_an_echo(production, what):
    port = production.port
    with socket.create_connection(("127.0.0.1", port), 60) as line:
        line.sendall(RAW[what])
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    head, _, body = answer.decode().partition("\r\n\r\n")
    status, *headers = head.split("\r\n")
    said = dict(header.split(": ", 1) for header in headers)
    assert status.split()[1] in {"400", "414", "431", "501"}
    expected = {k: v for k, v in SAFETY.items() if k not in ("Content-Security-Policy", "Permissions-Policy")}
    assert {name: said.get(name) for name in expected} == expected
    assert said["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "Server" not in said
    assert body.startswith("Dit verzoek is niet te lezen.")


def test_the_log_of_production_is_json_and_names_nobody(production):
    port, log = production.port, production.log
    ask(port, "/antwoord/WzEsImxpZXNAdGVtc2UuZXhhbXBsZSJd:1xUu15:abcdefghij0123456789/?wie=lies@temse.example")
    with socket.create_connection(("127.0.0.1", port), 60) as line:
        line.sendall(b"GET /?wie=lies@temse.example HTTP/1.1\r\nlies@temse.example: x\r\n\r\n")
        line.recv(65536)
    until = time.monotonic() + 20
    while "/antwoord/" not in log.read_text() and time.monotonic() < until:
        time.sleep(0.05)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"gunicorn.error", "kenniskring.access"} <= {line["logger"] for line in lines}
    assert [line["path"] for line in lines if line.get("path", "").startswith("/antwoord/")] == ["/antwoord/…/"]
    for said in ("lies", "@temse", "203.0.113.9", "wie="):
        assert said not in log.read_text()


# --- Cookies, all of them -------------------------------------------------------------------------------------------


def test_every_cookie_setting_follows_from_https(production):
    found = production.settings
    ends = ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "PATH", "DOMAIN")
    for kind in ("SESSION", "CSRF", "LANGUAGE"):
        values = [found[f"{kind}_COOKIE_{end}"] for end in ends]
        assert values[0].startswith("__Host-")
        assert values[1:] == [True, True, "Lax", "/", None]
    assert found["MESSAGES_COOKIE_NAME"] == "__Host-messages"


def test_production_asks_a_second_factor_of_who_has_a_role_and_counts_attempts(production):
    assert (production.settings["SECOND_FACTOR_REQUIRED"], production.settings["RATE_LIMITS"]) == (True, True)


@override_settings(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_HTTPONLY=True)
def test_the_cookie_of_a_message_is_like_the_others(trekker, browse, waasland):
    from kenniskring.headers import Messages, MessagesCookie

    assert MessagesCookie.cookie_name == configured.MESSAGES_COOKIE_NAME
    assert Messages.storage_classes[0] is MessagesCookie
    client = browse(trekker)
    response = client.post("/mijn/agenda/", {}, secure=True)
    assert response.status_code == 302
    cookie = response.cookies.get(configured.MESSAGES_COOKIE_NAME)
    assert cookie is not None
    attributes = {key: value for key, value in cookie.items() if value}
    assert attributes == {"path": "/", "secure": True, "httponly": True, "samesite": "Lax"}
