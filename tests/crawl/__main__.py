"""The canary crawl: a demo in which every row has a word of its own, read by everyone; nobody reads a foreign one.

python -m tests.crawl [port]    exit 1 when a word was read by someone for whom its row does not exist

The demo is one of its own, below .local/crawl, and runs while this does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import django
import psycopg

from kenniskring import servers

HOME = servers.ROOT / ".local" / "crawl"
DATABASE = "kenniskring_demo"


def start_demo(port: int) -> subprocess.Popen:
    """A demo that is ready to be visited."""
    environment = os.environ | {"DEMO_HOME": str(HOME), "PORT": str(port)}
    demo = subprocess.Popen(
        [sys.executable, "-m", "kenniskring.demo"], cwd=servers.ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    until = time.monotonic() + 900
    while demo.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://localhost:{port}/healthz/ready", timeout=5).close()
        except OSError:
            time.sleep(0.5)
        else:
            return demo
    demo.terminate()
    sys.exit("The demo did not start; run it by hand to see why: make demo")


def main(port: int) -> int:
    started = time.monotonic()
    base = f"http://localhost:{port}"
    (HOME / "played").unlink(missing_ok=True)  # words are planted in a fresh network, once
    demo = start_demo(port)
    try:
        postgres = servers.start_postgres(HOME / "postgres")
        os.environ |= servers.environment(postgres, DATABASE) | {
            "DJANGO_SETTINGS_MODULE": "kenniskring.settings",
            "SECRET_KEY": Path(HOME, "secret_key").read_text(),
            "BASE_URL": base,
            "REDIS_URL": "redis://127.0.0.1:1",  # the beat of the demo finds the letters
            "SMTP_URL": "smtp://127.0.0.1:1",
            "MEDIA_ROOT": str(HOME / "media"),
            "DEMO": "1",
            "LOG_LEVEL": "ERROR",
        }
        django.setup()
        from .program import run

        with psycopg.connect(servers.url(postgres, "postgres", DATABASE), autocommit=True) as superuser:
            report, kept = run(base, superuser, HOME / "post")
        print(report)
        print(f"{time.monotonic() - started:.0f} s")
        return 0 if kept else 1
    finally:
        demo.terminate()
        demo.wait()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8399))
