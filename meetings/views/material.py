"""Files with a meeting: adding, taking away, and fetching them through the wall. No path of a file is ever served.

A file has one address, behind the lock of its meeting. For a telephone or an office program that is not logged in, a
member asks for an address that works ten minutes: it stands for that member, and shows what that member may see then.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailroom import links
from mailroom.links import LinkExpired, LinkForged, make_token, read_token
from meetings.actions import material as actions
from meetings.forms.material import MaterialForm
from meetings.models import Material, Meeting
from meetings.ranges import file_response
from meetings.uploads import SHOWN_IN_THE_BROWSER, clean_name
from members.models import Member
from regions.access import by_link, members_only, open_to_all, who_may
from regions.limits import limited
from regions.wall import member, switch_actor

GOOD_FOR = dt.timedelta(minutes=10)
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""What a file may fetch or start when a browser shows it: nothing."""
SHOWN = f"{NOTHING}; img-src 'self'; object-src 'self'"  # browsers draw a picture and a PDF into a page of their own
SAVED = f"{NOTHING}; sandbox"


@who_may("plan", Meeting)
@limited("upload")
@require_http_methods(["GET", "HEAD", "POST"])
def add_material(request, meeting):
    """The files of a meeting, for who plans it, and one more."""
    typed = (request.POST, request.FILES) if request.method == "POST" else ()
    form = MaterialForm(*typed, meeting=meeting)
    if form.is_valid():
        actions.add_material(meeting, by=request.user, **form.cleaned_data)
        messages.success(request, _("The file was added."))
        return redirect("add_material", meeting.pk)
    materials = Material.objects.filter(meeting=meeting).select_related("item", "talk__speaker")
    context = {"meeting": meeting, "form": form, "materials": materials}
    return render(request, "meetings/add_material.html", context, status=422 if form.is_bound else 200)


@who_may("plan", Material)
@require_POST
def remove_material(request, material):
    actions.remove_material(material, by=request.user)
    messages.success(request, _("The file “%(name)s” was removed.") % {"name": material.name})
    return redirect("add_material", material.meeting_id)


@open_to_all
@require_safe
@cache_control(private=True, no_cache=True)
def material(request, pk):
    """The file, for who sees the meeting."""
    return _answer(request, get_object_or_404(Material, pk=pk))


@members_only
@require_safe
@never_cache
def material_address(request, pk):
    """The address that works for ten minutes, to copy. Writes nothing: the address itself says whose it is."""
    found = get_object_or_404(Material.objects.select_related("meeting"), pk=pk)
    token = make_token("material", [found.pk, request.user.pk])
    address = links.absolute(reverse("material_by_link", args=[found.pk, token]))
    context = {"material": found, "address": address, "minutes": GOOD_FOR.seconds // 60}
    return render(request, "meetings/material_address.html", context)


@by_link
@limited("file-by-link")
@require_safe
@cache_control(private=True, no_store=True)
def material_by_link(request, pk, token):
    """The file, as the member who asked for the address would get it at this very moment."""
    try:
        material_id, member_id = read_token("material", token, max_age=GOOD_FOR)
    except LinkExpired:
        context = {"expired": True, "advice": _("Open the file on the portal, and ask for a new address there.")}
        return render(request, "link_refused.html", context, status=410)
    except LinkForged:
        return render(request, "link_refused.html", status=404)
    with switch_actor(member(member_id), because="the address was made for this member, ten minutes ago at most"):
        found = (
            Material.objects.filter(pk=material_id).first() if material_id == pk and _is_active(member_id) else None
        )
    if found is None:
        return render(request, "link_refused.html", status=404)
    return _answer(request, found)


def _is_active(member_id: int) -> bool:
    """Call it as the member. The wall shows who was deactivated what everybody may see; here that is not enough."""
    return Member.objects.filter(pk=member_id, is_active=True).exists()


def _answer(request: Any, found: Material) -> HttpResponseBase:
    """The bytes. Shown in the browser only when of a kind that cannot act there; nothing may come with it."""
    try:
        content = found.file.open()
    except FileNotFoundError as error:
        raise Http404 from error
    is_shown = found.content_type in SHOWN_IN_THE_BROWSER
    response = file_response(
        request,
        content,
        found.size,
        f'"{found.pk}-{int(found.uploaded_at.timestamp() * 1_000_000)}"',
        as_attachment=not is_shown,
        filename=clean_name(found.name),
        content_type=found.content_type,
    )
    response["Content-Security-Policy"] = SHOWN if is_shown else SAVED
    return response
