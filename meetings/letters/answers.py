"""Letters to who answered: you have a seat, you are in line, a seat came free. And how to answer from a letter."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mailroom.languages import to
from mailroom.links import absolute, address_with, make_token
from mailroom.outgoing import Outgoing
from meetings import words
from meetings.calendar import invitation_for
from meetings.models import Attending, JoinLink, Meeting, Registration
from members.models import Member
from regions.wall import member as wall_member
from regions.wall import switch_actor

ANSWERS_IN_ADDRESS = {
    "ja": Registration.Answer.YES,
    "misschien": Registration.Answer.MAYBE,
    "nee": Registration.Answer.NO,
}
"""How an answer is called in an address."""


def answer_address(meeting: Meeting, member: Member, answer: str | None = None) -> str:
    """Where the holder of the letter answers without logging in; ``answer`` (yes, maybe, no) is suggested there."""
    address = address_with(make_token("answer", [meeting.pk, member.pk]), "answer_by_letter")
    return address if answer is None else suggesting(answer, address)


def suggesting(answer: str, address: str) -> str:
    """An ``answer_address``, and which answer."""
    word = next(word for word, meant in ANSWERS_IN_ADDRESS.items() if meant == answer)
    return f"{address}?antwoord={word}"


@to("registration.member")
def confirmation(registration: Registration) -> Outgoing:
    """You said yes, and there is a seat."""
    meeting = registration.meeting
    return _letter(
        registration,
        kind="confirmation",
        verb=_("You are coming"),
        paragraphs=[_("You have a place at “%(title)s”.") % {"title": meeting.title}, _how(registration)],
    )


@to("registration.member")
def waiting(registration: Registration) -> Outgoing:
    """You said yes, and all seats are taken."""
    return _letter(
        registration,
        kind="waiting_list",
        verb=_("Waiting list"),
        paragraphs=[
            _("All seats for “%(title)s” are taken, so you are on the waiting list.")
            % {"title": registration.meeting.title},
            _("When a seat becomes free and it is your turn, it is yours at once. You then get another e-mail."),
        ],
    )


@to("registration.member")
def promoted(registration: Registration) -> Outgoing:
    """You were in line, and now you have a seat."""
    meeting = registration.meeting
    return _letter(
        registration,
        kind="promoted",
        verb=_("There is a seat for you"),
        paragraphs=[
            _("A seat has become free for “%(title)s”, and it is yours. You do not need to do anything.")
            % {"title": meeting.title},
            _how(registration),
        ],
    )


def _how(registration: Registration) -> str:
    if registration.attending == Attending.ONLINE:
        return _("You are taking part online.")
    return _("You are taking part on site.")


def _letter(registration: Registration, *, kind: str, verb: str, paragraphs: list[str]) -> Outgoing:
    """What the three have in common. Another answer is another letter; the same answer twice is the same one."""
    meeting, member = registration.meeting, registration.member
    return Outgoing(
        kind=kind,
        thing=f"meeting:{meeting.pk}",
        version=f"{registration.attending}-{registration.answered_at.timestamp():.6f}",
        to=member.email,
        member=member,
        circle=meeting.circle,
        subject=words.subject(verb, meeting),
        paragraphs=paragraphs,
        facts=[*words.facts(meeting), *_join_online(registration)],
        buttons=[
            (_("Change your answer"), answer_address(meeting, member)),
            (_("View the meeting"), absolute(meeting.get_absolute_url())),
        ],
        closing=[_("Can you not come after all? Change your answer, so that someone else can have your seat.")],
        calendar=invitation_for(meeting, member),
        not_after=meeting.starts_at,
        only_while_member=meeting.audience == Meeting.Audience.CIRCLE and not member.is_community_manager,
    )


def _join_online(registration: Registration) -> list[tuple[str, str]]:
    """The online link, for who has a seat: what the wall shows to this very person."""
    meeting = registration.meeting
    if registration.waiting or not meeting.is_online:
        return []
    with switch_actor(wall_member(registration.member_id), because="a letter tells what its reader may see"):
        link = JoinLink.objects.filter(meeting=meeting).first()
    return [(_("Join online"), link.url)] if link else []
