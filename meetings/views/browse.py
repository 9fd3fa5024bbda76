"""Meetings to look at: the list across circles, the list of one circle, and one meeting."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from meetings import words
from meetings.actions.answers import place_in_line
from meetings.filters import MeetingFilter, choices_in, choices_of_all
from meetings.forms.answers import AnswerForm
from meetings.models import Form, Meeting, Registration
from meetings.pages import FirstThousand
from meetings.shown import hanging_on
from meetings.tally import by_organisation, seats_of
from regions.access import open_to_all
from regions.fragments import render_part
from regions.limits import search_is_limited
from regions.models import Circle
from regions.visitors import same_for_visitors

PER_PAGE = 25
MEETINGS = Meeting.objects.with_seats_taken().select_related("circle", "host", "join_link")
Answer = Registration.Answer


# --- Lists ----------------------------------------------------------------------------------------------------------


SHOWN = [
    *("title", "starts_at", "ends_at", "form", "state", "venue"),
    *("circle__name", "circle__region", "host__name"),
]
"""Columns of a row in a list; the description of a meeting alone is longer than all of them."""


class Row(NamedTuple):
    """A meeting in a list. ``tone`` is how the tag looks: "act" asks something of the reader."""

    meeting: Meeting
    tag: str
    tone: str

    def line(self, *, in_circle: bool, is_past: bool) -> dict[str, str]:
        """What stands in the row, ready to be shown."""
        meeting, circle, starts = self.meeting, self.meeting.circle, timezone.localtime(self.meeting.starts_at)
        date, place = words.date(starts.date()), words.place(meeting)
        if meeting.form == Form.HYBRID:
            place = _("%(place)s and online") % {"place": place}
        return {
            "kind": {"act": " act", "danger": " cancelled"}.get(self.tone, ""),
            "region": circle.region,
            "circle": "" if in_circle else _circle(circle.region, circle.name),
            "address": _address().format(meeting.pk),
            "title": meeting.title,
            "starts": starts.isoformat(),
            "weekday": date.weekday,
            "day": date.day,
            "month": date.month,
            "place": place,
            "hours": words.hours(meeting),
            "year": f" · {date.year}" if is_past else "",
            "tag": _badge(self.tag, self.tone) if self.tag else "",
        }


@cache
def _address() -> str:
    """Where a meeting is; working it out 25 times costs as much as asking for the rows."""
    return reverse("meeting", args=[0]).replace("0", "{}")


@lru_cache(maxsize=1024)
def _circle(region: str, name: str) -> str:
    return format_html('<span class="region" data-region="{}">{}</span> · ', region, name)


@lru_cache(maxsize=64)
def _badge(tag: str, tone: str) -> str:
    return format_html('<span class="tag {}">{}</span>', tone, tag)


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
    everything = Meeting.objects.filter(circle=circle) if circle else Meeting.objects.all()
    choices = choices_in(circle) if circle else choices_of_all()
    filters = MeetingFilter(request, everything, choices, mine, of_one_circle=circle is not None)
    found = filters.qs.past() if filters.is_past else filters.qs.upcoming()
    rows = found.select_related("circle", "host").only(*SHOWN)
    if request.user.is_authenticated:
        rows = rows.with_answer_of(request.user)
    page = FirstThousand(rows, PER_PAGE, counted=found).get_page(request.GET.get("page"))
    shown = [Row(meeting, *_tag(meeting, mine)) for meeting in page]
    context = {
        "filters": filters,
        "page_obj": page,
        "rows": shown,
        "lines": [row.line(in_circle=circle is not None, is_past=filters.is_past) for row in shown],
        "circle": circle,
        "mine": mine,
        "may_plan": circle is not None and request.rights.may("plan", circle.pk),
    }
    status = 200 if filters.is_valid() else 422
    return render_part(request, template, "meetings/meetings.html#found", context, status=status)


def _tag(meeting: Any, mine: frozenset[int]) -> tuple[str, str]:
    """What to know of a meeting at a glance: its state when that is unusual, else the reader's answer."""
    if meeting.state in (Meeting.State.CANCELLED, Meeting.State.DRAFT):
        return meeting.get_state_display(), "danger" if meeting.state == Meeting.State.CANCELLED else ""
    answer = getattr(meeting, "my_answer", None)
    if answer == Answer.YES:
        return (_("on the waiting list"), "") if meeting.my_waiting else (_("you are coming"), "success")
    if answer:
        return (_("maybe"), "") if answer == Answer.MAYBE else (_("you are not coming"), "")
    if meeting.is_open and meeting.circle_id in mine:
        return _("waiting for your answer"), "act"
    return "", ""


