"""Starting the demo: what can be seen without starting it all."""

import os
import socket
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from kenniskring import servers
from kenniskring.demo import __main__ as demo


def test_a_port_in_use_gets_one_clear_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        started = subprocess.run(
            [sys.executable, "-m", "kenniskring.demo"],
            cwd=servers.ROOT,
            env=os.environ | {"PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (started.returncode, started.stdout) == (1, "")
    assert started.stderr.splitlines() == [
        f"Port {port} cannot be used (Address already in use). Choose another: make demo PORT={port + 1}"
    ]


def test_a_second_start_keeps_who_is_logged_in(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "HOME", tmp_path)
    assert demo.secret_key() == demo.secret_key()
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_fictitious_people_are_not_loaded_among_others(lid):
    with pytest.raises(CommandError, match="people here already"):
        call_command("load_demo")


def test_fictitious_people_are_not_loaded_outside_a_demo(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="demo only"):
        call_command("load_demo")
