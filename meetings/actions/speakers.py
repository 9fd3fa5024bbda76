"""The pool of speakers, asking one, and what a speaker answers by the link in the letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from library.models import Topic
from mailroom.actions import post, post_all
from meetings.letters import speakers as letters
from meetings.models import LEAST, AgendaItem, Asking, Evaluation, Meeting, Speaker, SpeakerContact, Talk
from members.models import Member
from regions.journal import action
from regions.wall import as_system

from .evaluation import HELD, OPEN

WAITS_FOR_A_TALK = [Meeting.State.DRAFT, Meeting.State.PUBLISHED]


class AddressKnown(Exception):
    """Another speaker has this address: ``speaker``."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(speaker)
        self.speaker = speaker


class AlreadyAsked(Exception):
    """This speaker was asked for this point, and did not say no."""


class MeetingNotOpen(Exception):
    """It is over or cancelled: there is nothing left to speak at."""


class TalkClosed(Exception):
    """Withdrawn, or the speaker said no before: the circle has to ask again."""


# --- The pool ------------------------------------------------------------------------------------------------------


@action
def add_speaker(*, by: Member, email: str, topics: Iterable[Topic] = (), **card: Any) -> Speaker:
    """``card`` is name, organisation, kind and bio. Refuses with AddressKnown."""
    speaker = Speaker.objects.create(**card)
    _write_to(speaker, email)
    speaker.topics.set(topics)
    return speaker


@action
def edit_speaker(speaker: Speaker, *, by: Member, email: str, topics: Iterable[Topic] = (), **card: Any) -> Speaker:
    """As ``add_speaker``, for one who is in the pool. Refuses with AddressKnown."""
    for name, value in card.items():
        setattr(speaker, name, value)
    speaker.save()
    _write_to(speaker, email)
    speaker.topics.set(topics)
    return speaker


def _write_to(speaker: Speaker, email: str) -> None:
    """From now on. Talks in circles that the actor does not lead keep the address: the wall leaves them out."""
    email = email.lower()
    try:
        with transaction.atomic():
            SpeakerContact.objects.update_or_create(speaker=speaker, defaults={"email": email})
    except IntegrityError as error:
        raise AddressKnown(Speaker.objects.get(contact__email=email)) from error
    Asking.objects.filter(talk__speaker=speaker).update(to=email)


# --- Asking --------------------------------------------------------------------------------------------------------


@action
def ask_speaker(item: AgendaItem, *, by: Member, speaker: Speaker, message: str = "") -> Talk:
    """Ask, and write to the speaker. Who said no, or was withdrawn, can be asked again.

    Refuses with AlreadyAsked or MeetingNotOpen.
    """
    meeting = Meeting.objects.lock(item.meeting)
    if meeting.state not in WAITS_FOR_A_TALK or meeting.is_over:
        raise MeetingNotOpen
    talk = Talk.objects.filter(item=item, speaker=speaker).first() or Talk(item=item, speaker=speaker)
    if talk.pk and talk.state in (Talk.State.ASKED, Talk.State.ACCEPTED):
        raise AlreadyAsked
    talk.state, talk.asked_at, talk.answered_at = Talk.State.ASKED, timezone.now(), None
    talk.may_record, talk.may_publish, talk.consented_at = False, False, None
    talk.save()
    asked = {"by": by, "to": speaker.contact.email, "message": message, "reply": ""}
    talk.asking, _ = Asking.objects.update_or_create(talk=talk, defaults=asked)
    post(letters.speaker_asked(talk))
    return talk


@action
def ask_someone(item: AgendaItem, *, by: Member, speaker: Speaker | None, message: str, **card: Any) -> Talk:
    """Ask ``speaker``; without one, add who is on ``card`` to the pool first. All of it, or nothing.

    Refuses as ``ask_speaker`` does, and with AddressKnown.
    """
    return ask_speaker(item, by=by, speaker=speaker or add_speaker(by=by, **card), message=message)


