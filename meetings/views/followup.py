"""Decisions and actions of a circle: what is to be done, what was done, what was agreed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings.actions import followup as actions
from meetings.forms.reports import ActionForm, DecisionForm, TickForm
from meetings.models import ActionPoint, AgendaItem, Decision, Meeting
from regions.access import members_only, who_may
from regions.models import Circle

OPEN_SHOWN, DONE_SHOWN = 100, 25
PER_PAGE = 25
ROWS = ActionPoint.objects.select_related("owner", "government", "meeting", "item")


@who_may("speak freely", Circle)
@require_GET
def circle_actions(request, circle: Circle) -> HttpResponse:
    """What is to be done, the most pressing first; below it what was done."""
    mine = ROWS.filter(meeting__circle=circle)
    with_point = Meeting.objects.filter(circle=circle, agenda__kind=AgendaItem.Kind.FOLLOW_UP)
    context = {
        "circle": circle,
        "open": mine.open()[:OPEN_SHOWN],
        "done": mine.done()[:DONE_SHOWN],
        "discussed_at": with_point.published().upcoming().first(),
        "may_write": request.rights.may("plan", circle.pk),
    }
    return render(request, "meetings/circle_actions.html", context)


@who_may("speak freely", Circle)
@require_GET
def circle_decisions(request, circle: Circle) -> HttpResponse:
    """What was agreed, latest first."""
    found = Decision.objects.filter(meeting__circle=circle).select_related("meeting", "item")
    page = Paginator(found.order_by("-meeting__starts_at", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "meetings/circle_decisions.html", {"circle": circle, "page_obj": page})


def _to_actions(action_point: ActionPoint) -> HttpResponse:
    response = redirect("circle_actions", action_point.meeting.circle.slug)
    response["Location"] += f"#actie-{action_point.pk}"
    return response


@members_only
@require_POST
def tick_action(request, pk: int) -> HttpResponse:
    """Done, or after all not: by its owner, or a trekker of the circle."""
    found = get_object_or_404(ActionPoint.objects.select_related("meeting__circle"), pk=pk)
    form = TickForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("What came of it is too long: 300 characters at most."))
        return _to_actions(found)
    try:
        actions.tick(found, by=request.user, **form.cleaned_data)
    except actions.NotTheirs as refused:
        raise PermissionDenied from refused
    return _to_actions(found)


@who_may("plan", ActionPoint)
@require_http_methods(["GET", "POST"])
def edit_action(request, action_point: ActionPoint) -> HttpResponse:
    form = ActionForm(request.POST or None, instance=action_point)
    if form.is_valid():
        actions.change_action(action_point, by=request.user, **form.cleaned_data)
        messages.success(request, _("Your changes are saved."))
        return _to_actions(action_point)
    context = {"form": form, "action_point": action_point, "meeting": action_point.meeting}
    return render(request, "meetings/edit_action.html", context, status=422 if form.is_bound else 200)


@who_may("plan", ActionPoint)
@require_POST
def remove_action(request, action_point: ActionPoint) -> HttpResponse:
    slug = action_point.meeting.circle.slug
    actions.remove_action(action_point, by=request.user)
    messages.success(request, _("The action is removed."))
    return redirect("circle_actions", slug)


@who_may("plan", Decision)
@require_http_methods(["GET", "POST"])
def edit_decision(request, decision: Decision) -> HttpResponse:
    form = DecisionForm(request.POST or None, instance=decision)
    if form.is_valid():
        actions.change_decision(decision, by=request.user, **form.cleaned_data)
        messages.success(request, _("Your changes are saved."))
        return redirect("circle_decisions", decision.meeting.circle.slug)
    context = {"form": form, "decision": decision, "meeting": decision.meeting}
    return render(request, "meetings/edit_decision.html", context, status=422 if form.is_bound else 200)


@who_may("plan", Decision)
@require_POST
def remove_decision(request, decision: Decision) -> HttpResponse:
    slug = decision.meeting.circle.slug
    actions.remove_decision(decision, by=request.user)
    messages.success(request, _("The decision is removed."))
    return redirect("circle_decisions", slug)
