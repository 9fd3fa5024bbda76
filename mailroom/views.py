"""The page behind the link with which one stops letters."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regions.access import by_link, who_may
from regions.limits import limited
from regions.models import Circle

from . import actions, channels, links
from .forms import ChannelForm
from .models import Channel, Delivery

GOOD_FOR = dt.timedelta(days=2 * 365)
TOO_OLD = gettext_noop(
    "Use the link at the bottom of a more recent e-mail. Or reply to that e-mail: we will take care of it."
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


@who_may("see post", Circle)
@limited("test-message")
@require_http_methods(["GET", "HEAD", "POST"])
def channel(request, circle):
    """Where posts of the circle go in Teams, a message to try it, and what was sent there."""
    current = Channel.objects.filter(circle=circle).first()
    form = ChannelForm(
        request.POST if "url" in request.POST else None, initial={"url": current.url if current else ""}
    )
    if form.is_valid():
        channels.set_channel(circle, by=request.user, url=form.cleaned_data["url"])
        messages.success(request, _("The Teams channel is saved."))
        return redirect("channel", circle.slug)
    if request.method == "POST" and not form.is_bound:
        if "try" in request.POST and channels.post_a_test(circle, by=request.user):
            messages.success(request, _("The test message is on its way. Look in Teams, or see below how it went."))
        return redirect("channel", circle.slug)
    sent = Delivery.objects.filter(circle=circle).exclude(channel=None)[:10]
    context = {"circle": circle, "form": form, "has_channel": bool(current and current.url), "deliveries": sent}
    return render(request, "mailroom/channel.html", context, status=422 if form.is_bound else 200)
