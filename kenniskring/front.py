"""What stands on the front page: for a visitor what there is, for a member first what is asked of them."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Subquery

from meetings.models import Material, Meeting
from members.models import JoinRequest, Member
from regions.flanders import Province
from regions.models import Circle, LocalGovernment
from regions.permissions import Rights

AT_MOST = 5
"""Rows per list; each list has a page of its own for the rest."""


def for_visitor() -> dict[str, Any]:
    """Public meetings, circles per province, and numbers. Four queries."""
    everyone = LocalGovernment.objects.count()
    return {
        "meetings": Meeting.objects.upcoming().published().select_related("circle", "host")[:AT_MOST],
        "provinces": circles_per_province(),
        "governments": everyone,
        "in_a_circle": everyone - LocalGovernment.objects.in_no_circle().count(),
    }


def circles_per_province() -> dict[str, list[Circle]]:
    """Regional circles by the name of the province in which their region lies; every region lies in one."""
    in_region = LocalGovernment.objects.filter(reference_region=OuterRef("region"))
    provinces: dict[str, list[Circle]] = {str(label): [] for label in Province.labels}
    found = Circle.objects.active().regional().annotate(province=Subquery(in_region.values("province")[:1]))
    for circle in found.order_by("name"):
        if circle.province:
            provinces[str(Province(circle.province).label)].append(circle)
    return {province: circles for province, circles in provinces.items() if circles}


def for_member(member: Member, rights: Rights) -> dict[str, Any]:
    """What is asked of this member, then what is next, then what is new. Every list is short."""
    memberships = list(member.memberships.current().select_related("circle").order_by("circle__name"))
    # A community manager stands in every circle, but only their own circles ask something of them.
    mine = [each.circle_id for each in memberships] if rights.is_manager else list(rights.circles)
    meetings = Meeting.objects.upcoming().published().select_related("circle", "host")
    requests = JoinRequest.objects.open().select_related("circle", "member")
    return {
        "memberships": memberships,
        "awaiting": Meeting.objects.awaiting(member, mine).select_related("circle", "host")[: AT_MOST + 1],
        "own_requests": requests.filter(member=member),
        "requests": requests.filter(circle__in=rights.led, asked_by=None).exclude(member=member)[: AT_MOST + 1]
        if rights.led
        else [],
        "coming": meetings.with_answer_of(member).filter(
            registrations__member=member, registrations__answer__in=["yes", "maybe"]
        )[:3],
        "materials": Material.objects.filter(meeting__circle__in=mine)
        .select_related("meeting__circle")
        .order_by("-uploaded_at")[:AT_MOST],
        "elsewhere": meetings.exclude(circle__in=mine)[:3],
    }
