"""What the door says by itself: people read a page of ours, whatever kept them from the portal."""

import http.client
import os
import re
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kenniskring.demo.__main__ import free_port
from tests.kenniskring.test_headers import HSTS, SAFETY, safety_of

from .composition import raw
from .door import NGINX, NOWHERE, Names, words

PATIENCE = 60
BUSY = "We werken aan het portaal, of het is erg druk. Wat al bewaard was, blijft bewaard. "
BUSY += "Laad deze pagina over een halve minuut opnieuw."
TOO_LARGE = "Wat u wilde versturen, is te groot. Een bestand mag hoogstens 20 MB groot zijn. "
TOO_LARGE += "Ga terug en kies een kleiner bestand."
TOO_LONG = "Dit adres is te lang. Ga naar de startpagina en zoek van daar verder."
NAME = {"Server": "nginx"}
"""It cannot be made to keep this to itself; the number of its version it does."""
UNREADABLE = "Uw browser stuurde iets wat we niet begrijpen. Ga terug en probeer het opnieuw."


class Portal(BaseHTTPRequestHandler):
    """In the place of a web: it thinks long, hangs up, or says itself what is wrong."""

    enough = threading.Event()

    def do_GET(self):
        if self.path == "/lang/":
            self.enough.wait(PATIENCE)
        elif self.path != "/weg/":
            self.send_response(503)
            self.send_header("X-Frame-Options", "its own")
            self.end_headers()
            self.wfile.write(b"its own")

    def log_message(self, *what):
        pass


@dataclass
class Door:
    port: int
    names: Names

    def is_healthy(self) -> bool:
        """What the health check of the file says."""
        _, *check = raw()["services"]["door"]["healthcheck"]["test"]
        here = [word.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}") for word in check]
        assert here != check
        return subprocess.run(here).returncode == 0

    def say(self, sent: bytes) -> http.client.HTTPResponse:
        """The answer to these very bytes, with what it says in ``text``."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as line:
            line.sendall(sent)
            answer = http.client.HTTPResponse(line)
            answer.begin()
            answer.text = answer.read().decode()  # type: ignore[attr-defined]
            return answer


def request(path: str, *headers: str, method: str = "GET") -> bytes:
    """One that came through a proxy with TLS."""
    lines = [f"{method} {path} HTTP/1.1", "Host: kenniskring.example", "X-Forwarded-Proto: https", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    if not NGINX:
        assert not os.environ.get("REQUIRE_BROWSER"), "nginx is missing: apt-get install nginx-light"
        pytest.skip("nginx is not on this machine, so nobody tried the door: apt-get install nginx-light")
    folder, port, names = tmp_path_factory.mktemp("door"), free_port(), Names(NOWHERE)
    portal = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=portal.serve_forever, daemon=True).start()
    impatient = {"proxy_read_timeout 60s": "proxy_read_timeout 300ms"}
    process = subprocess.Popen(words(names, portal.server_port, port, folder, impatient))
    made = Door(port, names)
    try:
        eventually(made.is_healthy)
        assert made.say(request("/")).status == 502  # no web yet: the name leads nowhere
        names.webs = ("127.0.0.1",)
        began = time.monotonic()
        eventually(lambda: made.say(request("/")).text == "its own")
        assert time.monotonic() - began < 30  # Docker says that a name holds for ten minutes; the door asks each 2 s
        yield made
    finally:
        process.send_signal(signal.SIGQUIT)
        assert process.wait(PATIENCE) == 0
        Portal.enough.set()
        portal.shutdown()
        portal.server_close()
        names.stop()
    assert names.asked == {("web", 1)}  # addresses of IPv4 alone


def eventually(is_so):
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


WRONG = {
    "a web that hangs up": (request("/weg/"), 502, BUSY),
    "a web that thinks too long": (request("/lang/"), 504, BUSY),
    "a file that is too large": (request("/", "Content-Length: 26214401"), 413, TOO_LARGE),
    "an address that is too long": (request(f"/{'a' * 9000}"), 414, TOO_LONG),
    "a header that is too long": (request("/", f"A: {'a' * 9000}"), 400, UNREADABLE),
    "no request": (b"\x00\x01 / HTTP/1.1\r\n\r\n", 400, UNREADABLE),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400, UNREADABLE),
    "two lengths": (request("/", "Content-Length: 1", "Content-Length: 2"), 400, UNREADABLE),
    "a way to ask that is not ours": (request("/", method="TRACE"), 405, UNREADABLE),
    "a strange encoding": (request("/", "Transfer-Encoding: odd"), 501, UNREADABLE),
    "another version": (b"GET / HTTP/9.9\r\n\r\n", 505, UNREADABLE),
    "the page itself": (request("/door/sorry"), 404, UNREADABLE),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_stops_at_the_door_gets_a_page_of_ours_that_says_it_all(door, what):
    sent, status, advice = WRONG[what]
    answer = door.say(sent)
    assert (answer.status, safety_of(answer)) == (status, SAFETY | HSTS | NAME)
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        "text/html; charset=utf-8",
        "no-store",
    )
    assert answer.headers["Retry-After"] == ("30" if status in (502, 504) else None)
    title = "Even geduld" if advice == BUSY else "Dit is niet gelukt"
    words = re.sub(r"<[^>]+>", " ", answer.text).split()
    assert " ".join(words) == f"{title} – Kenniskring {title} {advice} Ga naar de startpagina"
    assert not re.search(r"style|script|nginx", answer.text)  # the policy would refuse the first two


def test_what_came_without_tls_hears_nothing_of_it(door):
    answer = door.say(b"GET /weg/ HTTP/1.1\r\nHost: kenniskring.example\r\nX-Forwarded-Proto: http\r\n\r\n")
    assert (answer.status, safety_of(answer)) == (502, SAFETY | NAME)


def test_what_the_portal_says_passes_as_it_is(door):
    answer = door.say(request("/"))
    assert (answer.status, answer.text) == (503, "its own")
    assert safety_of(answer) == {"X-Frame-Options": "its own"} | NAME | {"Server": answer.headers["Server"]}


def test_its_health_check_says_how_it_is(door):
    assert door.is_healthy()
    assert safety_of(door.say(request("/door"))) == SAFETY | HSTS | NAME
    assert not Door(free_port(), door.names).is_healthy()
