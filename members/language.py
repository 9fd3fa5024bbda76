"""In which language the portal speaks: what a member chose, else what this browser chose, else Dutch.

What a browser asks for (Accept-Language) does not count; decision 18 says why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

A_YEAR = 365 * 24 * 3600  # seconds
TEXTS = ("text/html", "text/calendar")


class Language:
    """Before who is asking is known: what the cookie says. ``speak`` takes over once that is a member who chose."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        with translation.override(chosen_here(request) or settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            if response.get("Content-Type", "").startswith(TEXTS):
                response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


def is_spoken(language: str | None) -> bool:
    return language in dict(settings.LANGUAGES)


def chosen_here(request: Any) -> str:
    """What was chosen in this browser; empty when nothing was."""
    language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return language if is_spoken(language) else ""


def speak(request: Any, language: str) -> None:
    """From here on this request is answered in ``language``; empty changes nothing."""
    if language and language != request.LANGUAGE_CODE:
        translation.activate(language)  # ``Language`` takes it back
        request.LANGUAGE_CODE = language


def read_letter_in(request: Any, language: str) -> bool:
    """A page behind the link of a letter is in the language of that letter, unless this browser chose another one.

    Whether that changes anything.
    """
    before = request.LANGUAGE_CODE
    if not chosen_here(request) and not request.user.is_authenticated:
        speak(request, language)
    return before != request.LANGUAGE_CODE


def keep_here(response: Any, language: str) -> Any:
    """The same response, with which this browser remembers the choice: also for who is not logged in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=A_YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response


def is_from_here(request: Any) -> bool:
    """A page of ours sent this. The switch stands on every page, and a token in it would be a cookie for everyone.

    A page that hides its address, because that is a secret, calls its origin "null" and still says where it stands.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return request.headers.get("Origin", _here(request)) == _here(request)


def _here(request: Any) -> str:
    return f"{request.scheme}://{request.get_host()}"


def way_back(request: Any) -> str:
    """Where the switch was pressed; the front page when that is not a page of ours."""
    going, shown = request.POST.get("next", ""), request.headers.get("Referer", "")
    if shown.partition("?")[0] == f"{_here(request)}{going.partition('?')[0]}":
        going = shown  # the same page, as it was narrowed since by htmx
    ours = url_has_allowed_host_and_scheme(going, {request.get_host()}, require_https=request.is_secure())
    return going if ours else reverse("front")
