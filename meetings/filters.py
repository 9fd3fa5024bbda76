"""What a list of meetings is narrowed by. The names are Dutch because they stand in the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

import django_filters as filters
from django import forms
from django.db import connection
from django.db.models import Q
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from library.models import Topic
from regions.models import Circle

from .models import Form, Meeting, MeetingQuerySet, Speaker

FORMS = {
    "locatie": (_("on site (also)"), [Form.IN_PERSON, Form.HYBRID]),
    "online": (_("online (also)"), [Form.ONLINE, Form.HYBRID]),
    "beide": (_("both on site and online"), [Form.HYBRID]),
}
PERIODS_TO_COME = [
    ("dit-kwartaal", _("this quarter")),
    ("volgend-kwartaal", _("next quarter")),
    ("dit-jaar", _("this year")),
]
PERIODS_PAST = [
    ("dit-kwartaal", _("this quarter")),
    ("vorig-kwartaal", _("last quarter")),
    ("dit-jaar", _("this year")),
    ("vorig-jaar", _("last year")),
]
UNKNOWN = _("This choice does not exist (any more). The list is not narrowed by it.")


# LIMIT 1 makes PostgreSQL look per circle and per topic until it finds one; for EXISTS it would read all meetings.
_CHOICES = """
    SELECT
        (SELECT coalesce(json_agg(json_build_array(c.id, c.slug, c.name) ORDER BY c.name), '[]')
         FROM regions_circle AS c
         WHERE c.id = %(circle)s OR (%(circle)s IS NULL
               AND (SELECT true FROM meetings_meeting AS m WHERE m.circle_id = c.id LIMIT 1))),
        (SELECT coalesce(json_agg(json_build_array(t.slug, t.title)), '[]')
         FROM library_topic AS t
         WHERE (SELECT true FROM meetings_meetingtopic AS tied WHERE tied.topic_id = t.id AND (%(circle)s IS NULL
                OR tied.meeting_id IN (SELECT id FROM meetings_meeting WHERE circle_id = %(circle)s)) LIMIT 1))
"""


class Choices(NamedTuple):
    """What lists are narrowed by: circles (id, slug, name) and topics (slug, title) of which one sees a meeting."""

    circles: list[tuple[int, str, str]]
    topics: list[tuple[str, str]]

    @classmethod
    def seen(cls, circle: Circle | None = None) -> Choices:
        """In one query; of one circle only when it is given."""
        with connection.cursor() as cursor:
            cursor.execute(_CHOICES, {"circle": circle and circle.pk})
            circles, topics = cursor.fetchone()
        by_title = sorted(topics, key=lambda topic: topic[1].casefold())
        return cls([tuple(each) for each in circles], [(slug, title) for slug, title in by_title])


@lru_cache(maxsize=4096)
def _option(value: str, label: str) -> str:
    return f'<option value="{escape(value)}">{escape(label)}</option>'


class LongSelect(forms.Select):
    """A select of some hundreds of options: Django's own renders a template for each of them."""

    def render(self, name, value, attrs=None, renderer=None):
        around = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        options = "".join(self._options(self.choices, str(value or "")))
        return mark_safe(f"<select{around}>{options}</select>")  # noqa: S308  (escaped, piece by piece)

    def _options(self, choices, chosen: str) -> Iterator[str]:
        for value, label in choices:
            if isinstance(label, (list, tuple)):
                inside = "".join(self._options(label, chosen))
                yield f'<optgroup label="{escape(value)}">{inside}</optgroup>'
            elif value == chosen:
                yield f'<option value="{escape(value)}" selected>{escape(label)}</option>'
            else:
                yield _option(value, label)


