"""The report of a meeting: reading, writing and publishing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from meetings import presence
from meetings.actions import reports as actions
from meetings.forms.reports import ReportForm
from meetings.models import ActionPoint, AgendaItem, Decision, Meeting, PressingQuestion, Report, ReportPart
from regions.access import members_only, who_may


@dataclass(frozen=True)
class Part:
    """A point with what was said about it and what came of it; without a point, the meeting as a whole."""

    item: AgendaItem | None
    text: str = ""
    questions: list[PressingQuestion] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    actions: list[ActionPoint] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.questions or self.decisions or self.actions)


def parts_of(meeting: Meeting) -> list[Part]:
    """All points in order, whether anything was said or not; the meeting as a whole last."""
    texts = dict(ReportPart.objects.filter(item__meeting=meeting).values_list("item", "text"))
    parts = {item.pk: Part(item, texts.get(item.pk, "")) for item in meeting.agenda.order_by("position")}
    whole = Part(None)
    for question in PressingQuestion.objects.standing().filter(item__meeting=meeting).select_related("government"):
        parts.get(question.item_id or 0, whole).questions.append(question)
    for decision in Decision.objects.filter(meeting=meeting):
        parts.get(decision.item_id or 0, whole).decisions.append(decision)
    for each in ActionPoint.objects.filter(meeting=meeting).select_related("owner", "government"):
        parts.get(each.item_id or 0, whole).actions.append(each)
    return [*parts.values(), whole]


@members_only
@require_GET
def report(request, pk: int) -> HttpResponse:
    """For the colleagues of the circle; a draft for its trekkers."""
    found = get_object_or_404(Report.objects.select_related("meeting__circle", "meeting__host"), pk=pk)
    context = {
        "report": found,
        "meeting": found.meeting,
        "parts": [part for part in parts_of(found.meeting) if not part.is_empty],
        "presence": presence.of(found.meeting),
        "may_write": request.rights.may("plan", found.meeting.circle_id),
    }
    return render(request, "meetings/report.html", context)


@who_may("plan", Meeting)
@require_http_methods(["GET", "POST"])
def write_report(request, meeting: Meeting) -> HttpResponse:
    """The skeleton, and what was typed into it. Who saves over the text of somebody else sees both: 409."""
    form = ReportForm(meeting, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    try:
        actions.write_report(meeting, by=request.user, **form.for_action)
    except actions.WrittenMeanwhile as other:
        return _page(request, ReportForm(meeting, request.POST, theirs=other.report), status=409)
    if "publish" in request.POST:
        return _publish(request, meeting)
    messages.success(request, _("The report is saved."))
    return redirect("write_report", meeting.pk)


def _page(request: Any, form: ReportForm, *, status: int) -> HttpResponse:
    context = {
        "form": form,
        "meeting": form.meeting,
        "report": Report.objects.filter(meeting=form.meeting).first(),
        "presence": presence.of(form.meeting),
    }
    return render(request, "meetings/write_report.html", context, status=status)


def _publish(request: Any, meeting: Meeting) -> HttpResponse:
    try:
        actions.publish_report(meeting, by=request.user)
    except actions.NotHeld:
        messages.warning(request, _("The report is saved. You can publish it once the meeting has begun."))
        return redirect("write_report", meeting.pk)
    except actions.NotWritten:
        messages.warning(request, _("First write something: an introduction is enough."))
        return redirect("write_report", meeting.pk)
    except actions.AlreadyPublished:
        messages.success(request, _("Your correction is saved. The circle reads it at once."))
    else:
        messages.success(
            request, _("The report is published. Who was absent gets an e-mail now, who was there tomorrow morning.")
        )
    return redirect("report", meeting.pk)
