"""Who chooses the day of a draft, and what they said so far: as the page of a poll and its letters need it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import Member
from regions.models import LocalGovernment, Participation, Partner

from . import words
from .models import DateOption, DatePoll, DateVote

if TYPE_CHECKING:
    from members.models import MemberQuerySet


def voters(poll: DatePoll) -> MemberQuerySet:
    """Everyone in the circle but for suppliers, and nobody when the speaker is asked. Call it as the system."""
    if poll.asks != DatePoll.Asks.MEMBERS:
        return Member.objects.none()
    return Member.objects.in_circle(poll.circle).exclude(partner__kind=Partner.Kind.VENDOR)


def silent(poll: DatePoll) -> MemberQuerySet:
    """Voters whose government said nothing yet; of a partner, those who said nothing themselves. As the system."""
    votes = DateVote.objects.filter(option__poll=poll)
    spoken = votes.filter(government__isnull=False).values("government")
    themselves = votes.filter(member__isnull=False).values("member")
    quiet_government = Q(government__isnull=False) & ~Q(government__in=spoken)
    return voters(poll).filter(quiet_government | (Q(government=None) & ~Q(pk__in=themselves)))


def votes_for(poll: DatePoll, member: Member) -> QuerySet[DateVote]:
    """What was said on behalf of whom this member speaks for: their government, or else themselves."""
    votes = DateVote.objects.filter(option__poll=poll)
    if member.government_id:
        return votes.filter(Q(government=member.government_id) | Q(member=member))
    return votes.filter(member=member)


def awaiting(member: Member, circle: str) -> Subquery:
    """In the circle of this column: the open poll that ends first and in which nobody spoke for this member yet."""
    said = DateVote.objects.filter(option__poll=OuterRef("pk"))
    mine = Q(member=member) | Q(government=member.government_id) if member.government_id else Q(member=member)
    open_ones = DatePoll.objects.filter(
        circle=OuterRef(circle),
        asks=DatePoll.Asks.MEMBERS,
        decided_at=None,
        open_until__gte=timezone.localdate(),
    )
    return Subquery(open_ones.filter(~Exists(said.filter(mine))).order_by("open_until").values("pk")[:1])


def fingerprint(votes: Iterable[DateVote]) -> str:
    """Changes as soon as somebody of the same government answers."""
    said = sorted((vote.option_id, vote.answer, vote.member_id, vote.voted_at.isoformat()) for vote in votes)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Cell:
    """What a row says of a day; empty when it said nothing. ``who`` is empty for whom the reader may not know."""

    answer: str = ""
    label: str = ""
    who: str = ""
    day: str = ""  # for a narrow screen, where a table becomes cards


@dataclass(frozen=True)
class Row:
    """A government, somebody of a partner, or a speaker, and a cell per day."""

    name: str
    cells: list[Cell]

    @property
    def is_silent(self) -> bool:
        return not any(cell.answer for cell in self.cells)

    @property
    def who(self) -> str:
        return next((cell.who for cell in self.cells if cell.who), "")


@dataclass(frozen=True)
class Day:
    """A day that is offered, and how many said what of it."""

    option: DateOption
    yes: int
    if_needed: int
    no: int


def days(poll: DatePoll, options: list[DateOption], votes: list[DateVote]) -> list[Day]:
    counts = {option.pk: Counter(v.answer for v in votes if v.option_id == option.pk) for option in options}
    return [Day(option, *(counts[option.pk][answer] for answer in DateVote.Answer.values)) for option in options]


def rows(poll: DatePoll, options: list[DateOption], votes: list[DateVote]) -> list[Row]:
    """Governments by name, those that are silent too; then people of partners; of a speaker's poll the speakers."""
    names: dict[tuple[str, int], str] = {}
    if poll.asks == DatePoll.Asks.MEMBERS:
        here = Participation.objects.current().filter(circle=poll.circle_id).values("government")
        names = {("government", each.pk): each.name for each in LocalGovernment.objects.filter(pk__in=here)}
    said: dict[tuple[str, int], dict[int, Cell]] = {key: {} for key in names}
    for vote in votes:
        key, name = _speaks_for(vote)
        names.setdefault(key, name)
        who = vote.member.name if vote.member and key[0] == "government" else ""
        said.setdefault(key, {})[vote.option_id] = Cell(vote.answer, str(vote.get_answer_display()), who)
    short = {each.pk: " ".join(words.date(timezone.localdate(each.starts_at))[:3]) for each in options}
    found = [
        Row(names[key], [replace(said[key].get(pk, Cell()), day=day) for pk, day in short.items()]) for key in names
    ]
    return sorted(found, key=lambda row: row.name)


def _speaks_for(vote: DateVote) -> tuple[tuple[str, int], str]:
    if vote.government_id and vote.government:
        return ("government", vote.government_id), vote.government.name
    if vote.talk_id and vote.talk:
        return ("talk", vote.talk_id), vote.talk.speaker.name
    member = vote.member
    organisation = f", {member.organisation}" if member and member.organisation else ""
    return ("member", vote.member_id or 0), f"{member.name}{organisation}" if member else _("someone of a partner")
