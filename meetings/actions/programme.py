"""The points of a programme: added, changed, put in another order, taken out. Times follow from the order."""

from __future__ import annotations

from typing import Any

from meetings.models import AgendaItem, Meeting, Talk
from members.models import Member
from regions.journal import action


class ItemHasSpeaker(Exception):
    """Someone was asked to speak here, or said yes: tell them first."""


@action
def add_item(meeting: Meeting, *, by: Member, **fields: Any) -> AgendaItem:
    """A point at the end."""
    meeting = Meeting.objects.lock(meeting)  # two who add at once get two places
    last = meeting.agenda.order_by("position").last()
    return meeting.agenda.create(position=last.position + 1 if last else 1, **fields)


@action
def change_item(item: AgendaItem, *, by: Member, **fields: Any) -> AgendaItem:
    for name, value in fields.items():
        setattr(item, name, value)
    item.save(update_fields=list(fields))
    return item


@action
def shift_item(item: AgendaItem, *, by: Member, up: bool) -> None:
    """Change places with the point before, or after when not ``up``; the first and the last stay where they are."""
    Meeting.objects.lock(item.meeting)
    item.refresh_from_db()
    others = item.meeting.agenda
    neighbour = (
        others.filter(position__lt=item.position).last() if up else others.filter(position__gt=item.position).first()
    )
    if neighbour is None:
        return
    item.position, neighbour.position = neighbour.position, item.position
    AgendaItem.objects.bulk_update([item, neighbour], ["position"])


@action
def remove_item(item: AgendaItem, *, by: Member) -> None:
    """Refuses with ItemHasSpeaker while a speaker counts on it."""
    Meeting.objects.lock(item.meeting)
    if item.talks.filter(state__in=[Talk.State.ASKED, Talk.State.ACCEPTED]).exists():
        raise ItemHasSpeaker
    item.delete()
