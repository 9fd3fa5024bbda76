"""What a trekker has to do for a meeting, in order, and where things stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db.models import Case, CharField, Count, Exists, OuterRef, Prefetch, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailroom.models import Delivery
from members.models import Member
from regions.models import Circle

from . import hosts, mailings, rota, words
from .models import AgendaItem, Hosting, Invitation, Meeting, PressingQuestion, Registration, Talk

REPORTED_WITHIN = dt.timedelta(days=60)
"""What nobody wrote down after that is not asked for any more."""
DONE, NEXT, TO_DO, WAITING, LACKING = "done", "next", "to_do", "waiting", "lacking"


@dataclass(frozen=True)
class Step:
    """One thing to do, with what is known of it and where it is done. ``posts``: a button does it, not a page."""

    name: str
    state: str
    about: str
    address: str
    posts: bool = False


@dataclass(frozen=True)
class Totals:
    """How a circle answered. ``silent`` was invited and has not answered."""

    yes: int = 0
    waiting: int = 0
    maybe: int = 0
    no: int = 0
    silent: int = 0


@dataclass(frozen=True)
class Quarter:
    """Three months of the line above the desk: ``number`` 1 to 4, and what a circle holds in them, soonest first."""

    year: int
    number: int
    is_now: bool
    is_over: bool
    meetings: list[Meeting]


def quarters(meetings: list[Meeting], *, today: dt.date | None = None) -> list[Quarter]:
    """The quarter of today, the one before and the two after. What was cancelled leaves its quarter empty."""
    today = today or timezone.localdate()
    now = _quarter(today)
    held: dict[int, list[Meeting]] = {}
    for meeting in sorted(meetings, key=lambda each: each.starts_at):
        if meeting.state != Meeting.State.CANCELLED:
            held.setdefault(_quarter(timezone.localtime(meeting.starts_at).date()), []).append(meeting)
    return [
        Quarter(each // 4, each % 4 + 1, each == now, each < now, held.get(each, []))
        for each in range(now - 1, now + 3)
    ]


def _quarter(day: dt.date) -> int:
    """Quarters since the year 0, so that they can be counted on."""
    return day.year * 4 + (day.month - 1) // 3


def to_plan(circle: Circle) -> list[Meeting]:
    """Drafts and what is to come, soonest first, with all that the desk shows of them."""
    speakers = Talk.objects.select_related("speaker")
    asked = PressingQuestion.objects.filter(item=OuterRef("pk"))
    agenda = AgendaItem.objects.select_related("case").annotate(has_question=Exists(asked))
    agenda = agenda.prefetch_related(Prefetch("talks", speakers))
    return list(
        Meeting.objects.filter(circle=circle, state__in=[Meeting.State.DRAFT, Meeting.State.PUBLISHED])
        .upcoming()
        .select_related("circle", "host", "join_link", "date_poll")
        .prefetch_related(Prefetch("agenda", agenda))
    )


def unreported(past: list[Meeting]) -> list[Meeting]:
    """Those of the past months of which the circle has not read a report; each with its ``report`` looked up."""
    since = timezone.now() - REPORTED_WITHIN
    held = [each for each in past if each.state != Meeting.State.CANCELLED and each.starts_at > since]
    return [each for each in held if not (hasattr(each, "report") and each.report.is_published)]


def totals(meetings: list[Meeting]) -> dict[int, Totals]:
    """Per meeting id, in one query however many there are."""
    counts: dict[int, dict[str, int]] = {meeting.pk: {} for meeting in meetings}
    said = Case(When(waiting=True, then=Value("waiting")), default="answer", output_field=CharField())
    answers = Registration.objects.filter(meeting__in=meetings).order_by().values_list("meeting", said)
    answered = Registration.objects.filter(meeting=OuterRef("meeting"), member=OuterRef("member"))
    silent = Invitation.objects.filter(~Exists(answered), meeting__in=meetings).order_by()
    silent = silent.values_list("meeting", Value("silent"))
    for pk, what, n in answers.annotate(n=Count("pk")).union(silent.annotate(n=Count("pk")), all=True):
        counts[pk][what] = n
    return {pk: Totals(**count) for pk, count in counts.items()}


def failed_letters(circle: Circle, meetings: list[Meeting]) -> dict[int, int]:
    """How many letters failed, per meeting id; only meetings with any."""
    about = {f"meeting:{meeting.pk}": meeting.pk for meeting in meetings}
    failed = Delivery.objects.failed().filter(circle=circle, about__in=about)
    rows = failed.values("about").annotate(n=Count("pk")).order_by()
    return {about[row["about"]]: row["n"] for row in rows}


def steps(meeting: Meeting, *, reader: Member) -> list[Step]:
    """What makes this meeting happen, in order. The first thing that is not done is what to do next."""
    found = [
        _moment(meeting),
        _place(meeting),
        _programme(meeting),
        _speakers(meeting),
        _publish(meeting),
        _invite(meeting, reader),
    ]
    first = next((step for step in found if step.state == TO_DO), None)
    return [replace(step, state=NEXT) if step is first else step for step in found]


def choose(planned: list[Meeting], wanted: str | None, *, reader: Member) -> tuple[Meeting | None, list[Step]]:
    """The meeting that the desk is about, with its steps: the one asked for, or else the first that comes.

    When all is done for that one, it is the first to which nobody was invited yet.
    """
    meeting = next((each for each in planned if str(each.pk) == wanted), None)
    if meeting is not None:
        return meeting, steps(meeting, reader=reader)
    if not planned:
        return None, []
    found = steps(planned[0], reader=reader)
    behind = next((each for each in planned[1:] if each.invited_at is None), None)
    if behind is not None and not any(step.state == NEXT for step in found):
        return behind, steps(behind, reader=reader)
    return planned[0], found


def _change_address(meeting: Meeting) -> str:
    """Where day, form and place are changed: of a draft by editing, otherwise by moving."""
    return reverse("edit_meeting" if meeting.state == Meeting.State.DRAFT else "move_meeting", args=[meeting.pk])


def _moment(meeting: Meeting) -> Step:
    about = f"{words.when(meeting)}, {meeting.get_form_display()}"
    poll = getattr(meeting, "date_poll", None)
    if poll is not None and not poll.is_decided:
        until = {"day": date_format(poll.open_until, "j F")}
        state, asked = (
            (WAITING, _("Asked which day suits, until %(day)s.")) if poll.takes_votes else (TO_DO, _("Choose a day."))
        )
        return Step(_("Date and form"), state, asked % until, reverse("poll", args=[poll.pk]))
    return Step(_("Date and form"), DONE, about, _change_address(meeting))


def missing_place(meeting: Meeting) -> dict[str, str]:
    """What people need in order to be there, and is not known yet; by the field where it is filled in."""
    missing = {}
    if meeting.is_in_person and meeting.host is None:
        missing["host"] = _("the host")
    if meeting.is_in_person and not (meeting.venue or meeting.address):
        missing["venue"] = _("the building or the address")
    if meeting.is_online and not hasattr(meeting, "join_link"):
        missing["online_link"] = _("the online link")
    return missing


def _place(meeting: Meeting) -> Step:
    """Where it is, and what the host said who was asked."""
    missing, answers = missing_place(meeting), hosts.answers(meeting)
    if answers.standing and answers.standing.state == Hosting.State.ASKED:
        about = _("Asked: %(host)s. No answer yet.") % {"host": answers.standing.government}
        return Step(_("Host and place"), WAITING, about, reverse("ask_host", args=[meeting.pk]))
    if answers.standing and answers.standing.government_id != meeting.host_id:
        about = _("%(host)s agreed, but the meeting does not take place there yet.")
        about %= {"host": answers.standing.government}
        return Step(_("Host and place"), TO_DO, about, f"{_change_address(meeting)}#id_host")
    said = _what_hosts_said(meeting, answers)
    if meeting.host and _is_unasked(meeting, answers):
        address = f"{reverse('ask_host', args=[meeting.pk])}?bestuur={meeting.host.slug}"
        unasked = _("%(host)s is not asked yet.") % {"host": meeting.host}
        about = " ".join([unasked, *_still_missing(missing)])
        return Step(_("Host and place"), TO_DO if missing else LACKING, about, address)
    if not missing:
        address = reverse("host", args=[meeting.pk]) if answers.standing else _change_address(meeting)
        where = words.where(meeting)
        return Step(_("Host and place"), DONE, " ".join([f"{where}.", *said]) if said else where, address)
    about = " ".join([*_still_missing(missing), *said])
    first = next(iter(missing))
    address = reverse("ask_host", args=[meeting.pk]) if first == "host" else f"{_change_address(meeting)}#id_{first}"
    return Step(_("Host and place"), TO_DO, about, address)


def _is_unasked(meeting: Meeting, answers: hosts.Answers) -> bool:
    """A draft takes place at somebody's who does not know it yet. Once it is published, the trekker knows better."""
    return meeting.state == Meeting.State.DRAFT and meeting.is_in_person and answers.standing is None


