"""Hosts: the rota of a circle, asking a host, and the host's own page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings import hosts, needs
from meetings import rota as order_of
from meetings.actions import hosting as actions
from meetings.actions.programme import change_item
from meetings.forms.hosting import AskHostForm, HostAnswerForm, HostPlaceForm, SwapForm, TaskForm, VisitForm
from meetings.models import AgendaItem, Hosting, HostTask, Meeting
from regions.access import who_may
from regions.limits import limited
from regions.map import from_nearby
from regions.models import Circle, Participation

OVER = (actions.MeetingNotOpen, actions.NoHostNeeded)


# --- The rota ------------------------------------------------------------------------------------------------------


@who_may("see the rota", Circle)
@require_GET
def rota(request, circle: Circle) -> HttpResponse:
    """Whose turn it is, who comes next, who hosted when, and how that lies on the map."""
    turns, history = order_of.turns(circle), order_of.history(circle)
    spread = order_of.spread(turns)
    route = list(circle.meetings.on_the_road().select_related("host"))
    context = {
        "circle": circle,
        "lines": order_of.lines(circle, turns, history),
        "next_hosts": order_of.next_hosts(circle, turns),
        "years": order_of.by_year(history),
        "spread": spread,
        "route": route,
        "map": from_nearby(circle, [turn.government for turn in turns], route, provinces=bool(spread)),
        "plans": request.rights.may("plan", circle.pk),
    }
    return render(request, "meetings/rota.html", context)


@who_may("plan", Participation)
@require_POST
def set_willing(request, participation: Participation) -> HttpResponse:
    actions.set_willing(participation, by=request.user, willing=request.POST.get("willing") == "yes")
    return redirect("rota", participation.circle.slug)


# --- Asking --------------------------------------------------------------------------------------------------------


@who_may("plan", Meeting)
@limited("ask-a-host")
@require_http_methods(["GET", "POST"])
def ask_host(request, meeting: Meeting) -> HttpResponse:
    """Who was asked before, and the next one in turn, to be asked with one button."""
    form = AskHostForm(meeting, request.POST or None, wanted=request.GET.get("bestuur", ""))
    if form.is_valid() and (answer := _ask(request, meeting, form)):
        return answer
    asked = Hosting.objects.filter(meeting=meeting).select_related("government", "contact")
    context = {
        "meeting": meeting,
        "form": form,
        "asked": asked,
        "standing": next((each for each in asked if each.is_standing), None),
    }
    return render(request, "meetings/ask_host.html", context, status=422 if form.is_bound else 200)


def _ask(request: Any, meeting: Meeting, form: AskHostForm) -> HttpResponse:
    try:
        hosting = actions.ask_host(meeting, by=request.user, **form.for_action)
    except actions.HostAsked:
        messages.warning(request, _("A host was asked already. Take that back first."))
    except actions.NotOfTheCircle:
        messages.warning(request, _("This person has left the circle. Choose someone else."))
    except OVER:
        messages.warning(request, _("This meeting needs no host any more."))
    else:
        if hosting.contact:
            messages.success(request, _("%(name)s gets an e-mail at once.") % {"name": hosting.contact.name})
        else:
            messages.success(request, _("%(name)s is the host.") % {"name": hosting.government})
    return redirect("ask_host", meeting.pk)


@who_may("plan", Hosting)
@require_POST
def withdraw_hosting(request, hosting: Hosting) -> HttpResponse:
    agreed = hosting.state == Hosting.State.ACCEPTED
    actions.withdraw_hosting(hosting, by=request.user)
    told = _("%(name)s is no longer the host.") if agreed else _("%(name)s is no longer asked to be the host.")
    messages.success(request, told % {"name": hosting.government})
    return redirect("ask_host", hosting.meeting_id)


# --- The host's own page -------------------------------------------------------------------------------------------


def _standing(meeting: Meeting) -> Hosting:
    """Who receives it, or is asked to; 404 when nobody is."""
    if hosting := hosts.standing(meeting):
        return hosting
    raise Http404


@who_may("plan", Meeting, or_host=True)
@require_http_methods(["GET", "POST"])
def host(request, meeting: Meeting) -> HttpResponse:
    """All that is the host's: the answer, the checklist, where it is, and its part of the programme."""
    hosting = _standing(meeting)
    agreed = hosting.state == Hosting.State.ACCEPTED
    place = HostPlaceForm(request.POST or None, instance=Meeting.objects.get(pk=meeting.pk))
    if request.method == "POST" and not agreed:  # where it is, is for who said yes
        return redirect("host", meeting.pk)
    if place.is_valid():
        try:
            actions.tell_place(meeting, by=request.user, **place.cleaned_data)
        except actions.PlaceIsKnown:  # published meanwhile
            messages.warning(request, _("This meeting has been published in the meantime. Check your changes."))
        except OVER:
            messages.warning(request, _("This meeting needs no host any more."))
        else:
            messages.success(request, _("Your changes are saved."))
        return redirect("host", meeting.pk)
    context = _page(request, meeting, hosting) | {"place": place}
    return render(request, "meetings/host.html", context, status=422 if place.is_bound else 200)


