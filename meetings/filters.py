"""What a list of meetings is narrowed by. The names are Dutch because they stand in the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

import django_filters as filters
from django import forms
from django.core.cache import caches
from django.db import connection
from django.db.models import Q
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from library.models import Topic
from regions.models import Circle
from regions.wall import VISITOR, current_actor, switch_actor

from .models import Form, Meeting, MeetingQuerySet, MeetingTopic, Speaker

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
_SEEN = """
    SELECT
        (SELECT coalesce(json_agg(json_build_array(c.id, c.slug, c.name) ORDER BY c.name), '[]')
         FROM regions_circle AS c
         WHERE c.id <> ALL(%(circles)s)
           AND (SELECT true FROM meetings_meeting AS m WHERE m.circle_id = c.id LIMIT 1)),
        (SELECT coalesce(json_agg(json_build_array(t.slug, t.title)), '[]')
         FROM library_topic AS t
         WHERE t.slug <> ALL(%(topics)s)
           AND (SELECT true FROM meetings_meetingtopic AS tied WHERE tied.topic_id = t.id LIMIT 1))
"""


class Choices(NamedTuple):
    """What lists are narrowed by: circles (id, slug, name) and topics (slug, title) of which one sees a meeting."""

    circles: list[tuple[int, str, str]]
    topics: list[tuple[str, str]]


def choices_in(circle: Circle) -> Choices:
    """The topics of the meetings that one sees in this circle."""
    tied = MeetingTopic.objects.filter(meeting__circle=circle).values("topic")
    return Choices([], _by_title(Topic.objects.filter(pk__in=tied).values_list("slug", "title")))


def choices_of_all() -> Choices:
    """What everyone can choose is remembered for a minute, and what the actor sees besides is asked."""
    known = caches["memory"].get("choices-of-visitors")
    if known is None:
        with switch_actor(VISITOR, because="what visitors can choose from is there for everyone"):
            known = _seen(Choices([], []))
        caches["memory"].set("choices-of-visitors", known, 60)
    if current_actor() == VISITOR:
        return known
    more = _seen(known)
    circles = sorted(known.circles + more.circles, key=lambda circle: circle[2].casefold())
    return Choices(circles, _by_title(known.topics + more.topics))


def _seen(besides: Choices) -> Choices:
    """What the actor sees a meeting of, and is not among ``besides``; in one query."""
    known: dict[str, Any] = {
        "circles": [circle[0] for circle in besides.circles],
        "topics": [topic[0] for topic in besides.topics],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, known)
        circles, topics = cursor.fetchone()
    return Choices([(pk, slug, name) for pk, slug, name in circles], _by_title(topics))


def _by_title(topics: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(((slug, title) for slug, title in topics), key=lambda topic: topic[1].casefold())


class LongSelect(forms.Select):
    """A select of some hundreds of options: Django's own renders a template for each of them.

    ``ready`` are the choices as they are; those of the field go through four iterators.
    """

    template_name = "meetings/_long_select.html"
    ready: list[Any] | None = None

    def get_context(self, name, value, attrs):
        around = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        choices = self.choices if self.ready is None else self.ready
        return {"around": around, "choices": choices, "chosen": str(value or "")}


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
        self._choose("thema", choices.topics)
        if of_one_circle:
            del self.filters["kring"]
        else:
            own = [(slug, name) for pk, slug, name in choices.circles if pk in mine]
            others = [(slug, name) for pk, slug, name in choices.circles if pk not in mine]
            groups = [(_("My circles"), own), (_("Other circles"), others)]
            self._choose("kring", groups if own and others else own or others)
        if self.is_past or not request.user.is_authenticated:
            del self.filters["wacht"]

    def _choose(self, name: str, choices: list[Any]) -> None:
        """Let ``name`` be chosen from these, without copying them all, deep and often."""
        widget = LongSelect()
        widget.ready = [("", _("all")), *choices]
        self.filters[name].extra |= {"choices": lambda: choices, "widget": widget}

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


class Narrowed:
    """The meetings that an address asks for. Mostly it asks nothing, and then no filter is made."""

    def __init__(self, request: Any, mine: frozenset[int], circle: Circle | None) -> None:
        self.request, self.mine, self.circle = request, mine, circle
        self.everything = Meeting.objects.filter(circle=circle) if circle else Meeting.objects.all()
        asked = {name: value for name, value in request.GET.items() if value and name in MeetingFilter.base_filters}
        self.is_past = asked.get("wanneer") == "voorbij"
        self.is_asked = bool(asked) and asked != {"wanneer": "voorbij"}

    @cached_property
    def filter(self) -> MeetingFilter:
        choices = choices_in(self.circle) if self.circle else choices_of_all()
        return MeetingFilter(self.request, self.everything, choices, self.mine, of_one_circle=bool(self.circle))

    @property
    def form(self) -> forms.Form:
        return self.filter.form

    @property
    def found(self) -> MeetingQuerySet:
        return self.filter.qs if self.is_asked else self.everything

    @property
    def is_valid(self) -> bool:
        return not self.is_asked or self.filter.is_valid()

    @property
    def narrows(self) -> bool:
        return self.is_asked and self.filter.narrows

    @property
    def awaiting_only(self) -> bool:
        """Whether only what the reader must answer is asked for."""
        return self.is_asked and self.filter.is_valid() and bool(self.form.cleaned_data.get("wacht"))

    @property
    def keep_for(self) -> int:
        """Seconds for which the form may be kept as it looks now."""
        return 0 if self.is_asked else 60

    @property
    def looks_like(self) -> str:
        """What the form hangs on: who sees the same meetings has the same to choose from.

        ``sees`` is all that the wall of a meeting asks about an actor. Does it ask more one day, so must this.
        """
        rights, asked = self.request.rights, self.request.GET.urlencode() if self.is_asked else ""
        sees = (rights.is_insider, rights.is_manager, *map(sorted, (rights.circles, rights.led, rights.hosting)))
        where = (get_language(), self.circle and self.circle.pk, self.is_past, asked)
        return repr((self.request.user.is_authenticated, *sees, *where))


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
    soort = _choice(_("Kind of speaker"), field_name="kind", choices=Speaker.Kind.choices)

    class Meta:
        model = Speaker
        fields: ClassVar[list[str]] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(organisation__icontains=value))
