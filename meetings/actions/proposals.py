"""Calls for speakers, and the talks proposed to them: proved, kept, put on a programme, moved, declined."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language

from library.models import Topic
from mailroom.actions import post, post_all
from meetings.letters import proposals as letters
from meetings.models import AgendaItem, Meeting, Speaker, SpeakerCall, Talk, TalkProposal
from members.models import Member
from regions.journal import action
from regions.models import Circle
from regions.wall import as_system

from .programme import ItemHasReport, ItemHasSpeaker, add_item, remove_item
from .questions import is_ahead
from .speakers import add_speaker, ask_speaker, withdraw_talk

MINUTES = 45
PROVED_WITHIN = dt.timedelta(days=7)
WAITING_AT_MOST = 3
"""Proposals of one address that nobody proved to be theirs: it is not to be written to without end."""


class CallKnown(Exception):
    """The circle calls for this topic already."""


class CallClosed(Exception):
    """The circle no longer looks for speakers on this."""


class ProposalGone(Exception):
    """It was not confirmed in time, or declined meanwhile."""


class ProposalClosed(Exception):
    """It was declined, or the talk took place; or, for declining, it stands on a programme."""


class MeetingNotAhead(Exception):
    """A proposal comes on the programme of a meeting of the circle that called, and that is still to come."""


# --- The call ------------------------------------------------------------------------------------------------------


@action
def open_call(circle: Circle, *, by: Member, topic: Topic | None, text: str) -> SpeakerCall:
    """Look for speakers, for all to read. Refuses with CallKnown."""
    try:
        with transaction.atomic():
            return SpeakerCall.objects.create(circle=circle, topic=topic, text=text)
    except IntegrityError as error:
        raise CallKnown from error


@action
def close_call(call: SpeakerCall, *, by: Member) -> None:
    """What was proposed stays in the pool. Twice is harmless."""
    SpeakerCall.objects.filter(pk=call.pk, closed_at=None).update(closed_at=timezone.now())


# --- Proposing -----------------------------------------------------------------------------------------------------


@action
def propose(call: SpeakerCall, *, by: Member | None, email: str, **card: Any) -> None:
    """Offer a talk. Of who is logged in the address is known; anyone else proves it by a letter first.

    Nothing comes back: what an address has done here before is not for whoever types it. Refuses with CallClosed.
    """
    email = email.lower()
    with as_system("a proposal is written down for whoever makes it"):
        call = SpeakerCall.objects.select_for_update(of=("self",)).select_related("circle", "topic").get(pk=call.pk)
        if call.closed_at:
            raise CallClosed
        same = TalkProposal.objects.filter(call=call, email=email, title=card["title"], declined_at=None)
        waiting = TalkProposal.objects.filter(email=email, confirmed_at=None)
        if same.exists() or (by is None and waiting.count() >= WAITING_AT_MOST):
            return
        made = TalkProposal.objects.create(call=call, email=email, language=get_language() or "nl", **card)
        if by is None:
            post(letters.proposal_to_prove(made))
        else:
            _into_the_pool(made)


@action
def confirm_proposal(proposal_id: int) -> None:
    """Whoever holds the link wrote it, or lets it be. Twice is harmless. Refuses with ProposalGone."""
    with as_system("whoever holds the link in the letter reads the mail of this address"):
        rows = TalkProposal.objects.select_for_update(of=("self",)).select_related("call__circle", "call__topic")
        proposal = rows.filter(pk=proposal_id).first()
        if proposal is None or proposal.declined_at:
            raise ProposalGone
        if proposal.confirmed_at is None:
            _into_the_pool(proposal)


def _into_the_pool(proposal: TalkProposal) -> None:
    proposal.confirmed_at = timezone.now()
    proposal.save(update_fields=["confirmed_at"])
    circle = proposal.call.circle
    readers = Member.objects.trekkers_of(circle) or Member.objects.active().community_managers()
    post_all(letters.proposal_made(proposal, reader) for reader in readers)


@transaction.atomic
def forget_unproved() -> int:
    """What nobody confirmed in time. Returns how many."""
    with as_system("forgetting is the portal's own work"):
        late = TalkProposal.objects.filter(confirmed_at=None, made_at__lt=timezone.now() - PROVED_WITHIN)
        return late.delete()[0]


# --- The pool ------------------------------------------------------------------------------------------------------


def _locked(proposal: TalkProposal) -> TalkProposal:
    """As it is now. Raises DoesNotExist for who may not change it."""
    rows = TalkProposal.objects.select_related("call__circle", "call__topic", "talk__item__meeting")
    return rows.select_for_update(of=("self",)).get(pk=proposal.pk)


@action
def place(proposal: TalkProposal, *, by: Member, meeting: Meeting, message: str = "") -> TalkProposal:
    """Onto a programme, or from one to another: the speaker is asked, and says yes or no as any speaker.

    A yes was for that day; what else the speaker wrote, allowed and added comes along.
    Refuses with ProposalClosed or MeetingNotAhead.
    """
    proposal = _locked(proposal)
    if proposal.declined_at or proposal.was_held:
        raise ProposalClosed
    if not is_ahead(meeting) or meeting.circle_id != proposal.circle_id:
        raise MeetingNotAhead
    before = proposal.talk
    counts = (Talk.State.ASKED, Talk.State.ACCEPTED)
    if before and before.item.meeting_id == meeting.pk and before.state in counts:
        return proposal
    about = {"title": proposal.title, "about": proposal.about, "minutes": MINUTES}
    item = add_item(meeting, by=by, kind=AgendaItem.Kind.DEEP_DIVE, **about)
    proposal.talk = ask_speaker(item, by=by, speaker=_speaker(proposal, by), message=message)
    proposal.save(update_fields=["talk"])
    if before:
        _take_along(before, proposal.talk)
        _leave(before, by)
    return proposal


def _take_along(before: Talk, talk: Talk) -> None:
    locked = Talk.objects.select_for_update(of=("self",))  # the speaker may be adding something at this moment
    before = locked.select_related("asking").get(pk=before.pk)
    before.materials.update(meeting=talk.item.meeting_id, item=talk.item_id, talk=talk)
    for name in ("may_record", "may_publish", "consented_at"):
        setattr(talk, name, getattr(before, name))
    talk.save(update_fields=["may_record", "may_publish", "consented_at"])
    talk.asking.reply = before.asking.reply
    talk.asking.save(update_fields=["reply"])


def _speaker(proposal: TalkProposal, by: Member) -> Speaker:
    """Who has this address in the list of speakers keeps what the trekkers wrote there."""
    card = {name: getattr(proposal, name) for name in ("email", "name", "organisation", "kind", "language")}
    topics = [proposal.call.topic] if proposal.call.topic else []
    known = Speaker.objects.filter(contact__email=proposal.email).first()
    return known or add_speaker(by=by, topics=topics, **card)


def _leave(talk: Talk, by: Member) -> None:
    """No longer asked; and the point goes with it, unless something else hangs on it or the meeting is history."""
    withdraw_talk(talk, by=by)
    if is_ahead(talk.item.meeting) and not talk.item.materials.filter(talk=None).exists():
        with suppress(ItemHasSpeaker, ItemHasReport):
            remove_item(talk.item, by=by)


@action
def take_back(proposal: TalkProposal, *, by: Member) -> TalkProposal:
    """Off the programme and into the pool again. Refuses with ProposalClosed."""
    proposal = _locked(proposal)
    if proposal.was_held:
        raise ProposalClosed
    before, proposal.talk = proposal.talk, None
    proposal.save(update_fields=["talk"])
    if before:
        _leave(before, by)
    return proposal


@action
def decline_proposal(proposal: TalkProposal, *, by: Member, message: str = "") -> None:
    """Tell the person, and forget the address. Twice is harmless. Refuses with ProposalClosed."""
    proposal = _locked(proposal)
    if proposal.declined_at:
        return
    if proposal.talk:
        raise ProposalClosed
    post(letters.proposal_declined(proposal, by, message))
    proposal.declined_at, proposal.email = timezone.now(), ""
    proposal.save(update_fields=["declined_at", "email"])
