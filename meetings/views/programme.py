"""The programme of a meeting: its points with the times that follow from their order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from meetings import desk
from meetings.actions import programme as actions
from meetings.forms.planning import ItemForm
from meetings.models import AgendaItem, Meeting, Talk
from regions.access import who_may

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


def rows(meeting: Meeting) -> Iterator[Row]:
    """The points in order, each beginning when the one before ends."""
    items = list(meeting.agenda.prefetch_related(Prefetch("talks", Talk.objects.select_related("speaker"))))
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
    }
    return render(request, "meetings/agenda.html", context, status=422 if form.is_bound else 200)


def _to_item(item: AgendaItem) -> HttpResponse:
    response = redirect("agenda", item.meeting_id)
    response["Location"] += f"#punt-{item.pk}"
    return response


@who_may("plan", AgendaItem)
@require_http_methods(["GET", "POST"])
def edit_item(request, item: AgendaItem) -> HttpResponse:
    form = ItemForm(request.POST or None, instance=item)
    if form.is_valid():
        return _to_item(actions.change_item(item, by=request.user, **form.cleaned_data))
    takes_speaker = item.kind not in {Kind.WELCOME, Kind.BREAK, Kind.CLOSING}
    context = {"item": item, "meeting": item.meeting, "form": form, "takes_speaker": takes_speaker}
    return render(request, "meetings/edit_item.html", context, status=422 if form.is_bound else 200)


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
    return redirect("agenda", item.meeting_id)
