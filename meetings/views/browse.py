"""Meetings to look at: the list across circles, the list of one circle, and one meeting."""

from __future__ import annotations

import datetime as dt
import itertools
from functools import lru_cache
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from meetings import words
from meetings.actions.answers import place_in_line
from meetings.check_in import is_open, opens_at
from meetings.filters import Narrowed
from meetings.forms.answers import AnswerForm
from meetings.models import Attendance, Form, Meeting, MeetingQuerySet, Registration
from meetings.pages import FirstThousand
from meetings.proposed import proposed_to
from meetings.shown import Coming, Shown, hanging_on, looked_back_at, the_meeting
from meetings.tally import by_organisation, seats_of
from members.models import Member
from regions.access import open_to_all
from regions.fragments import render_part
from regions.limits import search_is_limited
from regions.models import Circle, LocalGovernment
from regions.permissions import Rights
from regions.visitors import same_for_visitors

PER_PAGE = 25
Answer = Registration.Answer


# --- Lists ----------------------------------------------------------------------------------------------------------


SHOWN = ["title", "starts_at", "ends_at", "form", "state", "venue", "host__name"]
SHOWN += ["pk", "circle", "circle__name", "circle__region"]
"""Columns of a row in a list; the description of a meeting alone is longer than all of them."""


class Found(NamedTuple):
    """What PostgreSQL shows the reader of a meeting in a list: the columns above, and the reader's answer."""

    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    form: str
    state: str
    venue: str
    host: str | None
    pk: int
    circle_id: int
    circle: str
    region: str
    my_answer: str | None = None
    my_waiting: bool | None = None

    def is_awaited(self, mine: frozenset[int]) -> bool:
        """Whether an answer is asked of who is in the circles ``mine``."""
        can_answer = self.state == Meeting.State.PUBLISHED and self.starts_at > timezone.now()
        return can_answer and not self.my_answer and self.circle_id in mine


class Row(NamedTuple):
    """A meeting in a list, in words. ``tone`` is how the tag looks: "act" asks something of the reader."""

    title: str
    address: str
    region: str
    circle: str
    starts: str
    weekday: str
    day: str
    month: str
    year: str
    hours: str
    place: str
    tag: str
    tone: str
    badge: str
    kind: str


_CIRCLE = '<span class="region" data-region="{}">{}</span> '
_TAG = '<span class="tag {}">{}</span>'


@lru_cache(maxsize=2048)
def _row(found: Found, language: str, is_awaited: bool, is_past: bool, in_circle: bool) -> Row:
    """Follows from what PostgreSQL showed and from nothing else: who is shown the same may be given the same row."""
    meeting = Meeting(starts_at=found.starts_at, ends_at=found.ends_at, form=found.form, venue=found.venue)
    meeting.host = LocalGovernment(name=found.host) if found.host else None
    starts, place = timezone.localtime(found.starts_at), words.place(meeting)
    date = words.date(starts.date())
    tag, tone = (_("waiting for your answer"), "act") if is_awaited else _tag(found)
    return Row(
        found.title,
        reverse("meeting", args=[found.pk]),
        found.region,
        "" if in_circle else format_html(_CIRCLE, found.region, found.circle),
        starts.isoformat(),
        *date[:3],
        format_html(" <span>{}</span>", date.year) if is_past else "",
        words.hours(meeting),
        _("%(place)s and online") % {"place": place} if found.form == Form.HYBRID else place,
        tag,
        tone,
        format_html(_TAG, tone, tag) if tag else "",
        {"act": " act", "danger": " cancelled"}.get(tone, ""),
    )


def _tag(found: Found) -> tuple[str, str]:
    """What to know of a meeting at a glance: its state when that is unusual, else the reader's answer."""
    if found.state in (Meeting.State.CANCELLED, Meeting.State.DRAFT):
        danger = "danger" if found.state == Meeting.State.CANCELLED else ""
        return str(Meeting.State(found.state).label), danger
    if found.my_answer == Answer.YES:
        return (_("on the waiting list"), "") if found.my_waiting else (_("you are coming"), "success")
    if found.my_answer:
        return (_("maybe") if found.my_answer == Answer.MAYBE else _("you are not coming")), ""
    return "", ""