@action
def withdraw_talk(talk: Talk, *, by: Member) -> None:
    """Take the question back; the link stops working and the speaker is told. Twice is harmless."""
    talk = (
        Talk.objects.select_for_update(of=("self",))
        .select_related("speaker", "item__meeting__circle")
        .get(pk=talk.pk)
    )
    if talk.state == Talk.State.WITHDRAWN:
        return
    counted_on_it = talk.state != Talk.State.DECLINED
    talk.state = Talk.State.WITHDRAWN
    talk.save()
    if counted_on_it and talk.item.meeting.state in WAITS_FOR_A_TALK and not talk.item.meeting.is_over:
        post(letters.speaker_released(talk))


# --- The speaker, by link: the view has read the link, which is the right to do this -------------------------------


@action
def answer_talk(
    talk_id: int, *, accept: bool, reply: str = "", may_record: bool | None = None, may_publish: bool | None = None
) -> None:
    """Yes or no. The same answer again changes nothing; a yes may become a no; after a no the circle asks again.

    Whether it may be recorded and published can be said at once, or later; None is not said.

    Refuses with TalkClosed or MeetingNotOpen.
    """
    wanted = Talk.State.ACCEPTED if accept else Talk.State.DECLINED
    with as_system("whoever holds the link answers for the speaker"):
        talk = _talks().select_for_update(of=("self",)).get(pk=talk_id)
        if talk.state == wanted:
            return
        if talk.state not in (Talk.State.ASKED, Talk.State.ACCEPTED):
            raise TalkClosed
        if talk.item.meeting.state not in WAITS_FOR_A_TALK or talk.item.meeting.is_over:
            raise MeetingNotOpen
        talk.state, talk.answered_at = wanted, timezone.now()
        if accept and (may_record is not None or may_publish is not None):
            _consent(talk, bool(may_record), bool(may_publish))
        talk.save()
        talk.asking.reply = reply
        talk.asking.save()
        post_all(letters.speaker_answered(talk, reader) for reader in _readers(talk))


def _readers(talk: Talk) -> QuerySet[Member]:
    """Who hears what a speaker says. Needs the system's eyes."""
    return Member.objects.trekkers_of(talk.item.meeting.circle) or Member.objects.active().community_managers()


def _consent(talk: Talk, may_record: bool, may_publish: bool) -> None:
    talk.may_record, talk.may_publish, talk.consented_at = may_record, may_publish, timezone.now()


@action
def give_consent(talk_id: int, *, may_record: bool, may_publish: bool) -> None:
    """What the speaker allows, from now on. Trekkers hear of a yes that is taken back. Refuses with TalkClosed."""
    with as_system("whoever holds the link of an accepted talk says what may be recorded and published"):
        talk = _talks().select_for_update(of=("self",)).get(pk=talk_id)
        if talk.state != Talk.State.ACCEPTED:
            raise TalkClosed
        takes_back = (talk.may_record and not may_record) or (talk.may_publish and not may_publish)
        _consent(talk, may_record, may_publish)
        talk.save(update_fields=["may_record", "may_publish", "consented_at"])
        if takes_back:
            post_all(letters.consent_taken_back(talk, reader) for reader in _readers(talk))


@action
def edit_own_card(talk_id: int, *, name: str, organisation: str, bio: str) -> None:
    """The speaker of this talk says who they are. Kind and topics are for the trekkers. Refuses with TalkClosed."""
    with as_system("whoever holds the link of an accepted talk writes the speaker's own card"):
        talk = Talk.objects.select_related("speaker").get(pk=talk_id)
        if talk.state != Talk.State.ACCEPTED:
            raise TalkClosed
        talk.speaker.name, talk.speaker.organisation, talk.speaker.bio = name, organisation, bio
        talk.speaker.save(update_fields=["name", "organisation", "bio"])


