"""What hangs on an answer: who comes instead, what is needed on site, and who means to come always."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from mailroom.actions import post
from meetings.letters.planning import invitation_instead
from meetings.models import AlwaysComes, Attending, Excuse, Invitation, Meeting, Need, Registration
from members.models import Member
from regions.journal import action
from regions.models import Circle
from regions.wall import as_system

from .answers import MeetingClosed, at_the_counter

KEPT = dt.timedelta(days=14)
"""How long after the meeting we still know what somebody needed: long enough to pay the caterer."""


class StillComing(Exception):
    """Only who said no is excused."""


class NotAColleague(Exception):
    """Whom one sends instead works for the same government and is in the circle."""


@action
def send_excuse(
    meeting: Meeting, *, by: Member, reason: str = "", substitute: Member | None = None, substitute_name: str = ""
) -> Excuse:
    """Say why one does not come, and who comes instead; the colleague who is named gets one letter.

    Whoever has answered already is not asked. Raises MeetingClosed, StillComing or NotAColleague.
    """
    meeting = at_the_counter(meeting)
    if not meeting.is_open:
        raise MeetingClosed
    registration = Registration.objects.filter(meeting=meeting, member=by, answer=Registration.Answer.NO).first()
    if registration is None:
        raise StillComing
    if substitute and not colleagues_of(by, meeting).filter(pk=substitute.pk).exists():
        raise NotAColleague
    excuse, _made = Excuse.objects.update_or_create(
        registration=registration,
        defaults={
            "meeting": meeting,
            "reason": reason,
            "substitute": substitute,
            "substitute_name": "" if substitute else substitute_name,
        },
    )
    if substitute:
        _ask(meeting, substitute, by)
    return excuse


def colleagues_of(member: Member, meeting: Meeting):
    """Who can come instead: active, in the circle, of the same government. As far as ``member`` knows them."""
    same = Member.objects.in_circle(meeting.circle).exclude(pk=member.pk).filter(government__isnull=False)
    return same.filter(government=member.government_id).order_by("name", "pk")


def _ask(meeting: Meeting, substitute: Member, by: Member) -> None:
    """Invited, by one letter; a second colleague who names the same person adds nothing."""
    with as_system("who is named as a substitute is invited"):
        if Registration.objects.filter(meeting=meeting, member=substitute).exists():
            return
        Invitation.objects.bulk_create([Invitation(meeting=meeting, member=substitute)], ignore_conflicts=True)
        post(invitation_instead(meeting, substitute, by))


@action
def come_always(circle: Circle, *, by: Member, attending: str) -> None:
    """Mean to come to every meeting of ``circle``; "" takes it back. It answers nothing by itself."""
    mine = AlwaysComes.objects.filter(circle=circle, member=by)
    if not attending:
        mine.delete()
    elif not mine.update(attending=attending):
        AlwaysComes.objects.bulk_create(
            [AlwaysComes(circle=circle, member=by, attending=attending)], ignore_conflicts=True
        )


@transaction.atomic
def forget() -> tuple[int, int]:
    """What nobody needs to know any more. A timed job of the system. Returns how many needs, how many intentions.

    Needs go two weeks after the meeting, and once it is off, its member has left or does not come there any more.
    That somebody always comes goes once they have left the circle.
    """
    is_past = Q(meeting__ends_at__lt=timezone.now() - KEPT)
    is_off = Q(meeting__state=Meeting.State.CANCELLED)
    left = Q(registration__in=Registration.objects.of_who_left())
    elsewhere = ~Q(registration__attending=Attending.IN_PERSON)
    needs = Need.objects.filter(is_past | is_off | left | elsewhere).delete()[0]
    return needs, AlwaysComes.objects.of_who_left().delete()[0]
