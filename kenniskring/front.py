"""What stands on the front page: for a visitor what there is, for a member first what is asked of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Q, Value, When
from django.utils import timezone

from meetings import polls
from meetings.actions import evaluation
from meetings.models import DatePoll, Hosting, Material, Meeting
from meetings.proposed import proposed_to, with_proposal
from members.models import JoinRequest, Member, Membership
from regions.map import flanders, place_of
from regions.models import Circle, LocalGovernment, nis_codes
from regions.permissions import Rights

AT_MOST = 5
"""Rows per list; each list has a page of its own for the rest."""


def for_visitor() -> dict[str, Any]:
    """Public meetings, the map and numbers. Four queries."""
    everyone = LocalGovernment.objects.count()
    return {
        "meetings": Meeting.objects.upcoming().published().select_related("circle", "host")[:AT_MOST],
        "governments": everyone,
        **the_map(everyone),
    }


def the_map(governments: int = 0) -> dict[str, Any]:
    """The regional circles, those that are in none, and the map of both. Two queries."""
    circles = list(Circle.objects.active().regional().with_nis_codes().order_by("name"))
    blind_spots = list(LocalGovernment.objects.in_no_circle().values_list("nis_code", flat=True))
    return {
        "circles": circles,
        "blind_spots": len(blind_spots),
        "in_a_circle": governments - len(blind_spots),
        "map": flanders(circles, blind_spots),
    }


def for_member(member: Member, rights: Rights) -> dict[str, Any]:
    """What is asked of this member, then what is next, then what is new. Every list is short."""
    memberships = list(
        member.memberships.current()
        .select_related("circle")
        .annotate(nis_codes=nis_codes("circle"), open_poll=polls.awaiting(member, "circle"))
        .order_by("circle__name")
    )
    # A community manager stands in every circle, but only their own circles ask something of them.
    mine = [each.circle_id for each in memberships] if rights.is_manager else list(rights.circles)
    of_others = Q(circle__in=rights.led, asked_by=None)
    requests = JoinRequest.objects.open().filter(Q(member=member) | of_others).select_related("circle", "member")
    own_first = Case(When(member=member, then=0), default=1)
    requests = requests.order_by(own_first, "asked_at")[: 4 * AT_MOST]
    return {
        "memberships": memberships,
        "open_polls": _open_polls(memberships),
        "map": _place_of(memberships),
        "hosting": list(_hosting(member)) if rights.hosting else [],
        "own_requests": [wish for wish in requests if wish.member_id == member.pk],
        "requests": [wish for wish in requests if wish.member_id != member.pk][: AT_MOST + 1],
        "materials": _new_material(mine),
        **_meetings_for(member, mine),
    }


def _open_polls(memberships: Iterable[Any]) -> Iterable[DatePoll]:
    """Of each circle the one that waits for this member and ends first. No query where there is none."""
    waiting = [each.open_poll for each in memberships if each.open_poll]
    if not waiting:
        return []
    return DatePoll.objects.filter(pk__in=waiting).select_related("circle").order_by("open_until", "pk")


def _hosting(member: Member) -> Iterable[Hosting]:
    """Where this member was asked to receive a circle and did not answer, or receives it; soonest first."""
    turns = Hosting.objects.standing().filter(contact=member, meeting__ends_at__gt=timezone.now())
    turns = turns.exclude(meeting__state=Meeting.State.CANCELLED).select_related("meeting__circle", "government")
    return turns.order_by("meeting__starts_at", "pk")[:AT_MOST]


def _new_material(mine: list[int]) -> Iterable[Material]:
    """Of meetings since a year ago: what is older is no news, and a circle may have met a hundred times."""
    lately = timezone.now() - dt.timedelta(days=365)
    found = Material.objects.filter(meeting__circle__in=mine, meeting__starts_at__gte=lately)
    found = found.select_related("meeting__circle").only(
        "name", "uploaded_at", "meeting__title", "meeting__circle__name"
    )
    return found.order_by("-uploaded_at")[:AT_MOST]


def _place_of(memberships: Iterable[Membership]) -> str:
    """Flanders with the regions of these circles, or nothing where none has a region."""
    circles = []
    for each in memberships:
        each.circle.nis_codes = each.nis_codes  # type: ignore[attr-defined]
        circles += [each.circle] if each.circle.region else []
    return place_of(circles) if circles else ""


def _meetings_for(member: Member, mine: list[int]) -> dict[str, list[Meeting]]:
    """What awaits an answer, before and after, where this member is coming, what is open elsewhere: two queries."""
    upcoming = Meeting.objects.upcoming().published()
    coming = upcoming.filter(registrations__member=member, registrations__answer__in=["yes", "maybe"])
    lists = {
        "awaiting": Meeting.objects.awaiting(member, mine)[: AT_MOST + 1],
        "to_evaluate": evaluation.awaiting(member)[:AT_MOST],
        "coming": coming[:3],
        "elsewhere": upcoming.exclude(circle__in=mine)[:3],
    }
    first, *others = (some.values_list("pk", Value(name)) for name, some in lists.items())
    found = list(first.union(*others, all=True).order_by())
    dressed = Meeting.objects.with_answer_of(member).select_related("circle", "host").order_by("starts_at", "pk")
    meetings = list(with_proposal(dressed).filter(pk__in=[pk for pk, _name in found]))
    for each in meetings:
        each.proposed = proposed_to(each)  # type: ignore[attr-defined]
    return {name: [each for each in meetings if (each.pk, name) in found] for name in lists}
