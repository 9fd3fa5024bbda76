"""Letters to speakers, who have no account; and to the trekkers about what a speaker answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mailroom.languages import to
from mailroom.links import absolute
from mailroom.outgoing import Outgoing
from meetings import words
from meetings.calendar import file_for_speaker
from meetings.models import DatePoll, Meeting, Talk
from meetings.talks import address_of

if TYPE_CHECKING:
    from members.models import Member


@to("talk.speaker")
def speaker_asked(talk: Talk) -> Outgoing:
    """Asks for a talk; the button leads to a page on which the speaker says yes or no."""
    meeting = talk.item.meeting
    if talk.asking.by:
        asks = _("%(name)s asks you on behalf of %(circle)s to speak at the meeting “%(title)s”.")
    else:
        asks = _("%(circle)s asks you to speak at the meeting “%(title)s”.")
    return _letter(
        talk,
        kind="speaker_asked",
        verb=_("Would you like to speak?"),
        version=f"{talk.pk}-{talk.asked_at.isoformat()}",
        paragraphs=[
            asks % {"name": talk.asking.by, "circle": meeting.circle, "title": meeting.title},
            *([talk.asking.message] if talk.asking.message else []),
            *_follows_you(meeting),
            _(
                "Let us know whether you can. You need no profile. "
                "The button is personal: do not forward this e-mail."
            ),
        ],
        button=_("Say yes or no"),
        not_after=meeting.starts_at,
    )


def _follows_you(meeting: Meeting) -> list[str]:
    """The date of a draft may hang on the speaker, who then says which days suit."""
    if not DatePoll.objects.filter(meeting=meeting, asks=DatePoll.Asks.SPEAKER, decided_at=None).exists():
        return []
    return [_("The date is not fixed yet: with the button you also say which days suit you.")]


@to("talk.speaker")
def speaker_reminded(talk: Talk) -> Outgoing:
    """Once to who is silent, and a week before the meeting to who said yes."""
    meeting = talk.item.meeting
    if talk.state == Talk.State.ASKED:
        paragraphs = [
            _("%(circle)s asked you to speak at the meeting “%(title)s”, and does not know yet whether you can.")
            % {"circle": meeting.circle, "title": meeting.title},
            _("A “no” helps too: then the circle can ask someone else. We will not ask again."),
        ]
        version, verb, button = f"{talk.pk}-{talk.asked_at.isoformat()}", _("Reminder"), _("Say yes or no")
    else:
        paragraphs = [
            _("You are speaking at the meeting “%(title)s”. Thank you for that.") % {"title": meeting.title},
            _("Do you have slides? Add them beforehand, so that they are ready in the room and online."),
        ]
        version, verb = f"{talk.pk}-{meeting.starts_at.isoformat()}", _("You are speaking soon")
        button = _("Add your slides")
    return _letter(
        talk,
        kind="speaker_reminded",
        verb=verb,
        version=version,
        paragraphs=paragraphs,
        button=button,
        not_after=meeting.starts_at,
    )


@to("talk.speaker")
def slides_asked(talk: Talk) -> Outgoing:
    """Once per asking, a few days before, to who has added nothing yet."""
    meeting = talk.item.meeting
    return _letter(
        talk,
        kind="slides_asked",
        verb=_("Your slides"),
        version=f"{talk.pk}-{talk.asked_at.isoformat()}",
        paragraphs=[
            _("You are speaking at the meeting “%(title)s”. Your slides are not there yet.")
            % {"title": meeting.title},
            _(
                "Add them with the button, so that they are ready. "
                "Do you use none? Then you do not have to do anything."
            ),
        ],
        button=_("Add your slides"),
        not_after=meeting.starts_at,
        calendar=None,  # came with the reminder before
    )


@to("talk.speaker")
def speaker_thanked(talk: Talk) -> Outgoing:
    """The day after."""
    meeting = talk.item.meeting
    return _letter(
        talk,
        kind="speaker_thanked",
        verb=_("Thank you"),
        version=str(talk.pk),
        paragraphs=[
            _("Thank you for “%(item)s” at the meeting of %(circle)s.")
            % {"item": talk.item.title, "circle": meeting.circle},
            _("Would you still like to share your slides? Then add them, so that the whole circle finds them."),
        ],
        button=_("Add your slides"),
        not_after=meeting.ends_at + dt.timedelta(days=14),
        calendar=None,  # it is over
    )


@to("talk.speaker")
def words_passed_on(talk: Talk, said: Sequence[str]) -> Outgoing:
    """What people who were there wrote and let us pass on, without their names; the same letter only once."""
    return _letter(
        talk,
        kind="words_passed_on",
        verb=_("What people said"),
        version=str(talk.pk),
        paragraphs=[
            _("Thank you again for “%(item)s”. This is what people who were at the meeting wrote for the speakers:")
            % {"item": talk.item.title},
            *(f"“{text}”" for text in said),
        ],
        calendar=None,  # it is over
    )


@to("talk.speaker")
def speaker_told_of_change(talk: Talk) -> Outgoing:
    """The meeting moved, or will not take place: the letter says what is so now."""
    meeting = talk.item.meeting
    if meeting.state == Meeting.State.CANCELLED:
        return speaker_told_of_cancellation(talk)
    if talk.state == Talk.State.ACCEPTED:
        asks = _("You said that you would speak. Does it no longer suit you? Let us know with the button.")
    else:
        asks = _(
            "The circle asked you to speak and does not know yet whether you can. Does the new proposal suit you?"
        )
    return _letter(
        talk,
        kind="speaker_told_of_change",
        verb=_("Changed"),
        version=f"{talk.pk}-{meeting.sequence}",
        paragraphs=[
            _("The meeting “%(title)s” has changed. The new details are below.") % {"title": meeting.title},
            asks,
        ],
        button=_("View your talk"),
        not_after=meeting.starts_at,
    )


@to("talk.speaker")
def speaker_told_of_cancellation(talk: Talk) -> Outgoing:
    """The meeting will not take place; the link of the talk no longer works."""
    meeting = talk.item.meeting
    because = [_("The reason: %(reason)s") % {"reason": meeting.cancelled_because}] * bool(meeting.cancelled_because)
    return _letter(
        talk,
        kind="speaker_told_of_cancellation",
        verb=_("Cancelled"),
        version=f"{talk.pk}-{meeting.sequence}",
        paragraphs=[
            _("The meeting “%(title)s” of %(day)s will not take place. You are not expected there.")
            % {"title": meeting.title, "day": words.day(meeting)},
            *because,
        ],
        not_after=meeting.starts_at,
    )


@to("talk.speaker")
def speaker_released(talk: Talk) -> Outgoing:
    """The circle no longer asks this speaker."""
    meeting = talk.item.meeting
    return _letter(
        talk,
        kind="speaker_released",
        verb=_("You no longer have to speak"),
        version=f"{talk.pk}-{talk.asked_at.isoformat()}",
        paragraphs=[
            _("%(circle)s no longer asks you to speak at the meeting “%(title)s”. You do not have to do anything.")
            % {"circle": meeting.circle, "title": meeting.title},
        ],
        not_after=meeting.starts_at,
    )


@to("trekker")
def speaker_answered(talk: Talk, trekker: Member) -> Outgoing:
    """Tells a trekker of the circle what the speaker answered."""
    meeting, said_yes = talk.item.meeting, talk.state == Talk.State.ACCEPTED
    answer = (
        _("%(speaker)s will speak about “%(item)s”.")
        if said_yes
        else _("%(speaker)s cannot speak about “%(item)s”. You can ask someone else.")
    )
    item_page = reverse("ask_speaker", args=[talk.item_id])
    return Outgoing(
        kind="speaker_answered",
        thing=f"meeting:{meeting.pk}",
        version=f"{talk.pk}-{talk.state}-{talk.answered_at.isoformat() if talk.answered_at else ''}",
        to=trekker.email,
        member=trekker,
        circle=meeting.circle,
        subject=words.subject(_("Speaker says yes") if said_yes else _("Speaker says no"), meeting),
        paragraphs=[
            answer % {"speaker": talk.speaker, "item": talk.item.title},
            *([_("The speaker adds: %(reply)s") % {"reply": talk.asking.reply}] if talk.asking.reply else []),
            *([consent(talk)] if said_yes else []),
        ],
        facts=words.facts(meeting),
        buttons=[
            (_("View the meeting"), absolute(meeting.get_absolute_url()))
            if said_yes
            else (_("Ask someone else"), absolute(item_page))
        ],
    )


@to("trekker")
def consent_taken_back(talk: Talk, trekker: Member) -> Outgoing:
    """The speaker said yes before, and now no: what is there may have to be stopped or taken away."""
    meeting = talk.item.meeting
    return Outgoing(
        kind="consent_taken_back",
        thing=f"meeting:{meeting.pk}",
        version=f"{talk.pk}-{talk.consented_at.isoformat() if talk.consented_at else ''}",
        to=trekker.email,
        member=trekker,
        circle=meeting.circle,
        subject=words.subject(_("Consent taken back"), meeting),
        paragraphs=[
            _("%(speaker)s has changed what may happen with “%(item)s”.")
            % {"speaker": talk.speaker, "item": talk.item.title},
            consent(talk),
            _(
                "On the portal only the circle sees slides that may not be published. "
                "Is there a recording, or are they elsewhere too? Then take that away."
            ),
        ],
        facts=words.facts(meeting),
        buttons=[(_("View the programme"), absolute(reverse("agenda", args=[meeting.pk])))],
    )


def consent(talk: Talk) -> str:
    """What the speaker allows, in a sentence; for trekkers."""
    if talk.consented_at is None:
        return _("The speaker has not said yet whether the talk may be recorded. Until then: do not record it.")
    if not talk.may_record:
        return (
            _("The talk may not be recorded. The slides may be published.")
            if talk.may_publish
            else _("The talk may not be recorded, and the slides may not be published.")
        )
    if talk.may_publish:
        return _("The talk may be recorded. The recording and the slides may be published.")
    return _("The talk may be recorded. The recording and the slides may not be published.")


def _letter(
    talk: Talk, *, kind: str, verb: str, version: str, paragraphs: Sequence[str], button: str = "", **extra: Any
) -> Outgoing:
    """What all letters to a speaker share. An answer by mail goes to the person who asked."""
    item, meeting = talk.item, talk.item.meeting
    fields: dict[str, Any] = {"calendar": file_for_speaker(talk)} | extra
    return Outgoing(
        kind=kind,
        thing=f"meeting:{meeting.pk}",
        version=version,
        to=talk.asking.to,
        name=talk.speaker.name,
        circle=meeting.circle,
        subject=words.subject(verb, meeting),
        paragraphs=paragraphs,
        facts=[
            *words.facts(meeting),
            (_("Form"), str(meeting.get_form_display())),
            (_("Your part"), _("%(title)s, %(minutes)s minutes") % {"title": item.title, "minutes": item.minutes}),
        ],
        buttons=[(button, address_of(talk))] if button else [],
        headers={"Reply-To": talk.asking.by.email} if talk.asking.by else {},
        **fields,
    )
