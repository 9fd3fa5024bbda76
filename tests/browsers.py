"""pytest plugin: browser tests use a Chromium that is present, wherever it comes from."""

import os
import shutil
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
REQUIRED = os.environ.get("REQUIRE_BROWSER") == "1"
MISSING = "Browser tests skipped: no Chromium on this machine (Debian: apt-get install chromium)."


def find() -> str | None:
    """Debian's or Google's, or one that Playwright downloaded."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    return next((str(path) for path in sorted(folder.glob("chromium-*/chrome-*/chrome"))), None)


CHROMIUM = find()


def pytest_runtest_setup(item):
    if CHROMIUM is None and item.get_closest_marker("browser"):
        if REQUIRED:
            pytest.fail(f"REQUIRE_BROWSER=1. {MISSING}", pytrace=False)
        pytest.skip(MISSING)


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(MISSING in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_line(f"{MISSING} {count} of them.", yellow=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Playwright's own fixture, with our Chromium. Its sandbox does not work for root, as in a container."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": sandbox}


@pytest.fixture(autouse=True)
def _playwright_has_a_loop_of_its_own(request, monkeypatch):
    """Playwright's sync API runs an event loop in this thread, which makes Django refuse to ask the database."""
    if request.node.get_closest_marker("browser"):
        monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
