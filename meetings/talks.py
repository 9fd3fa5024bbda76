"""What a speaker, who has no account, sees of a talk by the link in the letter; and that link."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mailroom.links import LinkExpired, absolute, make_token, read_token
from regions.wall import as_system

from .models import DatePoll, DateVote, JoinLink, Material, Meeting, Talk
from .words import moment, when, where

LINK_IS_GOOD_FOR = dt.timedelta(days=30)  # after its letter, and in any case until the meeting ends
LINK_IS_OURS_FOR = dt.timedelta(days=3 * 365)


class TalkGone(Exception):
    """The link was good, and the question is no longer there. Says in words why, and what to do."""


@dataclass(frozen=True)
class TalkSeen:
    """Plain values only: a query that waits for the template would be asked by a visitor.

    Nothing here is about who comes or who is in the circle, but for the one who asks.
    """

    pk: int
    state: str
    circle: str
    asked_by: str
    meeting: str
    when: str
    where: str
    form: str
    join_link: str  # once the speaker said yes
    item: str
    item_about: str
    minutes: int
    message: str
    reply: str  # given before, when the talk moved to another meeting
    name: str
    organisation: str
    bio: str
    slides: list[tuple[str, int]]  # name, bytes
    is_over: bool
    language: str  # of the e-mails to the speaker
    may_record: bool
    may_publish: bool
    has_consented: bool  # or refused: said something about both
    days: list[tuple[int, str, bool]]  # while the date follows the speaker: the days, and whether each suits
    said_days: bool

    @property
    def is_asked(self) -> bool:
        return self.state == Talk.State.ASKED

    @property
    def is_accepted(self) -> bool:
        return self.state == Talk.State.ACCEPTED


def address_of(talk: Talk) -> str:
    """Where the speaker answers. Asking again, after a no or after withdrawing, makes earlier addresses useless."""
    return absolute(reverse("talk_by_link", args=[make_token("talk", [talk.pk, _asking(talk)])]))


def talk_for(token: str) -> TalkSeen:
    """What the holder of this token sees. Raises TalkGone, and LinkForged or LinkExpired of the links."""
    try:
        pk, asking = read_token("talk", token, max_age=LINK_IS_GOOD_FOR)
        is_young = True
    except LinkExpired:
        pk, asking = read_token("talk", token, max_age=LINK_IS_OURS_FOR)
        is_young = False
    with as_system("the link in the letter is the speaker's key to this one talk"):
        found = Talk.objects.select_related("speaker", "asking__by", "item__meeting__circle", "item__meeting__host")
        talk = found.filter(pk=pk).first()
        if talk is None or talk.state == Talk.State.WITHDRAWN or _asking(talk) != asking:
            raise TalkGone(
                _("The circle no longer asks this of you. If you think this is a mistake, reply to the e-mail.")
            )
        meeting = talk.item.meeting
        if not is_young and meeting.ends_at < timezone.now():
            raise LinkExpired
        if meeting.state == Meeting.State.CANCELLED:
            raise TalkGone(_("The meeting will not take place, so you do not have to do anything."))
        return _seen(talk, meeting)


def _asking(talk: Talk) -> str:
    return talk.asked_at.isoformat()


def _seen(talk: Talk, meeting: Meeting) -> TalkSeen:
    slides = Material.objects.filter(talk=talk).values_list("name", "size")
    link = JoinLink.objects.filter(meeting=meeting).first() if talk.state == Talk.State.ACCEPTED else None
    return TalkSeen(
        pk=talk.pk,
        state=talk.state,
        circle=meeting.circle.name,
        asked_by=talk.asking.by.name if talk.asking.by else "",
        meeting=meeting.title,
        when=when(meeting),
        where=where(meeting),
        form=str(meeting.get_form_display()),
        join_link=link.url if link and meeting.is_online else "",
        item=talk.item.title,
        item_about=talk.item.about,
        minutes=talk.item.minutes,
        message=talk.asking.message,
        reply=talk.asking.reply,
        name=talk.speaker.name,
        organisation=talk.speaker.organisation,
        bio=talk.speaker.bio,
        slides=list(slides),
        is_over=meeting.is_over,
        language=talk.speaker.language,
        may_record=talk.may_record,
        may_publish=talk.may_publish,
        has_consented=talk.consented_at is not None,
        **_days(talk, meeting),
    )


def _days(talk: Talk, meeting: Meeting) -> dict[str, Any]:
    poll = DatePoll.objects.filter(meeting=meeting, asks=DatePoll.Asks.SPEAKER, decided_at=None).first()
    if poll is None or not poll.takes_votes or talk.state not in (Talk.State.ASKED, Talk.State.ACCEPTED):
        return {"days": [], "said_days": False}
    said = dict(DateVote.objects.filter(option__poll=poll, talk=talk).values_list("option", "answer"))
    options = poll.options.all()
    days = [(each.pk, moment(each.starts_at, each.ends_at), said.get(each.pk) == "yes") for each in options]
    return {"days": days, "said_days": bool(said)}
