"""A host of whom nothing is asked any more: the meeting went elsewhere, online, or will not take place."""

from __future__ import annotations

from django.db.models import Q

from mailroom.actions import post
from meetings.letters.hosting import host_released, host_told_of_change
from meetings.models import Hosting, HostTask, Meeting


def _is_needed(hosting: Hosting, before: Meeting, after: Meeting) -> bool:
    if not after.is_in_person or after.state == Meeting.State.CANCELLED:
        return False
    if after.host_id in (before.host_id, hosting.government_id):
        return True
    return after.host_id is None and hosting.state == Hosting.State.ASKED


def let_go_of_host(before: Meeting, after: Meeting) -> None:
    """Take the asking back, and say so, when the meeting as it is now has no use for that host.

    Who stays the host of a draft hears of another day or hour; of a published meeting the whole circle does.
    """
    asked = Hosting.objects.standing().filter(meeting=after).first()
    if asked is None:
        return
    hosting = Hosting.objects.lock(asked)
    moved = (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at)
    if not _is_needed(hosting, before, after):
        take_back(hosting)
    elif moved and hosting.contact and after.state == Meeting.State.DRAFT:
        post(host_told_of_change(hosting))


def take_back(hosting: Hosting) -> None:
    """The asking, the checklist and what hung on it; the contact is told, unless the meeting is over."""
    hosting.state = Hosting.State.WITHDRAWN
    hosting.save(update_fields=["state"])
    forget(hosting)
    if hosting.contact and not hosting.meeting.is_over:
        post(host_released(hosting))


def forget(hosting: Hosting) -> None:
    """What hangs on a host who is none any more: the checklist, and proposals to exchange."""
    HostTask.objects.filter(meeting=hosting.meeting).delete()
    Hosting.objects.filter(Q(pk=hosting.pk) | Q(swap_with=hosting)).update(swap_with=None)