@open_to_all
@same_for_visitors
@search_is_limited
@require_GET
def meetings(request):
    """Across circles: those one is in, and what is public or for the whole network."""
    return _list_page(request, "meetings/meetings.html")


@open_to_all
@same_for_visitors
@search_is_limited
@require_GET
def circle_meetings(request, slug):
    return _list_page(request, "meetings/circle_meetings.html", get_object_or_404(Circle, slug=slug))


def _list_page(request: Any, template: str, circle: Circle | None = None) -> HttpResponse:
    # A community manager is in every circle, and is not the one whose answer is awaited.
    mine = frozenset() if request.rights.is_manager else request.rights.circles
    filters = Narrowed(request, mine, circle)
    found = filters.found.past() if filters.is_past else filters.found.upcoming()
    page = FirstThousand(_rows(request, filters, found), PER_PAGE, counted=found).get_page(request.GET.get("page"))
    shown, language = itertools.starmap(Found, [] if filters.awaiting_only else page), get_language()
    context = {
        "filters": filters,
        "page_obj": page,
        "rows": [_row(each, language, each.is_awaited(mine), filters.is_past, circle is not None) for each in shown],
        "circle": circle,
        "mine": mine,
        "may_plan": circle is not None and request.rights.may("plan", circle.pk),
    }
    status = 200 if filters.is_valid else 422
    return render_part(request, template, "meetings/meetings.html#found", context, status=status)


def _rows(request: Any, filters: Narrowed, found: MeetingQuerySet) -> Any:
    """As plain rows; as meetings where they can be answered in the list itself."""
    if not request.user.is_authenticated:
        return found.values_list(*SHOWN)
    answered = found.with_answer_of(request.user)
    if filters.awaiting_only:
        return answered.select_related("circle", "host")
    return answered.values_list(*SHOWN, "my_answer", "my_waiting")


# --- One meeting ----------------------------------------------------------------------------------------------------


@open_to_all
@same_for_visitors
@require_GET
def meeting(request, pk):
    return meeting_page(request, pk)


def meeting_page(request: Any, pk: int, *, form: AnswerForm | None = None, status: int = 200) -> HttpResponse:
    """The page of one meeting; ``form`` is an answer that was refused, to be given again."""
    to_member = request.user.is_authenticated
    meeting, row = _meeting_or_404(pk, to_member=to_member)
    circle, speaks_freely = meeting.circle_id, request.rights.may("speak freely", meeting.circle_id)
    shown = hanging_on(
        meeting, to_member=to_member, to_peer=circle in request.rights.peers, to_colleague=speaks_freely
    )
    kept = _kept(meeting, request.rights, speaks_freely=speaks_freely)
    context = {
        "meeting": meeting,
        "seats": seats_of(meeting),
        **kept,
        **(_own_answer(meeting, request.user, shown, form) if to_member else {}),
        **(_check_in(meeting, request.user) if to_member and is_open(meeting) else {}),
        **_what_hangs_on(meeting, shown, speaks_freely=speaks_freely),
        **({} if shown.coming is None else _who_comes(meeting, shown.coming)),
        "looks_like": repr((get_language(), to_member, meeting.is_open, meeting.is_over, row, shown, kept)),
    }
    in_a_list = request.htmx.target == f"answer-{pk}"
    part = "meetings/_answer_in_row.html" if in_a_list else "meetings/meeting.html"
    return render_part(request, "meetings/meeting.html", f"{part}#answered", context, status=status)


def _meeting_or_404(pk: int, *, to_member: bool) -> tuple[Meeting, str]:
    try:
        return the_meeting(pk, to_member=to_member)
    except Meeting.DoesNotExist as nothing:
        raise Http404 from nothing


def _kept(meeting: Meeting, rights: Rights, *, speaks_freely: bool) -> dict[str, Any]:
    """What pieces that are kept show besides what PostgreSQL gave of the meeting, and so belongs to their key."""
    return {
        "tasks": _tasks(meeting) if rights.may("plan", meeting.circle_id) else [],
        "receives": meeting.pk in rights.hosting,
        "speaks_freely": speaks_freely,
        "was_there": meeting.attendances.by_organisation() if meeting.is_over and speaks_freely else [],
    }