def _still_missing(missing: dict[str, str]) -> list[str]:
    return [_("Still missing: %(what)s.") % {"what": ", ".join(missing.values())}] if missing else []


def _what_hosts_said(meeting: Meeting, answers: hosts.Answers) -> list[str]:
    if answers.standing:
        return [_("%(host)s agreed.") % {"host": answers.standing.government}, *_arranged(meeting)]
    found = []
    if answers.declined:
        found.append(_("Declined: %(names)s.") % {"names": ", ".join(map(str, answers.declined))})
    if meeting.is_in_person and meeting.host is None and (proposed := rota.proposed(meeting)):
        found.append(_("Next in turn: %(host)s.") % {"host": proposed})
    return found


def _arranged(meeting: Meeting) -> list[str]:
    """How far the host's checklist is."""
    tasks = hosts.checklist(meeting)
    to_do = [task for task in tasks if task.done_at is None]
    if not tasks:
        return []
    found = [_("%(n)s of %(all)s things are arranged.") % {"n": len(tasks) - len(to_do), "all": len(tasks)}]
    if to_do:
        first = {"what": to_do[0], "day": date_format(to_do[0].due_on, "j F")}
        found.append(_("First: %(what)s, by %(day)s.") % first)
    return found


def programme_minutes(meeting: Meeting) -> int:
    return sum(item.minutes for item in meeting.agenda.all())


