"""Who gets what about a meeting, worked out before it is sent: the page shows exactly what the action then does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, prefetch_related_objects
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from mailroom.models import Delivery, Silence
from mailroom.outgoing import Outgoing
from members.models import Member, Membership
from regions.wall import as_system

from .calendar import LetterFiles
from .letters import planning as letters
from .models import Invitation, Meeting, Registration, Talk

if TYPE_CHECKING:
    from mailroom.models import DeliveryQuerySet
    from members.models import MemberQuerySet

Answer = Registration.Answer


@dataclass(frozen=True)
class Batch:
    """The same words for a group of people; ``write`` makes the letter to one of them, with one of ``files``."""

    label: str
    members: list[Member]
    write: Callable[[Member], Outgoing]
    files: LetterFiles

    def letters(self, *, except_to: Collection[int] = ()) -> Iterator[Outgoing]:
        """To each of them, as things stand now."""
        readers = [member for member in self.members if member.pk not in except_to]
        self.files.look_up(readers)
        return map(self.write, readers)

    def by_government(self) -> list[tuple[str, list[Member]]]:
        """The people per organisation, by name; those who work nowhere last."""

        def organisation(member: Member) -> str:
            return str(member.organisation or "")

        prefetch_related_objects(self.members, "government", "partner")
        rows = groupby(
            sorted(self.members, key=lambda m: (not organisation(m), organisation(m), m.name)), organisation
        )
        return [(name or _("no organisation"), list(members)) for name, members in rows]


@dataclass(frozen=True)
class Mailing:
    """All that will leave: letters to people in batches, talks whose speakers are told; and who is left out."""

    batches: list[Batch]
    reader: Member  # whose letter the page shows as the example
    talks: list[Talk] = field(default_factory=list)
    silenced: list[Member] = field(default_factory=list)

    @property
    def members(self) -> list[Member]:
        return [member for batch in self.batches for member in batch.members]

    @property
    def total(self) -> int:
        return len(self.members) + len(self.talks)

    @cached_property
    def examples(self) -> list[tuple[Batch, Outgoing]]:
        """Each batch with its letter as the reader would get it: nobody sees the personal links of another."""
        return [(batch, batch.write(self.reader)) for batch in self.batches]

    @cached_property
    def fingerprint(self) -> str:
        """Changes when other people, or other words, would leave than were shown."""
        shown = [
            (letter.subject, [*map(str, letter.paragraphs)], [*letter.facts], sorted(m.pk for m in batch.members))
            for batch, letter in self.examples
        ]
        talks = sorted(talk.pk for talk in self.talks)
        return hashlib.sha256(repr((shown, talks)).encode()).hexdigest()[:32]


def reachable(meeting: Meeting) -> MemberQuerySet:
    """Active members who may see this meeting today, managers too. Who left the circle hears nothing any more."""
    if meeting.audience == Meeting.Audience.PUBLIC:
        return Member.objects.active()
    if meeting.audience == Meeting.Audience.NETWORK:
        return Member.objects.active().filter(pk__in=Membership.objects.current().values("member"))
    in_circle = Member.objects.in_circle(meeting.circle)
    return Member.objects.active().filter(Q(pk__in=in_circle) | Q(is_community_manager=True))


def _listed(members: MemberQuerySet) -> list[Member]:
    return list(members.order_by("name", "pk"))


def invitation(meeting: Meeting, *, reader: Member) -> Mailing:
    """To who is in the circle today and was not invited yet. Silenced addresses are listed apart: they get no letter.

    Call it after the right to invite was checked: it looks at silences, and at everyone in the umbrella circle.
    """
    with as_system("whom an invitation reaches does not hang on whom the trekker may see"):
        invited = Invitation.objects.filter(meeting=meeting).values("member")
        silences = Silence.objects.filter(Q(circle=None) | Q(circle=meeting.circle)).annotate(to=Lower("address"))
        hushed = Exists(silences.filter(to=Lower(OuterRef("email"))))
        to_invite = Member.objects.in_circle(meeting.circle).exclude(pk__in=invited)
        everyone: list[Any] = _listed(to_invite.annotate(is_hushed=hushed))
    reached = [member for member in everyone if not member.is_hushed]
    files = LetterFiles(meeting, "REQUEST")
    batch = Batch(
        _("Members who are not invited yet"),
        reached,
        lambda member: letters.invitation(meeting, member, files),
        files,
    )
    return Mailing([batch] if reached else [], reader, silenced=[m for m in everyone if m.is_hushed])


def _concerned(meeting: Meeting) -> list[tuple[Member, Registration | None]]:
    """Who was invited or answered and may still see the meeting, with the answer. Call as the system."""
    answers = {each.member_id: each for each in Registration.objects.filter(meeting=meeting)}
    invited = Invitation.objects.filter(meeting=meeting).values("member")
    members = _listed(reachable(meeting).filter(Q(pk__in=invited) | Q(pk__in=answers)))
    return [(member, answers.get(member.pk)) for member in members]


def _talks(meeting: Meeting) -> list[Talk]:
    """Those whose speaker counts on the meeting, or may say yes."""
    states = [Talk.State.ASKED, Talk.State.ACCEPTED]
    return list(Talk.objects.filter(item__meeting=meeting, state__in=states).select_related("speaker", "item"))


def move(meeting: Meeting, *, changes: Iterable[letters.Change], new_moment: bool, reader: Member) -> Mailing:
    """To who was invited or answered, in groups by what happens to their answer; ``meeting`` is as it will be.

    Who said no is left in peace when the place changes, and asked once more when the day or hour changes: that may
    have been the reason.
    """
    with as_system("whom a change concerns does not hang on whom the trekker may see"):
        concerned = _concerned(meeting)
        talks = _talks(meeting)
    groups: dict[str, list[Member]] = {}
    for member, registration in concerned:
        if registration and registration.answer == Answer.NO and not new_moment:
            continue
        groups.setdefault(_group(meeting, registration), []).append(member)
    registrations = {member.pk: registration for member, registration in concerned}
    batches = [
        _change_batch(meeting, label, members, list(changes), registrations[members[0].pk])
        for label, members in sorted(groups.items())
    ]
    return Mailing(batches, reader, talks)


def _change_batch(
    meeting: Meeting, label: str, members: list[Member], changes: list[letters.Change], one: Registration | None
) -> Batch:
    lost, files = loses_way(meeting, one), LetterFiles(meeting, "REQUEST")
    return Batch(
        label,
        members,
        lambda member: letters.changed(meeting, member, files, changes=changes, registration=one, lost=lost),
        files,
    )


def loses_way(meeting: Meeting, registration: Registration | None) -> bool:
    """Whether the meeting's form no longer offers how this person takes part."""
    return bool(registration and registration.attending and registration.attending not in meeting.ways_to_attend)


