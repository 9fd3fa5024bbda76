"""Letters with which a circle hears of a meeting: invited, changed, cancelled, reminded.

``files`` holds what the calendar files of one mailing have in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mailroom.languages import to
from mailroom.links import absolute
from mailroom.outgoing import Outgoing
from meetings import words
from meetings.calendar import LetterFiles
from meetings.letters.answers import answer_address, suggesting
from meetings.models import Form, Meeting, Registration
from meetings.proposed import proposed_answers

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

    from members.models import Member

Answer = Registration.Answer


@dataclass(frozen=True)
class Change:
    """What is different now, and what it was; ``old`` is empty when that says nothing to anyone.

    Lazy: the page and each letter say it in the language of their reader.
    """

    label: StrOrPromise
    old: StrOrPromise
    new: StrOrPromise

    def __str__(self) -> str:
        if not self.old:
            return f"{self.label}: {self.new}"
        return _("%(label)s: %(new)s (was: %(old)s)") % {"label": self.label, "new": self.new, "old": self.old}


def differences(before: Meeting, after: Meeting, *, link_changed: bool) -> list[Change]:
    """What people must be told. Never the online link itself: it is for those who may come, on the page."""
    told: list[tuple[Any, Any, Any]] = [
        (gettext_lazy("When"), _when(before), _when(after)),
        (gettext_lazy("Where"), _where(before), _where(after)),
        (gettext_lazy("Form"), Form(before.form).label, Form(after.form).label),
    ]
    changes = [Change(*each) for each in told if str(each[1]) != str(each[2])]
    if link_changed:
        new = gettext_lazy("a new link, which you find on the page of the meeting")
        changes.append(Change(gettext_lazy("Online link"), "", new))
    return changes


_when, _where = lazy(words.when, str), lazy(words.where, str)


def programme(meeting: Meeting) -> list[str]:
    """The points in short, in one paragraph; nothing while there are none."""
    titles = [item.title for item in meeting.agenda.all()]
    return [_("On the programme: %(items)s.") % {"items": "; ".join(titles)}] if titles else []


def answer_buttons(files: LetterFiles, member: Member) -> list[tuple[str, str]]:
    """The three answers, each a page on which one still confirms, and the meeting itself."""
    meeting = files.meeting
    address = answer_address(meeting, member)
    answers = files.once("answers", _answers)
    buttons = [(label, suggesting(answer, address)) for answer, label in answers]
    return [*buttons, files.once("page", lambda: page_button(meeting))]


def _answers() -> list[tuple[str, str]]:
    return [
        (Answer.YES, _("Yes, I am coming")),
        (Answer.MAYBE, _("Maybe")),
        (Answer.NO, _("No, I am not coming")),
    ]


def page_button(meeting: Meeting) -> tuple[str, str]:
    return _("View the meeting"), absolute(meeting.get_absolute_url())


def _letter(
    kind: str, verb: str, files: LetterFiles, member: Member, paragraphs: Sequence[str], **extra: Any
) -> Outgoing:
    """What all letters about a meeting share. Their version is its SEQUENCE, so each is sent once per change."""
    meeting = files.meeting
    fields: dict[str, Any] = {
        "facts": files.once("facts", lambda: words.facts(meeting)),
        "not_after": meeting.starts_at,
        "only_while_member": meeting.audience == Meeting.Audience.CIRCLE and not member.is_community_manager,
    }
    if "buttons" not in extra:
        fields["buttons"] = answer_buttons(files, member)
    return Outgoing(
        kind=kind,
        thing=f"meeting:{meeting.pk}",
        version=meeting.sequence,
        to=member.email,
        subject=files.once(verb, lambda: words.subject(verb, meeting)),
        paragraphs=paragraphs,
        member=member,
        circle=meeting.circle,
        calendar=files.file_for(member),
        **fields | extra,
    )


@to("member")
def invitation(meeting: Meeting, member: Member, files: LetterFiles) -> Outgoing:
    """Asks whether one comes. Says nothing about coming itself: that is the member's answer."""
    return _letter(
        "invitation",
        _("Invitation"),
        files,
        member,
        [*files.once("invited", lambda: _invited(meeting)), *_proposed(meeting, member, files)],
        closing=files.once("about", lambda: [*([meeting.about] if meeting.about else []), *programme(meeting)]),
        can_unsubscribe=True,
    )


def _proposed(meeting: Meeting, member: Member, files: LetterFiles) -> list[str]:
    """To who said elsewhere that they may well come: a question, never an answer."""
    expected = files.once("proposed", lambda: proposed_answers(meeting)).get(member.pk)
    return [str(expected)] if expected else []