# --- By the clock --------------------------------------------------------------------------------------------------


def _talks() -> QuerySet[Talk]:
    return Talk.objects.select_related("speaker", "asking__by", "item__meeting__circle", "item__meeting__host")


@transaction.atomic
def remind_speakers() -> int:
    """Once to who is silent for a week, and a week before the meeting to who said yes before. Returns how many."""
    now, week = timezone.now(), dt.timedelta(days=7)
    silent = Q(state=Talk.State.ASKED, asked_at__lte=now - week)
    soon = Q(state=Talk.State.ACCEPTED, item__meeting__starts_at__lte=now + week)
    to_come = Q(item__meeting__starts_at__gt=now, item__meeting__state__in=WAITS_FOR_A_TALK)
    with as_system("reminders are the portal's own work"):
        talks = _talks().filter(to_come, silent | soon)
        return post_all(
            letters.speaker_reminded(talk)
            for talk in talks
            if talk.state == Talk.State.ASKED or _answered_before(talk, talk.item.meeting.starts_at - week)
        )


def _answered_before(talk: Talk, moment: dt.datetime) -> bool:
    """Who said yes only in the last week needs no reminding of it."""
    return talk.answered_at is not None and talk.answered_at <= moment


@transaction.atomic
def remind_of_slides() -> int:
    """Three days before, once, to who said yes before and has added nothing yet. Returns how many."""
    now, days = timezone.now(), dt.timedelta(days=3)
    with as_system("reminders are the portal's own work"):
        talks = _talks().filter(
            state=Talk.State.ACCEPTED,
            materials=None,
            item__meeting__starts_at__gt=now,
            item__meeting__starts_at__lte=now + days,
            item__meeting__state__in=WAITS_FOR_A_TALK,
        )
        return post_all(
            letters.slides_asked(talk) for talk in talks if _answered_before(talk, talk.item.meeting.starts_at - days)
        )


@transaction.atomic
def thank_speakers() -> int:
    """Thank who spoke at a meeting that ended before today, and less than a week ago. Returns how many."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    held = [Meeting.State.PUBLISHED, Meeting.State.HELD]
    with as_system("thanking is the portal's own work"):
        talks = _talks().filter(
            state=Talk.State.ACCEPTED,
            item__meeting__state__in=held,
            item__meeting__ends_at__lt=midnight,
            item__meeting__ends_at__gte=midnight - dt.timedelta(days=7),
        )
        return post_all(letters.speaker_thanked(talk) for talk in talks)


# --- What people said, if they agree -------------------------------------------------------------------------------


@action
def pass_on(meeting: Meeting, *, by: Member) -> int:
    """To who spoke: what was written for them, before the evaluation closes. Once. Returns how many letters."""
    return _pass_on(meeting)


@transaction.atomic
def pass_on_by_the_clock() -> int:
    """The same, of meetings whose evaluation closed less than a week ago. Returns how many letters."""
    closed = timezone.now() - OPEN
    with as_system("thanking is the portal's own work"):
        over = Meeting.objects.filter(
            state__in=HELD,
            ends_at__lt=closed,
            ends_at__gte=closed - dt.timedelta(days=7),
            evaluations__for_speaker=True,
        )
        return sum(_pass_on(meeting) for meeting in over.distinct())


def _pass_on(meeting: Meeting) -> int:
    with as_system("what people wrote for the speakers goes to them, once five answered"):
        answers = Evaluation.objects.filter(meeting=meeting)
        agreed = answers.filter(for_speaker=True).exclude(text="").order_by("pk")  # the key is drawn by lot
        said = list(agreed.values_list("text", flat=True)) if answers.count() >= LEAST else []
        if not said or meeting.state not in HELD or not meeting.is_over:
            return 0
        talks = _talks().filter(item__meeting=meeting, state=Talk.State.ACCEPTED)
        return post_all(letters.words_passed_on(talk, said) for talk in talks)
