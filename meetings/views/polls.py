"""Choosing the day of a draft: the trekker asks and chooses, members of the circle say which days suit."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from meetings import polls
from meetings.actions import polls as actions
from meetings.actions.planning import MeetingInThePast, NotADraft
from meetings.forms.polls import DaysForm, VoteForm
from meetings.models import DateOption, DatePoll, DateVote, Meeting
from regions.access import members_only, who_may
from regions.limits import limited

VOTES = DateVote.objects.select_related("government", "member__government", "member__partner", "talk__speaker")


@who_may("plan", Meeting)
@limited("message-to-the-circle")
@require_http_methods(["GET", "POST"])
def ask_dates(request, meeting: Meeting) -> HttpResponse:
    """Which days are offered, and to whom. A draft whose days are asked about already shows that."""
    asked = DatePoll.objects.filter(meeting=meeting).first()
    if asked and not asked.is_decided:
        return redirect("poll", asked.pk)
    if meeting.state != Meeting.State.DRAFT:
        return redirect("move_meeting", meeting.pk)
    asks = DatePoll.Asks.SPEAKER if request.GET.get("aan") == "spreker" else DatePoll.Asks.MEMBERS
    form = DaysForm(meeting, request.POST or None, asks=asks)
    if not form.is_valid():
        context = {"meeting": meeting, "form": form, "asked": asked}
        return render(request, "meetings/ask_dates.html", context, status=422 if form.is_bound else 200)
    try:
        poll = actions.ask_dates(meeting, by=request.user, **form.for_action)
    except (actions.AlreadyAsked, NotADraft):  # a co-trekker, in this very moment
        return redirect("ask_dates", meeting.pk)
    messages.success(request, _said_of(poll))
    return redirect("poll", poll.pk)


def _said_of(poll: DatePoll) -> str:
    if poll.asks == DatePoll.Asks.SPEAKER:
        return _("The speaker can now say which days suit, on the page behind the link in the e-mail.")
    return _("The members of the circle get an e-mail that asks which days suit.")


@members_only
@limited("answer")
@require_http_methods(["GET", "POST"])
def poll(request, pk: int) -> HttpResponse:
    """For members of the circle, who do not see the draft: the days, what each government says of them, and a say."""
    poll = get_object_or_404(DatePoll.objects.select_related("circle"), pk=pk)
    options, mine = list(poll.options.all()), list(polls.votes_for(poll, request.user).select_related("member"))
    seen = polls.fingerprint(mine)
    form = None
    if poll.takes_votes and poll.asks == DatePoll.Asks.MEMBERS:
        form = VoteForm(options, request.POST or None, said=mine, seen=seen)
    elif request.method == "POST":
        messages.warning(request, _REFUSED[actions.PollClosed]())
        return redirect("poll", poll.pk)
    if form and form.is_valid():
        try:
            actions.vote(poll, by=request.user, **form.for_action)
        except actions.VotedMeanwhile:
            return _again(request, poll, options, form, seen)
        except (actions.PollClosed, actions.NotAsked) as refusal:
            messages.warning(request, _REFUSED[type(refusal)]())
        else:
            messages.success(request, _("Your answer is noted. You can change it until the day is chosen."))
        return redirect("poll", poll.pk)
    return _page(request, poll, options, mine, form, status=422 if form and form.is_bound else 200)


_REFUSED = {
    actions.PollClosed: lambda: _("You can no longer answer: the day is chosen, or the last day to answer is over."),
    actions.NotAsked: lambda: _("Only members of this circle answer, and suppliers do not."),
}


def _again(request: Any, poll: DatePoll, options: list[DateOption], form: VoteForm, shown: str) -> HttpResponse:
    """A colleague was first: the page with what they said, and what was typed, to send again knowingly."""
    mine = list(polls.votes_for(poll, request.user).select_related("member"))
    typed: Any = form.data
    form.data = typed.copy()
    form.data["seen"] = polls.fingerprint(mine)  # type: ignore[index]
    form.add_error(
        None, _("A colleague of yours answered meanwhile. See below what they said, and send yours again.")
    )
    return _page(request, poll, options, mine, form, status=409)


def _page(
    request: Any, poll: DatePoll, options: list[DateOption], mine: list[DateVote], form: VoteForm | None, status: int
) -> HttpResponse:
    votes = list(VOTES.filter(option__poll=poll))
    rows = polls.rows(poll, options, votes)
    colleague = next((vote.member for vote in mine if vote.member and vote.member != request.user), None)
    context = {
        "poll": poll,
        "days": polls.days(poll, options, votes),
        "rows": rows,
        "spoken": sum(not row.is_silent for row in rows),
        "form": form,
        "has_voted": bool(mine),
        "colleague": colleague,
        "chosen": next((option for option in options if option.chosen), None),
        "may_choose": request.rights.may("plan", poll.circle_id) and not poll.is_decided,
        "leads": request.rights.may("plan", poll.circle_id),
    }
    return render(request, "meetings/poll.html", context, status=status)


@who_may("plan", DateOption)
@require_POST
def choose_date(request, option: DateOption) -> HttpResponse:
    try:
        meeting = actions.choose_date(option, by=request.user)
    except actions.PollClosed:
        messages.info(request, _("A day was already chosen."))
        return redirect("poll", option.poll_id)
    except MeetingInThePast:
        messages.error(request, _("This moment has passed. Choose a later date."))
        return redirect("poll", option.poll_id)
    except NotADraft:
        return redirect("move_meeting", option.poll.meeting_id)
    messages.success(
        request, _("The day is chosen. Whoever said that it suits is asked to confirm in the invitation.")
    )
    return redirect(f"{reverse('desk', args=[meeting.circle.slug])}?bijeenkomst={meeting.pk}")


@who_may("plan", DatePoll)
@require_POST
def stop_asking(request, poll: DatePoll) -> HttpResponse:
    try:
        meeting = actions.stop_asking(poll, by=request.user)
    except actions.PollClosed:
        messages.info(request, _("A day was already chosen."))
        return redirect("poll", poll.pk)
    messages.success(request, _("Nobody is asked any more. The draft keeps the day that it had."))
    return redirect(f"{reverse('desk', args=[meeting.circle.slug])}?bijeenkomst={meeting.pk}")
