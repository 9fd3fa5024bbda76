"""The journal: who did what, about which thing, for whom. Written with what was done, changed by nobody."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db import connection, models, transaction

from .models import Circle, JournalEntry

NEAR = ("meeting", "item", "talk")
"""Where a row without a circle of its own finds one."""


def action[**P, R](act: Callable[P, R]) -> Callable[P, R]:
    """Make ``act`` an action: all of it or nothing, with a line in the journal that is true exactly when it is.

    The line is about the first argument and about the row that comes back: "circle:3 meeting:12".
    """
    what = f"{act.__module__.partition('.')[0]}.{act.__name__}"
    parameters = inspect.signature(act)

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        given = parameters.bind(*args, **kwargs).arguments
        by = given.pop("by", None)
        name, thing = next(iter(given.items()), ("", None))
        with transaction.atomic():
            about = [_place(thing, name)]  # before the action, which may delete the row
            done = act(*args, **kwargs)
            about.append(_place(done))
            _write(what, by, about)
        return done

    return run


def note(what: str, *, by: Any, about: models.Model) -> None:
    """A line without an action: of what another app did, or of a verb that counts the first time alone. It says who
    acts now, so it is written outside ``as_system``."""
    _write(what, by, [_place(about)])


@dataclass(frozen=True)
class Place:
    """Where a row stands: what it is ("meeting:12"), its circle, its member."""

    name: str = ""
    circle: int | None = None
    whom: int | None = None


def _place(thing: Any, name: str = "") -> Place:
    if isinstance(thing, int) and name:
        return Place(f"{name.removesuffix('_id')}:{thing}")
    if not isinstance(thing, models.Model):
        return Place()
    kind = thing._meta.model_name
    whom = thing.pk if kind == "member" else getattr(thing, "member_id", None)
    return Place(f"{kind}:{thing.pk}", _circle_of(thing), whom)


def _circle_of(thing: Any) -> int | None:
    if isinstance(thing, Circle):
        return thing.pk
    if hasattr(thing, "circle_id"):
        return thing.circle_id
    return next((_circle_of(getattr(thing, near)) for near in NEAR if getattr(thing, f"{near}_id", None)), None)


def _write(what: str, by: Any, about: list[Place]) -> None:
    names = dict.fromkeys(place.name for place in about if place.name)
    circle = next((place.circle for place in about if place.circle), None)
    whom = next((place.whom for place in about if place.whom), None)
    # Not through the ORM: that would read the line back, and who writes the journal may not read it.
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {JournalEntry._meta.db_table} (what, by_id, about, circle_id, whom_id) "
            "VALUES (%s, %s, %s, %s, %s)",
            [what, by and by.pk, " ".join(names), circle, whom],
        )
