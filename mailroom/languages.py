"""A letter is in the language of whoever reads it, whoever's doing it is and whatever they read themselves."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, override


def language_of(reader: Any) -> str:
    """Dutch for who never chose, and for an address of which we know nothing more."""
    return getattr(reader, "language", "") or settings.LANGUAGE_CODE


def to[**P, R](reader: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Write what this function says in the language of its reader: ``@to("request.member")`` names an argument, or
    what hangs on it."""
    name, _dot, rest = reader.partition(".")
    find = attrgetter(rest) if rest else lambda given: given

    def write_in_their_language(say: Callable[P, R]) -> Callable[P, R]:
        place = list(inspect.signature(say).parameters).index(name)

        @wraps(say)
        def written(*args: P.args, **kwargs: P.kwargs) -> R:
            language = language_of(find(args[place] if place < len(args) else kwargs[name]))
            if language == get_language():
                return say(*args, **kwargs)
            with override(language):
                return say(*args, **kwargs)

        return written

    return write_in_their_language


def to_anyone[**P, R](say: Callable[P, R]) -> Callable[P, R]:
    """In Dutch: what a circle reads together, and what must not tell whether its reader has a profile."""

    @wraps(say)
    def written(*args: P.args, **kwargs: P.kwargs) -> R:
        with override(settings.LANGUAGE_CODE):
            return say(*args, **kwargs)

    return written
