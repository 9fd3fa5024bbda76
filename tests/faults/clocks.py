"""Three beats at once, a clock that jumps, the nights in which clocks change: each slot once, and each letter."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from zoneinfo import ZoneInfo

import time_machine
from django.db import connections
from django.utils import timezone

from kenniskring import beat
from kenniskring.celery import app
from mailroom import slots
from mailroom.models import Delivery, Slot
from meetings.models import Invitation, Registration
from regions.models import Circle
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.faults.load import BEAT, Relay, letters
from tests.faults.stage import running

BRUSSELS = ZoneInfo("Europe/Brussels")
NIGHTS = [dt.date(2026, 10, 25), dt.date(2027, 3, 28)]
DAILY = [
    *("mailroom.throw_away", "members.tell_ended_mandates", "meetings.prepare_drafts", "meetings.remind"),
    *(
        "meetings.write_to_speakers",
        "meetings.remind_owners",
        "meetings.remind_hosts",
        "meetings.ask_for_evaluations",
    ),
]
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
THROW_AWAY = "mailroom.tasks.throw_away"

Line = tuple[str, str, bool]


class Beat(beat.Scheduler):
    """Plans as the real one does, and keeps what is due until we let it be done."""

    def __init__(self) -> None:
        super().__init__(app)
        self._hand = None
        self.due: list[str] = []

    def apply_entry(self, entry, producer=None) -> None:
        self.due.append(entry.task)

    def plan(self) -> None:
        while self.tick() == 0:
            pass

    def work(self) -> int:
        """Do what is due; how many jobs that were."""
        jobs, self.due = self.due, []
        for job in jobs:
            app.tasks[job].apply(throw=True)
        return len(jobs)


@contextmanager
def clocks_that(*, may_differ: dt.timedelta, may_jump: float = beat.JUMP) -> Iterator[None]:
    """PostgreSQL stays in its own time, so a test of another day has to allow for that."""
    before = slots.MAY_DIFFER, beat.JUMP
    slots.MAY_DIFFER, beat.JUMP = may_differ, may_jump
    try:
        yield
    finally:
        slots.MAY_DIFFER, beat.JUMP = before


def run(size: str) -> list[Line]:
    app.loader.import_default_modules()  # the tasks
    lines = [_night(night, step=dt.timedelta(minutes=5 if size == "full" else 180)) for night in NIGHTS]
    lines.append(_jumps())
    if size == "full":
        lines.append(_three_real_ones())
    return lines


# --- The nights ---------------------------------------------------------------------------------------------------


def _night(night: dt.date, *, step: dt.timedelta) -> Line:
    """From the afternoon before until noon two days later: three beats that wake at the same moments."""
    starts, ends = _at(night - DAY, 14), _at(night + DAY, 12)
    jobs = 0
    with (
        clocks_that(may_differ=dt.timedelta.max, may_jump=float("inf")),
        time_machine.travel(starts) as clock,
        ThreadPoolExecutor(3) as pool,
    ):
        expected = _letters_to_come(night)
        three = [Beat() for _ in range(3)]
        while timezone.now() <= ends:
            for each in three:
                each.plan()
            jobs += sum(pool.map(Beat.work, three))
            clock.shift(step)
        list(pool.map(lambda _: connections.close_all(), three))
    with acting_as(SYSTEM):
        found = Counter(Delivery.objects.values_list("kind", "to"))
        taken = Counter(Slot.objects.values_list("task", flat=True))
        Slot.objects.all().delete()
        Delivery.objects.all().delete()
    kept = found == Counter(expected) and taken == dict.fromkeys(DAILY, 3)
    figure = f"{jobs} jobs asked for: {taken.total()} slots for {len(DAILY)} x 3 days, {found.total()} letters"
    figure += (
        "" if kept else f"; expected {Counter(expected) - found}, not {found - Counter(expected)}; {dict(taken)}"
    )
    return f"the night of {night:%-d %B %Y}", figure, kept


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), BRUSSELS)


def _letters_to_come(night: dt.date) -> list[tuple[str, str]]:
    """Make what the jobs of these three days have to write about; gives which letters that are, and to whom."""
    name = f"{night:%B}".lower()
    coming = [("reminder_coming", f"ja{day}@{name}.example") for day in range(3)]
    silent = [("reminder_silent", f"stil{day}@{name}.example") for day in range(3)]
    speakers = [("speaker_reminded", f"gevraagd@{name}.example"), ("speaker_thanked", f"sprak@{name}.example")]
    mandate = [("mandate_ended", f"trekker@{name}.example")]
    evaluations = [("evaluation_asked", coming[0][1])]  # the meeting of the next day is not over a night yet
    with acting_as(SYSTEM):
        circle = make.circle(f"RKK {name}")
        for day in range(3):
            meeting = _meeting(circle, _at(night + day * DAY, 14))
            person = make.person(f"Ja {day}", circle, email=coming[day][1])
            Registration.objects.create(meeting=meeting, member=person, answer="yes", attending="in_person")
            meeting = _meeting(circle, _at(night + (6 + day) * DAY, 14))
            person = make.person(f"Stil {day}", circle, email=silent[day][1])
            Invitation.objects.create(meeting=meeting, member=person, invited_at=_at(night - 20 * DAY, 9))
        item = make.item(_meeting(circle, _at(night + 30 * DAY, 14)))
        make.talk(item, make.speaker("A", email=speakers[0][1]), "asked", asked_at=_at(night - 7 * DAY, 2))
        make.talk(make.item(_meeting(circle, _at(night - DAY, 10))), make.speaker("B", email=speakers[1][1]))
        trekker = make.person("Trekker", trekker_of=circle, email=mandate[0][1])
        trekker.memberships.update(mandate_end=night - DAY)
    return coming + silent + speakers + mandate + evaluations


def _meeting(circle: Circle, starts: dt.datetime):
    return make.meeting(circle, starts_at=starts, ends_at=starts + 2 * HOUR)


# --- Jumps --------------------------------------------------------------------------------------------------------


def _jumps() -> Line:
    """A clock that is set a day or an hour wrong, and right again, in one running beat."""
    one, wrong, right, refused = Beat(), 0, 0, 0
    with clocks_that(may_differ=HOUR / 2):  # minutes pass here in a moment
        for jump in (DAY, -DAY, HOUR, -HOUR):
            asked, turned_away = _five_minutes(one, jump)
            wrong, refused = wrong + asked, refused + turned_away
            asked, turned_away = _five_minutes(one, dt.timedelta())
            right, refused = right + asked, refused - turned_away
    with acting_as(SYSTEM):
        taken = dict(Slot.objects.values_list("task", "slot"))
        total = Slot.objects.count()
        Slot.objects.all().delete()
    today = f"{slots.EPOCH + (timezone.now() - slots.EPOCH) // DAY * DAY:%Y-%m-%dT%H:%MZ}"
    once = total == len(taken) and taken["mailroom.throw_away"] == today  # others, by the hour of the day
    kept = wrong == refused > 0 and right >= 8 and once
    figure = f"{refused} of {wrong} jobs refused by a wrong clock, {right} asked for by the right one, "
    figure += f"{total} slots for {len(taken)} jobs"
    return "a clock set a day or an hour wrong, and right", figure, kept


def _five_minutes(one: Beat, jump: dt.timedelta) -> tuple[int, int]:
    """How many jobs a beat asked for in the five minutes after its clock was set so far off, and were refused."""
    asked = refused = 0
    with time_machine.travel(dt.datetime.now(dt.UTC) + jump) as clock:
        for _ in range(80):
            one.plan()
            clock.shift(dt.timedelta(seconds=4))
        jobs, one.due = [*one.due, THROW_AWAY], []
        for job in jobs:
            asked += 1
            try:
                app.tasks[job].apply(throw=True)
            except slots.ClockIsWrong:
                refused += 1
    return asked, refused


# --- Three that run -----------------------------------------------------------------------------------------------


def _three_real_ones() -> Line:
    """Three beats of which each sends the letters itself, because there is no Redis: no letter twice."""
    with ExitStack() as stack:
        relay = stack.enter_context(Relay())
        for _ in range(3):
            stack.enter_context(running(*BEAT, SMTP_URL=relay.url))
        with letters(relay, {}, every=0.1) as post:
            time.sleep(15)
        missing, doubles = post.missing(), post.doubles()
    figure = f"{len(post.promised)} letters, {missing} missing, {doubles} double"
    return "three beats and no Redis", figure, not missing + doubles
