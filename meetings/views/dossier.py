"""The dossier of a meeting, for whoever may read its report."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from meetings import dossier
from meetings.models import Report
from regions.access import members_only
from regions.limits import limited

REPORTS = Report.objects.select_related("meeting__circle", "meeting__host")


@members_only
@limited("dossier")
@require_GET
@cache_control(private=True, no_store=True)
def dossier_pdf(request, pk: int) -> HttpResponse:
    report = get_object_or_404(REPORTS, pk=pk)
    told = {"Content-Disposition": f'attachment; filename="{dossier.file_name(report.meeting, "pdf")}"'}
    return HttpResponse(dossier.pdf_of(report), content_type="application/pdf", headers=told)


@members_only
@limited("dossier")
@require_GET
@cache_control(private=True, no_store=True)
def dossier_zip(request, pk: int) -> FileResponse:
    report = get_object_or_404(REPORTS, pk=pk)
    return FileResponse(
        dossier.zip_of(report, request.user),
        as_attachment=True,
        filename=dossier.file_name(report.meeting, "zip"),
        content_type="application/zip",
    )