def _own_answer(meeting: Meeting, reader: Member, shown: Shown, form: AnswerForm | None) -> dict[str, Any]:
    """What the reader said, or is proposed to say, and can do now."""
    mine = _registration(meeting, reader) if shown.is_answered else None
    proposed = None if mine else proposed_to(meeting)
    form = form or AnswerForm(meeting=meeting, answered=mine or proposed, asks_needs=True)
    return {
        "mine": mine,
        "proposed": proposed,
        "place_in_line": place_in_line(mine) if mine and mine.waiting and meeting.is_open else None,
        "form": form if meeting.is_open else None,
    }


def _registration(meeting: Meeting, reader: Member) -> Registration | None:
    own = Registration.objects.filter(meeting=meeting, member=reader)
    return own.select_related("need", "excuse__substitute").first()


def _check_in(meeting: Meeting, reader: Member) -> dict[str, Any]:
    """While one can say to be there: whether the reader did."""
    return {"is_check_in_open": True, "is_here": Attendance.objects.filter(meeting=meeting, member=reader).exists()}


def _what_hangs_on(meeting: Meeting, shown: Shown, *, speaks_freely: bool) -> dict[str, Any]:
    """When and where, programme, topics, files and report; for colleagues with what they tell each other.

    What was agreed before may be done this minute: the pieces of such a page are kept for no time.
    """
    looks_back = speaks_freely and any(point.looks_back for point in shown.programme)
    return {
        "when": words.when(meeting),
        "where": words.where(meeting),
        "topics": shown.topics,
        "programme": shown.programme,
        "materials": shown.materials,
        "report": shown.report,
        "awaits_evaluation": shown.awaits_evaluation,
        "looked_back_at": looked_back_at(meeting) if looks_back else None,
        "keeps": 0 if looks_back else 600,
    }


def _tasks(meeting: Meeting) -> list[tuple[str, str]]:
    """Where a trekker goes on from here, by what can still be done."""
    cancelled = meeting.state == Meeting.State.CANCELLED
    takes_place = meeting.state in (Meeting.State.PUBLISHED, Meeting.State.HELD)
    has_begun = takes_place and opens_at(meeting) <= timezone.now()
    tasks = [
        (_("Answers"), "answers", meeting.state != Meeting.State.DRAFT),
        (_("Invite the circle"), "invite", meeting.is_open),
        (_("Edit"), "edit_meeting", meeting.state != Meeting.State.CANCELLED),
        (_("Ask a host"), "ask_host", meeting.is_in_person and not meeting.is_over),
        (_("Put the programme together"), "agenda", meeting.state != Meeting.State.CANCELLED),
        (_("Add material"), "add_material", meeting.state != Meeting.State.CANCELLED),
        (_("What people thought"), "evaluations", meeting.is_over and not cancelled),
        (_("Write the report"), "write_report", meeting.starts_at < timezone.now() and not cancelled),
        (_("Move"), "move_meeting", meeting.is_open),
        (_("Cancel this meeting"), "cancel_meeting", meeting.is_open),
        (_("Page for the screen"), "beamer", meeting.is_open or is_open(meeting)),
        (_("List to sign"), "paper", meeting.is_in_person and (meeting.is_open or is_open(meeting))),
        (_("Who was there"), "presence", has_begun),
        (_("E-mails that were sent"), "meeting_post", meeting.state != Meeting.State.DRAFT),
    ]
    return [(label, reverse(name, args=[meeting.pk])) for label, name, can in tasks if can]


def _who_comes(meeting: Any, coming: list[Coming]) -> dict[str, Any]:
    """Names per organisation for members of the circle; ``others`` come from elsewhere and are only counted.

    Elsewhere the wall shows no row but the reader's own, which would read as "nobody else comes".
    """
    total = meeting.taken_in_person + meeting.taken_online
    return {"coming": by_organisation(coming), "total": total, "others": total - len(coming)}
