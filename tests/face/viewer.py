"""A window on the answers: Chromium is shown what the portal answered, and asked what it makes of it.

Pages come from the test client, static files from where they are.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import axe_playwright_python
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page

from .gather import Shown

AXE = str(Path(axe_playwright_python.__file__).parent / "axe.min.js")
FACE = Path(__file__).with_name("face.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
IN_THE_DARK = ["color-contrast", "link-in-text-block"]
"""The rules of axe that see colour; the others say the same in the dark."""


class Counter(BaseHTTPRequestHandler):
    """Hands out the answer that is on now, and static files, which the browser may keep."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        now: Shown | None = self.server.now  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        if path.startswith("/static/"):
            file = AXE if path == "/static/axe.js" else finders.find(path.removeprefix("/static/"))
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            self._give(200 if file else 404, Path(file).read_bytes() if file else b"", kind, "max-age=3600")
        elif now and self.path == now.path:
            self._give(now.status, now.html.encode(), "text/html; charset=utf-8", "no-store", now.csp)
        else:
            self._give(404, b"", "text/plain", "no-store")

    def _give(self, status: int, body: bytes, kind: str, keep: str, csp: str = "default-src 'self'") -> None:
        self.send_response(status)
        said = {
            "Content-Type": kind,
            "Content-Length": len(body),
            "Cache-Control": keep,
            "Content-Security-Policy": csp,
        }
        for name, value in said.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nobody reads it."""


@contextmanager
def window(browser: Browser) -> Iterator[Viewer]:
    """A viewer, as long as the block lasts."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Counter) as server:
        server.now = None  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, daemon=True).start()
        yield Viewer(browser, server)
        server.shutdown()


class Viewer:
    """A screen and a telephone, on which one answer after the other is shown."""

    def __init__(self, browser: Browser, server: ThreadingHTTPServer) -> None:
        self.server = server
        self.host = f"http://localhost:{server.server_port}"
        self.elsewhere: set[str] = set()
        self.screen = self._open(browser, viewport={"width": 1280, "height": 900})
        self.telephone = self._open(browser, viewport={"width": 320, "height": 640}, has_touch=True)

    def _open(self, browser: Browser, **device: Any) -> Page:
        page = browser.new_page(reduced_motion="reduce", **device)
        page.on("request", lambda request: self._noted(request.url))
        return page

    def _noted(self, url: str) -> None:
        if not url.startswith((self.host, "data:", "blob:")):
            self.elsewhere.add(url)

    def _show(self, page: Page, shown: Shown) -> None:
        self.server.now = shown  # type: ignore[attr-defined]
        page.goto(self.host + shown.path)
        page.evaluate(FACE)

    def on_a_screen(self, shown: Shown) -> list[str]:
        """What axe finds, in the light and in the dark."""
        self.screen.emulate_media(color_scheme="light")
        self._show(self.screen, shown)
        self.screen.add_script_tag(url="/static/axe.js")  # by its address: the browser keeps what it made of it
        light = self._axe("tag", TAGS)
        self.screen.emulate_media(color_scheme="dark")
        return light + [f"dark: {fault}" for fault in self._axe("rule", IN_THE_DARK)]

    def _axe(self, kind: str, values: list[str]) -> list[str]:
        return self.screen.evaluate("([kind, values]) => face.axe(kind, values)", [kind, values])

    def on_a_telephone(self, shown: Shown) -> list[str]:
        """What does not fit in 320 px, also with wide letters, and what a finger misses."""
        self._show(self.telephone, shown)
        found = self.telephone.evaluate("face.tooWide()")
        found += [f"too small for a finger: {what}" for what in self.telephone.evaluate("face.tooSmall()")]
        self.telephone.evaluate("face.spaceOut()")
        return found + [f"with wide letters: {what}" for what in self.telephone.evaluate("face.tooWide()")]


UNFOLDS = {
    "region": "Unfold puts its pages in <div id=main>",
    "landmark-one-main": "the same",
    "aria-input-field-name": "select2 of Django's admin names the box by what is chosen in it",
    "label-title-only": "Django's admin labels date and time together; each has a title",
    "target-size": "icons of 18 px in the search box and beside sorted columns",
}
"""Faults of the admin that others must repair, as the accessibility statement says; what else is there is ours."""


def look(viewer: Viewer, shown: Shown) -> list[str]:
    """Everything that is wrong with one page."""
    found = viewer.on_a_screen(shown)
    if shown.name.startswith("admin:"):
        found = [fault for fault in found if fault.removeprefix("dark: ").partition(":")[0] not in UNFOLDS]
    else:
        found += viewer.on_a_telephone(shown)
    return [f"{shown}: {fault}" for fault in found]
