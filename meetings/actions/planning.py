"""What a trekker does with a meeting as a whole: plan, edit, publish, invite, move, cancel."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import prefetch_related_objects
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from mailroom.actions import post_all
from mailroom.languages import to_anyone
from mailroom.models import Delivery
from meetings import mailings, programmes
from meetings.calendar import LetterFiles
from meetings.letters import planning as letters
from meetings.letters.speakers import speaker_told_of_change
from meetings.models import DatePoll, Form, JoinLink, Meeting, Registration
from members.models import Member
from regions.journal import action
from regions.models import Circle, LocalGovernment
from regions.wall import as_system

from .answers import fill_free_seats
from .channel import tell_the_channel
from .followup import begin_with_open_actions
from .material import throw_away
from .release import let_go_of_host

State = Meeting.State

TOLD = {"starts_at", "ends_at", "form", "host", "venue", "address", "online_link"}
"""What people act upon: once a meeting is published these change through ``move``, which tells them."""


class MeetingInThePast(Exception):
    """The meeting has begun, or the date asked for has passed."""


class AlreadyPublished(Exception):
    """There is nothing left to publish."""


class DayNotChosen(Exception):
    """The circle or the speaker is being asked which day suits: choose one first, or stop asking."""


class NotPublished(Exception):
    """Only what is published can be invited to, moved or cancelled; a draft is edited or thrown away."""


class NotADraft(Exception):
    """People know of this meeting: it is cancelled, not thrown away, and moved, not edited."""


class NothingChanged(Exception):
    """There is nothing to tell anyone."""


class MailingChanged(Exception):
    """Other people or other words would leave now than were shown."""


@action
def plan(
    circle: Circle,
    *,
    by: Member | None,
    title: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    form: str = Form.IN_PERSON,
    host: LocalGovernment | None = None,
    programme: str = programmes.Template.CLASSIC,
    **details: Any,
) -> Meeting:
    """A draft for trekkers alone, with a programme as long as the meeting. The same draft twice is the first one.

    Refuses with MeetingInThePast.
    """
    if starts_at <= timezone.now():
        raise MeetingInThePast
    with as_system("drafts of a circle are made one after the other"):
        Circle.objects.select_for_update(no_key=True).get(pk=circle.pk)
    if twin := Meeting.objects.filter(circle=circle, title=title, starts_at=starts_at, state=State.DRAFT).first():
        return twin
    meeting = Meeting.objects.create(
        circle=circle,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        form=form,
        host=host,
        state=State.DRAFT,
        **details,
    )
    items = programmes.write(programme, int((ends_at - starts_at).total_seconds() // 60))
    for item in items:
        item.meeting = meeting
    meeting.agenda.bulk_create(items)
    begin_with_open_actions(meeting)
    return meeting


@action
def edit(meeting: Meeting, *, by: Member, **fields: Any) -> Meeting:
    """Change what nobody needs to be told of; for a draft also what otherwise goes through ``move``.

    ``topics`` and ``online_link`` count as fields. More seats go to whoever waits; speakers who were asked hear when
    and where it is now, and the host when. Refuses with NotADraft.
    """
    meeting = Meeting.objects.lock(meeting)
    if meeting.state != State.DRAFT and TOLD & set(fields):
        raise NotADraft
    if meeting.state == State.DRAFT and fields.get("starts_at", meeting.starts_at) <= timezone.now():
        raise MeetingInThePast
    topics = fields.pop("topics", None)
    before, link = copy.copy(meeting), JoinLink.objects.filter(meeting=meeting).first()
    _apply(meeting, fields)
    if meeting.state == State.DRAFT and {"title", "form"} & set(fields):  # which who is asked about its day may know
        DatePoll.objects.filter(meeting=meeting).update(title=meeting.title, form=meeting.form)
    if topics is not None:
        meeting.topics.set(topics)
    if meeting.is_open:
        fill_free_seats(meeting)
    link_changed = "online_link" in fields and fields["online_link"] != (link.url if link else "")
    if changes := letters.differences(before, meeting, link_changed=link_changed):
        meeting.sequence += 1
        meeting.save(update_fields=["sequence"])
        _tell_speakers(meeting, mailings.move(meeting, changes=changes, new_moment=True, reader=by))
    let_go_of_host(before, meeting)
    return meeting


def _apply(meeting: Meeting, fields: dict[str, Any]) -> None:
    """Write fields and the online link, which has a row and a wall of its own."""
    fields = dict(fields)
    link = fields.pop("online_link", None)
    for name, value in fields.items():
        setattr(meeting, name, value)
    meeting.save()
    if link:
        JoinLink.objects.update_or_create(meeting=meeting, defaults={"url": link})
    elif link == "":
        JoinLink.objects.filter(meeting=meeting).delete()


@action
def discard(meeting: Meeting, *, by: Member) -> None:
    """Throw away a draft that nobody but trekkers saw; speakers who were asked hear of it. Refuses with NotADraft."""
    meeting = Meeting.objects.lock(meeting)
    if meeting.state != State.DRAFT:
        raise NotADraft
    meeting.state, meeting.sequence = State.CANCELLED, meeting.sequence + 1
    let_go_of_host(meeting, meeting)
    _tell_speakers(meeting, mailings.cancellation(meeting, reader=by))
    withdraw_unsent(meeting, kinds={"draft_ready", "poll_opened", "poll_reminder"})
    throw_away(meeting.materials.all())
    meeting.delete()


@action
def publish(meeting: Meeting, *, by: Member) -> Meeting:
    """From now on its audience sees it, and the circle's channel is told. No letter leaves.

    Refuses with AlreadyPublished, MeetingInThePast or DayNotChosen.
    """
    meeting = Meeting.objects.lock(meeting)
    if meeting.state != State.DRAFT:
        raise AlreadyPublished
    if meeting.starts_at <= timezone.now():
        raise MeetingInThePast
    if DatePoll.objects.filter(meeting=meeting, decided_at=None).exists():
        raise DayNotChosen
    meeting.state = State.PUBLISHED
    meeting.save(update_fields=["state", "changed_at"])
    begin_with_open_actions(meeting)  # what was agreed since it was planned
    tell_the_channel(meeting, "published")
    return meeting


def refuse_unless_open(meeting: Meeting) -> None:
    """What is not published, or has begun, is not invited to, moved or cancelled any more."""
    if meeting.state != State.PUBLISHED:
        raise NotPublished
    if meeting.starts_at <= timezone.now():
        raise MeetingInThePast


def _as_shown(mailing: mailings.Mailing, shown: str | None) -> None:
    if shown is not None and shown != mailing.fingerprint:
        raise MailingChanged


@action
def invite(meeting: Meeting, *, by: Member, shown: str | None = None) -> int:
    """Invite who is in the circle and was not invited yet, a letter each. Returns how many; a second time that is 0.

    ``shown`` is the fingerprint of the mailing that the trekker looked at; when another one would leave, nothing does
    (MailingChanged). Nobody is marked as coming.
    """
    meeting = Meeting.objects.lock(meeting)  # two clicks at once: the second finds everyone invited
    refuse_unless_open(meeting)
    prefetch_related_objects([meeting], "agenda")  # each letter and calendar file names the programme
    mailing = mailings.invitation(meeting, reader=by)
    if not mailing.members:
        return 0
    _as_shown(mailing, shown)
    now = timezone.now()
    with connection.cursor() as cursor:  # instances of a thousand invitations take a tenth of all this
        cursor.execute(
            "INSERT INTO meetings_invitation (meeting_id, member_id, invited_at) SELECT %s, unnest(%s::bigint[]), %s "
            "ON CONFLICT DO NOTHING",
            [meeting.pk, [member.pk for member in mailing.members], now],
        )
    meeting.invited_at = meeting.invited_at or now
    meeting.save(update_fields=["invited_at"])
    post_all(letter for batch in mailing.batches for letter in batch.letters())
    return len(mailing.members)


@dataclass(frozen=True)
class Move:
    """A change of a published meeting, thought through and not made yet."""

    meeting: Meeting  # as it will be, not saved
    changes: list[letters.Change]
    mailing: mailings.Mailing


def think_move(meeting: Meeting, *, by: Member, **fields: Any) -> Move:
    """What this change would say, and to whom. Refuses with NothingChanged, NotPublished or MeetingInThePast."""
    refuse_unless_open(meeting)
    after = copy.copy(meeting)
    for name in TOLD & set(fields) - {"online_link"}:
        setattr(after, name, fields[name])
    if after.starts_at <= timezone.now():
        raise MeetingInThePast
    link = JoinLink.objects.filter(meeting=meeting).first()
    link_changed = "online_link" in fields and fields["online_link"] != (link.url if link else "")
    changes = letters.differences(meeting, after, link_changed=link_changed)
    if not changes:
        raise NothingChanged
    after.sequence += 1
    new_moment = (meeting.starts_at, meeting.ends_at) != (after.starts_at, after.ends_at)
    return Move(after, changes, mailings.move(after, changes=changes, new_moment=new_moment, reader=by))


@action
def move(meeting: Meeting, *, by: Member, shown: str | None = None, **fields: Any) -> Meeting:
    """Change day, hour, form, host, place or link of a published meeting, and tell those concerned.

    Answers stay, and each letter says so and asks again: an old yes is never counted in silence. Whose way of taking
    part disappears becomes a maybe in the way that is left. An invitation that did not leave yet is replaced by one
    with the new facts. Refuses as ``think_move`` does, and with MailingChanged when it is not as ``shown``.
    """
    meeting = Meeting.objects.lock(meeting)
    moved = think_move(meeting, by=by, **fields)
    _as_shown(moved.mailing, shown)
    unheard = _call_back(meeting)
    _apply(moved.meeting, {name: value for name, value in fields.items() if name in TOLD})
    _give_up_lost_ways(moved.meeting)
    let_go_of_host(meeting, moved.meeting)
    post_all(letter for batch in moved.mailing.batches for letter in batch.letters(except_to=unheard))
    anew = [member for member in moved.mailing.members if member.pk in unheard]
    files = LetterFiles(moved.meeting, "REQUEST")
    files.look_up(anew)
    post_all(letters.invitation(moved.meeting, member, files) for member in anew)
    _tell_speakers(moved.meeting, moved.mailing)
    fill_free_seats(moved.meeting)
    tell_the_channel(moved.meeting, "moved")
    return moved.meeting


def _give_up_lost_ways(meeting: Meeting) -> None:
    """Whoever would come in a way that is gone may come in the other one, and says so themselves."""
    ways = meeting.ways_to_attend
    with as_system("the form of the meeting changed under people's answers"):
        answers = Registration.objects.filter(meeting=meeting).exclude(answer=Registration.Answer.NO)
        answers.exclude(attending__in=ways).update(answer=Registration.Answer.MAYBE, attending=ways[0], waiting=False)


@action
def cancel(meeting: Meeting, *, by: Member, because: str, shown: str | None = None) -> Meeting:
    """Call a meeting off; it stays visible, with the reason. Tells who was invited or answered, except who said no.

    What was still waiting to be sent about it is withdrawn; who never heard of the meeting hears nothing now.
    Refuses with NotPublished, MeetingInThePast or MailingChanged.
    """
    meeting = Meeting.objects.lock(meeting)
    refuse_unless_open(meeting)
    meeting = as_cancelled(meeting, because)
    mailing = mailings.cancellation(meeting, reader=by)
    _as_shown(mailing, shown)
    unheard = _call_back(meeting)
    withdraw_unsent(meeting, kinds={"meeting_changed"})
    meeting.save(update_fields=["state", "cancelled_because", "sequence", "changed_at"])
    post_all(letter for batch in mailing.batches for letter in batch.letters(except_to=unheard))
    _tell_speakers(meeting, mailing)
    let_go_of_host(meeting, meeting)
    tell_the_channel(meeting, "cancelled")
    return meeting


def think_cancel(meeting: Meeting, *, by: Member, because: str) -> mailings.Mailing:
    """What calling it off would say, and to whom. Refuses as ``cancel`` does."""
    refuse_unless_open(meeting)
    return mailings.cancellation(as_cancelled(meeting, because), reader=by)


def as_cancelled(meeting: Meeting, because: str) -> Meeting:
    """The meeting as it will be when called off, not saved."""
    after = copy.copy(meeting)
    after.state, after.cancelled_because = State.CANCELLED, because
    after.sequence += 1
    return after


def _tell_speakers(meeting: Meeting, mailing: mailings.Mailing) -> None:
    """Whoever was asked or said yes to speak hears of it too."""
    for talk in mailing.talks:
        talk.item.meeting = meeting
    post_all(speaker_told_of_change(talk) for talk in mailing.talks)


CALLED_BACK = {"reminder_coming", "reminder_silent", "confirmation", "waiting_list", "promoted", "invitation_instead"}
"""Letters whose facts are no longer true, to people who hear of the change itself."""


def _call_back(meeting: Meeting) -> set[int]:
    """Withdraw what is not sent and no longer true. Returns who did not hear of the meeting: no letter, no answer."""
    withdraw_unsent(meeting, kinds=CALLED_BACK)
    unheard = withdraw_unsent(meeting, kinds={"invitation"})
    with as_system("who answered knows of the meeting, letter or not"):
        return unheard - set(Registration.objects.filter(meeting=meeting).values_list("member", flat=True))


@to_anyone
def withdraw_unsent(meeting: Meeting, *, kinds: Iterable[str]) -> set[int]:
    """Letters about this meeting that nobody is handing over yet do not leave any more, and failed ones are not tried
    again. Returns who surely got none: a letter that is possibly double may have arrived."""
    unsent = [Delivery.State.QUEUED, Delivery.State.FAILED]
    with as_system("the facts in these letters are no longer true"):
        letters = Delivery.objects.about(f"meeting:{meeting.pk}").filter(kind__in=kinds)
        # Being handed over at this moment: it may arrive, but if that fails it is not tried again after the news.
        letters.filter(state=Delivery.State.HANDING_OVER).update(not_after=Now())
        rows = list(letters.filter(state__in=unsent).select_for_update().values_list("pk", "member", "maybe_double"))
        Delivery.objects.filter(pk__in=[pk for pk, _member, _doubtful in rows]).update(
            state=Delivery.State.WITHDRAWN, leased_until=None, error=_("The meeting changed before it was sent.")
        )
    return {member for _pk, member, doubtful in rows if not doubtful}
