"""What every response says about itself to the browser: pages, errors, redirects and files alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage

ALWAYS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer",
            "camera",
            "display-capture",
            "geolocation",
            "gyroscope",
            "microphone",
            "payment",
            "usb",
        )
    ),
}
"""Beside what Django's own middleware says: CSP, HSTS, nosniff, the referrer, the opener and framing."""


class Headers:
    """Stands outside everything that can answer, so that no error, redirect or static file escapes it."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        return response


class MessagesCookie(CookieStorage):
    """Django's, under a name that belongs to this host alone."""

    cookie_name = settings.MESSAGES_COOKIE_NAME


class Messages(FallbackStorage):
    """In a cookie while they fit, in the session when not."""

    storage_classes = (MessagesCookie, SessionStorage)
