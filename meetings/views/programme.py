"""The programme of a meeting: its points with the times that follow from their order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings import balance as pillars
from meetings import desk, programmes
from meetings.actions import programme as actions
from meetings.forms.planning import ItemForm
from meetings.forms.questions import CaseForm
from meetings.models import AgendaItem, Case, Meeting, Talk
from regions.access import who_may
from regions.models import Circle

Kind = AgendaItem.Kind


@dataclass(frozen=True)
class Row:
    """A point with its hours, and whether it can go up or down; ``place`` counts from 1."""

    item: AgendaItem
    place: int
    starts: dt.datetime
    ends: dt.datetime
    is_last: bool

    @property
    def is_first(self) -> bool:
        return self.place == 1

    @property
    def wants_speaker(self) -> bool:
        """Here someone usually comes to speak, or was asked already. For other points it is on their own page."""
        return self.item.kind in {Kind.DEEP_DIVE, Kind.SITE_VISIT} or bool(self.item.talks.all())

    @property
    def lacks(self) -> str:
        return desk.lacks(self.item)


def rows(meeting: Meeting) -> Iterator[Row]:
    """The points in order, each beginning when the one before ends."""
    talks = Prefetch("talks", Talk.objects.select_related("speaker"))
    points = meeting.agenda.select_related("case__owner", "case__government")
    items = list(points.prefetch_related(talks, "pressing_questions"))
    starts = timezone.localtime(meeting.starts_at)
    for place, item in enumerate(items, 1):
        ends = starts + dt.timedelta(minutes=item.minutes)
        yield Row(item, place, starts, ends, place == len(items))
        starts = ends


@who_may("plan", Meeting)
@require_http_methods(["GET", "POST"])
def agenda(request, meeting: Meeting) -> HttpResponse:
    """The points, and a form to add one."""
    form = ItemForm(request.POST or None, initial={"kind": Kind.DEEP_DIVE})
    if form.is_valid():
        item = actions.add_item(meeting, by=request.user, **form.cleaned_data)
        return _to_item(item)
    length, planned = desk.meeting_minutes(meeting), desk.programme_minutes(meeting)
    context = {
        "meeting": meeting,
        "form": form,
        "rows": list(rows(meeting)),
        "planned": planned,
        "too_long": max(0, planned - length),
        "left": max(0, length - planned),
        "templates": programmes.outline(),
        "asked_at": reverse("pressing_questions", args=[meeting.circle.slug]),
    }
    return render(request, "meetings/agenda.html", context, status=422 if form.is_bound else 200)


def _to_item(item: AgendaItem) -> HttpResponse:
    response = redirect("agenda", item.meeting_id)
    response["Location"] += f"#punt-{item.pk}"
    return response


@who_may("plan", AgendaItem)
@require_http_methods(["GET", "POST"])
def edit_item(request, item: AgendaItem) -> HttpResponse:
    """A point; an *intervisie* with its case, a visit to a project with the host's project."""
    form = ItemForm(request.POST or None, instance=item)
    case = None
    if item.kind == Kind.PEER_CONSULTATION:
        case = CaseForm(item.meeting.circle, request.POST or None, instance=_case(item))
    if form.is_valid() and (case is None or case.is_valid()):
        changed = actions.change_item(item, by=request.user, **form.cleaned_data)
        if case is not None:
            actions.set_case(changed, by=request.user, **case.cleaned_data)
        return _to_item(changed)
    takes_speaker = item.kind not in {Kind.WELCOME, Kind.BREAK, Kind.CLOSING}
    context = {"item": item, "meeting": item.meeting, "form": form, "case": case, "takes_speaker": takes_speaker}
    return render(request, "meetings/edit_item.html", context, status=422 if form.is_bound else 200)


def _case(item: AgendaItem) -> Case:
    return Case.objects.filter(item=item).first() or Case(item=item)


@who_may("plan", Meeting)
@require_POST
def apply_template(request, meeting: Meeting) -> HttpResponse:
    """Begin an empty programme with the points of the template whose button was pressed."""
    wanted = request.POST.get("template", "")
    if wanted not in programmes.Template:
        return redirect("agenda", meeting.pk)
    try:
        actions.apply_template(meeting, by=request.user, template=wanted)
    except actions.ProgrammeNotEmpty:
        messages.warning(request, _("There are points on the programme already. Take those out first."))
    return redirect("agenda", meeting.pk)


@who_may("plan", Circle)
@require_GET
def balance(request, circle: Circle) -> HttpResponse:
    """The four pillars in a calendar year, this one or ``?jaar=``."""
    years = pillars.years(circle)
    asked = request.GET.get("jaar", "")
    year = int(asked) if asked in map(str, years) else timezone.localdate().year
    found = pillars.of_year(circle, year)
    context = {
        "circle": circle,
        "year": year,
        "years": years,
        "pillars": found,
        "verdict": pillars.verdict(found, year),
    }
    return render(request, "meetings/balance.html", context)


@who_may("plan", AgendaItem)
@require_POST
def shift_item(request, item: AgendaItem) -> HttpResponse:
    """One place up or down, as the button pressed says."""
    actions.shift_item(item, by=request.user, up=request.POST.get("to") == "up")
    if not request.htmx:
        return _to_item(item)
    points = list(rows(item.meeting))
    context = {"rows": points, "shifted": next(row for row in points if row.item == item)}
    return render(request, "meetings/agenda.html#shifted", context)


@who_may("plan", AgendaItem)
@require_POST
def remove_item(request, item: AgendaItem) -> HttpResponse:
    try:
        actions.remove_item(item, by=request.user)
    except actions.ItemHasSpeaker:
        messages.warning(request, _("A speaker was asked for this point. First let the speaker know that it is off."))
        return _to_item(item)
    except actions.ItemHasReport:
        messages.warning(request, _("The report says something about this point. Empty that first."))
        return _to_item(item)
    return redirect("agenda", item.meeting_id)
