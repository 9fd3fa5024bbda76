"""Calls for speakers that everyone can read, talks that are proposed, and the pool of them that a circle keeps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mailroom.links import LinkExpired, LinkForged, read_token
from meetings.actions import proposals as actions
from meetings.forms.proposals import CallForm, DeclineForm, PlaceForm, ProposalForm
from meetings.models import SpeakerCall, TalkProposal
from regions.access import by_link, open_to_all, who_may
from regions.limits import limited
from regions.models import Circle
from regions.wall import as_system

PER_PAGE = 20


@open_to_all
@require_GET
def calls(request) -> HttpResponse:
    """What circles look for now, by topic."""
    found = SpeakerCall.objects.filter(closed_at=None).select_related("circle", "topic")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "meetings/calls.html", {"page_obj": page})


@open_to_all
@limited("propose-a-talk")
@csrf_exempt  # a visitor has nothing that another site could abuse, and gets no cookie; a member's session has
@require_http_methods(["GET", "HEAD", "POST"])
def propose_talk(request, pk: int) -> HttpResponse:
    """Offer a talk to the circle that called, with a profile or without."""
    propose = csrf_protect(_propose_talk) if request.user.is_authenticated else _propose_talk
    return propose(request, pk)


def _propose_talk(request, pk: int) -> HttpResponse:
    found = SpeakerCall.objects.filter(closed_at=None).select_related("circle", "topic")
    call = get_object_or_404(found, pk=pk)
    person = request.user if request.user.is_authenticated else None
    form = ProposalForm(person, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.propose(call, by=person, **form.card)
        except actions.CallClosed:
            messages.warning(request, _("This circle no longer looks for speakers on this."))
        else:
            thanks = _("Thank you. The circle reads your proposal and lets you know.")
            prove = _("Thank you. We have sent you an e-mail: confirm your proposal with the button in it.")
            messages.success(request, thanks if person else prove)
        return redirect("calls")
    context = {"call": call, "form": form}
    return render(request, "meetings/propose_talk.html", context, status=422 if form.is_bound else 200)


@by_link
@limited("confirm-a-proposal")
@csrf_exempt  # nothing but the token gives a right here; and no cookie is set
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_proposal(request, token: str) -> HttpResponse:
    """The page behind the button of the letter. Opening it changes nothing."""
    advice = _("Your proposal was not confirmed within a week, so we have forgotten it. You can send it again.")
    try:
        pk = read_token("proposal", token, max_age=actions.PROVED_WITHIN)
        if request.method == "POST":
            actions.confirm_proposal(pk)
        with as_system("the link in the letter is the key to this one proposal"):
            found = TalkProposal.objects.filter(pk=pk, declined_at=None).select_related("call__circle")
            proposal = found.first()
    except LinkForged:
        return render(request, "link_refused.html", status=404)
    except (LinkExpired, actions.ProposalGone):
        proposal = None
    if proposal is None:
        return render(request, "link_refused.html", {"expired": True, "advice": advice}, status=410)
    if request.method == "POST":
        messages.success(request, _("Thank you. The circle reads your proposal and lets you know."))
        return redirect("confirm_proposal", token)
    return render(request, "meetings/confirm_proposal.html", {"proposal": proposal})


@who_may("ask speakers", Circle)
@require_http_methods(["GET", "POST"])
def talk_proposals(request, circle: Circle) -> HttpResponse:
    """The pool of a circle: what it looks for, what was proposed, and where each stands."""
    form = CallForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.open_call(circle, by=request.user, **form.cleaned_data)
        except actions.CallKnown:
            form.add_error("topic", _("Your circle already looks for speakers on this. Close that call first."))
        else:
            messages.success(request, _("Everyone can read what you look for now."))
            return redirect("talk_proposals", circle.slug)
    page = Paginator(TalkProposal.objects.of(circle), PER_PAGE).get_page(request.GET.get("page"))
    open_calls = SpeakerCall.objects.filter(circle=circle, closed_at=None).select_related("topic", "circle")
    context = {"circle": circle, "form": form, "calls": open_calls, "page_obj": page}
    return render(request, "meetings/talk_proposals.html", context, status=422 if form.is_bound else 200)


@who_may("ask speakers", SpeakerCall)
@require_POST
def close_call(request, call: SpeakerCall) -> HttpResponse:
    actions.close_call(call, by=request.user)
    messages.success(request, _("The call is closed. What was proposed stays in the pool."))
    return redirect("talk_proposals", call.circle.slug)


@who_may("ask speakers", TalkProposal)
@limited("ask-a-speaker")
@require_http_methods(["GET", "POST"])
def talk_proposal(request, proposal: TalkProposal) -> HttpResponse:
    """One proposal: put it on a programme, move it, take it back, or decline it."""
    proposal = TalkProposal.objects.of(proposal.circle).get(pk=proposal.pk)
    done = request.POST.get("doen", "")
    place = PlaceForm(proposal, request.POST if done == "plaatsen" else None)
    decline = DeclineForm(request.POST if done == "afwijzen" else None)
    asked = {"plaatsen": place, "afwijzen": decline}.get(done)
    if done == "terug" or (asked and asked.is_valid()):
        _did(request, proposal, done, asked)
        return redirect(proposal)
    context = {"proposal": proposal, "circle": proposal.circle, "place": place, "decline": decline, "form": asked}
    return render(request, "meetings/talk_proposal.html", context, status=422 if request.method == "POST" else 200)


def _did(request: Any, proposal: TalkProposal, done: str, form: Any) -> None:
    """Do what was asked, and say what came of it."""
    said = {
        "plaatsen": _("It is on the programme, and %(name)s is asked to confirm."),
        "terug": _("It is in the pool again. Was %(name)s counting on it? Then an e-mail says that it is off."),
        "afwijzen": _("%(name)s is told, with thanks."),
    }
    try:
        if done == "plaatsen":
            actions.place(proposal, by=request.user, **form.cleaned_data)
        elif done == "terug":
            actions.take_back(proposal, by=request.user)
        else:
            actions.decline_proposal(proposal, by=request.user, message=form.cleaned_data["reason"])
    except actions.ProposalClosed:
        messages.warning(request, _("This was declined, took place, or stands on a programme: look below."))
    except actions.MeetingNotAhead:
        messages.warning(request, _("This meeting is over or cancelled. Choose another one."))
    else:
        messages.success(request, said[done] % {"name": proposal.name})
