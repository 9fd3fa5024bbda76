"""The points of a programme: added, changed, put in another order, taken out. Times follow from the order."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from mailroom.actions import post
from meetings import programmes
from meetings.letters.questions import case_on_programme
from meetings.models import AgendaItem, Case, Material, Meeting, ReportPart, Talk
from members.models import Member
from regions.journal import action

from .followup import begin_with_open_actions
from .material import throw_away


class ItemHasSpeaker(Exception):
    """Someone was asked to speak here, or said yes: tell them first."""


class ItemHasReport(Exception):
    """Something was written down about this point: empty that in the report first."""


class ProgrammeNotEmpty(Exception):
    """A template is something to begin with; what is there already is not thrown away."""


@action
def apply_template(meeting: Meeting, *, by: Member, template: str) -> Meeting:
    """The points of a template, as long as the meeting together, and what is still to be done.

    Refuses with ProgrammeNotEmpty.
    """
    meeting = Meeting.objects.lock(meeting)
    if meeting.agenda.exists():
        raise ProgrammeNotEmpty
    items = programmes.write(template, int((meeting.ends_at - meeting.starts_at).total_seconds() // 60))
    for item in items:
        item.meeting = meeting
    meeting.agenda.bulk_create(items)
    begin_with_open_actions(meeting)
    return meeting


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
def set_case(item: AgendaItem, *, by: Member, text: str, owner: Member | None) -> AgendaItem:
    """What an *intervisie* is about, and whose case it is: somebody who did not put it there is told, once.

    Without a text and an owner there is no case.
    """
    meeting = Meeting.objects.select_related("circle", "host").lock(item.meeting)
    if not text and owner is None:
        Case.objects.filter(item=item).delete()
        return item
    government = owner.government if owner else None
    fields = {"text": text, "owner": owner, "government": government}
    case, _new = Case.objects.update_or_create(item=item, defaults=fields)
    if owner and owner != by and meeting.state != Meeting.State.CANCELLED and not meeting.is_over:
        post(case_on_programme(case, meeting, owner))
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
    """Refuses with ItemHasSpeaker while a speaker counts on it, and with ItemHasReport."""
    Meeting.objects.lock(item.meeting)
    if item.talks.filter(state__in=[Talk.State.ASKED, Talk.State.ACCEPTED]).exists():
        raise ItemHasSpeaker
    if ReportPart.objects.filter(item=item).exists():
        raise ItemHasReport
    throw_away(Material.objects.filter(Q(item=item) | Q(talk__item=item)))
    item.delete()
