"""The program of `make bench` runs, and no page asks more than eight things of PostgreSQL."""

import os
import re
import subprocess
import sys

import pytest

from kenniskring.servers import ROOT


@pytest.mark.long
def test_the_measurement_runs_on_a_small_network(django_db_setup, figure):
    with_the_tables_of_the_tests = {
        "BENCH_BASE": os.environ["TEST_TEMPLATE"],
        "BENCH_SERVER": str(ROOT / ".local/test/postgres"),
        "BENCH_SECRET_KEY": os.environ["SECRET_KEY"],
    }
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--small"],
        cwd=ROOT,
        env=os.environ | with_the_tables_of_the_tests,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    rows = re.findall(r"^(.{18})(.{9}).* (\d+), (\d+) +\d+$", ran.stdout, re.MULTILINE)
    assert {(page.strip(), who.strip()) for page, who, _few, _many in rows} == {
        *(("front page", "visitor"), ("front page", "member")),
        *(("list", "visitor"), ("list", "member"), ("list", "trekker")),
        *(("meeting", "visitor"), ("meeting", "member")),
        *(("feed of a circle", "visitor"), ("feed of a member", "visitor")),
    }
    figure("queries of a page, at most", max(int(many) for *_others, many in rows))
