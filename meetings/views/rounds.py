"""The round of the governments: what each works on, side by side and compared with last time."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from meetings import rounds
from meetings.actions import rounds as actions
from meetings.forms.questions import ContributionForm, GovernmentForm
from meetings.models import Contribution, Meeting
from regions.access import refusal, who_may
from regions.limits import limited
from regions.models import LocalGovernment


@who_may("speak freely", Meeting)
@limited("ask-the-circle")
@require_http_methods(["GET", "POST"])
def round(request, meeting: Meeting) -> HttpResponse:
    """Side by side; with a form for one's own government, or for a trekker the one in ``?bestuur=``."""
    government = _speaks_for(request, meeting)
    told = Contribution.objects.filter(meeting=meeting, government=government).first() if government else None
    is_open = actions.is_open(meeting)
    if request.method == "POST" and not (government and is_open):
        messages.warning(request, _("Nothing can be written in this round now."))
        return redirect("round", meeting.pk)
    form = ContributionForm(request.POST or None, initial=_as_it_is(told), told=bool(told and told.text))
    status = 200
    context = {"meeting": meeting, "government": government, "is_open": is_open, "told": told}
    if form.is_bound and government:
        status = 422
        if form.is_valid():
            try:
                actions.contribute(meeting, by=request.user, government=government, **form.cleaned_data)
            except actions.WrittenMeanwhile as found:
                form, status = _once_more(form, found.current), 409
                context["meanwhile"] = found.current
            else:
                return _written(request, meeting, government, form.cleaned_data["text"])
    return render(request, "meetings/round.html", context | {"form": form} | _page(request, meeting), status=status)


def _speaks_for(request: Any, meeting: Meeting) -> LocalGovernment | None:
    """Who a text is from: one's own government; a trekker writes down what any of them says."""
    wanted = request.GET.get("bestuur")
    own = request.user.government
    if not wanted or (own and own.slug == wanted):
        return own
    if not request.rights.may("plan", meeting.circle_id):
        raise refusal(request)
    return get_object_or_404(rounds.governments(meeting), slug=wanted)


def _as_it_is(told: Contribution | None) -> dict[str, Any]:
    return {"text": told.text, "version": told.version} if told else {"version": 0}


def _once_more(form: ContributionForm, current: Contribution) -> ContributionForm:
    """What was typed, to be saved over the text that is there now."""
    return ContributionForm(initial={"text": form.cleaned_data["text"], "version": current.version})


def _written(request: Any, meeting: Meeting, government: LocalGovernment, text: str) -> HttpResponse:
    said = (
        _("The contribution of %(government)s is saved.")
        if text
        else _("%(government)s takes its contribution back.")
    )
    messages.success(request, said % {"government": government})
    response = redirect("round", meeting.pk)
    response["Location"] += f"#bestuur-{government.pk}"
    return response


def _page(request: Any, meeting: Meeting) -> dict[str, Any]:
    rows = rounds.rows(meeting)
    may_plan = request.rights.may("plan", meeting.circle_id)
    others = GovernmentForm(rounds.governments(meeting)) if may_plan and actions.is_open(meeting) else None
    return {"rows": rows, "spoke": sum(row.now is not None for row in rows), "others": others}
