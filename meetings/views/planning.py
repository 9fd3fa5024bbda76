"""The trekker's desk, and what is done from there with a meeting as a whole."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings import desk as to_do
from meetings import programmes, rhythm, rota
from meetings.actions import planning as actions
from meetings.forms.planning import CancelForm, DateBy, PlaceForm, PlanForm, WordsForm
from meetings.models import ActionPoint, Meeting, Talk
from regions.access import who_may
from regions.limits import limited
from regions.models import Circle

PAST_SHOWN = 5
CLOSED = (actions.NotPublished, actions.MeetingInThePast)
"""Happens in the very moment of a second click or of a co-trekker; the page itself then says what is so."""


@who_may("plan", Circle)
@require_GET
def desk(request, circle: Circle) -> HttpResponse:
    """What to do next, for the meeting that comes first or the one asked for with ``?bijeenkomst=``."""
    planned = to_do.to_plan(circle)
    chosen, steps = to_do.choose(planned, request.GET.get("bijeenkomst"), reader=request.user)
    past = list(Meeting.objects.filter(circle=circle).past().select_related("host", "report")[:PAST_SHOWN])
    totals = to_do.totals([*planned, *past])
    failed = to_do.failed_letters(circle, [*planned, *past])
    context = {
        "circle": circle,
        "quarters": to_do.quarters([*planned, *past]),
        "chosen": chosen,
        "steps": steps,
        "open_steps": [step for step in steps if step.state != to_do.DONE],
        "done_steps": [step for step in steps if step.state == to_do.DONE],
        "all_done": chosen and not any(step.state == to_do.NEXT for step in steps),
        "planned": [(meeting, totals[meeting.pk]) for meeting in planned],
        "past": [(meeting, totals[meeting.pk]) for meeting in past],
        "overdue": ActionPoint.objects.filter(meeting__circle=circle).overdue().count(),
        "unreported": to_do.unreported(past),
        "failed": [(meeting, failed[meeting.pk]) for meeting in [*planned, *past] if meeting.pk in failed],
    }
    return render(request, "meetings/desk.html", context)


def _to_desk(meeting: Meeting) -> HttpResponse:
    response = redirect("desk", meeting.circle.slug)
    response["Location"] += f"?bijeenkomst={meeting.pk}"
    return response


def _to_days(meeting: Meeting, date_by: str) -> HttpResponse:
    response = redirect("ask_dates", meeting.pk)
    if date_by == DateBy.SPEAKER:
        response["Location"] += "?aan=spreker"
    return response


@who_may("plan", Circle)
@require_http_methods(["GET", "POST"])
def plan(request, circle: Circle) -> HttpResponse:
    """A draft from the circle's rhythm; sending the form unchanged gives a good one."""
    form = PlanForm(circle, request.POST or None)
    if form.is_valid():
        fields = form.for_action
        date_by = fields.pop("date_by") or DateBy.FIXED
        meeting = actions.plan(circle, by=request.user, **fields)
        messages.success(request, _("The draft is ready. Only trekkers see it until you publish it."))
        return _to_desk(meeting) if date_by == DateBy.FIXED else _to_days(meeting, date_by)
    context = {
        "circle": circle,
        "form": form,
        "turns": rota.turns(circle),
        "templates": programmes.outline(),
        "past_forms": rhythm.last_four(circle),
        "because": form.proposal.because,
    }
    return render(request, "meetings/plan.html", context, status=422 if form.is_bound else 200)


@who_may("plan", Meeting)
@require_http_methods(["GET", "POST"])
def edit_meeting(request, meeting: Meeting) -> HttpResponse:
    """All of a draft; of a published meeting only what people need not be told of."""
    is_draft = meeting.state == Meeting.State.DRAFT
    words = WordsForm(request.POST or None, instance=meeting)
    place = PlaceForm(meeting, request.POST or None) if is_draft else None
    if words.is_valid() and (place is None or place.is_valid()):
        fields = words.cleaned_data | (place.for_action if place else {})
        try:
            actions.edit(meeting, by=request.user, **fields)
        except actions.NotADraft:  # published by a co-trekker meanwhile
            messages.warning(request, _("This meeting has been published in the meantime. Check your changes."))
            return redirect("edit_meeting", meeting.pk)
        messages.success(request, _("Your changes are saved."))
        return _to_desk(meeting)
    meeting.refresh_from_db()  # the form wrote what was typed into it; the page names the meeting as it is
    asked = Talk.objects.filter(item__meeting=meeting, state__in=[Talk.State.ASKED, Talk.State.ACCEPTED])
    speakers = asked.select_related("speaker") if is_draft else []
    context: dict[str, Any] = {"meeting": meeting, "form": words, "place": place}
    context["speakers"] = {talk.speaker for talk in speakers}
    if is_draft:
        context |= {"past_forms": rhythm.last_four(meeting.circle), "because": rhythm.form_for(meeting)[1]}
    return render(request, "meetings/edit_meeting.html", context, status=422 if words.is_bound else 200)


