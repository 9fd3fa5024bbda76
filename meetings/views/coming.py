"""Letting know who comes instead, and that one always comes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from meetings import words
from meetings.actions import coming as actions
from meetings.actions.answers import MeetingClosed
from meetings.forms.coming import AlwaysForm, ExcuseForm
from meetings.models import AlwaysComes, Meeting, Registration
from regions.access import members_only, who_may
from regions.limits import limited
from regions.models import Circle


@members_only
@limited("excuse")
@require_http_methods(["GET", "POST"])
def excuse(request, pk):
    """For who said no: why, and who comes instead."""
    meeting = get_object_or_404(Meeting.objects.select_related("circle", "host"), pk=pk)
    said_no = Registration.objects.filter(meeting=meeting, member=request.user, answer=Registration.Answer.NO)
    mine = said_no.select_related("excuse").first()
    if mine is None or not meeting.is_open:
        return redirect(meeting)
    colleagues = actions.colleagues_of(request.user, meeting)
    form = ExcuseForm(request.POST or None, colleagues=colleagues, excuse=getattr(mine, "excuse", None))
    if form.is_valid():
        try:
            sent = actions.send_excuse(meeting, by=request.user, **form.cleaned_data)
        except (MeetingClosed, actions.StillComing, actions.NotAColleague):
            messages.warning(request, _("Something has changed meanwhile. See how things stand and try again."))
        else:
            asked = _("Noted. %(name)s is asked.") % {"name": sent.substitute}
            messages.success(request, asked if sent.substitute else _("Noted."))
        return redirect(meeting)
    context = {"meeting": meeting, "form": form, "when": words.when(meeting)}
    return render(request, "meetings/excuse.html", context, status=422 if form.is_bound else 200)


@who_may("come always", Circle)
@require_http_methods(["GET", "POST"])
def always(request, circle: Circle) -> HttpResponse:
    """Whether one means to come to every meeting of a circle."""
    mine = AlwaysComes.objects.filter(circle=circle, member=request.user).first()
    form = AlwaysForm(request.POST or None, initial={"attending": mine.attending if mine else ""})
    if form.is_valid():
        actions.come_always(circle, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. We ask you each time to confirm: nothing is answered for you."))
        return redirect("mine")
    context = {"circle": circle, "form": form}
    return render(request, "meetings/always.html", context, status=422 if form.is_bound else 200)