def _invited(meeting: Meeting) -> list[str]:
    return [
        _("%(circle)s invites you to the meeting “%(title)s”.") % {"circle": meeting.circle, "title": meeting.title},
        _("Let us know whether you are coming. That takes two clicks, and you can change your answer later."),
    ]


@to("member")
def changed(
    meeting: Meeting,
    member: Member,
    files: LetterFiles,
    *,
    changes: Sequence[Change],
    registration: Registration | None,
    lost: bool,
) -> Outgoing:
    """Says what is different and what of the member's answer. ``lost``: their way of taking part is gone."""
    paragraphs = [
        _("The meeting “%(title)s” has changed.") % {"title": meeting.title},
        *files.once("changes", lambda: [*map(str, changes)]),
        what_of_the_answer(registration, lost=lost),
    ]
    return _letter("meeting_changed", _("Changed"), files, member, paragraphs)


def what_of_the_answer(registration: Registration | None, *, lost: bool) -> str:
    """Old answers are never counted in silence: the letter says what stands, and asks again."""
    if registration is None:
        return _("You have not answered yet. Let us know whether you are coming.")
    if registration.answer == Answer.NO:
        return _("You could not come on the earlier date. Does the new one suit you? Let us know.")
    if lost:
        return _(
            "You would take part in a way that is no longer possible. We put your answer on “maybe” until you "
            "let us know whether you are coming."
        )
    if registration.waiting:
        return _("You stay on the waiting list. If it no longer suits you, change your answer.")
    if registration.answer == Answer.YES:
        return _("You answered “yes”, and that stands. If it no longer suits you, change your answer.")
    return _("You answered “maybe”. Let us know whether you are coming.")


@to("member")
def cancelled(meeting: Meeting, member: Member, files: LetterFiles) -> Outgoing:
    """Takes the meeting out of diaries. Sent until the moment at which it would have begun."""
    paragraphs = [
        _("The meeting “%(title)s” of %(day)s will not take place.")
        % {"title": meeting.title, "day": words.day(meeting)},
        _("The reason: %(reason)s") % {"reason": meeting.cancelled_because},
        _("You do not have to do anything. The attached calendar file removes it from your calendar."),
    ]
    return _letter(
        "meeting_cancelled",
        _("Cancelled"),
        files,
        member,
        paragraphs,
        buttons=[page_button(meeting)],
    )


@to("member")
def reminder_coming(meeting: Meeting, member: Member, files: LetterFiles) -> Outgoing:
    """The day before, for who has a seat."""
    paragraphs = [
        _("The meeting “%(title)s” is tomorrow (%(hours)s). You let us know that you are coming.")
        % {"hours": words.hours(meeting), "title": meeting.title},
        *([meeting.route] if meeting.route and meeting.is_in_person else []),
        *programme(meeting),
        _("Can you not come after all? Let us know, so that someone else can have your seat."),
    ]
    return _letter(
        "reminder_coming",
        _("Reminder"),
        files,
        member,
        paragraphs,
        buttons=[(_("No, I am not coming"), answer_address(meeting, member, Answer.NO)), page_button(meeting)],
        can_unsubscribe=True,
        why=_("You get this e-mail because you said that you are coming to this meeting."),
    )


@to("member")
def reminder_silent(meeting: Meeting, member: Member, files: LetterFiles) -> Outgoing:
    """A week before, for who was invited and has not answered. Once."""
    paragraphs = [
        _("%(circle)s meets on %(day)s: “%(title)s”. We do not know yet whether you are coming.")
        % {"day": words.day(meeting), "circle": meeting.circle, "title": meeting.title},
        *programme(meeting),
        _("A “no” helps the circle too. Let us know; we will not ask again."),
    ]
    return _letter(
        "reminder_silent",
        _("Are you coming?"),
        files,
        member,
        paragraphs,
        can_unsubscribe=True,
    )


@to("substitute")
def invitation_instead(meeting: Meeting, substitute: Member, by: Member) -> Outgoing:
    """A colleague who cannot come names you. Once, whoever names you; an invitation like any other."""
    paragraphs = [
        _("%(name)s cannot come to the meeting “%(title)s” of %(circle)s, and named you to come instead.")
        % {"name": by.name, "title": meeting.title, "circle": meeting.circle},
        _("Nothing is settled yet: let us know whether you are coming. A “no” helps the circle too."),
        *programme(meeting),
    ]
    return _letter(
        "invitation_instead",
        _("Can you come instead?"),
        LetterFiles(meeting, "REQUEST"),
        substitute,
        paragraphs,
        can_unsubscribe=True,
        why=_("You get this e-mail because a colleague named you as a substitute."),
    )
