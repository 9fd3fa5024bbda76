"""Calendar files to download, and feeds that calendars come back to."""

from __future__ import annotations

import datetime as dt
import hashlib
import re

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailroom.languages import language_of
from meetings.actions.calendars import NoFeed
from meetings.actions.calendars import choose_cancelled as choose
from meetings.actions.calendars import renew_feed as renew
from meetings.calendar import feed_of
from meetings.models import Meeting, Registration
from members.language import speak
from members.models import FeedAddress, Member
from regions.access import by_link, members_only, open_to_all
from regions.limits import limited
from regions.models import Circle
from regions.permissions import rights_of_the_actor
from regions.wall import VISITOR, as_system, member, switch_actor


@by_link
@limited("feed")
@require_safe
def feed(request, secret):
    """The meetings of whoever has this secret address: what that person may see now, whoever comes for it."""
    with as_system("the secret in the address says whose feed it is"):
        addresses = FeedAddress.objects.select_related("member").filter(member__is_active=True)
        address = get_object_or_404(addresses, secret=secret)
    reader = address.member
    with switch_actor(member(reader.pk), because="a feed shows what its owner may see"):
        speak(request, language_of(reader))
        text = feed_of(_kept(_of_interest_to(reader), address.keeps_cancelled), "Kenniskring", reader=reader)
    return _calendar(request, text, private=True, no_cache=True)


@open_to_all
@limited("feed-of-a-circle")
@require_safe
def circle_feed(request, slug):
    """The public meetings of a circle: the same for everyone, members too, so that it can be passed on.

    What is cancelled stays in it, marked so; ``?geannuleerd=weg`` leaves it out.
    """
    speak(request, settings.LANGUAGE_CODE)
    with switch_actor(VISITOR, because="a public feed is the same for everyone"):
        circle = get_object_or_404(Circle, slug=slug)
        public = _recent().filter(circle=circle, audience=Meeting.Audience.PUBLIC)
        text = feed_of(_kept(public, request.GET.get("geannuleerd") != "weg"), circle.name)
    return _calendar(request, text, public=True, max_age=900)


@open_to_all
@require_safe
def meeting_calendar(request, pk):
    """One meeting, to put in a calendar by hand."""
    meeting = get_object_or_404(Meeting, pk=pk)
    reader = request.user if request.user.is_authenticated else None
    text = feed_of(Meeting.objects.filter(pk=pk), meeting.circle.name, reader=reader)
    response = _calendar(request, text, private=True, no_cache=True)
    name = f"{slugify(_('meeting'))}-{timezone.localdate(meeting.starts_at)}.ics"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@members_only
@limited("renew-the-feed")
@require_POST
def renew_feed(request):
    had_one = FeedAddress.objects.filter(member=request.user).exists()
    renew(by=request.user)
    renewed = _("Your calendar has a new address. The old one no longer works.")
    messages.success(request, renewed if had_one else _("Your calendar has an address now. Add it to your program."))
    return redirect("mine")


@members_only
@limited("renew-the-feed")
@require_POST
def choose_cancelled(request):
    """Whether cancelled meetings stay in one's own feed, as such, or leave it."""
    keeps = request.POST.get("keeps") == "ja"
    try:
        choose(by=request.user, keeps=keeps)
    except NoFeed:
        messages.info(request, _("You have no calendar address yet. Link your calendar first."))
    else:
        stay = _("Cancelled meetings stay in your calendar, marked as cancelled.")
        messages.success(request, stay if keeps else _("Cancelled meetings disappear from your calendar."))
    return redirect("mine")


def _kept(meetings: QuerySet[Meeting], with_cancelled: bool) -> QuerySet[Meeting]:
    """A calendar that comes back and finds a meeting gone takes it away: Outlook, Google and Apple all do."""
    return meetings if with_cancelled else meetings.exclude(state=Meeting.State.CANCELLED)


def _recent() -> QuerySet[Meeting]:
    """To come, or in the past year; not what is still being planned."""
    a_year_ago = timezone.now() - dt.timedelta(days=365)
    return Meeting.objects.filter(ends_at__gte=a_year_ago).exclude(state=Meeting.State.DRAFT).order_by("starts_at")


def _of_interest_to(reader: Member) -> QuerySet[Meeting]:
    """Those of the reader's circles, and those elsewhere to which the reader did not say no."""
    # Asked first and by itself: as a condition among others it makes PostgreSQL look at every meeting of two years.
    answered = Registration.objects.filter(member=reader).exclude(answer=Registration.Answer.NO)
    said_yes = list(answered.values_list("meeting", flat=True))
    return _recent().filter(Q(circle__in=rights_of_the_actor().circles) | Q(pk__in=said_yes))


def _calendar(request, text: str, **cache_control) -> HttpResponse:
    """The file, or 304 for who has it. DTSTAMP says when it was made and is no change."""
    digest = hashlib.sha256(re.sub(r"(?m)^DTSTAMP:.*$", "", text).encode()).hexdigest()
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8", headers={"ETag": f'W/"{digest[:32]}"'})
    patch_cache_control(response, **cache_control)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
