"""Photographs the pages of a demo of its own: `python -m tests.shots`. `make shots` calls this.

SHOTS=http://localhost:8000 photographs a demo that runs already; ONLY="kring mijn" just these pages. README=write
also puts three of the pictures into docs/pictures/.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kenniskring import servers
from kenniskring.demo.__main__ import free_port

from .tour import for_the_readme, take

FOLDER = servers.ROOT / ".local/shots"
PATIENCE = 600
"""Seconds that a busy machine may take to play a year of the demo network; a quiet one takes a minute."""


@contextmanager
def demo() -> Iterator[str]:
    """A demo of our own, made anew, so that its dates are those of today."""
    home, port = FOLDER / "demo", free_port()
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    environment = os.environ | {"DEMO_HOME": str(home), "PORT": str(port)}
    with open(home / "log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "kenniskring.demo"], cwd=servers.ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        _wait_for(f"http://localhost:{port}/healthz/ready", process, home / "log")
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(60)


def _wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    sys.exit(f"The demo did not start:\n{log.read_text()}")


def photograph(base: str) -> None:
    started = time.monotonic()
    count = take(base, FOLDER, set(os.environ.get("ONLY", "").split()))
    print(f"{count} pictures in {FOLDER} after {time.monotonic() - started:.0f} s.")
    if os.environ.get("README") == "write":
        for picture in for_the_readme(FOLDER, servers.ROOT / "docs/pictures"):
            print(f"{picture.relative_to(servers.ROOT)}: {picture.stat().st_size // 1000} kB")
    else:
        print("README=write make shots also puts three of them into docs/pictures/, for the README.")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    if "SHOTS" in os.environ:
        photograph(os.environ["SHOTS"].rstrip("/"))
    else:
        print("A year of the demo network is played first …", flush=True)
        with demo() as address:
            photograph(address)
