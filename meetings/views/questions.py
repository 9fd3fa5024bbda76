"""Pressing questions of a circle: asked, supported, taken into a programme."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from meetings.actions import questions as actions
from meetings.forms.questions import PlaceOnProgrammeForm, QuestionForm
from meetings.models import PressingQuestion
from regions.access import refusal, who_may
from regions.limits import limited
from regions.models import Circle

PER_PAGE = 20
Question = PressingQuestion


@who_may("speak freely", Circle)
@limited("ask-the-circle")
@require_http_methods(["GET", "POST"])
def pressing_questions(request, circle: Circle) -> HttpResponse:
    """What is asked, what stands on a programme and what was treated; and a form to ask."""
    form = QuestionForm(request.POST or None)
    if form.is_valid():
        question = actions.ask(circle, by=request.user, **form.cleaned_data)
        messages.success(request, _("Your question is put to the circle. Colleagues can support it."))
        return redirect(question)
    waiting = list(Question.objects.filter(circle=circle).dressed(request.user).waiting())
    treated = Paginator(Question.objects.filter(circle=circle).dressed(request.user).treated(), PER_PAGE)
    context = {
        "circle": circle,
        "form": form,
        "asked": [question for question in waiting if question.is_open],
        "planned": [question for question in waiting if not question.is_open],
        "page_obj": treated.get_page(request.GET.get("page")),
        "may_plan": request.rights.may("plan", circle.pk),
    }
    return render(request, "meetings/pressing_questions.html", context, status=422 if form.is_bound else 200)


def _own(request: Any, question: PressingQuestion) -> None:
    if not question.is_of(request.user):
        raise refusal(request)


def _closed(request: Any, question: PressingQuestion) -> HttpResponse:
    messages.warning(request, _("This question stands on a programme, was treated or is withdrawn."))
    return redirect(question)


@who_may("speak freely", PressingQuestion)
@require_http_methods(["GET", "POST"])
def edit_question(request, question: PressingQuestion) -> HttpResponse:
    """One's own, as long as it is open."""
    _own(request, question)
    if not question.is_open:
        return _closed(request, question)
    form = QuestionForm(request.POST or None, instance=question)
    if form.is_valid():
        try:
            return redirect(actions.change_question(question, by=request.user, **form.cleaned_data))
        except actions.QuestionClosed:
            return _closed(request, question)
    context = {"question": question, "form": form}
    return render(request, "meetings/edit_question.html", context, status=422 if form.is_bound else 200)


@who_may("speak freely", PressingQuestion)
@require_POST
def withdraw_question(request, question: PressingQuestion) -> HttpResponse:
    _own(request, question)
    try:
        actions.withdraw_question(question, by=request.user)
    except actions.QuestionClosed:
        return _closed(request, question)
    messages.success(request, _("Your question is withdrawn."))
    return redirect("pressing_questions", question.circle.slug)


@who_may("speak freely", PressingQuestion)
@require_POST
def support_question(request, question: PressingQuestion) -> HttpResponse:
    """One's support, given or taken back, as the button pressed says."""
    try:
        actions.support(question, by=request.user, wanted=request.POST.get("to") != "off")
    except actions.QuestionClosed:
        return _closed(request, question)
    except actions.OwnQuestion:
        messages.info(request, _("This is your own question. Colleagues can support it."))
    if not request.htmx:
        return redirect(question)
    fresh = Question.objects.dressed(request.user).get(pk=question.pk)
    return render(request, "meetings/pressing_questions.html#supported", {"question": fresh})


@who_may("plan", PressingQuestion)
@require_http_methods(["GET", "POST"])
def take_question(request, question: PressingQuestion) -> HttpResponse:
    """On which programme a trekker puts it, and where; or off again."""
    form = PlaceOnProgrammeForm(question, request.POST or None)
    if not form.is_valid():
        context = {"question": question, "form": form}
        return render(request, "meetings/take_question.html", context, status=422 if form.is_bound else 200)
    meeting, item = form.chosen
    try:
        if meeting is None:
            return redirect(actions.let_go(question, by=request.user))
        taken = actions.take(question, by=request.user, meeting=meeting, item=item)
    except (actions.QuestionClosed, actions.MeetingNotAhead):
        return _closed(request, question)
    messages.success(request, _("The question is on the programme."))
    response = redirect("agenda", meeting.pk)
    response["Location"] += f"#punt-{taken.item_id}"
    return response
