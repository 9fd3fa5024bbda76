"""How gunicorn answers what never reaches Django, and what it does not tell: its name, and what it was asked.

gunicorn.conf.py calls ``be_discreet`` before the workers are made; they inherit it.
"""

from __future__ import annotations

import contextlib
from typing import Any

from gunicorn import util
from gunicorn.http.wsgi import Response

_default_headers = Response.default_headers

HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Connection": "close",
}
SORRY = "Dit verzoek is niet te lezen. Ga terug naar de startpagina en probeer het opnieuw.\n"


def be_discreet() -> None:
    """No ``Server`` header; errors of gunicorn itself carry our headers, and do not repeat what was sent."""
    Response.default_headers = _without_a_name
    util.write_error = _write_error


def _without_a_name(response: Any) -> list[str]:
    return [header for header in _default_headers(response) if not header.startswith("Server:")]


def _write_error(sock: Any, status_int: int, reason: str, mesg: str) -> None:
    body = SORRY.encode()
    lines = [f"HTTP/1.1 {status_int} {reason}", *(f"{name}: {value}" for name, value in HEADERS.items())]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
    with contextlib.suppress(OSError):  # whoever asked is gone
        util.write_nonblock(sock, head.encode("latin1") + body)
