"""What becomes of decisions and actions: done or not, on the next programme, and a word to who should do it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from mailroom.actions import post_all
from mailroom.languages import to_anyone
from meetings.letters import followup as letters
from meetings.models import ActionPoint, AgendaItem, Decision, Meeting, Report
from members.models import Member
from regions.journal import action
from regions.wall import as_system

MINUTES = 10
WEEK = dt.timedelta(days=7)
LATE = dt.timedelta(days=60)
"""Who was told nothing for so long is not told any more: the next meeting will ask."""


class NotTheirs(Exception):
    """Only the owner and the trekkers of the circle say that an action is done."""


@action
def tick(action_point: ActionPoint, *, by: Member, done: bool, note: str = "") -> ActionPoint:
    """It is done, with what came of it; or after all it is not. Twice is harmless. Refuses with NotTheirs."""
    theirs_to_change = ActionPoint.objects.select_for_update(of=("self",)).filter(pk=action_point.pk)
    if not action_point.is_of(by) and not theirs_to_change.exists():
        raise NotTheirs
    with as_system("the owner says that it is done"):
        action_point = ActionPoint.objects.select_for_update(of=("self",)).get(pk=action_point.pk)
        if action_point.is_open == done or action_point.note != note:
            action_point.done_at = (action_point.done_at or timezone.now()) if done else None
            action_point.note = note
            action_point.save(update_fields=["done_at", "note"])
    return action_point


@action
def change_action(action_point: ActionPoint, *, by: Member, **fields) -> ActionPoint:
    for name, value in fields.items():
        setattr(action_point, name, value)
    if action_point.owner and not action_point.government:
        action_point.government = action_point.owner.government
    action_point.save()
    return action_point


@action
def remove_action(action_point: ActionPoint, *, by: Member) -> None:
    """What was written down by mistake."""
    action_point.delete()


@action
def change_decision(decision: Decision, *, by: Member, text: str) -> Decision:
    decision.text = text
    decision.save(update_fields=["text"])
    return decision


@action
def remove_decision(decision: Decision, *, by: Member) -> None:
    """What was written down by mistake."""
    decision.delete()


# --- The next programme ---------------------------------------------------------------------------------------------


def begin_with_open_actions(meeting: Meeting) -> None:
    """Give a programme its point on what is still to be done, after the welcome; once, and only when there is any.

    What it takes of the time comes off the longest point when the meeting would last too long. It is not taken out
    when all is done meanwhile: the page then says so, and a programme that people know does not change by itself.
    """
    if meeting.agenda.filter(kind=AgendaItem.Kind.FOLLOW_UP).exists():
        return
    if not ActionPoint.objects.open_in(meeting.circle).filter(meeting__starts_at__lt=meeting.starts_at).exists():
        return
    items = list(meeting.agenda.order_by("position"))
    welcomed = bool(items) and items[0].kind == AgendaItem.Kind.WELCOME
    position = items[0].position + welcomed if items else 1
    meeting.agenda.filter(position__gte=position).update(position=F("position") + 1)
    _make_room(meeting, items)
    meeting.agenda.create(position=position, kind=AgendaItem.Kind.FOLLOW_UP, title=_title(), minutes=MINUTES)


@to_anyone
def _title() -> str:
    return _("Open actions")


def _make_room(meeting: Meeting, items: list[AgendaItem]) -> None:
    length = (meeting.ends_at - meeting.starts_at).total_seconds() // 60
    longest = max(items, key=lambda item: item.minutes, default=None)
    if longest and sum(item.minutes for item in items) + MINUTES > length and longest.minutes > 2 * MINUTES:
        meeting.agenda.filter(pk=longest.pk).update(minutes=F("minutes") - MINUTES)


def begin_next_programme(meeting: Meeting) -> None:
    """The same for the meeting after this one, when it is planned already."""
    to_come = Meeting.objects.filter(circle=meeting.circle_id, starts_at__gt=meeting.starts_at).upcoming()
    planned = to_come.filter(state__in=[Meeting.State.DRAFT, Meeting.State.PUBLISHED]).select_related("circle")
    if following := planned.first():
        begin_with_open_actions(Meeting.objects.select_related("circle").lock(following))


# --- By the clock ---------------------------------------------------------------------------------------------------


@transaction.atomic
def remind_owners() -> int:
    """Once a week before the day, and once when that has passed. Returns how many letters. A second run adds none.

    Never for what is done, nor to who left the circle, nor before the circle could read what was agreed.
    """
    today = timezone.localdate()
    with as_system("reminders are the portal's own work"):
        to_do = ActionPoint.objects.open().filter(
            meeting__report__state=Report.State.PUBLISHED, due_on__range=(today - LATE, today + WEEK)
        )
        rows = list(to_do.exclude(owner=None).select_related("owner", "meeting__circle", "meeting__host", "item"))
        return post_all(letters.action_reminded(each) for each in rows if _still_there(each))


def _still_there(action_point: ActionPoint) -> bool:
    owner = action_point.owner
    return owner is not None and Member.objects.in_circle(action_point.meeting.circle).filter(pk=owner.pk).exists()