def _page(request: Any, meeting: Meeting, hosting: Hosting) -> dict[str, Any]:
    """What stands on the page of a host, with nothing typed in yet."""
    exchange = hosts.exchange(hosting)
    return {
        "meeting": meeting,
        "hosting": hosting,
        "needs": needs.for_host(meeting),
        "answer": HostAnswerForm(),
        "tasks": [(task, TaskForm(instance=task, auto_id=f"t{task.pk}_%s")) for task in hosts.checklist(meeting)],
        "visits": meeting.agenda.filter(kind=AgendaItem.Kind.SITE_VISIT),
        "exchange": exchange,
        "swap": SwapForm(exchange) if exchange.possible else None,
        "is_draft": meeting.state == Meeting.State.DRAFT,
        "plans": request.rights.may("plan", meeting.circle_id),
    }


@who_may("plan", Meeting, or_host=True)
@limited("answer")
@require_POST
def answer_host(request, meeting: Meeting) -> HttpResponse:
    """Yes or no. Whoever says no has no page here any more."""
    hosting, form = _standing(meeting), HostAnswerForm(request.POST)
    if not form.is_valid():
        context = _page(request, meeting, hosting) | {"answer": form, "place": HostPlaceForm(instance=meeting)}
        return render(request, "meetings/host.html", context, status=422)
    accept = form.cleaned_data["answer"] == "yes"
    try:
        actions.answer_hosting(hosting, by=request.user, accept=accept, reply=form.cleaned_data["reply"])
    except actions.HostingClosed:
        messages.warning(request, _("The circle no longer asks this."))
    except OVER:
        messages.warning(request, _("This meeting needs no host any more."))
    else:
        said = _("Thank you. You find below what to arrange.") if accept else _("Thank you. The trekkers are told.")
        messages.success(request, said)
        if not accept:
            return redirect("rota", meeting.circle.slug)
    return redirect("host", meeting.pk)


@who_may("plan", HostTask, or_host=True)
@require_POST
def check_task(request, task: HostTask) -> HttpResponse:
    form = TaskForm(request.POST, instance=task)
    if form.is_valid():
        actions.check_task(task, by=request.user, **form.cleaned_data)
    else:
        messages.error(request, _("The note is too long."))
    response = redirect("host", task.meeting_id)
    response["Location"] += f"#taak-{task.pk}"
    return response


@who_may("plan", AgendaItem, or_host=True)
@require_http_methods(["GET", "POST"])
def tell_visit(request, item: AgendaItem) -> HttpResponse:
    """What the host shows. Other points of the programme are not the host's."""
    if item.kind != AgendaItem.Kind.SITE_VISIT:
        raise Http404
    form = VisitForm(request.POST or None, instance=item)
    if form.is_valid():
        change_item(item, by=request.user, **form.cleaned_data)
        messages.success(request, _("Your changes are saved."))
        return redirect("host", item.meeting_id)
    context = {"meeting": item.meeting, "item": item, "form": form}
    return render(request, "meetings/tell_visit.html", context, status=422 if form.is_bound else 200)


# --- Exchanging ----------------------------------------------------------------------------------------------------


@who_may("plan", Meeting, or_host=True)
@limited("ask-a-host")
@require_POST
def propose_swap(request, meeting: Meeting) -> HttpResponse:
    """To another host of the circle; empty takes the proposal back."""
    other = request.POST.get("other", "")
    try:
        number = int(other) if other.isdecimal() and len(other) < 19 else None
        actions.propose_swap(_standing(meeting), by=request.user, other=number)
    except actions.CannotExchange:
        messages.warning(request, _("This exchange is no longer possible."))
    else:
        if number:
            messages.success(request, _("Your proposal is sent. Nothing changes until the other host says yes."))
        else:
            messages.success(request, _("Your proposal is taken back."))
    return redirect("host", meeting.pk)


@who_may("plan", Meeting, or_host=True)
@require_POST
def answer_swap(request, meeting: Meeting) -> HttpResponse:
    """To the host of another meeting, who proposed it: ``offered`` is their turn."""
    hosting = _standing(meeting)
    offered = next((e for e in hosts.exchange(hosting).offered if str(e.pk) == request.POST.get("offered")), None)
    accept = request.POST.get("answer") == "yes"
    try:
        if offered is None:
            raise actions.CannotExchange
        actions.answer_swap(offered, by=request.user, accept=accept)
    except (actions.CannotExchange, *OVER):
        messages.warning(request, _("This exchange is no longer possible."))
    else:
        said = _("The turns are exchanged. Everyone concerned gets an e-mail.")
        messages.success(request, said if accept else _("Nothing changes. The other host is told."))
        if accept and hosting.contact_id == request.user.pk:
            return redirect("host", offered.meeting_id)  # that one is theirs now
    return redirect("host", meeting.pk)
