"""Yes, maybe or no to a meeting; who gets a seat, and who is next when one comes free."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.utils import timezone

from mailroom.actions import post, post_all
from meetings.letters import answers as letters
from meetings.models import Attending, Meeting, Need, Registration
from members.models import Member
from regions.journal import action
from regions.wall import as_system, member, switch_actor

YES, MAYBE, NO = Registration.Answer.YES, Registration.Answer.MAYBE, Registration.Answer.NO


class MeetingClosed(Exception):
    """It has begun, is cancelled, or is not published."""


class WrongWayToAttend(Exception):
    """On site at a meeting that is only online, or the other way round."""


@dataclass(frozen=True)
class Needs:
    """What somebody needs on site, in their own words."""

    access: str = ""
    food: str = ""


@action
def register(
    meeting: Meeting, *, by: Member, answer: str, attending: str = "", needs: Needs | None = None
) -> Registration:
    """Note the answer of ``by``, who gets a seat or a place in line. The same answer again changes nothing.

    Every yes goes through the line, so nobody passes those who wait. ``needs`` are kept for who comes on site; None
    leaves them as they were. Raises MeetingClosed or WrongWayToAttend.
    """
    meeting = at_the_counter(meeting)
    if not meeting.is_open:
        raise MeetingClosed
    attending = "" if answer == NO else attending
    if answer != NO and attending not in meeting.ways_to_attend:
        raise WrongWayToAttend
    registration = Registration.objects.filter(meeting=meeting, member=by).select_related("need", "excuse").first()
    registration = registration or Registration(member=by)
    registration.meeting = meeting
    if (registration.answer, registration.attending) != (answer, attending):
        _answer(registration, answer, attending)
    _note_needs(registration, needs)
    return registration


def _answer(registration: Registration, answer: str, attending: str) -> None:
    """A new answer, or another one. Asks for a locked meeting."""
    registration.answer, registration.attending = answer, attending
    registration.waiting = answer == YES
    registration.answered_at = timezone.now()
    registration.save()  # the wall refuses who does not see the meeting
    seated = _seat_who_is_first(registration.meeting)
    registration.waiting = registration.waiting and registration not in seated
    if registration.waiting:
        post(letters.waiting(registration))
    elif answer == YES:
        post(letters.confirmation(registration))
    post_all(letters.promoted(each) for each in seated if each != registration)
    if answer != NO and hasattr(registration, "excuse"):
        registration.excuse.delete()


def _note_needs(registration: Registration, needs: Needs | None) -> None:
    """Nobody but who comes on site needs anything there; who says nothing needs nothing."""
    there = registration.attending == Attending.IN_PERSON
    if there and needs and (needs.access or needs.food):
        wanted = {"meeting": registration.meeting, "access": needs.access, "food": needs.food}
        Need.objects.update_or_create(registration=registration, defaults=wanted)
    elif hasattr(registration, "need") and (needs or not there):
        registration.need.delete()


@transaction.atomic
def fill_free_seats(meeting: Meeting) -> list[Registration]:
    """Seat those who are first in line, and tell them: to be called when seats are added. Returns who got one."""
    seated = _seat_who_is_first(at_the_counter(meeting))
    post_all(letters.promoted(each) for each in seated)
    return seated


@transaction.atomic
def release_seats() -> int:
    """Take back the answers of who no longer belongs (left the circle, was deactivated) and seat who is next.

    A timed job of the system. Returns how many answers went.
    """
    gone = Registration.objects.of_who_left().exclude(answer=NO)
    meetings = Meeting.objects.published().filter(starts_at__gt=timezone.now(), registrations__in=gone).distinct()
    released = 0
    for meeting in meetings.order_by("pk"):  # always in the same order, so that two runs do not wait for each other
        at_the_counter(meeting)
        released += gone.filter(meeting=meeting).delete()[0]
        fill_free_seats(meeting)
    return released


def place_in_line(registration: Registration) -> int:
    """1 for who gets the next seat of that kind. Counts rows that are not for everybody's eyes."""
    with as_system("how many wait before you is yours to know, who they are is not"):
        line = Registration.objects.in_line().filter(
            meeting=registration.meeting_id, attending=registration.attending, member__is_active=True
        )
        return list(line.values_list("pk", flat=True)).index(registration.pk) + 1


def at_the_counter(meeting: Meeting) -> Meeting:
    """The meeting as it is now, with nobody else changing who comes until the transaction ends."""
    with as_system("the meeting's row is the counter, whoever stands before it"):
        return Meeting.objects.select_related("circle", "host").lock(meeting)


def _seat_who_is_first(meeting: Meeting) -> list[Registration]:
    """Free seats to the first in line, per way of attending. Asks for a locked meeting."""
    if not meeting.is_open:
        return []
    seated: list[Registration] = []
    with as_system("a free seat goes to the first in line"):
        # Counted in a statement of its own: one that had to wait for the lock still sees what was before it.
        taken = Meeting.objects.with_seats_taken().get(pk=meeting.pk)
        for way in meeting.ways_to_attend:
            seats = meeting.seats(way)
            free = None if seats is None else max(0, seats - getattr(taken, f"taken_{way}"))
            line = Registration.objects.in_line().filter(meeting=meeting, attending=way).select_related("member")
            seated += islice(filter(_still_there, line), free)
        for registration in seated:
            registration.meeting, registration.waiting = meeting, False
            registration.save(update_fields=["waiting"])
    return seated


def _still_there(registration: Registration) -> bool:
    """Active, and the meeting still exists for this member, who may have left the circle while waiting."""
    if not registration.member.is_active:
        return False
    with switch_actor(member(registration.member_id), because="who no longer sees a meeting gets no seat in it"):
        return Meeting.objects.filter(pk=registration.meeting_id).exists()
