"""What to take into account on site: what people need, without more names than it takes to arrange it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .models import Meeting, Need


@dataclass(frozen=True)
class Needed:
    """``access``: each with a name where somebody must be asked about it. ``food``: each with how many."""

    access: list[tuple[str, str]]
    food: list[tuple[str, int]]

    def __bool__(self) -> bool:
        return bool(self.access or self.food)


def for_host(meeting: Meeting) -> Needed:
    """Without a name: what the host cannot solve, the trekker asks. Shows nothing to who does not receive it."""
    return gathered((need, "") for need in Need.objects.filter(meeting=meeting))


def gathered(needs: Iterable[tuple[Need, str]]) -> Needed:
    """Put together, each with the name to show."""
    rows = list(needs)
    food = Counter(need.food.strip().lower() for need, _name in rows if need.food)
    return Needed(sorted((need.access, name) for need, name in rows if need.access), sorted(food.items()))
