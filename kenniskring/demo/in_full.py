"""A meeting in full, as the Waasland plays it: what colleagues asked before, who received it, what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from django.utils import timezone

from library.models import Topic
from meetings import check_in, rhythm
from meetings.actions import (
    answers,
    attendance,
    coming,
    drafts,
    evaluation,
    followup,
    hosting,
    polls,
    programme,
    proposals,
    questions,
    reports,
    rounds,
)
from meetings.models import (
    ActionPoint,
    AgendaItem,
    DateOption,
    DatePoll,
    Hosting,
    HostTask,
    Meeting,
    Registration,
    SpeakerCall,
    TalkProposal,
)
from meetings.models import Attendance as Presence
from meetings.polls import voters
from members.models import Member
from regions.models import Circle, LocalGovernment
from regions.wall import SYSTEM, VISITOR, acting_as, member

from .cast import TROUPES, Player
from .clock import Year, at
from .people import playing
from .programme import DRAFT_OF_THE_CLOCK
from .stories import (
    CALL,
    COME_ALWAYS,
    NEEDS,
    NEXT_CASE,
    OFFERED,
    STILL_ASKED,
    STORIES,
    WORKS_ON,
    WOUT,
    Asked,
    Story,
    Todo,
)

if TYPE_CHECKING:
    from .gatherings import Gathering

CIRCLE = "waasland"
PLAYERS = {player.name: player for troupe in TROUPES if troupe.circle == CIRCLE for player in troupe.players}
Kind = AgendaItem.Kind


@contextmanager
def somebody(name: str) -> Iterator[Member]:
    with playing(PLAYERS[name]) as person:
        yield person


def of_government(slug: str) -> Player:
    """Who speaks for a government."""
    return next(player for player in PLAYERS.values() if player.government == slug)


class InFull:
    """What the Waasland adds to a meeting; ``gathering`` plans, invites and answers."""

    def __init__(self, gathering: Gathering, year: Year) -> None:
        self.gathering, self.year = gathering, year
        self.planned = gathering.planned
        self.is_to_come = gathering.starts_at > timezone.now()
        # What is to come has no story yet; its case is known.
        self.story: Story | None = None if self.is_to_come else STORIES.get(gathering.planned.theme)

    @property
    def meeting(self) -> Meeting:
        return self.gathering.meeting

    def schedule(self) -> None:
        before = self.gathering.before
        if self.planned.fate == "draft":
            self.year.add(at(-3, "09:30"), partial(self.ask_which_day, open_for=10))
            self.year.add(at(-2, "10:00"), partial(self.vote, how_many=4))
            return
        if self.planned.host:
            self.year.add(before(62, "20:50"), self.ask_the_host)
            self.year.add(before(60, "09:30"), self.the_host_agrees)
            for days, how_many in ((25, 3), (9, 6)):
                self.year.add(before(days, "15:30"), partial(self.arrange, how_many))
        if self.planned.theme in ("windows", "netwerk"):
            self.year.add(before(62, "21:00"), partial(self.ask_which_day, open_for=4))
            self.year.add_morning(before(61, "08:00"))
            self.year.add(before(60, "10:00"), partial(self.vote, how_many=8))
            self.year.add(before(58, "21:00"), self.choose_the_day)
        if self.story:
            self.tell(self.story)
        elif self.planned.theme == "mfa":
            self.year.add(before(61, "21:00"), partial(self.set_the_case, *NEXT_CASE))
            for slug, text in WORKS_ON.items():
                self.year.add(at(-1, "16:00"), partial(self.contribute, slug, text))

        if self.planned.theme in ("nis2", "mfa"):
            self.year.add(before(27, "17:00") if self.story else at(-1, "17:00"), self.who_cannot_come_says_why)
        if self.planned.theme == "mfa":
            self.year.add(at(-1, "17:30"), self.some_need_something)

    def tell(self, story: Story) -> None:
        before = self.gathering.before
        if story.question:
            self.year.add(before(70, "19:30"), partial(self.ask, story.question))
            self.year.add(before(61, "21:05"), partial(self.take, story.question))
        if story.case:
            self.year.add(before(61, "21:00"), partial(self.set_the_case, story.case_owner, story.case))
        for number, (slug, text) in enumerate(story.round.items()):
            self.year.add(before(5 - number, "11:15"), partial(self.contribute, slug, text))
        self.year.add(self.gathering.starts_at + dt.timedelta(minutes=4), self.check_in)
        self.year.add(before(0, "20:30"), self.type_in_the_list)
        for days in (3, -1, -15):  # slides are asked for, thanks said, and passed on what people wrote
            self.year.add_morning(before(days, "08:00"))
        self.year.add(before(-1, "21:00"), partial(self.write_the_report, story))
        self.year.add(before(-2, "09:40"), partial(self.evaluate, story))
        self.year.add(before(-4, "20:45"), self.publish_the_report)
        for todo in story.actions:
            self.year.add_morning(before(-(todo.due - 7), "08:00"))
            self.year.add_morning(before(-(todo.due + 1), "08:00"))
            if todo.done is not None:
                self.year.add(before(-todo.done, "14:20"), partial(self.tick, todo))

    # --- Before ---

    def ask(self, asked: Asked) -> None:
        ask(asked)

    def take(self, asked: Asked) -> None:
        with playing(self.gathering.trekker) as trekker:
            meeting = self.meeting
            question = meeting.circle.pressing_questions.get(text=asked.text)
            questions.take(question, by=trekker, meeting=meeting, item=self.where_it_is_about(meeting))

    def where_it_is_about(self, meeting: Meeting) -> AgendaItem:
        """The point at which questions are treated and things are decided: the case, and online the news round."""
        kind = Kind.PEER_CONSULTATION if meeting.is_in_person else Kind.NEWS_ROUND
        return meeting.agenda.get(kind=kind)

    def set_the_case(self, owner: str, text: str) -> None:
        with playing(self.gathering.trekker) as trekker:
            theirs = Member.objects.get(email=PLAYERS[owner].email)
            programme.set_case(self.where_it_is_about(self.meeting), by=trekker, text=text, owner=theirs)

    def ask_the_host(self) -> None:
        with playing(self.gathering.trekker) as trekker:
            contact = Member.objects.get(email=of_government(self.planned.host).email)
            government = LocalGovernment.objects.get(slug=self.planned.host)
            hosting.ask_host(self.meeting, by=trekker, government=government, contact=contact)

    def the_host_agrees(self) -> None:
        with playing(of_government(self.planned.host)) as contact:
            asked = Hosting.objects.select_related("meeting__circle").get(meeting=self.pk, contact=contact)
            hosting.answer_hosting(asked, by=contact, accept=True, reply="Met plezier. De raadzaal is vrij.")

    def arrange(self, how_many: int) -> None:
        with playing(of_government(self.planned.host)) as contact:
            for task in HostTask.objects.filter(meeting=self.pk).order_by("pk")[:how_many]:
                hosting.check_task(task, by=contact, done=True, note="")

    @property
    def pk(self) -> int:
        return self.gathering.pk

    def ask_which_day(self, open_for: int) -> None:
        """The day itself, and two others of which one falls on another weekday."""
        with playing(self.gathering.trekker) as trekker:
            meeting = self.meeting
            later = [dt.timedelta(days=days) for days in (0, 5, 7)]
            polls.ask_dates(
                meeting,
                by=trekker,
                asks=DatePoll.Asks.MEMBERS,
                open_until=timezone.localdate() + dt.timedelta(days=open_for),
                moments=[(meeting.starts_at + each, meeting.ends_at + each) for each in later],
            )

    def vote(self, how_many: int) -> None:
        with acting_as(SYSTEM):
            poll = DatePoll.objects.get(meeting=self.pk)
            options = list(poll.options.order_by("starts_at"))
            people = list(voters(poll).order_by("email")[:how_many])
        for number, person in enumerate(people):
            says = ("yes", "if_needed" if number % 3 else "no", "no" if number % 2 else "yes")
            with acting_as(member(person.pk)):
                polls.vote(poll, by=person, answers={o.pk: a for o, a in zip(options, says, strict=True)})

    def choose_the_day(self) -> None:
        with playing(self.gathering.trekker) as trekker:
            option = DateOption.objects.select_related("poll__meeting").filter(poll__meeting=self.pk)
            polls.choose_date(option.earliest("starts_at"), by=trekker)

    def contribute(self, slug: str, text: str) -> None:
        with playing(of_government(slug)) as person:
            government = LocalGovernment.objects.get(slug=slug)
            rounds.contribute(self.meeting, by=person, government=government, text=text, version=0)

    def who_cannot_come_says_why(self) -> None:
        """And who comes instead, where a colleague can."""
        with acting_as(SYSTEM):
            meeting = self.meeting
            refusals = Registration.objects.filter(meeting=meeting, answer=Registration.Answer.NO)
            people = [each.member for each in refusals.select_related("member").order_by("member__email")[:2]]
        for person, reason in zip(people, ("Ik zit die dag in een selectiejury.", "Verlof."), strict=False):
            with acting_as(member(person.pk)):
                instead = coming.colleagues_of(person, meeting).first()
                coming.send_excuse(meeting, by=person, reason=reason, substitute=instead)

    def some_need_something(self) -> None:
        with acting_as(SYSTEM):
            meeting = self.meeting
            coming_there = Registration.objects.coming().filter(meeting=meeting).select_related("member")
            people = [each.member for each in coming_there.order_by("member__email")[:2]]
        for person, needs in zip(people, NEEDS, strict=False):
            with acting_as(member(person.pk)):
                answers.register(meeting, by=person, answer="yes", attending="in_person", needs=needs)

    # --- During ---

    def check_in(self) -> None:
        """Four in five type the code, in the room or at home; the others forget."""
        with acting_as(SYSTEM):
            meeting = self.meeting
            coming = list(Registration.objects.coming().filter(meeting=meeting).select_related("member"))
        for number, registration in enumerate(coming):
            if number % 5 != 3:
                with acting_as(member(registration.member_id)):
                    attendance.check_in(
                        meeting,
                        by=registration.member,
                        code=check_in.code_of(meeting),
                        attending=registration.attending,
                    )

    def type_in_the_list(self) -> None:
        """Who signed the paper and forgot the code; and somebody who came along."""
        with playing(self.gathering.trekker) as trekker:
            meeting = self.meeting
            here = Presence.objects.filter(meeting=meeting).values("member")
            coming = Registration.objects.coming().filter(meeting=meeting).exclude(member__in=here)
            forgot = {each.member: each.attending for each in coming.select_related("member")[:1]}
            attendance.note_presence(meeting, by=trekker, members=forgot)

    # --- After ---

    def write_the_report(self, story: Story) -> None:
        with playing(self.gathering.trekker) as trekker:
            meeting = self.meeting
            about, day = self.where_it_is_about(meeting), timezone.localdate(meeting.starts_at)
            people = {each.name: each for each in Member.objects.in_circle(meeting.circle)}
            promised = [
                reports.Outcome(about, todo.what, people[todo.owner], due_on=day + dt.timedelta(days=todo.due))
                for todo in story.actions
            ]
            reports.write_report(
                meeting,
                by=trekker,
                version=0,
                introduction=story.introduction,
                parts={item.pk: story.said[item.kind] for item in meeting.agenda.all() if item.kind in story.said},
                outcomes=[reports.Outcome(about, text) for text in story.decisions] + promised,
            )

    def publish_the_report(self) -> None:
        with playing(self.gathering.trekker) as trekker:
            reports.publish_report(self.meeting, by=trekker)

    def evaluate(self, story: Story) -> None:
        with acting_as(SYSTEM):
            meeting = self.meeting
            here = list(Member.objects.filter(attendances__meeting=meeting).order_by("email"))
        for person, (useful, form, text, for_speaker) in zip(here, story.evaluations, strict=False):
            with acting_as(member(person.pk)):
                evaluation.evaluate(meeting, by=person, useful=useful, form=form, text=text, for_speaker=for_speaker)

    def tick(self, todo: Todo) -> None:
        with somebody(todo.owner) as owner:
            promised = ActionPoint.objects.get(meeting=self.pk, what=todo.what)
            followup.tick(promised, by=owner, done=True, note=todo.note)


def ask(asked: Asked) -> None:
    """A question, and colleagues who want to know it too."""
    with somebody(asked.by) as person:
        question = questions.ask(Circle.objects.get(slug=CIRCLE), by=person, text=asked.text, context=asked.context)
    for name in [name for name in PLAYERS if name != asked.by][: asked.supporters]:
        with somebody(name) as colleague:
            questions.support(question, by=colleague, wanted=True)


def schedule_what_waits(year: Year) -> None:
    """A draft of the clock, questions that nobody took up, who means to come always, and a talk that was offered."""
    year.add(at((left_to_the_clock().ready_on - timezone.localdate()).days, "08:30"), the_clock_plans)
    for number, asked in enumerate(STILL_ASKED):
        year.add(at(-9 + 3 * number, "13:10"), partial(ask, asked))
    for name, way in COME_ALWAYS.items():
        year.add(at(-70, "12:30"), partial(come_always, name, way))
    year.add(at(-20, "20:15"), call_for_speakers)
    year.add(at(-12, "10:40"), offer_a_talk)


def left_to_the_clock() -> rhythm.Period:
    """The quarter for which the clock makes a draft: on ``ready_on``, which has been by now."""
    today = timezone.localdate()
    with acting_as(SYSTEM):
        periods = rhythm.periods(Circle.objects.get(slug=CIRCLE), today=today)
    return next(each for each in periods if each.holds(today + dt.timedelta(days=DRAFT_OF_THE_CLOCK)))


def the_clock_plans() -> None:
    """Of other circles it does so at the end of the play, or it would plan what their trekkers planned."""
    with acting_as(SYSTEM):
        drafts.prepare_drafts_of(Circle.objects.get(slug=CIRCLE))


def come_always(name: str, way: str) -> None:
    with somebody(name) as person:
        coming.come_always(Circle.objects.get(slug=CIRCLE), by=person, attending=way)


def call_for_speakers() -> None:
    with somebody(WOUT) as trekker:
        topic = Topic.objects.get(slug="generatieve-ai")
        proposals.open_call(Circle.objects.get(slug=CIRCLE), by=trekker, topic=topic, text=CALL)


def offer_a_talk() -> None:
    """From outside, and from a colleague."""
    with acting_as(SYSTEM):
        call = SpeakerCall.objects.select_related("circle", "topic").get(circle__slug=CIRCLE)
    with acting_as(VISITOR):
        proposals.propose(call, by=None, **OFFERED)
    with acting_as(SYSTEM):
        offered = TalkProposal.objects.get(email=OFFERED["email"])
    with acting_as(VISITOR):
        proposals.confirm_proposal(offered.pk)
