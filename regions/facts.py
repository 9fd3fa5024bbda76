"""Facts about local governments, and the circles to begin with, from the files in ``data/`` into the database."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models import Q

from .models import Circle, FormerGovernment, LocalGovernment, Participation

DATA = Path(__file__).parent / "data"
SINCE = dt.date(2025, 1, 1)
"""From this day the 285 governments of the list exist; who took part in a circle before is not known."""


class Tally(NamedTuple):
    """How many rows there are in the file, and what loading them did."""

    read: int
    new: int
    changed: int

    def __str__(self) -> str:
        return f"{self.read} read, {self.new} new, {self.changed} changed"


def read(path: Path) -> Iterator[dict[str, Any]]:
    with open(path, newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def keep_up[M: models.Model](model: type[M], key: str, rows: Iterable[dict[str, Any]]) -> Tally:
    """Make rows of ``model`` equal to ``rows``, found again by ``key``; rows that are not named stay as they are."""
    there = {getattr(row, key): row for row in model._default_manager.all()}
    count, new, changed, fields = 0, [], [], []
    for values in rows:
        count += 1
        fields = [name for name in values if name != key]
        row = there.get(values[key])
        if row is None:
            new.append(model(**values))
        elif any(getattr(row, name) != values[name] for name in fields):
            for name in fields:
                setattr(row, name, values[name])
            changed.append(row)
    model._default_manager.bulk_create(new)
    if changed:
        model._default_manager.bulk_update(changed, fields)
    return Tally(count, len(new), len(changed))


def local_governments() -> Iterator[dict[str, Any]]:
    """The rows of the file, as values of ``LocalGovernment``."""
    for row in read(DATA / "local_governments.csv"):
        yield row | {
            "population": int(row["population"]),
            "population_on": dt.date.fromisoformat(row["population_on"]),
            "latitude": float(row["latitude"]),
            "longitude": float(row["longitude"]),
            "mail_domains": row["mail_domains"].split(),
        }


def former_governments() -> Iterator[dict[str, Any]]:
    """The rows of the file, as values of ``FormerGovernment``; the successors must be there already."""
    successors = dict(LocalGovernment.objects.values_list("nis_code", "pk"))
    for row in read(DATA / "former_governments.csv"):
        merged_on = dt.date.fromisoformat(row["merged_on"])
        successor = successors[row.pop("successor")]
        yield row | {"successor_id": successor, "merged_on": merged_on}


@transaction.atomic
def load() -> dict[str, Tally]:
    """Bring governments up to date, and make the circles and participations that are missing. Harmless to repeat."""
    known = set(LocalGovernment.objects.values_list("nis_code", flat=True))
    return {
        "local governments": keep_up(LocalGovernment, "nis_code", local_governments()),
        "former governments": keep_up(FormerGovernment, "nis_code", former_governments()),
        "circles": _circles(known),
    }


def _circles(known: set[str]) -> Tally:
    """Make missing circles; what a community manager changed since stays, also when someone took no part any more.

    A government takes part in the circle of its region when either of the two is new.
    """
    rows, made = list(read(DATA / "circles.csv")), set()
    for row in rows:
        same = Q(slug=row["slug"]) | Q(name=row["name"])
        if row["region"]:
            same |= Q(region=row["region"])
        if not Circle.objects.filter(same).exists():
            made.add(Circle.objects.create(**row).pk)
    circles = {circle.region: circle for circle in Circle.objects.regional().exclude(region="")}
    takes_part = set(Participation.objects.values_list("government", "circle"))
    Participation.objects.bulk_create(
        Participation(government=government, circle=circle, since=SINCE)
        for government in LocalGovernment.objects.all()
        if (circle := circles.get(government.reference_region))
        and (circle.pk in made or government.nis_code not in known)
        and (government.pk, circle.pk) not in takes_part
    )
    return Tally(len(rows), len(made), 0)