def period(name: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """First day of the period, and first day after it."""
    if name.endswith("-jaar"):
        year = today.year - name.startswith("vorig")
        return dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    quarter = today.year * 4 + (today.month - 1) // 3  # quarters since the year 0
    quarter += {"vorig": -1, "dit": 0, "volgend": 1}[name.partition("-")[0]]
    first, after = (dt.date(q // 4, q % 4 * 3 + 1, 1) for q in (quarter, quarter + 1))
    return first, after


def _choice(label: Any, **extra: Any) -> filters.ChoiceFilter:
    return filters.ChoiceFilter(
        label=label, empty_label=_("all"), error_messages={"invalid_choice": UNKNOWN}, widget=LongSelect, **extra
    )


class MeetingFilter(filters.FilterSet):
    """Narrows meetings that the wall lets through; shows by itself which circles and topics there are to choose."""

    wanneer = filters.ChoiceFilter(
        choices=[("voorbij", _("past"))],
        method="leave",
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": UNKNOWN},
    )
    zoek = filters.CharFilter(
        label=_("Search"),
        max_length=80,
        method="search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("title, text or host")}),
    )
    kring = _choice(_("Circle"), field_name="circle__slug")
    thema = _choice(_("Topic"), field_name="topics__slug")
    vorm = _choice(_("Form"), choices=[(key, label) for key, (label, _forms) in FORMS.items()], method="in_form")
    periode = _choice(_("Period"), method="in_period")
    wacht = filters.BooleanFilter(
        label=_("Waiting for my answer"),
        field_name="pk",
        method="waiting_for_me",
        widget=forms.CheckboxInput(attrs={"value": "ja"}),
    )

    class Meta:
        model = Meeting
        fields: ClassVar[list[str]] = []

    def __init__(
        self,
        request: Any,
        queryset: MeetingQuerySet,
        choices: Choices,
        mine: frozenset[int],
        *,
        of_one_circle: bool,
    ) -> None:
        """``mine`` are the circles that stand first."""
        super().__init__(request.GET, queryset, request=request)
        self.mine = mine
        self.is_past = request.GET.get("wanneer") == "voorbij"
        self.filters["periode"].extra["choices"] = PERIODS_PAST if self.is_past else PERIODS_TO_COME
        self.filters["thema"].extra["choices"] = lambda: choices.topics  # a list would be copied, deep and often
        if of_one_circle:
            del self.filters["kring"]
        else:
            own = [(slug, name) for pk, slug, name in choices.circles if pk in mine]
            others = [(slug, name) for pk, slug, name in choices.circles if pk not in mine]
            groups = [(_("My circles"), own), (_("Other circles"), others)]
            self.filters["kring"].extra["choices"] = lambda: groups if own and others else own or others
        if self.is_past or not request.user.is_authenticated:
            del self.filters["wacht"]

    @property
    def narrows(self) -> bool:
        """Something was chosen, apart from upcoming or past."""
        chosen = (value for name, value in self.form.cleaned_data.items() if name != "wanneer")
        return bool(self.errors) or any(chosen)

    def leave(self, queryset, name, value):
        """Upcoming and past are two views of the page, not a filter."""
        return queryset

    def search(self, queryset, name, value):
        return queryset.filter(Q(title__icontains=value) | Q(about__icontains=value) | Q(host__name__icontains=value))

    def in_form(self, queryset, name, value):
        return queryset.filter(form__in=FORMS[value][1])

    def in_period(self, queryset, name, value):
        first, after = (
            timezone.make_aware(dt.datetime.combine(day, dt.time())) for day in period(value, timezone.localdate())
        )
        return queryset.filter(starts_at__gte=first, starts_at__lt=after)

    def waiting_for_me(self, queryset, name, value):
        return queryset.awaiting(self.request.user, list(self.mine)) if value else queryset


class SpeakerFilter(filters.FilterSet):
    """Narrows the pool of speakers."""

    zoek = filters.CharFilter(label=_("Name or organisation"), max_length=80, method="search")
    thema = filters.ModelChoiceFilter(
        label=_("Topic"),
        field_name="topics",
        queryset=lambda request: Topic.objects.all(),
        to_field_name="slug",
        empty_label=_("all"),
        error_messages={"invalid_choice": UNKNOWN},
    )
    soort = _choice(_("Works as"), field_name="kind", choices=Speaker.Kind.choices)

    class Meta:
        model = Speaker
        fields: ClassVar[list[str]] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(organisation__icontains=value))
