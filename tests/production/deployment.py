"""The composed services as processes on this machine: their own command lines, confined as far as can be here.

Code comes from a built image, not from the checkout. As root (our CI) each runs as user 10001 without capabilities,
on a read-only file system with a /tmp of its own. Elsewhere these two lack, and we still look at what was written.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from kenniskring.demo.__main__ import free_port
from tests.smtp import Mailbox

from . import composition, image, stores
from .container import PATIENCE, Container

CONFINED = """
mount --make-rprivate /
for writable; do [ "$writable" = -- ] && break; mount --bind "$writable" "$writable"; done
mount --bind "$APP" "$APP"; mount -o remount,bind,ro "$APP"; mount -o remount,bind,ro /
while [ "$1" != -- ]; do shift; done; shift
exec setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --inh-caps=-all,+dac_read_search \
    --ambient-caps=-all,+dac_read_search --bounding-set=-all,+dac_read_search -- "$@"
"""
"""May read everything, or it would not reach a Python that lives in somebody's home."""


@cache
def can_confine() -> bool:
    with contextlib.suppress(FileNotFoundError):
        tried = ["unshare", "--mount", "sh", "-c", "mount --make-rprivate / && mount -o remount,bind,ro /"]
        return os.geteuid() == 0 and subprocess.run(tried, capture_output=True, check=False).returncode == 0
    return False


@dataclass
class Deployment:
    """Everything that compose would have started, and what they were started with."""

    folder: Path
    services: dict[str, dict[str, Any]]
    addresses: dict[str, str]  # what stands in the file, and where it is here
    mailbox: Mailbox
    app: Path
    media: Path
    built: set[tuple[str, int]]
    db: Container
    valkey: Container
    running: list[Container] = field(default_factory=list)

    def environment(self, service: str, tmp: Path) -> dict[str, str]:
        """That of the image and of the service, with our servers in the place of theirs."""
        given = image.dockerfile()[1][-1].environment | self.services[service].get("environment", {})
        given |= {"TMPDIR": str(tmp), "HOME": "/nonexistent", "LANG": "C.UTF-8"}
        return {name: self._here(value, tmp) for name, value in given.items()}

    def _here(self, text: str, tmp: Path) -> str:
        places = self.addresses | {"/app": str(self.app), "/media": str(self.media), "/tmp/pulse": f"{tmp}/pulse"}
        for there, here in places.items():
            text = text.replace(there, here)
        return text.replace("$PATH", "/usr/bin:/bin")

    def _command(self, words: list[str], *writable: Path) -> list[str]:
        if not can_confine():
            return words
        return ["unshare", "--mount", "sh", "-ec", CONFINED, "sh", *map(str, writable), "--", *words]

    def start(self, service: str, command: list[str] | None = None, *writable: Path) -> Container:
        """One more process of this service, or another command in its surroundings."""
        port, number = free_port(), len(list(self.folder.iterdir()))
        tmp, log = self.folder / f"{service}{number}", self.folder / f"{service}{number}.log"
        tmp.mkdir()
        tmp.chmod(0o777)
        words = [
            f"127.0.0.1:{port}" if word == "0.0.0.0:8000" else word
            for word in command or composition.command_of(self.services[service])
        ]
        environment = self.environment(service, tmp)
        with open(log, "wb") as into:
            process = subprocess.Popen(
                self._command(words, tmp, self.media, *writable),
                cwd=self.app,
                env=environment | {"APP": str(self.app)},
                stdout=into,
                stderr=into,
            )
        self.running.append(
            Container(service, self.services[service], process, self.app, port, tmp, log, environment)
        )
        return self.running[-1]

    def all(self, service: str) -> list[Container]:
        """Those that run, in the order in which they started."""
        return [each for each in self.running if each.service == service and each.process.poll() is None]

    def run(self, service: str, command: list[str] | None = None) -> str:
        """Start it and wait for its end; what it said."""
        container = self.start(service, command)
        code = container.process.wait(PATIENCE)
        assert code == 0, container.log.read_text()
        return container.log.read_text()

    def await_health(self, *containers: Container) -> None:
        """Until all of them are healthy."""
        until = time.monotonic() + PATIENCE
        for container in containers:
            while not container.is_healthy():
                assert container.process.poll() is None, container.log.read_text()
                assert time.monotonic() < until, container.log.read_text()
                time.sleep(0.5)

    def ask(
        self,
        web: Container,
        path: str,
        typed: dict[str, str] | None = None,
        come_from: str = "127.0.0.1",
        **headers: str,
    ) -> http.client.HTTPResponse:
        """The answer to a GET, or a POST of what was typed, that came through TLS, read to its end into ``body``."""
        line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE, source_address=(come_from, 0))
        host = urlsplit(self.services["web"]["environment"]["BASE_URL"]).netloc
        sent = {"Host": host, "X-Forwarded-Proto": "https"} | headers
        if typed is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{host}"}
        line.request("POST" if typed else "GET", path, urlencode(typed) if typed else None, sent)
        answer = line.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined]
        line.close()
        return answer

    def log_in(self, web: Container, email: str, password: str, **how: Any) -> http.client.HTTPResponse:
        """What the form for that says."""
        path = "/account/login/"
        page = self.ask(web, path, **how)
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body.decode())[0]  # type: ignore[attr-defined]
        typed = {"csrfmiddlewaretoken": token, "login": email, "password": password}
        return self.ask(web, path, typed, Cookie=page.headers["Set-Cookie"].partition(";")[0], **how)

    def stop(self) -> None:
        for container in self.running:
            if container.process.poll() is None:
                container.process.terminate()
        for container in self.running:
            try:
                container.process.wait(10)
            except subprocess.TimeoutExpired:
                container.process.kill()
                container.process.wait()

    def written(self) -> set[str]:
        """What was made, changed or taken away below the image's folder since it was built."""
        return {path for path, _ in image.snapshot(self.app) ^ self.built}


@contextmanager
def deployed(folder: Path) -> Iterator[Deployment]:
    """Image, empty database with its roles, Valkey and relay; nothing of the portal runs yet."""
    app, media, rooms = folder / "app", folder / "media", folder / "rooms"
    for each in (app, media, rooms):
        each.mkdir()
    media.chmod(0o777)
    variables = composition.env_file(folder)
    services, mailbox = composition.services(variables), Mailbox()
    image.build(app)
    mailbox.start()
    try:
        with stores.postgres(services["db"]) as db, stores.valkey(services["valkey"]) as valkey:
            addresses = {
                "@db/": f"@127.0.0.1:{db.port}/",
                "redis://valkey": f"redis://127.0.0.1:{valkey.port}",
                variables["SMTP_URL"]: mailbox.url,
            }
            built = image.snapshot(app)
            deployment = Deployment(rooms, services, addresses, mailbox, app, media, built, db, valkey)
            try:
                yield deployment
            finally:
                deployment.stop()
    finally:
        mailbox.stop()