# --- One meeting ----------------------------------------------------------------------------------------------------


@open_to_all
@same_for_visitors
@require_GET
def meeting(request, pk):
    return meeting_page(request, pk)


def meeting_page(request: Any, pk: int, *, form: AnswerForm | None = None, status: int = 200) -> HttpResponse:
    """The page of one meeting; ``form`` is an answer that was refused, to be given again."""
    meeting = get_object_or_404(MEETINGS, pk=pk)
    answers = _answers(request, meeting)
    mine = next((each for each in answers if each.member_id == request.user.pk), None)
    shown = hanging_on(meeting)
    may_answer = request.user.is_authenticated and meeting.is_open
    context = {
        "meeting": meeting,
        "when": words.when(meeting),
        "where": words.where(meeting),
        "topics": shown.topics,
        "join_link": getattr(meeting, "join_link", None),  # the wall hides the row from who may not come
        "programme": shown.programme,
        "materials": shown.materials,
        "seats": seats_of(meeting),
        "mine": mine,
        "place_in_line": place_in_line(mine) if mine and mine.waiting and meeting.is_open else None,
        "form": (form or AnswerForm(meeting=meeting, answered=mine)) if may_answer else None,
        "tasks": _tasks(meeting) if request.rights.may("plan", meeting.circle_id) else [],
        **(_who_comes(meeting, answers) if meeting.circle_id in request.rights.peers else {}),
    }
    in_a_list = request.htmx.target == f"answer-{pk}"
    part = "meetings/_answer_in_row.html" if in_a_list else "meetings/meeting.html"
    return render_part(request, "meetings/meeting.html", f"{part}#answered", context, status=status)


def _answers(request: Any, meeting: Meeting) -> list[Registration]:
    """The reader's own and, for members of the circle, of who comes; in one query."""
    if not request.user.is_authenticated:
        return []
    answers = Registration.objects.filter(meeting=meeting)
    if meeting.circle_id not in request.rights.peers:
        return list(answers.filter(member=request.user))
    shown = answers.filter(Q(answer=Answer.YES, waiting=False) | Q(member=request.user))
    return list(shown.select_related("member__government", "member__partner"))


def _tasks(meeting: Meeting) -> list[tuple[str, str]]:
    """Where a trekker goes on from here, by what can still be done."""
    tasks = [
        (_("Answers"), "answers", meeting.state != Meeting.State.DRAFT),
        (_("Invite the circle"), "invite", meeting.is_open),
        (_("Edit"), "edit_meeting", meeting.state != Meeting.State.CANCELLED),
        (_("Put the programme together"), "agenda", meeting.state != Meeting.State.CANCELLED),
        (_("Add material"), "add_material", meeting.state != Meeting.State.CANCELLED),
        (_("Move"), "move_meeting", meeting.is_open),
        (_("Cancel this meeting"), "cancel_meeting", meeting.is_open),
        (_("E-mails that were sent"), "meeting_post", meeting.state != Meeting.State.DRAFT),
    ]
    return [(label, reverse(name, args=[meeting.pk])) for label, name, can in tasks if can]


def _who_comes(meeting: Any, answers: list[Registration]) -> dict[str, Any]:
    """Names per organisation for members of the circle; ``others`` come from elsewhere and are only counted.

    Elsewhere the wall shows no row but the reader's own, which would read as "nobody else comes".
    """
    members = [each.member for each in answers if each.answer == Answer.YES and not each.waiting]
    total = meeting.taken_in_person + meeting.taken_online
    return {"coming": by_organisation(members), "total": total, "others": total - len(members)}
