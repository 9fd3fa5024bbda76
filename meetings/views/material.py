"""Files with a meeting: adding, taking away, and fetching them through the wall. No path of a file is ever served."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from meetings.actions import material as actions
from meetings.forms.material import MaterialForm
from meetings.models import Material, Meeting
from meetings.uploads import SHOWN_IN_THE_BROWSER, clean_name
from regions.access import open_to_all, who_may


@who_may("plan", Meeting)
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
    """The file, for who sees the meeting; shown in the browser only when it is of a kind that cannot act there."""
    found = get_object_or_404(Material, pk=pk)
    try:
        content = found.file.open()
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        content,
        as_attachment=found.content_type not in SHOWN_IN_THE_BROWSER,
        filename=clean_name(found.name),
        content_type=found.content_type,
    )
