"""The front page, and whether we are well."""

from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regions.access import open_to_all


@open_to_all
@require_GET
def front(request):
    return render(request, "kenniskring/front.html")


@open_to_all
@require_GET
def live(request):
    return HttpResponse("ok", content_type="text/plain")


@open_to_all
@require_GET
def ready(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"database": "ok"})
