"""Pages about people: my own, those of a circle, and getting a place or a role in it."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regions.access import members_only, open_to_all, who_may
from regions.limits import limited
from regions.models import Circle

from . import actions
from .forms import AnswerForm, AskForm, DecisionForm, EndSessionForm, JoinForm, MandateForm, ProfileForm
from .language import is_from_here, is_spoken, keep_here, speak, way_back
from .logins import log_out_elsewhere, sessions_of
from .models import JoinRequest, Membership
from .people import meetings_answered_by, members_of, trekkers_of
from .proof import joins_at_once
from .second_factor import is_protected

LAST_TREKKER = gettext_lazy(
    "The circle would have no trekker left. First make another member a trekker, or ask a community manager to do so."
)
DECIDED = gettext_lazy("This request is no longer waiting for a decision.")


def posted(request):
    """What was sent, also when it is empty; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


# --- My own --------------------------------------------------------------------------------------------------------


@members_only
@require_GET
def mine(request):
    """Where I am in, what was asked of me, what I asked and where I go."""
    me = request.user
    wishes = me.join_requests.open().select_related("circle")
    context = {
        "memberships": me.memberships.current().select_related("circle").order_by("circle__name"),
        "asked": [wish for wish in wishes if wish.asked_by_id],
        "requests": [wish for wish in wishes if not wish.asked_by_id],
        "meetings": meetings_answered_by(me)[:25],
        "feed_address": getattr(me, "feed_address", None),
    }
    return render(request, "members/mine.html", context)


@members_only
@require_http_methods(["GET", "POST"])
def profile(request):
    """My name, function and language, and how I log in."""
    form = ProfileForm(posted(request), instance=request.user)
    if request.method == "POST" and form.is_valid():
        actions.save_profile(request.user, by=request.user, **form.cleaned_data)
        speak(request, form.cleaned_data["language"])
        messages.success(request, _("Your details were saved."))
        return keep_here(redirect("profile"), form.cleaned_data["language"])
    context = {"form": form, "is_protected": is_protected(request.user), "providers": settings.OIDC_PROVIDERS}
    return render(request, "members/profile.html", context, status=422 if form.errors else 200)


@open_to_all
@csrf_exempt  # a token is a cookie, and who only reads gets none; where it comes from is looked at instead
@require_POST
def language(request):
    """Dutch or English from now on: in this browser, and for a member wherever they read."""
    chosen, back = request.POST.get("language"), redirect(way_back(request))
    if not is_spoken(chosen) or not is_from_here(request):
        return back
    if request.user.is_authenticated and request.user.language != chosen:
        actions.choose_language(request.user, by=request.user, language=chosen)
    return keep_here(back, chosen)


@members_only
@require_http_methods(["GET", "POST"])
def sessions(request):
    """Where I am logged in, and logging out there."""
    here = request.session.session_key
    form = EndSessionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        ended = log_out_elsewhere(request.user, by=request.user, here=here, only=form.cleaned_data["session"])
        said = ngettext(
            "You were logged out in %(count)d other place.", "You were logged out in %(count)d other places.", ended
        )
        messages.success(request, said % {"count": ended})
        return redirect("sessions")
    context = {"here": here, "sessions": sessions_of(request.user), "form": form}
    return render(request, "members/sessions.html", context, status=422 if form.errors else 200)


# --- Joining and leaving -------------------------------------------------------------------------------------------


@who_may("ask to join", Circle)
@limited("ask-to-join")
@require_http_methods(["GET", "POST"])
def join(request, circle):
    """Become a member at once, or ask to."""
    form = JoinForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return _join(request, circle, form.cleaned_data["message"])
    context = {
        "circle": circle,
        "form": form,
        "at_once": joins_at_once(request.user, circle),
        "membership": request.user.memberships.current().filter(circle=circle).first(),
        "wish": request.user.join_requests.open().filter(circle=circle).first(),
    }
    return render(request, "members/join.html", context, status=422 if form.errors else 200)


def _join(request, circle, message):
    try:
        place = actions.join(circle, by=request.user, message=message)
    except (actions.NothingToJoin, actions.CircleClosed, actions.OnlyByInvitation):
        return redirect("join", circle.slug)  # the page says why
    if isinstance(place, Membership):
        messages.success(request, _("You are a member of %(circle)s.") % {"circle": circle})
        return redirect(circle)
    messages.success(
        request,
        _("Your request was sent to the trekkers of %(circle)s. You get an e-mail once they have decided.")
        % {"circle": circle},
    )
    return redirect("mine")


