"""During the meeting: the page for the beamer, saying that one is there, the paper list and typing it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from meetings import check_in as codes
from meetings import hosts, words
from meetings.actions import attendance as actions
from meetings.actions.answers import WrongWayToAttend
from meetings.forms.attendance import CheckInForm, Lines, taken_away, ticked
from meetings.models import Attendance, Attending, Hosting, Invitation, Meeting, Registration
from meetings.tally import by_organisation
from members.models import Member
from regions.access import members_only, refusal, who_may
from regions.fragments import render_part
from regions.limits import limited
from regions.models import LocalGovernment

EMPTY_LINES = range(10)
"""On paper, for who was not expected."""


@who_may("plan", Meeting, or_host=True)
@never_cache
@require_GET
def beamer(request, meeting: Meeting) -> HttpResponse:
    """Programme, clock and code on the wall of the room."""
    _refuse_who_has_not_agreed(request, meeting)
    meeting = Meeting.objects.select_related("circle", "host").get(pk=meeting.pk)
    now, address, code = timezone.localtime(), codes.address_of(meeting), codes.code_of(meeting)
    drawing = codes.drawing_of(f"{address}?code={code}")
    context = {
        "meeting": meeting,
        "now": now,
        "milliseconds": str(int(now.timestamp() * 1000)),
        "hours": words.hours(meeting),
        "points": list(_points(meeting, now)),
        "code": code,
        "address": address.partition("://")[2],
        "drawing": drawing,
        "edge": drawing.size + 8,  # four modules of white on each side, ISO 18004
        "present": Attendance.objects.filter(meeting=meeting).count(),
        "is_open": codes.is_open(meeting),
    }
    return render_part(request, "meetings/beamer.html", "meetings/beamer.html#now", context)


def _refuse_who_has_not_agreed(request: Any, meeting: Meeting) -> None:
    """Whoever was asked to receive a meeting sees what is asked; code and names are for who does receive it."""
    if request.rights.may("plan", meeting.circle_id):
        return
    hosting = hosts.standing(meeting)
    if hosting is None or hosting.state != Hosting.State.ACCEPTED:
        raise refusal(request, "plan")


def _points(meeting: Meeting, now: dt.datetime) -> Iterator[tuple[str, str, str]]:
    """When each point begins, what it is, and whether that is "now", "over" or still to come."""
    starts = timezone.localtime(meeting.starts_at)
    for item in meeting.agenda.all():
        ends = starts + dt.timedelta(minutes=item.minutes)
        yield words.clock(starts), item.title, "over" if ends <= now else "now" if starts <= now else ""
        starts = ends


@members_only
@limited("check-in")
@never_cache
@require_http_methods(["GET", "POST"])
def check_in(request, pk):
    """One button for who scanned the code; a field for who types it."""
    meeting = get_object_or_404(Meeting.objects.select_related("circle", "host"), pk=pk)
    answered = Registration.objects.filter(meeting=meeting, member=request.user).first()
    code, status = request.GET.get("code", "")[:20], 200
    form = CheckInForm(request.POST or None, meeting=meeting, answered=answered, code=code)
    if form.is_valid():
        try:
            actions.check_in(meeting, by=request.user, **form.cleaned_data)
            return redirect("check_in", pk)
        except actions.CheckInClosed:
            status = 409
        except actions.WrongCode:
            form.add_error("code", _("That is not the code on the screen of this meeting. Look again and type it."))
        except WrongWayToAttend:
            form.add_error("attending", _("You cannot take part in this meeting that way."))
    status = 422 if form.errors else status
    return render(request, "meetings/check_in.html", _check_in(request, meeting, form), status=status)


def _check_in(request: Any, meeting: Meeting, form: CheckInForm) -> dict[str, Any]:
    return {
        "meeting": meeting,
        "form": form,
        "there": Attendance.objects.filter(meeting=meeting, member=request.user).first(),
        "is_open": codes.is_open(meeting),
        "is_early": timezone.now() < codes.opens_at(meeting),
        "opens": words.clock(codes.opens_at(meeting)),
        "closes": words.clock(meeting.ends_at + codes.MARGIN),
        "when": words.when(meeting),
    }


@who_may("plan", Meeting, or_host=True)
@never_cache
@require_GET
def paper(request, meeting: Meeting) -> HttpResponse:
    """Who said yes, per government, to print and sign."""
    _refuse_who_has_not_agreed(request, meeting)
    meeting = Meeting.objects.select_related("circle", "host").get(pk=meeting.pk)
    coming = Registration.objects.coming().filter(meeting=meeting, attending=Attending.IN_PERSON)
    members = [each.member for each in coming.select_related("member__government", "member__partner")]
    context = {
        "meeting": meeting,
        "when": words.when(meeting),
        "where": words.where(meeting),
        "groups": by_organisation(members),
        "empty_lines": EMPTY_LINES,
    }
    return render(request, "meetings/paper.html", context)


@who_may("plan", Meeting)
@never_cache
@require_http_methods(["GET", "POST"])
def presence(request, meeting: Meeting) -> HttpResponse:
    """Type in the paper list. What another trekker noted meanwhile stays: only what was changed here is written."""
    members, guests = _listed(meeting)
    can_note = meeting.state != Meeting.State.CANCELLED and codes.opens_at(meeting) <= timezone.now()
    governments = {each.name.casefold(): each for each in LocalGovernment.objects.order_by("name")}
    known = {"meeting": meeting, "governments": governments}
    lines = Lines(request.POST if "form-TOTAL_FORMS" in request.POST else None, form_kwargs=known)
    changed = ticked(request.POST, members, meeting.ways_to_attend)
    if request.method == "POST" and can_note and (not lines.is_bound or lines.is_valid()):
        new = lines.guests if lines.is_bound else []
        gone = taken_away(request.POST, guests)
        actions.note_presence(meeting, by=request.user, members=changed, guests=new, gone=gone)
        messages.success(request, _("Noted who was there."))
        return redirect("presence", meeting.pk)
    status = 200 if request.method == "GET" else 422 if can_note else 409
    context = _presence(meeting, members, guests, changed) | {"lines": lines, "can_note": can_note, **known}
    return render(request, "meetings/presence.html", context, status=status)


def _listed(meeting: Meeting) -> tuple[list[Member], list[Attendance]]:
    """Who was invited, answered or was noted before, and guests that were typed in."""
    lists = (Invitation, Registration, Attendance)  # one after the other: joined, they multiply
    invited, answered, noted = (each.objects.filter(meeting=meeting).values("member") for each in lists)
    members = Member.objects.filter(pk__in=invited.union(answered, noted))
    guests = Attendance.objects.filter(meeting=meeting, member=None).select_related("government")
    return list(members.select_related("government", "partner")), list(guests)


def _presence(
    meeting: Meeting, members: list[Member], guests: list[Attendance], changed: dict[Member, str]
) -> dict[str, Any]:
    """Per organisation: member, what they said, how they were there as known, and as ticked on this page."""
    noted = dict(Attendance.objects.filter(meeting=meeting, member__isnull=False).values_list("member", "how"))
    said = {each.member_id: each for each in Registration.objects.filter(meeting=meeting)}

    def line(member: Member) -> tuple[Member, Registration | None, str, str]:
        was = noted.get(member.pk, "")
        return member, said.get(member.pk), was, changed.get(member, was)

    groups = [(organisation, [*map(line, some)]) for organisation, some in by_organisation(members)]
    return {"groups": groups, "guests": guests, "ways": meeting.ways_to_attend, "there": len(noted) + len(guests)}
