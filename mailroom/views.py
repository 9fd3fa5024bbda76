"""The page behind the link with which one stops letters."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regions.access import by_link
from regions.limits import limited
from regions.models import Circle

from . import actions, links

GOOD_FOR = dt.timedelta(days=2 * 365)
TOO_OLD = gettext_noop(
    "Use the link at the foot of a more recent letter, or answer that letter: we will take care of it."
)


@by_link
@limited("unsubscribe")
@csrf_exempt  # mail programs post here (RFC 8058); what counts is the token
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """GET changes nothing: mail scanners follow every link."""
    try:
        address, circle_id = links.read_token("unsubscribe", token, max_age=GOOD_FOR)
    except links.LinkExpired:
        return render(request, "link_refused.html", {"expired": True, "advice": _(TOO_OLD)}, status=410)
    except links.LinkForged:
        return render(request, "link_refused.html", status=404)
    circle = get_object_or_404(Circle, pk=circle_id)
    if request.method == "POST":
        if "again" in request.POST:
            actions.subscribe_again(address, circle_id)
        else:
            actions.unsubscribe(address, circle_id)
        if "List-Unsubscribe" in request.POST:
            return HttpResponse(status=200)  # a program reads no pages
        return redirect(request.path)
    is_silent = actions.has_unsubscribed(address, circle_id)
    return render(
        request, "mailroom/unsubscribe.html", {"circle": circle, "address": address, "is_silent": is_silent}
    )
