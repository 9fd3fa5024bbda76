"""Addresses in letters: absolute, and where needed signed so that holding the letter is enough."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core import signing


class LinkExpired(Exception):
    """The link was ours, and its time is over."""


class LinkForged(Exception):
    """The link was not made by us, or was cut off by a mail program."""


def absolute(path: str) -> str:
    """The full address of a path of ours, for people outside a request."""
    return settings.BASE_URL + path


def make_token(purpose: str, value: Any) -> str:
    """A signed, dated token that says ``value`` (JSON) and is good for ``purpose`` alone."""
    return signing.dumps(value, salt=f"kenniskring.{purpose}", compress=False)


def read_token(purpose: str, token: str, *, max_age: dt.timedelta) -> Any:
    """What the token says. Raises LinkExpired or LinkForged."""
    try:
        return signing.loads(token, salt=f"kenniskring.{purpose}", max_age=max_age)
    except signing.SignatureExpired as error:
        raise LinkExpired from error
    except signing.BadSignature as error:
        raise LinkForged from error
