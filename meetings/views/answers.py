"""Answering a meeting, from its page or from a letter, and what a trekker reads of the answers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mailroom.languages import language_of
from mailroom.links import LinkExpired, LinkForged, read_token
from meetings import needs, words
from meetings.actions.answers import MeetingClosed, WrongWayToAttend, place_in_line, register
from meetings.check_in import opens_at
from meetings.forms.answers import AnswerForm
from meetings.letters.answers import ANSWERS_IN_ADDRESS
from meetings.models import Attendance, Invitation, JoinLink, Meeting, Registration
from meetings.proposed import Proposed, proposed_answers
from meetings.tally import Seats, answers_by_organisation, seats_of
from members.language import read_letter_in
from members.models import Member
from regions.access import by_link, members_only, who_may
from regions.limits import limited
from regions.wall import member as wall_member
from regions.wall import switch_actor

from .browse import meeting_page

Answer = Registration.Answer
LINK_IS_GOOD_FOR = dt.timedelta(days=200)  # and never longer than until the meeting begins


@members_only
@limited("answer")
@require_POST
def answer_meeting(request, pk):
    meeting = get_object_or_404(Meeting, pk=pk)
    form = AnswerForm(request.POST, meeting=meeting, asks_needs=True)
    if not form.is_valid():
        return meeting_page(request, pk, form=form, status=422)
    try:
        registration = register(meeting, by=request.user, **form.cleaned_data)
    except MeetingClosed:
        messages.warning(request, _("You can no longer answer: this meeting has begun or is cancelled."))
    except WrongWayToAttend:
        messages.warning(request, _("This meeting has just changed. See how you can take part and answer again."))
    else:
        messages.success(request, what_was_noted(registration))
    return meeting_page(request, pk) if request.htmx else redirect(meeting)


def what_was_noted(registration: Registration) -> str:
    """The answer as a sentence, for who gave it."""
    if registration.waiting:
        return _(
            "All seats are taken. You are number %(place)s on the waiting list. You get an e-mail once there is "
            "a seat for you."
        ) % {"place": place_in_line(registration)}
    return {
        Answer.YES: _("You are coming. You get an e-mail with the meeting for your calendar."),
        Answer.MAYBE: _("You may be coming. No seat is kept for you yet: let us know once you are sure."),
        Answer.NO: _("You are not coming. Thank you for letting us know."),
    }[Answer(registration.answer)]


# --- From a letter --------------------------------------------------------------------------------------------------


@by_link
@limited("answer-by-letter")
@csrf_exempt  # the address itself is the secret, and a cookie is what mail programs block
@never_cache
@require_http_methods(["GET", "POST"])
def answer_by_letter(request, token):
    """Three buttons for the holder of the letter. Nobody is logged in, and GET changes nothing."""
    try:
        meeting_id, member_id = read_token("answer", token, max_age=LINK_IS_GOOD_FOR)
    except LinkExpired:
        return _refused(request, 410, expired=True)
    except LinkForged:
        return _refused(request, 404)
    try:
        with switch_actor(wall_member(member_id), because="the letter proves who this is"):
            letter = _open_letter(request, meeting_id, member_id)
            data = request.POST if request.method == "POST" else None
            form = AnswerForm(data, meeting=letter.meeting, answered=letter.mine)
            if form.is_valid():
                return _private(redirect(request.path + _register_by_letter(letter, form)))
    except NothingToAnswer as why:
        return _refused(request, 410, title=_("You can no longer answer"), advice=str(why))
    # The page is made as whoever looks at it: no more of the reader gets on it than was read above.
    suggested = ANSWERS_IN_ADDRESS.get(request.GET.get("antwoord", ""))
    context = {"letter": letter, "form": form, "suggested": suggested, "just_now": "genoteerd" in request.GET}
    page = render(request, "meetings/answer_by_letter.html", context, status=422 if form.is_bound else 200)
    return _private(page)


class NothingToAnswer(Exception):
    """The letter is good and its time is over; says to its reader why."""


@dataclass(frozen=True)
class OpenLetter:
    """What the holder of a letter may see: read as that member, and complete, because the page asks nothing more."""

    reader: Member
    meeting: Meeting
    mine: Registration | None
    noted: str  # the answer as a sentence, "" without one
    link: str  # to join online, only for who has a seat
    seats: list[Seats]
    facts: list[tuple[str, str]]


def _open_letter(request: Any, meeting_id: int, member_id: int) -> OpenLetter:
    """Call it as the member: the wall then says what there is to see today. Refuses with NothingToAnswer."""
    meeting = Meeting.objects.select_related("circle", "host").with_seats_taken().filter(pk=meeting_id).first()
    reader = Member.objects.filter(pk=member_id).first()
    read_letter_in(request, language_of(reader))
    if reader is None or meeting is None or not meeting.is_open:
        raise NothingToAnswer(_why_closed(meeting if reader else None))
    mine = Registration.objects.filter(meeting=meeting, member=reader).first()
    link = None
    if mine and mine.answer == Answer.YES and not mine.waiting:
        link = JoinLink.objects.filter(meeting=meeting).first()
    return OpenLetter(
        reader=reader,
        meeting=meeting,
        mine=mine,
        noted=what_was_noted(mine) if mine else "",
        link=link.url if link else "",
        seats=seats_of(meeting),
        facts=words.facts(meeting),
    )


def _why_closed(meeting: Meeting | None) -> str:
    if meeting is None or meeting.state == Meeting.State.DRAFT:
        return _(
            "You cannot view this meeting now. You may have left the circle, or the meeting was withdrawn to be "
            "changed. Log in to see your circles, or ask the trekker of the circle."
        )
    if meeting.state == Meeting.State.CANCELLED:
        reason = meeting.cancelled_because
        return _("This meeting is cancelled. You do not need to do anything. %(reason)s") % {"reason": reason}
    return _("This meeting has begun or is over. Log in to read the programme and the material.")


def _register_by_letter(letter: OpenLetter, form: AnswerForm) -> str:
    """What follows the address of the page that tells how it went: the meeting may have changed this very moment."""
    try:
        register(letter.meeting, by=letter.reader, **form.cleaned_data)
    except (MeetingClosed, WrongWayToAttend):
        return ""
    return "?genoteerd=1"


def _private(response: HttpResponse) -> HttpResponse:
    """Whoever has the address of this page can answer, so it is told to nobody."""
    response["Referrer-Policy"] = "no-referrer"
    return response


def _refused(request: Any, status: int, **told: Any) -> HttpResponse:
    return _private(render(request, "link_refused.html", told, status=status))


# --- What a trekker reads -------------------------------------------------------------------------------------------


@who_may("see post", Meeting)
@require_GET
def answers(request, meeting):
    """Who comes, may come, does not come or is silent, per government; and who waits, in order."""
    meeting = Meeting.objects.select_related("circle").with_seats_taken().get(pk=meeting.pk)
    given, silent, there = _given(meeting), _silent(meeting), _there(meeting)
    said = Counter(each.answer for each in given)
    context = {
        "meeting": meeting,
        "rows": answers_by_organisation(given, silent, there),
        "there": there,
        "seats": seats_of(meeting),
        "line": [each for each in given if each.waiting],
        "when": words.when(meeting),
        "maybe": said[Answer.MAYBE],
        "no": said[Answer.NO],
        "silent": len(silent),
        "proposed": _proposed(meeting),
        "excused": [each for each in given if hasattr(each, "excuse")],
        "needs": needs.gathered((each.need, each.member.name) for each in given if hasattr(each, "need")),
    }
    return render(request, "meetings/answers.html", context)


@who_may("see post", Meeting)
@never_cache
@require_GET
def answers_sheet(request, meeting):
    """The same, to take along: a spreadsheet."""
    from meetings import sheet  # a tenth of the memory of a process, for this page alone

    content = sheet.answers_as_xlsx(_given(meeting), _silent(meeting), _there(meeting))
    disposition = f'attachment; filename="{sheet.file_name(meeting)}"'
    return HttpResponse(content, sheet.CONTENT_TYPE, headers={"Content-Disposition": disposition})


def _given(meeting: Meeting) -> list[Registration]:
    """Who answered, first come first."""
    with_all = ("member__government", "member__partner", "need", "excuse__substitute")
    rows = Registration.objects.filter(meeting=meeting).select_related(*with_all)
    return list(rows.order_by("answered_at", "pk"))


def _proposed(meeting: Meeting) -> list[tuple[Member, Proposed]]:
    """Of whom a yes is expected, and who did not confirm; by name."""
    if not meeting.is_open:
        return []
    expected = proposed_answers(meeting)
    people = Member.objects.active().filter(pk__in=expected).select_related("government", "partner")
    return [(person, expected[person.pk]) for person in people.order_by("name", "pk")]


def _silent(meeting: Meeting) -> list[Member]:
    """Who was invited and has not answered."""
    invited = Invitation.objects.filter(meeting=meeting).values("member")
    answered = Registration.objects.filter(meeting=meeting).values("member")
    found = Member.objects.active().filter(pk__in=invited).exclude(pk__in=answered)
    return list(found.select_related("government", "partner"))


def _there(meeting: Meeting) -> list[Attendance]:
    """Who was there, as far as it is noted; nobody is before it begins."""
    if timezone.now() < opens_at(meeting):
        return []
    rows = Attendance.objects.filter(meeting=meeting)
    return list(rows.select_related("government", "member__government", "member__partner"))
