"""What the governments of a circle put their weight on, side by side: at this meeting and the time before."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from regions.models import LocalGovernment, LocalGovernmentQuerySet, Participation

from .models import Contribution, Meeting

NEW, CHANGED, UNCHANGED, SILENT = "new", "changed", "unchanged", "silent"


@dataclass(frozen=True)
class Row:
    """A government with what it tells now and what it told last, at whichever meeting that was."""

    government: LocalGovernment
    now: Contribution | None
    before: Contribution | None

    @property
    def state(self) -> str:
        if self.now is None:
            return SILENT
        if self.before is None:
            return NEW
        return UNCHANGED if self.now.text.split() == self.before.text.split() else CHANGED


def governments(meeting: Meeting) -> LocalGovernmentQuerySet:
    """Those that take part in the circle, and who ever told something in it, by name."""
    taking_part = Participation.objects.current().filter(circle=meeting.circle_id)
    spoke = Contribution.objects.told().filter(meeting__circle=meeting.circle_id)
    of_the_circle = Q(pk__in=taking_part.values("government")) | Q(pk__in=spoke.values("government"))
    return LocalGovernment.objects.filter(of_the_circle).order_by("name")


def rows(meeting: Meeting) -> list[Row]:
    """In three queries, however many there are."""
    all_of_them = list(governments(meeting))
    told = Contribution.objects.told().filter(meeting=meeting).select_related("member")
    now = {each.government_id: each for each in told}
    before = {each.government_id: each for each in Contribution.objects.last_before(meeting, all_of_them)}
    return [Row(each, now.get(each.pk), before.get(each.pk)) for each in all_of_them]
