"""Pages go over the wire compressed; static files already are, and other files go as they are."""

from __future__ import annotations

from typing import Any

from django.middleware.gzip import GZipMiddleware


class CompressedPages(GZipMiddleware):
    """Django's, for HTML that is in memory. A random length hides what a guess in it saves (BREACH); the CSRF token
    has another mask each time."""

    def process_response(self, request: Any, response: Any) -> Any:
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
