"""Public pages: which circles there are, who takes part, and which local governments are in none."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Min, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from .access import open_to_all
from .filters import GovernmentFilter
from .fragments import render_part
from .limits import search_is_limited
from .map import flanders, from_nearby, place_of
from .models import Circle, FormerGovernment, LocalGovernment, LocalGovernmentQuerySet, Participation
from .visitors import same_for_visitors

PER_PAGE = 25


@open_to_all
@same_for_visitors
@search_is_limited
@require_GET
def circles(request):
    # The wall holds for the meetings too: a visitor is shown the next public one.
    published = Q(meetings__state="published", meetings__ends_at__gte=timezone.now())
    found = Circle.objects.active().with_nis_codes()
    groups: dict[bool, list[Circle]] = {True: [], False: []}
    for each in found.annotate(next_meeting=Min("meetings__starts_at", filter=published)).order_by("name"):
        groups[each.kind == Circle.Kind.REGIONAL].append(each)
    blind_spots = list(LocalGovernment.objects.in_no_circle().values_list("nis_code", flat=True))
    hosts = _hosts_of(groups[True]) if "gastbesturen" in request.GET else None
    context = {"regional": groups[True], "others": groups[False], "blind_spots": len(blind_spots), "hosts": hosts}
    drawn = flanders(groups[True], blind_spots, hosts or ())
    return render(request, "regions/circles.html", context | {"map": drawn})


def _hosts_of(circles: list[Circle]) -> set[str]:
    """NIS codes of who received a meeting in the past year, as far as one may know; circles get their ``hosts``."""
    now = timezone.now()
    visits = Circle.objects.filter(
        pk__in=[circle.pk for circle in circles],
        meetings__state__in=["published", "held"],
        meetings__form__in=["in_person", "hybrid"],
        meetings__starts_at__range=(now - dt.timedelta(days=365), now),
    )
    of_circle: dict[int, list[dict[str, str]]] = defaultdict(list)
    host = [f"meetings__host__{field}" for field in ("name", "slug", "nis_code")]
    for pk, name, slug, nis_code in (
        visits.exclude(meetings__host=None).order_by(host[0]).values_list("pk", *host).distinct()
    ):
        of_circle[pk].append({"name": name, "slug": slug, "nis_code": nis_code})
    for circle in circles:
        circle.hosts = of_circle[circle.pk]  # type: ignore[attr-defined]
    return {host["nis_code"] for hosts in of_circle.values() for host in hosts}


@open_to_all
@same_for_visitors
@require_GET
def circle(request, slug):
    circles = Circle.objects.annotate(overdue=_overdue()) if request.user.is_authenticated else Circle.objects
    found: Any = get_object_or_404(circles, slug=slug)
    taking_part = found.participations.current().select_related("government").order_by("government__name")
    governments = [each.government for each in taking_part]
    route = list(found.meetings.on_the_road().select_related("host"))
    return render(
        request,
        "regions/circle.html",
        {
            "circle": found,
            "governments": governments,
            "route": route,
            "map": from_nearby(found, governments, route),
            "meetings": found.meetings.upcoming().published().select_related("host", "circle")[:5],
            **_my_place_in(found, request),
        },
    )


def _my_place_in(circle: Any, request) -> dict[str, Any]:
    """What someone who is logged in is to this circle, and who leads it as far as they may know."""
    if not request.user.is_authenticated:
        return {}
    rights = request.rights
    return {
        "trekkers": circle.memberships.trekkers().select_related("member").order_by("member__name"),
        "membership": circle.memberships.current().filter(member=request.user).first(),
        "open_request": circle.join_requests.open().filter(member=request.user).first(),
        "may_see_members": circle.pk in rights.peers,
        "may_plan": rights.may("plan", circle.pk),
        "may_ask": rights.may("speak freely", circle.pk),
        "overdue": circle.overdue if circle.pk in rights.colleagues else None,
        "sees_rota": rights.may("see the rota", circle.pk),
    }


def _overdue() -> Coalesce:
    """How many actions of a circle should have been done by now, as far as one may know of them."""
    late = {"meetings__action_points__due_on__lt": timezone.localdate(), "meetings__action_points__done_at": None}
    of_circle = Circle.objects.filter(pk=OuterRef("pk"), **late).order_by().values("pk")
    return Coalesce(Subquery(of_circle.annotate(n=Count("meetings__action_points")).values("n")), 0)


def _page(request, governments: LocalGovernmentQuerySet):
    """One page of the list, each with ``taking_part`` and ``merged_from``."""
    taking_part = Participation.objects.current().select_related("circle").order_by("circle__name")
    dressed = governments.prefetch_related(
        Prefetch("participations", taking_part, to_attr="taking_part"),
        Prefetch("predecessors", FormerGovernment.objects.all(), to_attr="merged_from"),
    )
    return Paginator(dressed, PER_PAGE).get_page(request.GET.get("page"))


@open_to_all
@same_for_visitors
@search_is_limited
@require_GET
def governments(request):
    narrowed = GovernmentFilter(request.GET, LocalGovernment.objects.all(), request=request)
    page_obj = _page(request, narrowed.qs)
    context = {"filter": narrowed, "page_obj": page_obj}
    status = 200 if narrowed.is_valid() else 422
    page = "regions/governments.html"
    return render_part(request, page, f"{page}#found", context, status=status)


@open_to_all
@same_for_visitors
@require_GET
def governments_in_no_circle(request):
    page_obj = _page(request, LocalGovernment.objects.in_no_circle())
    return render(request, "regions/governments_in_no_circle.html", {"page_obj": page_obj})


@open_to_all
@same_for_visitors
@require_GET
def government(request, slug):
    found = get_object_or_404(LocalGovernment, slug=slug)
    circles = list(Circle.objects.for_government(found).with_nis_codes())
    hosted = found.hosted_meetings.select_related("circle", "host")
    return render(
        request,
        "regions/government.html",
        {
            "government": found,
            "circles": circles,
            "map": place_of(circles, found),
            "predecessors": found.predecessors.all(),
            "upcoming": hosted.upcoming().published()[:5],
            "past": hosted.past().filter(state__in=["published", "held"])[:5],
        },
    )
