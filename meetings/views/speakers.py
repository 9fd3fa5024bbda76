"""The pool of speakers, and asking one of them for a point of the programme."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db.models import OuterRef, Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from library.models import Topic
from meetings.actions import speakers as actions
from meetings.filters import SpeakerFilter
from meetings.forms.speakers import AskForm, SpeakerForm, known_address
from meetings.models import AgendaItem, Meeting, Speaker, Talk
from regions.access import any_trekker, who_may
from regions.fragments import render_part
from regions.limits import limited

PER_PAGE = 25


@any_trekker
@require_GET
def speakers(request):
    """Everyone who can be asked, with where they spoke as far as the one who looks may know."""
    filters = SpeakerFilter(request.GET, _pool(), request=request)
    page = Paginator(filters.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {"filters": filters, "page_obj": page}
    template, status = "meetings/speakers.html", 200 if filters.is_valid() else 422
    return render_part(request, template, f"{template}#found", context, status=status)


def _pool() -> QuerySet[Speaker]:
    """Speakers, each with ``about_topics`` (titles) and ``spoken``: talks that took place and that the wall shows."""
    spoken = Talk.objects.filter(
        state=Talk.State.ACCEPTED,
        item__meeting__state__in=[Meeting.State.PUBLISHED, Meeting.State.HELD],
        item__meeting__ends_at__lt=timezone.now(),
    )
    newest_first = spoken.select_related("item__meeting__circle").order_by("-item__meeting__starts_at")
    topics = Topic.objects.filter(speakers=OuterRef("pk")).order_by("title").values("title")
    pool = Speaker.objects.annotate(about_topics=ArraySubquery(topics))
    return pool.prefetch_related(Prefetch("talks", newest_first, to_attr="spoken"))


@any_trekker
@require_http_methods(["GET", "HEAD", "POST"])
def add_speaker(request):
    form = SpeakerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            added = actions.add_speaker(by=request.user, **form.cleaned_data)
        except actions.AddressKnown as known:
            form.add_error("email", known_address(known.speaker))
        else:
            messages.success(request, _("%(name)s is now in the list of speakers.") % {"name": added.name})
            return redirect("speaker", added.pk)
    return render(request, "meetings/add_speaker.html", {"form": form}, status=422 if form.is_bound else 200)


@any_trekker
@require_http_methods(["GET", "HEAD", "POST"])
def speaker(request, pk):
    """One speaker: who it is, where they spoke, and the form to change it. All trekkers keep the pool together."""
    found = get_object_or_404(_pool().select_related("contact"), pk=pk)
    initial = {"email": found.contact.email if hasattr(found, "contact") else ""}
    typed = request.POST if request.method == "POST" else None
    form = SpeakerForm(typed, instance=get_object_or_404(Speaker, pk=pk), initial=initial)
    if form.is_valid():
        try:
            actions.edit_speaker(form.instance, by=request.user, **form.cleaned_data)
        except actions.AddressKnown as known:
            form.add_error("email", known_address(known.speaker))
        else:
            messages.success(request, _("Your changes are saved."))
            return redirect("speaker", pk)
    context = {"speaker": found, "form": form}
    return render(request, "meetings/speaker.html", context, status=422 if form.is_bound else 200)


@who_may("ask speakers", AgendaItem)
@limited("ask-a-speaker")
@require_http_methods(["GET", "HEAD", "POST"])
def ask_speaker(request, item):
    """Choose from the pool or add someone, say why, and the letter leaves."""
    search = request.GET.get("zoek", "").replace("\0", "")[:80].strip()
    form = AskForm(request.POST if request.method == "POST" else None, pool=_pool(), search=search)
    if form.is_valid():
        answer = _ask(request, item, form)
        if answer:
            return answer
    talks = Talk.objects.filter(item=item).select_related("speaker", "asking")
    context = {"item": item, "meeting": item.meeting, "form": form, "search": search, "talks": talks}
    return render(request, "meetings/ask_speaker.html", context, status=422 if form.is_bound else 200)


def _ask(request: Any, item: AgendaItem, form: AskForm) -> HttpResponse | None:
    """Where to go after asking; None when the form has to be shown again."""
    chosen, message = form.cleaned_data["speaker"], form.cleaned_data["message"]
    try:
        talk = actions.ask_someone(item, by=request.user, speaker=chosen, message=message, **form.new_card)
    except actions.AddressKnown as known:
        form.add_error("email", known_address(known.speaker))
        return None
    except actions.AlreadyAsked:
        messages.info(request, _("%(name)s has already been asked for this.") % {"name": chosen.name})
    except actions.MeetingNotOpen:
        messages.warning(request, _("This meeting is over or cancelled, so nobody can be asked any more."))
    else:
        messages.success(request, _("%(name)s gets an e-mail at once.") % {"name": talk.speaker.name})
    return redirect("ask_speaker", item.pk)


@who_may("ask speakers", Meeting)
@require_POST
def pass_on(request, meeting):
    """What stands on the page of the evaluations goes to the speakers; without the button it goes by the clock."""
    if actions.pass_on(meeting, by=request.user):
        messages.success(request, _("The speakers get what was written for them in an e-mail."))
    else:
        messages.info(request, _("There is nothing new to pass on: it went before, nobody agreed, or nobody spoke."))
    return redirect("evaluations", meeting.pk)


@who_may("ask speakers", Talk)
@require_POST
def withdraw_talk(request, talk):
    actions.withdraw_talk(talk, by=request.user)
    messages.success(request, _("%(name)s is no longer asked and is told so.") % {"name": talk.speaker.name})
    return redirect(reverse("ask_speaker", args=[talk.item_id]))