@who_may("plan", Meeting)
@limited("message-to-the-circle")
@require_POST
def publish_meeting(request, meeting: Meeting) -> HttpResponse:
    try:
        actions.publish(meeting, by=request.user)
    except actions.AlreadyPublished:
        messages.info(request, _("This meeting was already published."))
    except actions.MeetingInThePast:
        messages.error(request, _("The date of this draft has passed. Choose a new date first."))
        return redirect("edit_meeting", meeting.pk)
    except actions.DayNotChosen:
        messages.error(request, _("You are still asking which day suits. Choose a day first, or stop asking."))
        return redirect("poll", meeting.date_poll.pk)
    else:
        messages.success(request, _("The meeting is published. Now invite the members."))
    return _to_desk(meeting)


@who_may("plan", Meeting)
@limited("message-to-the-circle")
@require_http_methods(["GET", "POST"])
def move_meeting(request, meeting: Meeting) -> HttpResponse:
    """Change what people act upon. First the page shows who is told what; sending it again as shown does it."""
    if refusal := _cannot_change(request, meeting):
        return refusal
    form = PlaceForm(meeting, request.POST or None)
    context = {"meeting": meeting, "form": form}
    if not form.is_valid():
        return render(request, "meetings/move_meeting.html", context, status=422 if form.is_bound else 200)
    shown = request.POST.get("shown", "")
    try:
        if shown:
            moved = actions.move(meeting, by=request.user, shown=shown, **form.for_action)
            messages.success(request, _("The meeting has been changed. Everyone concerned gets an e-mail."))
            return _to_desk(moved)
        context["move"] = actions.think_move(meeting, by=request.user, **form.for_action)
    except actions.NothingChanged:
        messages.info(request, _("You changed nothing. No e-mail is sent."))
    except CLOSED:
        return redirect("move_meeting", meeting.pk)
    except actions.MailingChanged:
        context |= {"stale": True, "move": actions.think_move(meeting, by=request.user, **form.for_action)}
    return render(request, "meetings/move_meeting.html", context)


def _cannot_change(request, meeting: Meeting) -> HttpResponse | None:
    """Where to go instead, for a meeting that is not published or has begun; None for one that can change."""
    try:
        actions.refuse_unless_open(meeting)
    except actions.NotPublished:
        if meeting.state == Meeting.State.DRAFT:
            return redirect("edit_meeting", meeting.pk)
        messages.warning(request, _("This meeting is cancelled or over. It can no longer be changed."))
    except actions.MeetingInThePast:
        messages.warning(request, _("This meeting has begun or is over. It can no longer be changed."))
    else:
        return None
    return redirect(meeting)


@who_may("plan", Meeting)
@limited("message-to-the-circle")
@require_http_methods(["GET", "POST"])
def cancel_meeting(request, meeting: Meeting) -> HttpResponse:
    """Call a meeting off, after the page showed who is told what; a draft is simply thrown away."""
    if meeting.state == Meeting.State.DRAFT:
        return _discard(request, meeting)
    if refusal := _cannot_change(request, meeting):
        return refusal
    form = CancelForm(request.POST or None)
    context = {"meeting": meeting, "form": form}
    if not form.is_valid():
        return render(request, "meetings/cancel_meeting.html", context, status=422 if form.is_bound else 200)
    shown = request.POST.get("shown", "")
    try:
        if shown:
            actions.cancel(meeting, by=request.user, shown=shown, **form.cleaned_data)
            messages.success(request, _("The meeting has been cancelled. Everyone concerned gets an e-mail."))
            return redirect(meeting)
    except actions.MailingChanged:
        context["stale"] = True
    except CLOSED:
        return redirect("cancel_meeting", meeting.pk)
    context["mailing"] = actions.think_cancel(meeting, by=request.user, **form.cleaned_data)
    return render(request, "meetings/cancel_meeting.html", context)


def _discard(request, meeting: Meeting) -> HttpResponse:
    if request.method != "POST":
        return render(request, "meetings/discard_meeting.html", {"meeting": meeting})
    try:
        actions.discard(meeting, by=request.user)
    except actions.NotADraft:  # published by a co-trekker meanwhile
        return redirect("cancel_meeting", meeting.pk)
    except Meeting.DoesNotExist:  # a second click
        return redirect("desk", meeting.circle.slug)
    messages.success(request, _("The draft has been thrown away."))
    return redirect("desk", meeting.circle.slug)
