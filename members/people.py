"""Who is in a circle, as far as the one who asks may know."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from regions.models import Circle
from regions.wall import as_system

from .models import Member, Membership


def members_of(circle: Circle) -> QuerySet[Membership]:
    """The places in this circle that the wall shows, by government; who works elsewhere comes last."""
    return (
        Membership.objects.current()
        .filter(circle=circle)
        .select_related("member__government", "member__partner")
        .order_by(F("member__government__name").asc(nulls_last=True), "member__partner__name", "member__name")
    )


def trekkers_of(circle: Circle) -> list[Membership]:
    """Who leads this circle today. Everyone in the circle may know them, a supplier too. For who may see members."""
    with as_system("who leads a circle is known to everyone in it"):
        trekkers = Membership.objects.trekkers().filter(circle=circle, member__is_active=True)
        return list(trekkers.select_related("member__government", "member__partner").order_by("mandate_start", "pk"))


def meetings_answered_by(member: Member) -> list[Any]:
    """The meetings to come to which this member has said yes, maybe or no, soonest first, each with that answer."""
    answers: QuerySet[Any] = (
        member.registrations.filter(meeting__ends_at__gte=timezone.now())
        .select_related("meeting__circle", "meeting__host")
        .order_by("meeting__starts_at", "meeting")
    )
    for answer in answers:
        answer.meeting.my_answer, answer.meeting.my_waiting = answer.answer, answer.waiting
    return [answer.meeting for answer in answers]
