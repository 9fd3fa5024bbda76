"""The portal as it is deployed, for a browser: gunicorn and the static files of production; no post leaves it."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
import pytest

from kenniskring import servers
from kenniskring.demo.__main__ import free_port, processes
from mailroom.models import filled
from tests.servers import _admin, _build_template

PATIENCE = 60
"""Seconds that a busy machine may take over what takes a quiet one two."""


@dataclass
class Deployed:
    """Where it is, and what is where."""

    url: str
    pages: dict[str, str]
    database: str

    def letter(self, to: str, about: str) -> str:
        """The text of the letter to this address whose subject says so, which nobody sends here."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            found = connection.execute(
                "SELECT w.text, l.own FROM mailroom_letter l JOIN mailroom_wording w ON w.id = l.wording_id "
                "JOIN mailroom_delivery d ON d.id = l.delivery_id "
                'WHERE d."to" = %s AND d.subject LIKE %s ORDER BY d.id DESC LIMIT 1',
                [to, f"%{about}%"],
            ).fetchone()
        assert found, f"No letter to {to} about {about}."
        return filled(*found)


@pytest.fixture(scope="session")
def deployed(tmp_path_factory, django_db_blocker):
    """The portal with production's settings, but for the lock on roles; and a few people."""
    folder, port, database = tmp_path_factory.mktemp("deployed"), free_port(), f"face_{os.getpid()}"
    with django_db_blocker.unblock():
        _build_template()
    _admin(f"CREATE DATABASE {database} TEMPLATE {os.environ['TEST_TEMPLATE']}")
    admin = urlsplit(os.environ["TEST_ADMIN_URL"])
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://kenniskring_app@/{database}?{admin.query}",
        "BASE_URL": f"http://localhost:{port}",
        "DEMO": "0",
        "SECRET_KEY": "only-for-tests",
        "SECOND_FACTOR_REQUIRED": "0",
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
    }
    try:
        filled = subprocess.run(
            [sys.executable, "-m", "tests.face.cast"],
            cwd=servers.ROOT, env=environment, check=True, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        with open(folder / "log", "wb") as log:
            web = subprocess.Popen(processes(port)["web"], cwd=servers.ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(f"http://localhost:{port}/healthz/ready")
            yield Deployed(
                f"http://localhost:{port}", json.loads(filled.stdout), admin._replace(path=f"/{database}").geturl()
            )
        finally:
            web.terminate()
            web.wait(20)
    finally:
        _admin(f"DROP DATABASE {database} WITH (FORCE)")


def _wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            assert time.monotonic() < until, "The portal did not start."
            time.sleep(0.1)
        else:
            return
