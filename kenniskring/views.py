"""The front page, whether we are well, and the pages for when something went wrong."""

import datetime as dt
import math
import sys
from functools import cache

import redis
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from mailroom import watch
from regions.access import SecondFactorMissing, open_to_all
from regions.visitors import same_for_visitors
from regions.wall import VISITOR, acting_as

from .front import for_member, for_visitor
from .leaving import is_leaving


@open_to_all
@same_for_visitors
@require_GET
def front(request):
    if request.user.is_authenticated:
        return render(request, "kenniskring/front.html", for_member(request.user, request.rights))
    return render(request, "kenniskring/front.html", for_visitor())


ASSESSED_ON = dt.date(2026, 11, 22)
"""When the accessibility of all pages was last assessed as the statement says. Assess it again once a year."""


@open_to_all
@require_GET
def accessibility(request):
    """The statement that EU decision 2018/1523 describes."""
    context = {"assessed_on": ASSESSED_ON, "contact": settings.CONTACT_EMAIL}
    return render(request, "kenniskring/accessibility.html", context)


# --- Are we well? Asked every few seconds, so without an actor and without a template ---------------------------


@open_to_all
@require_GET
def live(request):
    """This process answers; says nothing about what it needs."""
    return HttpResponse("ok", content_type="text/plain")


@open_to_all
@require_GET
def ready(request):
    """Whether people can be sent here. Without Redis pages work and letters leave, so that is only reported."""
    report: dict[str, str | int] = {"database": _database(), "redis": _redis()}
    report["web"] = "leaving" if is_leaving() else "ok"
    if report["database"] == "ok":
        report["oldest_letter"] = _oldest_letter()
    return JsonResponse(report, status=200 if (report["database"], report["web"]) == ("ok", "ok") else 503)


class NotMigrated(Exception):
    """The tables are older than the code, or know another key."""


@cache
def _assert_migrated() -> None:
    """Raises NotMigrated. Once migrated is always migrated, for as long as this process lives."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotMigrated
    try:
        with acting_as(VISITOR), connection.cursor() as cursor:
            cursor.execute("SELECT app.actor()")
    except ProgrammingError as error:  # migrated with another SECRET_KEY
        raise NotMigrated from error


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        _assert_migrated()
    except (OperationalError, InterfaceError):
        return "away"
    except NotMigrated:
        return "not migrated"
    return "ok"


def _oldest_letter() -> int:
    """Seconds since the oldest letter that waits should have left."""
    waited = watch.longest_wait()
    return round(waited.total_seconds()) if waited else 0


def _redis() -> str:
    try:
        with redis.Redis.from_url(
            settings.CELERY_BROKER_URL, socket_connect_timeout=0.5, socket_timeout=0.5, retry=None
        ) as broker:
            broker.ping()
    except redis.RedisError:
        return "away"
    return "ok"


# --- When something went wrong -----------------------------------------------------------------------------------


def bad_request(request, exception):
    """Not a request of ours; 413 when it is more than anyone may send."""
    is_too_much = isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent))
    return render(request, "400.html", status=413 if is_too_much else 400)


def permission_denied(request, exception):
    if isinstance(exception, SecondFactorMissing):
        posted = request.method == "POST"
        context = {"posted": posted, "going": request.META.get("HTTP_REFERER") if posted else request.get_full_path()}
        return render(request, "members/secure_first.html", context, status=403)
    return render(request, "403.html", status=403)


def page_not_found(request, exception):
    return render(request, "404.html", status=404)


def too_many_requests(request):
    """What was typed stays, to be sent again with one click; a password and a file have to be given again."""
    wait = getattr(request, "wait", 60)
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]
    context = {"typed": typed if request.method == "POST" else [], "minutes": math.ceil(wait / 60)}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(wait)
    return response


def server_error(request):
    """Without the request, so without any query: nobody knows what still works."""
    if isinstance(sys.exception(), (OperationalError, InterfaceError)):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "30"})
    return HttpResponse(render_to_string("500.html"), status=500)
