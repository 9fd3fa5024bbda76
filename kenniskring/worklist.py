"""The start page of the admin: what asks for a community manager, and where it is solved.

Asked through the wall, as that manager.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailroom.models import Delivery
from meetings import rhythm
from meetings.models import Meeting, Registration
from members.models import JoinRequest, Membership
from regions.models import Circle

SHOWN = 5
QUARTER = dt.timedelta(weeks=13)
SOON = dt.timedelta(days=14)


@dataclass(frozen=True)
class Task:
    """One thing to do: what, why, and where."""

    name: str
    why: str
    address: str


@dataclass(frozen=True)
class Heap:
    """Things to do of one kind, the most pressing first; ``count`` is of all, ``tasks`` are the first few."""

    title: str
    nothing: str
    count: int
    tasks: list[Task]
    everything: str = ""  # the address of the whole list


def _heap(title: str, nothing: str, rows: QuerySet, task, everything: str = "", shown: int | None = SHOWN) -> Heap:
    """``shown`` is None for circles: there are some twenty, and no list beside this one says the same of them."""
    tasks = [task(row) for row in rows[:shown]]
    count = len(tasks) if shown is None or len(tasks) < shown else rows.count()
    return Heap(title, nothing, count, tasks, everything)


def _day(moment: dt.datetime | None) -> str:
    return date_format(timezone.localtime(moment), "j F Y") if moment else ""


def quiet_circles() -> Heap:
    """No meeting for longer than the rhythm of the circle allows, and none announced."""
    lags = rhythm.lagging()
    return Heap(
        _("Behind on their rhythm"),
        _("Every circle has met or has a date."),
        len(lags),
        [Task(lag.circle.name, _why(lag), reverse("desk", args=[lag.circle.slug])) for lag in lags],
    )


def _why(lag: rhythm.Lag) -> str:
    promised = lag.circle.get_rhythm_display()
    if lag.preparing:
        day = date_format(lag.preparing, "j F Y")
        return _("%(other)s meets on %(day)s, and nothing prepares it") % {
            "other": lag.circle.meets_before,
            "day": day,
        }
    if lag.last is None:
        return _("%(rhythm)s; no meeting yet") % {"rhythm": promised}
    return _("%(rhythm)s; last meeting on %(day)s") % {"rhythm": promised, "day": _day(lag.last)}


def circles_without_trekker() -> Heap:
    leads = Membership.objects.trekkers().filter(circle=OuterRef("pk"), member__is_active=True)
    drafts = Meeting.objects.filter(circle=OuterRef("pk"), state=Meeting.State.DRAFT).upcoming()
    rows = Circle.objects.active().exclude(kind=Circle.Kind.UMBRELLA).filter(~Exists(leads)).order_by("name")
    rows = rows.annotate(draft=Subquery(drafts.values("starts_at")[:1]))

    def task(circle: Circle) -> Task:
        day = circle.draft and date_format(timezone.localtime(circle.draft), "j F")  # type: ignore[attr-defined]
        why = _("a draft is ready for %(day)s; choose one of its members") % {"day": day}
        return Task(
            circle.name,
            why if day else _("choose one of its members"),
            reverse("circle_members", args=[circle.slug]),
        )

    return _heap(_("Without a trekker"), _("Every circle has a trekker."), rows, task, shown=None)


def open_requests() -> Heap:
    """Those that a trekker or a manager decides; whom a trekker asked decides alone."""
    rows = JoinRequest.objects.open().filter(asked_by=None).select_related("member", "circle").order_by("asked_at")

    def task(wish: JoinRequest) -> Task:
        why = _("%(circle)s, since %(day)s") % {"circle": wish.circle, "day": _day(wish.asked_at)}
        return Task(wish.member.name, why, reverse("decide_request", args=[wish.pk]))

    everything = reverse("admin:members_joinrequest_changelist") + "?decided_at__isempty=1"
    return _heap(_("Requests to join"), _("No request is waiting for an answer."), rows, task, everything)


def failed_letters() -> Heap:
    rows = Delivery.objects.failed().order_by("-posted_at", "-pk")

    def task(delivery: Delivery) -> Task:
        why = _("to %(address)s: %(error)s") % {"address": delivery.to, "error": delivery.error[:120]}
        return Task(delivery.subject, why, reverse("admin:mailroom_delivery_change", args=[delivery.pk]))

    everything = reverse("admin:mailroom_delivery_changelist") + "?state__exact=failed"
    return _heap(_("Failed e-mails"), _("No e-mail failed."), rows, task, everything)


def meetings_without_invitations() -> Heap:
    now = timezone.now()
    rows = Meeting.objects.published().filter(starts_at__gt=now, starts_at__lte=now + SOON, invited_at=None)

    def task(meeting: Meeting) -> Task:
        why = _("%(circle)s, on %(day)s") % {"circle": meeting.circle, "day": _day(meeting.starts_at)}
        return Task(meeting.title, why, reverse("invite", args=[meeting.pk]))

    rows = rows.select_related("circle").order_by("starts_at", "pk")
    return _heap(
        _("Soon, but nobody invited yet"),
        _("For every meeting within two weeks the members have been invited."),
        rows,
        task,
    )


def circles_with_overdue_actions() -> Heap:
    """Circles that agreed on something that was not done by its day; most of it first."""
    late = Q(meetings__action_points__done_at=None, meetings__action_points__due_on__lt=timezone.localdate())
    count = Count("meetings__action_points", filter=late)
    rows = Circle.objects.annotate(overdue=count).filter(overdue__gt=0).order_by("-overdue", "name")

    def task(circle: Circle) -> Task:
        overdue = circle.overdue  # type: ignore[attr-defined]
        why = ngettext("%(n)s action is overdue", "%(n)s actions are overdue", overdue) % {"n": overdue}
        return Task(circle.name, why, reverse("circle_actions", args=[circle.slug]))

    return _heap(_("Overdue actions"), _("No action is overdue."), rows, task, shown=None)


def figures() -> list[tuple[str, int]]:
    """Active people, not registered ones."""
    now = timezone.now()
    answers = Registration.objects.filter(answered_at__gte=now - QUARTER)
    return [
        (_("people who answered in the past quarter"), answers.values("member").distinct().count()),
        (
            _("local governments that said yes in the past quarter"),
            answers.filter(answer="yes")
            .exclude(member__government=None)
            .values("member__government")
            .distinct()
            .count(),
        ),
        (_("upcoming meetings"), Meeting.objects.published().filter(starts_at__gt=now).count()),
        (_("e-mails waiting to be sent"), Delivery.objects.unsent().count()),
    ]


def dashboard(request, context):
    """Unfold's callback for the start page."""
    heaps = [
        open_requests(),
        failed_letters(),
        meetings_without_invitations(),
        circles_without_trekker(),
        quiet_circles(),
        circles_with_overdue_actions(),
    ]
    heaps.sort(key=lambda heap: not heap.tasks)  # what is done stands last
    return {**context, "title": _("What needs your attention"), "heaps": heaps, "figures": figures()}
