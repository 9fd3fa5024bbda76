"""Letters about the day of a meeting that is still being chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailroom.languages import to
from mailroom.links import absolute
from mailroom.outgoing import Outgoing
from meetings import words
from meetings.models import DatePoll, Form, Talk

if TYPE_CHECKING:
    from members.models import Member

KINDS = {"poll_opened", "poll_reminder"}
"""Letters that make no sense any more once the day is known."""


def _last_day(poll: DatePoll) -> str:
    return date_format(poll.open_until, "l j F")


def _address(poll: DatePoll) -> str:
    return absolute(reverse("poll", args=[poll.pk]))


def _letter(kind: str, verb: str, poll: DatePoll, member: Member, paragraphs: Sequence[str]) -> Outgoing:
    days = [words.moment(option.starts_at, option.ends_at) for option in poll.options.all()]
    return Outgoing(
        kind=kind,
        thing=f"meeting:{poll.meeting_id}",
        version=f"poll-{poll.pk}",
        to=member.email,
        member=member,
        circle=poll.circle,
        subject=f"[{poll.circle}] {verb} {poll.title}",
        paragraphs=paragraphs,
        facts=[(_("Form"), str(Form(poll.form).label)), (_("Days"), "; ".join(days))],
        buttons=[(_("Say which days suit"), _address(poll))],
        not_after=timezone.make_aware(words.end_of(poll.open_until)),
        can_unsubscribe=True,
        only_while_member=True,
    )


@to("member")
def poll_opened(poll: DatePoll, member: Member) -> Outgoing:
    """Asks a member which days suit their government."""
    return _letter(
        "poll_opened",
        _("Which day suits?"),
        poll,
        member,
        [
            _("%(circle)s plans the meeting “%(title)s” and asks which days suit your organisation.")
            % {"circle": poll.circle, "title": poll.title},
            _("One answer per local government is enough: you see what your colleagues said, and can change it.")
            + " "
            + _("You can answer until %(day)s.") % {"day": _last_day(poll)},
        ],
    )


@to("member")
def poll_reminder(poll: DatePoll, member: Member) -> Outgoing:
    """Once, to everyone of a government that is silent."""
    return _letter(
        "poll_reminder",
        _("Reminder: which day suits?"),
        poll,
        member,
        [
            _("Nobody of your organisation has said yet which days suit for “%(title)s”.") % {"title": poll.title},
            _("You can answer until %(day)s.") % {"day": _last_day(poll)} + " " + _("We will not ask again."),
        ],
    )


@to("trekker")
def speaker_said_days(talk: Talk, poll: DatePoll, trekker: Member) -> Outgoing:
    """Tells a trekker that the speaker said which days suit."""
    votes = talk.date_votes.select_related("option").order_by("option__starts_at")
    suiting = [words.moment(each.option.starts_at, each.option.ends_at) for each in votes if each.answer == "yes"]
    stamp = max((each.voted_at.isoformat() for each in votes), default="")
    return Outgoing(
        kind="speaker_said_days",
        thing=f"meeting:{poll.meeting_id}",
        version=f"{talk.pk}-{stamp}",
        to=trekker.email,
        member=trekker,
        circle=poll.circle,
        subject=f"[{poll.circle}] {_('The speaker says which days suit:')} {poll.title}",
        paragraphs=[
            _("%(speaker)s says which days suit.") % {"speaker": talk.speaker}
            if suiting
            else _("None of the days suits %(speaker)s.") % {"speaker": talk.speaker},
        ],
        facts=[(_("Days that suit"), "; ".join(suiting))] if suiting else [],
        buttons=[(_("Choose the day"), _address(poll))],
        only_while_member=True,
    )
