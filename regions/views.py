"""Public pages: which circles there are, who takes part, and which local governments are in none."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Min, Prefetch, Q
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from .access import open_to_all
from .filters import GovernmentFilter
from .fragments import render_part
from .limits import search_is_limited
from .models import Circle, FormerGovernment, LocalGovernment, LocalGovernmentQuerySet, Participation

PER_PAGE = 25


@open_to_all
@search_is_limited
@require_GET
def circles(request):
    # The wall holds for the meetings too: a visitor is shown the next public one.
    published = Q(meetings__state="published", meetings__ends_at__gte=timezone.now())
    found = Circle.objects.active().with_size().annotate(next_meeting=Min("meetings__starts_at", filter=published))
    groups: dict[bool, list[Circle]] = {True: [], False: []}
    for each in found.order_by("name"):
        groups[each.kind == Circle.Kind.REGIONAL].append(each)
    return render(request, "regions/circles.html", {"regional": groups[True], "others": groups[False]})


@open_to_all
@require_GET
def circle(request, slug):
    found = get_object_or_404(Circle.objects.with_size(), slug=slug)
    taking_part = found.participations.current().select_related("government").order_by("government__name")
    return render(
        request,
        "regions/circle.html",
        {
            "circle": found,
            "governments": [each.government for each in taking_part],
            "meetings": found.meetings.upcoming().published().select_related("host", "circle")[:5],
            **_my_place_in(found, request),
        },
    )


def _my_place_in(circle: Circle, request) -> dict[str, Any]:
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
    }


def _page(request, governments: LocalGovernmentQuerySet):
    """One page of the list, each with ``taking_part`` and ``merged_from``."""
    taking_part = Participation.objects.current().select_related("circle").order_by("circle__name")
    dressed = governments.prefetch_related(
        Prefetch("participations", taking_part, to_attr="taking_part"),
        Prefetch("predecessors", FormerGovernment.objects.all(), to_attr="merged_from"),
    )
    return Paginator(dressed, PER_PAGE).get_page(request.GET.get("page"))


@open_to_all
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
@require_GET
def governments_in_no_circle(request):
    page_obj = _page(request, LocalGovernment.objects.in_no_circle())
    return render(request, "regions/governments_in_no_circle.html", {"page_obj": page_obj})


@open_to_all
@require_GET
def government(request, slug):
    found = get_object_or_404(LocalGovernment, slug=slug)
    hosted = found.hosted_meetings.select_related("circle", "host")
    return render(
        request,
        "regions/government.html",
        {
            "government": found,
            "circles": Circle.objects.for_government(found),
            "predecessors": found.predecessors.all(),
            "upcoming": hosted.upcoming().published()[:5],
            "past": hosted.past().filter(state__in=["published", "held"])[:5],
        },
    )
