"""What people thought: three questions for who was there, and what came of them for the trekker."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from meetings.actions import evaluation as actions
from meetings.forms.evaluation import EvaluationForm
from meetings.models import LEAST, Meeting
from regions.access import members_only, who_may

REFUSALS = {
    actions.NotAsked: gettext_lazy("Only who was at the meeting is asked what they thought, once it is over."),
    actions.EvaluationClosed: gettext_lazy("You could answer for two weeks. Those have passed."),
    actions.AlreadyGiven: gettext_lazy("You have answered already. Thank you."),
}


@members_only
@require_http_methods(["GET", "POST"])
def evaluate(request, pk: int) -> HttpResponse:
    meeting = get_object_or_404(Meeting.objects.select_related("circle"), pk=pk)
    form = EvaluationForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid():
            actions.evaluate(meeting, by=request.user, **form.cleaned_data)
            messages.success(request, _("Thank you. Your answer is kept, without your name."))
            return redirect(meeting)
        actions.refuse_unless_asked(meeting, request.user)
    except tuple(REFUSALS) as refused:
        messages.warning(request, REFUSALS[type(refused)])
        return redirect(meeting)
    context = {"meeting": meeting, "form": form, "least": LEAST}
    return render(request, "meetings/evaluate.html", context, status=422 if form.is_bound else 200)


@who_may("plan", Meeting)
@require_GET
def evaluations(request, meeting: Meeting) -> HttpResponse:
    """Marks and texts, once there are enough."""
    is_closed = meeting.ends_at + actions.OPEN < timezone.now()
    context = {"meeting": meeting, "result": actions.result_of(meeting), "least": LEAST, "is_closed": is_closed}
    return render(request, "meetings/evaluations.html", context)
