"""Who gets a letter, shown before it is sent; and afterwards what was sent, and what failed."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, When, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from mailroom.models import Delivery
from meetings import mailings
from meetings.actions import planning as actions
from meetings.models import Meeting
from regions.access import who_may
from regions.limits import limited

PER_PAGE = 25


@who_may("invite", Meeting)
@limited("message-to-the-circle")
@require_http_methods(["GET", "POST"])
def invite(request, meeting: Meeting) -> HttpResponse:
    """The list and the letter; what is sent is what was shown, or the page shows it anew."""
    try:
        actions.refuse_unless_open(meeting)
    except (actions.NotPublished, actions.MeetingInThePast):
        messages.warning(request, _("You can invite once the meeting is published, and until it begins."))
        return redirect("desk", meeting.circle.slug)
    if request.method == "POST":
        try:
            sent = actions.invite(meeting, by=request.user, shown=request.POST.get("shown", ""))
        except actions.MailingChanged:
            return _invite_page(request, meeting, stale=True)
        except (actions.NotPublished, actions.MeetingInThePast):  # cancelled by a co-trekker meanwhile
            return redirect("invite", meeting.pk)
        else:
            messages.success(request, _told(sent))
            return redirect("invite", meeting.pk)
    return _invite_page(request, meeting)


def _invite_page(request, meeting: Meeting, *, stale: bool = False) -> HttpResponse:
    prefetch_related_objects([meeting], "agenda")
    context = {
        "meeting": meeting,
        "mailing": mailings.invitation(meeting, reader=request.user),
        "invited": meeting.invitations.count(),
        "stale": stale,
    }
    return render(request, "meetings/invite.html", context, status=409 if stale else 200)


def _told(sent: int) -> str:
    if not sent:
        return _("Everyone was already invited. Nothing was sent again.")
    return ngettext("%(n)s invitation is on its way.", "%(n)s invitations are on their way.", sent) % {"n": sent}


@who_may("see post", Meeting)
@require_GET
def meeting_post(request, meeting: Meeting) -> HttpResponse:
    """Every letter about this meeting, what failed first; ``?toestand=`` narrows it to one state."""
    about = Delivery.objects.about(f"meeting:{meeting.pk}")
    counts = mailings.counts_by_state(about)
    state = request.GET.get("toestand", "")
    shown = about.filter(state=state) if state in Delivery.State.values else about
    failed_first = Case(When(state=Delivery.State.FAILED, then=0), default=1)
    shown = shown.select_related("member").order_by(failed_first, "-posted_at", "-pk")
    context = {
        "meeting": meeting,
        "page_obj": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "counts": counts,
        "failed": next((n for name, _label, n in counts if name == Delivery.State.FAILED), 0),
        "chosen": state,
    }
    return render(request, "meetings/meeting_post.html", context)