def meeting_minutes(meeting: Meeting) -> int:
    return int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)


def _programme(meeting: Meeting) -> Step:
    items, length = len(meeting.agenda.all()), programme_minutes(meeting)
    about = ngettext("%(n)s point, %(minutes)s minutes", "%(n)s points, %(minutes)s minutes", items) % {
        "n": items,
        "minutes": length,
    }
    if not items:
        about = _("There is no programme yet.")
    elif length > meeting_minutes(meeting):
        about = _("%(minutes)s minutes too long for the meeting.") % {"minutes": length - meeting_minutes(meeting)}
    done = items and length <= meeting_minutes(meeting)
    if done and (lacking := list(filter(None, map(lacks, meeting.agenda.all())))):
        return Step(_("Programme"), LACKING, " ".join([f"{about}.", *lacking]), reverse("agenda", args=[meeting.pk]))
    return Step(_("Programme"), DONE if done else TO_DO, about, reverse("agenda", args=[meeting.pk]))


def lacks(item: AgendaItem) -> str:
    """What a point asks for and has not got yet, in a sentence. It may come later: nothing waits for it."""
    if item.kind == AgendaItem.Kind.PEER_CONSULTATION:
        case = getattr(item, "case", None)
        asked = item.has_question if hasattr(item, "has_question") else item.pressing_questions.all()
        if asked or (case and case.text and case.owner_id):
            return ""
        if case and case.text:
            return _("Nobody brings the case of “%(item)s” yet.") % {"item": item.title}
        return _("There is no case yet for “%(item)s”.") % {"item": item.title}
    if item.kind == AgendaItem.Kind.SITE_VISIT and not item.about:
        return _("There is no project of the host yet for “%(item)s”.") % {"item": item.title}
    return ""


def _speakers(meeting: Meeting) -> Step:
    """A deep dive needs someone who dives. Whoever was asked and has not answered holds nothing else up."""
    talks = [talk for item in meeting.agenda.all() for talk in item.talks.all()]
    asked = [talk.speaker.name for talk in talks if talk.state == Talk.State.ASKED]
    sure = [talk.speaker.name for talk in talks if talk.state == Talk.State.ACCEPTED]
    hopes = {talk.item_id for talk in talks if talk.state in {Talk.State.ASKED, Talk.State.ACCEPTED}}
    open_items = [
        item for item in meeting.agenda.all() if item.kind == AgendaItem.Kind.DEEP_DIVE and item.pk not in hopes
    ]
    address = reverse("agenda", args=[meeting.pk])
    if open_items:
        about = _("Nobody is asked yet for “%(item)s”.") % {"item": open_items[0].title}
        return Step(_("Speakers"), TO_DO, about, reverse("ask_speaker", args=[open_items[0].pk]))
    if asked:
        about = _("Asked, no answer yet: %(names)s.") % {"names": ", ".join(asked)}
        return Step(_("Speakers"), WAITING, about, address)
    return Step(_("Speakers"), DONE, ", ".join(sure) or _("This programme needs no speaker."), address)


def _publish(meeting: Meeting) -> Step:
    if meeting.state != Meeting.State.DRAFT:
        return Step(_("Publish"), DONE, _("Visible to: %(whom)s.") % {"whom": meeting.get_audience_display()}, "")
    about = _("After that visible to: %(whom)s. No e-mail is sent yet.") % {"whom": meeting.get_audience_display()}
    return Step(_("Publish"), TO_DO, about, reverse("publish_meeting", args=[meeting.pk]), posts=True)


def _invite(meeting: Meeting, reader: Member) -> Step:
    new = len(mailings.invitation(meeting, reader=reader).members)
    address = reverse("invite", args=[meeting.pk])
    if meeting.state == Meeting.State.DRAFT:
        return Step(_("Invite"), TO_DO, _("After publishing. You first see who gets which e-mail."), "")
    if meeting.invited_at is None:
        about = ngettext("%(n)s member gets an e-mail.", "%(n)s members get an e-mail.", new) % {"n": new}
        return Step(_("Invite"), TO_DO, about, address)
    if new:
        about = ngettext("Also invite %(n)s new member.", "Also invite the %(n)s new members.", new) % {"n": new}
        return Step(_("Invite"), TO_DO, about, address)
    return Step(
        _("Invite"),
        DONE,
        _("Invited on %(day)s.") % {"day": date_format(timezone.localtime(meeting.invited_at), "j F Y")},
        address,
    )
