"""What a visitor was shown a second ago is shown to the next one too (decision 17).

A view says ``@same_for_visitors``: with nobody logged in, its answer follows from the address and the language alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse

View = Callable[..., Any]
THEIR_OWN = (settings.SESSION_COOKIE_NAME, settings.MESSAGES_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
"""Whoever brings one of these may be told something that is for nobody else."""


def same_for_visitors(view: View) -> View:
    """Stands below the lock ``@open_to_all``, which it leaves as it is."""

    @wraps(view)
    def marked(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.same_for_visitors = not request.user.is_authenticated and not request.GET
        return response

    return marked


class Visitors:
    """Stands before the session is looked at: who brings no cookie of their own may have what was made for another.

    What is asked for with a question mark is never kept: those are counted against who asks too much.
    """

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if not self._may_share(request):
            return self.get_response(request)
        key = self._key(request)
        kept = caches["visitors"].get(key)
        if kept is not None:
            content, headers = kept
            return HttpResponse(content, headers=headers)
        response = self.get_response(request)
        if response.status_code == 200 and not response.cookies and getattr(response, "same_for_visitors", False):
            caches["visitors"].set(key, (response.content, dict(response.headers)), settings.VISITORS_SEE_FOR)
        return response

    def _may_share(self, request: Any) -> bool:
        is_plain = request.method == "GET" and not request.META.get("QUERY_STRING")
        return settings.VISITORS_SEE_FOR > 0 and is_plain and not any(name in request.COOKIES for name in THEIR_OWN)

    def _key(self, request: Any) -> str:
        """All that such an answer follows from. htmx asks for parts of pages at the address of the whole."""
        part = sorted((name, value) for name, value in request.META.items() if name.startswith("HTTP_HX_"))
        asked = (request.scheme, request.get_host(), request.path, request.LANGUAGE_CODE, part)
        return sha256(repr(asked).encode()).hexdigest()
