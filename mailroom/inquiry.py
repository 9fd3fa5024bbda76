"""Asking the relay whether it has a letter: ends a doubt, where there is a relay that can be asked."""

from __future__ import annotations

import http.client
from urllib.parse import quote, urlsplit

from django.conf import settings

PATIENCE = 2  # seconds; no answer leaves us as wise as a relay that cannot be asked
ANSWERS = {200: True, 404: False}


def relay_has(message_id: str) -> bool | None:
    """Whether the relay took the letter with this Message-ID, handed on since or not; None: that cannot be known."""
    if not settings.RELAY_LOOKUP_URL:
        return None
    asked = urlsplit(settings.RELAY_LOOKUP_URL.replace("{message_id}", quote(message_id.strip("<>"), safe="")))
    kind = http.client.HTTPSConnection if asked.scheme == "https" else http.client.HTTPConnection
    line = kind(asked.hostname or "", asked.port, timeout=PATIENCE)
    try:
        line.request("GET", f"{asked.path or '/'}?{asked.query}")  # a redirect is no answer, so none is followed
        return ANSWERS.get(line.getresponse().status)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()