def _group(meeting: Meeting, registration: Registration | None) -> str:
    if registration is None:
        return _("Invited, not answered yet")
    if registration.answer == Answer.NO:
        return _("Answered no; asked again because the day or hour changes")
    if loses_way(meeting, registration):
        return _("Answered, but in a way that is no longer possible; becomes “maybe”")
    if registration.waiting:
        return _("On the waiting list")
    return _("Answered yes") if registration.answer == Answer.YES else _("Answered maybe")


def cancellation(meeting: Meeting, *, reader: Member) -> Mailing:
    """To who was invited or answered, except who said no; ``meeting`` carries the reason already."""
    with as_system("whom a cancellation concerns does not hang on whom the trekker may see"):
        concerned = _concerned(meeting)
        talks = _talks(meeting)
    members = [member for member, answer in concerned if not (answer and answer.answer == Answer.NO)]
    files = LetterFiles(meeting, "CANCEL")
    batch = Batch(_("Invited or answered"), members, lambda member: letters.cancelled(meeting, member, files), files)
    return Mailing([batch] if members else [], reader, talks)


def counts_by_state(deliveries: DeliveryQuerySet) -> list[tuple[str, str, int]]:
    """(state, its name, how many) of the states that occur, in the order of a letter's life."""
    rows = dict(deliveries.order_by().values_list("state").annotate(Count("pk")))
    return [(state.value, str(state.label), rows[state]) for state in Delivery.State if state in rows]
