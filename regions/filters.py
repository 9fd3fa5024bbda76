"""What the list of local governments is narrowed by. The names are Dutch because they stand in the address."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from .flanders import Province, ReferenceRegion
from .models import Circle, FormerGovernment, LocalGovernment, LocalGovernmentQuerySet, Participation

SIZES = {
    "tot-10000": (_("up to 10,000 inhabitants"), (0, 10_000)),
    "tot-20000": (_("10,001 to 20,000 inhabitants"), (10_001, 20_000)),
    "tot-40000": (_("20,001 to 40,000 inhabitants"), (20_001, 40_000)),
    "meer": (_("more than 40,000 inhabitants"), (40_001, 10_000_000)),
}
"""Above 40,000 is where the decree and the versterkingstraject draw the line of the larger governments."""

NO_CIRCLE = "geen"
UNKNOWN = _("This choice does not exist (any more). The list is not narrowed by it.")


def _choice(label: Any, **extra: Any) -> filters.ChoiceFilter:
    return filters.ChoiceFilter(
        label=label, empty_label=_("all"), error_messages={"invalid_choice": UNKNOWN}, **extra
    )


class GovernmentFilter(filters.FilterSet):
    """Narrows local governments. A merged municipality is found by the name it had."""

    zoek = filters.CharFilter(label=_("Name or postal code"), max_length=60, method="named")
    provincie = _choice(_("Province"), field_name="province", choices=Province.choices)
    regio = _choice(_("Region"), field_name="reference_region", choices=ReferenceRegion.choices)
    grootte = _choice(_("Size"), choices=[(key, label) for key, (label, _range) in SIZES.items()], method="sized")
    kring = _choice(_("Circle"), method="in_circle")

    class Meta:
        model = LocalGovernment
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        circles = Circle.objects.active().values_list("slug", "name")
        self.filters["kring"].extra["choices"] = [(NO_CIRCLE, _("in no circle")), *circles]  # asked once

    def named(self, governments: LocalGovernmentQuerySet, name: str, text: str) -> LocalGovernmentQuerySet:
        former = FormerGovernment.objects.filter(successor=OuterRef("pk"), name__icontains=text)
        return governments.filter(Q(name__icontains=text) | Q(postal_code=text) | Exists(former))

    def sized(self, governments: LocalGovernmentQuerySet, name: str, size: str) -> LocalGovernmentQuerySet:
        return governments.filter(population__range=SIZES[size][1])

    def in_circle(self, governments: LocalGovernmentQuerySet, name: str, slug: str) -> QuerySet[LocalGovernment]:
        if slug == NO_CIRCLE:
            return governments.in_no_circle()
        here = Participation.objects.current().filter(circle__slug=slug)
        return governments.filter(pk__in=here.values("government"))
