"""Addresses in letters: absolute, and where needed signed so that holding the letter is enough."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse


class LinkExpired(Exception):
    """The link was ours, and its time is over."""


class LinkForged(Exception):
    """The link was not made by us, or was cut off by a mail program."""


def absolute(path: str) -> str:
    """The full address of a path of ours, for people outside a request."""
    return settings.BASE_URL + path


def address_with(token: str, view: str) -> str:
    """The full address of a view of ours that takes a token and nothing else."""
    return absolute(_path_of(view).replace("TOKEN", token))


@lru_cache  # a thousand letters ask for the same few
def _path_of(view: str) -> str:
    return reverse(view, args=["TOKEN"])


def make_token(purpose: str, value: Any) -> str:
    """A signed, dated token that says ``value`` (JSON) and is good for ``purpose`` alone."""
    return _signer(purpose, settings.SECRET_KEY).sign_object(value)


@lru_cache  # it would be made anew for each of a thousand letters
def _signer(purpose: str, key: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(key=key, salt=f"kenniskring.{purpose}")


def read_token(purpose: str, token: str, *, max_age: dt.timedelta) -> Any:
    """What the token says. Raises LinkExpired or LinkForged."""
    try:
        return signing.loads(token, salt=f"kenniskring.{purpose}", max_age=max_age)
    except signing.SignatureExpired as error:
        raise LinkExpired from error
    except signing.BadSignature as error:
        raise LinkForged from error