@who_may("ask to join", Circle)
@require_http_methods(["GET", "POST"])
def leave(request, circle):
    """End my own place, after one question. Who is not in the circle has nothing to end."""
    membership = request.user.memberships.current().filter(circle=circle).first()
    if membership is None:
        messages.info(request, _("You are not a member of %(circle)s.") % {"circle": circle})
        return redirect("mine")
    if request.method == "GET":
        return render(request, "members/leave.html", {"circle": circle, "membership": membership})
    try:
        actions.leave(circle, by=request.user)
    except actions.LastTrekkerLeaves:
        messages.error(request, LAST_TREKKER)
        return redirect("circle_members", circle.slug)
    messages.success(request, _("You are no longer a member of %(circle)s.") % {"circle": circle})
    return redirect("mine")


# --- The people of a circle ----------------------------------------------------------------------------------------


@who_may("see members", Circle)
@require_GET
def circle_members(request, circle):
    """Who is in the circle, by government; for its trekkers also who would like to be."""
    page = Paginator(members_of(circle), 100).get_page(request.GET.get("page"))
    context = {
        "circle": circle,
        "page_obj": page,
        "trekkers": trekkers_of(circle),
        "leads": request.rights.may("give roles", circle.pk),
        "knows_people": circle.pk in request.rights.peers,
        "form": AskForm(),
    }
    if context["leads"]:
        wishes = JoinRequest.objects.open().filter(circle=circle, asked_by=None)
        context["requests"] = wishes.select_related("member__government", "member__partner")
    return render(request, "members/circle_members.html", context)


@who_may("ask members", Circle)
@limited("ask-a-member")
@require_http_methods(["GET", "POST"])
def ask_member(request, circle):
    """Ask someone by address. The answer never says whether that address has a profile."""
    form = AskForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(circle, by=request.user, **form.cleaned_data)
            messages.success(request, _("%(address)s gets an e-mail.") % form.cleaned_data)
        except (actions.NothingToJoin, actions.CircleClosed):
            messages.error(request, _("Nobody can join this circle."))
        return redirect("circle_members", circle.slug)
    context = {"circle": circle, "form": form}
    return render(request, "members/ask_member.html", context, status=422 if form.errors else 200)


@who_may("decide requests", JoinRequest)
@require_http_methods(["GET", "POST"])
def decide_request(request, wish):
    """Yes or no to who asks for a place."""
    if wish.decided_at or wish.asked_by_id:
        messages.info(request, DECIDED)
        return redirect("circle_members", wish.circle.slug)
    form = DecisionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide(wish, by=request.user, **form.cleaned_data)
            messages.success(request, _("Your decision was saved. The person gets an e-mail."))
        except (actions.AlreadyDecided, actions.AnswersForThemselves):
            messages.info(request, DECIDED)
        return redirect("circle_members", wish.circle.slug)
    context = {"circle": wish.circle, "wish": wish, "form": form}
    return render(request, "members/decide_request.html", context, status=422 if form.errors else 200)


@members_only
@require_http_methods(["GET", "POST"])
def answer_asking(request, pk):
    """Yes or no to a trekker who asks me."""
    wish = get_object_or_404(request.user.join_requests.exclude(asked_by=None), pk=pk)
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_asking(wish, by=request.user, **form.cleaned_data)
            messages.success(request, _("Your answer was saved. The trekker gets an e-mail."))
        except actions.AlreadyDecided:
            messages.info(request, _("You have already answered."))
        return redirect("mine")
    context = {"circle": wish.circle, "wish": wish, "form": form}
    return render(request, "members/answer_asking.html", context, status=422 if form.errors else 200)


@who_may("give roles", Membership)
@require_http_methods(["GET", "POST"])
def give_role(request, membership):
    """A mandate for a member, its end, or the end of the membership: one button each."""
    if membership.ended_at:
        messages.info(request, _("This person is no longer in the circle."))
        return redirect("circle_members", membership.circle.slug)
    deed = request.POST.get("do", "")
    form = MandateForm(request.POST if deed == "give" else None, instance=membership)
    if request.method == "POST" and (deed in ("end", "remove") or form.is_valid()):
        return _give_role(request, membership, deed, form)
    context = {"circle": membership.circle, "membership": membership, "member": membership.member, "form": form}
    return render(request, "members/give_role.html", context, status=200 if request.method == "GET" else 422)


def _give_role(request, membership, deed, form):
    if deed == "remove" and membership.member_id == request.user.pk:
        return redirect("leave", membership.circle.slug)
    try:
        if deed == "end":
            actions.end_mandate(membership, by=request.user)
        elif deed == "remove":
            actions.remove(membership, by=request.user)
        else:
            mandate = form.cleaned_data
            actions.make_trekker(
                membership, by=request.user, start=mandate["mandate_start"], end=mandate["mandate_end"]
            )
        messages.success(request, _("The change was saved. The person gets an e-mail."))
    except actions.LastTrekkerLeaves:
        messages.error(request, LAST_TREKKER)
    except actions.SupplierCannotLead:
        messages.error(request, _("People who work for a supplier cannot lead a circle. Choose another member."))
    except actions.MembershipOver:
        messages.info(request, _("This person is no longer in the circle."))
    return redirect("circle_members", membership.circle.slug)
