"""The portal as people meet it: gunicorn, Celery and beat as processes of their own, and a browser.

``portal`` is the running portal, ``chromium`` a browser to visit it with. Nothing here uses the test process's own
database connection, so a browser test asks for no ``db``.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from kenniskring import servers
from kenniskring.demo.__main__ import free_port, processes
from tests.browsers import CHROMIUM
from tests.servers import _admin, _build_template
from tests.smtp import Mailbox

OIDC = {"id": "acm", "name": "ACM/IDM", "client_id": "kring", "secret": "geheim", "key": "vo_id"}
"""A provider to log in with, once a test starts one at ``portal.oidc_port``."""
PATIENCE = 60
"""Seconds that a busy machine may take over what takes a quiet one two."""


@dataclass
class Portal:
    """Where it is, what it sent, and how to stop it."""

    url: str
    mailbox: Mailbox
    environment: dict[str, str]
    log: Path
    oidc_port: int = 0
    running: list[subprocess.Popen] = field(default_factory=list)

    def manage(self, *command: str) -> None:
        """``manage.py`` or another module, in the portal's surroundings."""
        subprocess.run([sys.executable, *command], cwd=servers.ROOT, env=self.environment, check=True, timeout=60)

    def start(self, port: int) -> None:
        with open(self.log, "ab") as log:
            for command in processes(port).values():
                started = subprocess.Popen(
                    command,
                    cwd=servers.ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
                self.running.append(started)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.url}/healthz/ready", timeout=5).close()
                return
            except OSError:
                time.sleep(0.1)
        pytest.fail(f"The portal did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        for process in self.running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def letter(self, to: str, subject: str) -> EmailMessage:
        """The latest letter to this address whose subject contains these words; waits for it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for letter in reversed(self.mailbox.to(to)):
                if subject in letter["Subject"]:
                    return letter
            time.sleep(0.1)
        sent = [(str(letter["To"]), str(letter["Subject"])) for letter in self.mailbox.letters]
        pytest.fail(
            f"No letter to {to} about {subject!r}; there are {sent}. The log:\n{self.log.read_text()[-3000:]}"
        )

    def sent_to(self, subject: str) -> set[str]:
        """Who has a letter whose subject contains these words."""
        letters = [letter for letter in self.mailbox.letters if subject in letter["Subject"]]
        return {letter["To"].addresses[0].addr_spec for letter in letters}


def text_of(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    return letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def link_in(letter: EmailMessage, path: str) -> str:
    """The first address in the text of a letter whose path begins so."""
    text = text_of(letter)
    for address in re.findall(r"https?://[^\s>]+", text):
        if urlsplit(address).path.startswith(path):
            return address
    pytest.fail(f"No link to {path} in:\n{text}")


@pytest.fixture(scope="session")
def portal(tmp_path_factory, django_db_blocker):
    """The portal with the facts, and a mailbox that all its letters reach."""
    folder = tmp_path_factory.mktemp("portal")
    database = f"story_{os.getpid()}"
    with django_db_blocker.unblock():
        _build_template()
    _admin(f"CREATE DATABASE {database} TEMPLATE {os.environ['TEST_TEMPLATE']}")
    socket = urlsplit(os.environ["TEST_ADMIN_URL"]).query
    mailbox, valkey, port, oidc_port = Mailbox(), servers.start_valkey(), free_port(), free_port()
    mailbox.start()
    portal = Portal(
        f"http://localhost:{port}",
        mailbox,
        os.environ
        | {
            "DATABASE_URL": f"postgresql://kenniskring_app@/{database}?{socket}",
            "REDIS_URL": valkey.connection_url,
            "SMTP_URL": mailbox.url,
            "BASE_URL": f"http://localhost:{port}",
            "MEDIA_ROOT": str(folder / "media"),
            "STATIC_ROOT": str(servers.RUN),  # empty: the demo's own files come from where they are
            "OIDC_PROVIDERS": json.dumps([OIDC | {"server_url": f"http://localhost:{oidc_port}"}]),
        },
        folder / "log",
        oidc_port,
    )
    try:
        portal.manage("manage.py", "load_facts")
        with psycopg.connect(os.environ["TEST_ADMIN_URL"], dbname=database) as superuser:
            # Or the clock plans, and writes, at its quarter, in the middle of some test.
            superuser.execute("UPDATE regions_circle SET rhythm = 'free'")
        portal.start(port)
        yield portal
    finally:
        portal.stop()
        mailbox.stop()
        valkey.stop()
        _admin(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture
def chromium():
    """The Chromium of this machine, for one test marked ``browser``.

    Not pytest-playwright's ``browser``, which stays for the session: while Playwright runs, Django takes this thread
    for an asynchronous one and refuses to ask the database, also in the tests that come after.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield browser
        browser.close()
