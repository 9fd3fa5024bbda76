"""Hosts: asked by a trekker, answering, exchanging their turns, and arranging what a meeting needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from mailroom.actions import post, post_all
from mailroom.outgoing import Outgoing
from meetings import hosts
from meetings.letters import hosting as letters
from meetings.models import Hosting, HostTask, Meeting
from members.models import Member
from regions.journal import action
from regions.models import LocalGovernment, Participation
from regions.wall import as_system

from .planning import edit
from .release import forget, take_back

State = Hosting.State
PLACE = ("venue", "address", "route", "seats_in_person")
"""What belongs to the house of a host, and goes where the host goes."""


class HostAsked(Exception):
    """Another one was asked for this meeting, or agreed: first take that back."""


class NoHostNeeded(Exception):
    """An online meeting takes place nowhere."""


class MeetingNotOpen(Exception):
    """It is over, has begun or is cancelled: nobody receives it any more."""


class NotOfTheCircle(Exception):
    """Only someone of the circle who works for the government is asked to receive a meeting."""


class HostingClosed(Exception):
    """Taken back, or declined before: the circle has to ask again."""


class CannotExchange(Exception):
    """Not both of them have agreed to receive a draft of this circle that is to come."""


class PlaceIsKnown(Exception):
    """People were told where it is: only a trekker changes that, and tells them."""


def refuse_unless_hosted(meeting: Meeting) -> None:
    if meeting.state not in (Meeting.State.DRAFT, Meeting.State.PUBLISHED) or meeting.starts_at <= timezone.now():
        raise MeetingNotOpen
    if not meeting.is_in_person:
        raise NoHostNeeded


# --- The trekker ---------------------------------------------------------------------------------------------------


@action
def set_willing(participation: Participation, *, by: Member, willing: bool) -> None:
    """Whether a government is in the rota of a circle. It takes up its old place when it is again."""
    participation.willing = willing
    participation.save(update_fields=["willing"])


@action
def ask_host(
    meeting: Meeting, *, by: Member, government: LocalGovernment, contact: Member | None = None, message: str = ""
) -> Hosting:
    """Ask a government through someone of the circle; without ``contact`` it agreed by telephone already.

    The same question twice is the first one. Refuses with HostAsked, NotOfTheCircle, NoHostNeeded or MeetingNotOpen.
    """
    meeting = Meeting.objects.lock(meeting)
    refuse_unless_hosted(meeting)
    if asked := Hosting.objects.standing().filter(meeting=meeting).first():
        if (asked.government_id, asked.contact_id) == (government.pk, contact and contact.pk):
            return asked
        raise HostAsked
    if contact and not hosts.contacts(meeting.circle).filter(pk=contact.pk, government=government).exists():
        raise NotOfTheCircle
    hosting = Hosting.objects.create(meeting=meeting, government=government, contact=contact)
    if contact:
        post(letters.host_asked(hosting, by, message))
    else:
        _agree(hosting, by)
    return hosting


@action
def withdraw_hosting(hosting: Hosting, *, by: Member) -> None:
    """Take the question back, also after a yes; the contact is told. Twice is harmless."""
    meeting = Meeting.objects.lock(hosting.meeting)
    hosting = Hosting.objects.lock(hosting)
    if hosting.is_standing:
        take_back(hosting)
        _leave(hosting, meeting, by)


# --- The host: the view has seen that this is the contact, or a trekker --------------------------------------------


@action
def answer_hosting(hosting: Hosting, *, by: Member, accept: bool, reply: str = "") -> Hosting:
    """Yes or no. The same answer again changes nothing; a yes may become a no; after a no the circle asks again.

    Refuses with HostingClosed, NoHostNeeded or MeetingNotOpen.
    """
    wanted = State.ACCEPTED if accept else State.DECLINED
    with as_system("whoever was asked to receive a meeting answers"):
        meeting = Meeting.objects.lock(hosting.meeting)
        hosting = Hosting.objects.lock(hosting)
        if hosting.state == wanted:
            return hosting
        if not hosting.is_standing:
            raise HostingClosed
        refuse_unless_hosted(meeting)
        hosting.reply = reply
        if accept:
            _agree(hosting, by)
        else:
            hosting.state, hosting.answered_at = wanted, timezone.now()
            hosting.save(update_fields=["state", "answered_at", "reply"])
            forget(hosting)
            _leave(hosting, meeting, by)
        post_all(letters.host_answered(hosting, reader) for reader in hosts.told(meeting.circle, besides=by))
    return hosting


def _agree(hosting: Hosting, by: Member) -> None:
    """From now on it is their meeting to receive: the checklist is there, and a draft takes place with them."""
    hosting.state, hosting.answered_at = State.ACCEPTED, timezone.now()
    hosting.save(update_fields=["state", "answered_at", "reply"])
    _start_checklist(hosting.meeting)
    meeting = hosting.meeting
    if meeting.state == Meeting.State.DRAFT and meeting.host_id != hosting.government_id:
        # The building was that of another host; with no host before, it was written down for this one.
        elsewhere = dict.fromkeys(PLACE[:3], "") if meeting.host_id else {}
        hosting.meeting = edit(meeting, by=by, host=hosting.government, **elsewhere)


def _leave(hosting: Hosting, meeting: Meeting, by: Member) -> None:
    """A draft does not take place with them any more; a published meeting its trekker moves, and tells people."""
    if meeting.state == Meeting.State.DRAFT and meeting.host_id == hosting.government_id:
        hosting.meeting = edit(meeting, by=by, host=None, venue="", address="", route="")


def _start_checklist(meeting: Meeting) -> None:
    HostTask.objects.filter(meeting=meeting).delete()
    HostTask.objects.bulk_create(HostTask(meeting=meeting, what=what) for what in HostTask.What)


@action
def check_task(task: HostTask, *, by: Member, done: bool, note: str) -> None:
    """Arranged, or not after all; and what the circle should know of it."""
    task.done_at = (task.done_at or timezone.now()) if done else None
    task.note = note
    task.save(update_fields=["done_at", "note"])


@action
def tell_place(meeting: Meeting, *, by: Member, **fields: Any) -> None:
    """Building, address and route, for a draft; of a published meeting the route only (PlaceIsKnown)."""
    with as_system("whoever receives a meeting says where that is"):
        meeting = Meeting.objects.lock(meeting)
        refuse_unless_hosted(meeting)
        if meeting.state != Meeting.State.DRAFT and set(fields) != {"route"}:
            raise PlaceIsKnown
        edit(meeting, by=by, **fields)


# --- Exchanging turns ----------------------------------------------------------------------------------------------


@action
def propose_swap(hosting: Hosting, *, by: Member, other: int | None) -> None:
    """Propose to another host of this circle to exchange their turns, or take the proposal back (None).

    Refuses with CannotExchange.
    """
    with as_system("a host may ask another host of the same circle to exchange"):
        hosting = Hosting.objects.lock(hosting)
        found = None
        if other is not None:
            found = hosts.exchangeable(hosting).filter(pk=other).first()
            if found is None:
                raise CannotExchange
        if hosting.swap_with_id == (found and found.pk):
            return
        hosting.swap_with = found
        hosting.save(update_fields=["swap_with"])
        if found:
            post_all(letters.swap_asked(hosting, found, reader) for reader in hosts.readers_of(found))


@action
def answer_swap(offered: Hosting, *, by: Member, accept: bool) -> None:
    """What the other host says. Yes exchanges the hosts of the two drafts, and where they meet; trekkers are told.

    ``offered`` is the turn of who proposed. An answer to what is no longer proposed refuses with CannotExchange.
    """
    with as_system("a host who was asked to exchange answers"):
        first, second = _both(offered)
        first.swap_with = None
        first.save(update_fields=["swap_with"])
        told = {reader.pk: reader for each in (first, second) for reader in hosts.readers_of(each)}
        if accept:
            _exchange(first, second, by)
            told |= {reader.pk: reader for reader in hosts.told(first.meeting.circle)}
        told.pop(by.pk, None)
        post_all(letters.swap_answered(first, second, reader, accepted=accept) for reader in told.values())


def _both(offered: Hosting) -> tuple[Hosting, Hosting]:
    """The turn that is offered and the one that is wanted, with nobody else at either; in order of their numbers, so
    that two who exchange at once wait for each other and not in a circle."""
    known = Hosting.objects.filter(pk=offered.pk).values_list("meeting", "swap_with__meeting").first()
    if known is None or None in known:
        raise CannotExchange
    for meeting in Meeting.objects.select_for_update(of=("self",)).filter(pk__in=known).order_by("pk"):
        refuse_unless_hosted(meeting)
    first = Hosting.objects.lock(offered)
    second = next((each for each in hosts.exchangeable(first) if each.pk == first.swap_with_id), None)
    if second is None:
        raise CannotExchange
    return first, Hosting.objects.lock(second)


def _exchange(first: Hosting, second: Hosting, by: Member) -> None:
    """The government, its contact and its house change places; what was arranged was for another day."""
    places = [{name: getattr(each.meeting, name) for name in PLACE} for each in (second, first)]
    first.government, second.government = second.government, first.government
    first.contact, second.contact = second.contact, first.contact
    for hosting in (first, second):
        hosting.save(update_fields=["government", "contact"])
        forget(hosting)
    for hosting, place in zip((first, second), places, strict=True):
        hosting.meeting = edit(hosting.meeting, by=by, host=hosting.government, **place)
        _start_checklist(hosting.meeting)


# --- By the clock --------------------------------------------------------------------------------------------------

SILENT = dt.timedelta(days=7)


@transaction.atomic
def remind_hosts() -> int:
    """Once of a question that lies there for a week, and once of each task that is late. Returns how many letters."""
    now = timezone.now()
    waiting = Q(state=State.ASKED, asked_at__lte=now - SILENT) | Q(state=State.ACCEPTED)
    states = [Meeting.State.DRAFT, Meeting.State.PUBLISHED]
    with as_system("reminding hosts is the portal's own work"):
        to_come = Hosting.objects.filter(
            waiting, meeting__starts_at__gt=now, meeting__state__in=states, contact__is_active=True
        )
        rows = to_come.select_related("meeting__circle", "meeting__host", "government", "contact")
        return post_all(_reminders(list(rows.prefetch_related("meeting__host_tasks"))))


def _reminders(hostings: list[Hosting]) -> Iterator[Outgoing]:
    for hosting in hostings:
        if hosting.state == State.ASKED:
            yield letters.host_asked_again(hosting)
            continue
        late = [task for task in hosts.checklist(hosting.meeting) if task.is_late and not task.reminded_at]
        if late:
            HostTask.objects.filter(pk__in=[task.pk for task in late]).update(reminded_at=timezone.now())
            yield letters.host_reminded(hosting, late)
