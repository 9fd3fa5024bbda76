"""What htmx asks for: a part of a page that is also there whole, behind the same lock, at the same address."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def render_part(request: Any, page: str, part: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """``part`` of ``page`` (a template, or ``page.html#name``) for htmx, else the whole; no cache mixes them up.

    Who comes back by the browser's button gets the whole page, also when htmx fetches it.
    """
    partly = request.htmx and not request.htmx.history_restore_request
    response = render(request, part if partly else page, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response
