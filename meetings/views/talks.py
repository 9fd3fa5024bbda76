"""What a speaker does by the link in the letter: say yes or no, tell who they are, add slides. No account."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailroom.links import LinkExpired, LinkForged
from meetings.actions import material
from meetings.actions import speakers as actions
from meetings.actions.polls import PollClosed, say_days
from meetings.forms.material import SlidesForm
from meetings.forms.polls import SpeakerDaysForm
from meetings.forms.speakers import AcceptForm, CardForm, ConsentForm, TalkAnswerForm
from meetings.talks import TalkGone, TalkSeen, talk_for
from members.language import read_letter_in
from regions.access import by_link
from regions.limits import limited

FORMS = {
    "ja": AcceptForm,
    "nee": TalkAnswerForm,
    "toestemming": ConsentForm,
    "kaart": CardForm,
    "dias": SlidesForm,
}
DAYS = "dagen"


@by_link
@limited("speak")
@csrf_exempt  # nothing but the token gives a right here; and no cookie is set
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def talk_by_link(request, token):
    """The page behind the button of the letter. Opening it changes nothing."""
    try:
        talk = _in_their_language(request, token)
    except LinkForged:
        return render(request, "link_refused.html", status=404)
    except LinkExpired:
        advice = _("Links to speakers work for a limited time. Reply to the e-mail to get a new one.")
        return render(request, "link_refused.html", {"expired": True, "advice": advice}, status=410)
    except TalkGone as gone:
        context = {"title": _("This is no longer asked of you"), "advice": str(gone)}
        return render(request, "link_refused.html", context, status=410)
    done = request.POST.get("doen", "") if request.method == "POST" else ""
    form = FORMS[done](request.POST, request.FILES) if done in FORMS else None
    if done == DAYS and talk.days:
        form = SpeakerDaysForm(request.POST, days=talk.days)
    if form and form.is_valid() and _did(request, talk, done, form):
        return redirect("talk_by_link", token)
    return _page(request, talk, done, form)


def _in_their_language(request: Any, token: str) -> TalkSeen:
    talk = talk_for(token)
    return talk_for(token) if read_letter_in(request, talk.language) else talk


def _did(request: Any, talk: TalkSeen, done: str, form: Form) -> bool:
    """Do what was asked, and say so; False when the form has to be shown again."""
    try:
        _do(talk, done, form.cleaned_data)
    except material.TooManyFiles:
        form.add_error("file", _("You can add no more files here. Reply to the e-mail to send another one."))
        return False
    except (actions.TalkClosed, material.TalkNotAccepted):
        messages.warning(request, _("You said no, or have not said yes yet. Reply to the e-mail to change that."))
    except PollClosed:
        messages.warning(request, _("The day is chosen already, so you can no longer say which days suit."))
    except actions.MeetingNotOpen:
        messages.warning(request, _("The meeting is over, so you can no longer answer."))
    else:
        messages.success(request, _said(done))
    return True


def _do(talk: TalkSeen, done: str, filled_in: dict[str, Any]) -> None:
    if done == "kaart":
        actions.edit_own_card(talk.pk, **filled_in)
    elif done == "dias":
        material.add_slides(talk.pk, file=filled_in["file"])
    elif done == DAYS:
        say_days(talk.pk, suiting=filled_in["days"])
    elif done == "toestemming":
        actions.give_consent(talk.pk, **filled_in)
    else:
        actions.answer_talk(talk.pk, accept=done == "ja", **filled_in)


def _said(done: str) -> str:
    return {
        "ja": _("Thank you. The circle knows that you will speak. Tell us below who you are and add your slides."),
        "nee": _("Thank you for letting us know. The circle can ask someone else now."),
        "toestemming": _("Your choice is saved. The circle sees it."),
        "kaart": _("Your changes are saved and are on the programme."),
        "dias": _("Your slides are with the meeting."),
        DAYS: _("Thank you. The circle chooses one of these days and lets you know."),
    }[done]


def _answer_form(talk: TalkSeen) -> AcceptForm | TalkAnswerForm:
    """Of a talk that moved to another meeting it says what was said before."""
    said = ConsentForm.as_said(talk) | {"reply": talk.reply}
    return AcceptForm(initial=said) if talk.is_asked else TalkAnswerForm()


def _page(request: Any, talk: TalkSeen, done: str, form: Form | None) -> HttpResponse:
    context = {
        "talk": talk,
        "form": form,  # the one with errors, for the summary
        "answer_form": form if done in ("ja", "nee") else _answer_form(talk),
        "consent_form": form if done == "toestemming" else ConsentForm(initial=ConsentForm.as_said(talk)),
        "card_form": form if done == "kaart" else CardForm(initial=asdict(talk)),
        "days_form": form if done == DAYS else SpeakerDaysForm(days=talk.days),
        "slides_form": form if done == "dias" else SlidesForm(),
    }
    return render(request, "meetings/talk_by_link.html", context, status=422 if request.method == "POST" else 200)
