"""Three beats at once, a clock that jumps, the nights in which clocks change: each slot once, and each letter.

And a day on which no beat runs, or no worker: what is written afterwards, and what not any more.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import time_machine
from django.db import connections
from django.utils import timezone

from kenniskring import beat
from kenniskring.celery import app
from mailroom import slots
from mailroom.models import Delivery, Slot
from meetings.models import (
    LEAST,
    ActionPoint,
    DatePoll,
    Evaluation,
    Hosting,
    HostTask,
    Invitation,
    Meeting,
    Registration,
    Report,
)
from regions.models import Circle
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.faults.load import BEAT, Relay, letters
from tests.faults.stage import running
from tests.servers import empty_tables

BRUSSELS = ZoneInfo("Europe/Brussels")
NIGHTS = [dt.date(2026, 10, 25), dt.date(2027, 3, 28)]
A_DAY = dt.date(2027, 1, 13)
LETTERS: dict[str, set[str]] = {
    "mailroom.tasks.throw_away": set(),
    "members.tasks.tell_ended_mandates": {"mandate_ended", "circle_without_trekker"},
    "meetings.tasks.prepare_drafts": {"draft_ready"},
    "meetings.tasks.remind_of_polls": {"poll_reminder"},
    "meetings.tasks.remind": {"reminder_coming", "reminder_silent"},
    "meetings.tasks.write_to_speakers": {"speaker_reminded", "slides_asked", "words_passed_on", "speaker_thanked"},
    "meetings.tasks.remind_owners": {"action_due", "action_overdue"},
    "meetings.tasks.ask_for_evaluations": {"evaluation_asked"},
    "meetings.tasks.remind_hosts": {"host_asked_again", "host_reminded"},
    "meetings.tasks.release_seats": {"promoted"},
    "meetings.tasks.forget": set(),
    "meetings.tasks.close_past_meetings": set(),
}
"""Every task of the timetable, and the kinds of letters that it writes."""
HARMLESS = {
    "meetings.tasks.remind_of_polls",
    "meetings.tasks.release_seats",
    "meetings.tasks.forget",
    "meetings.tasks.close_past_meetings",
}
"""Those that take no slot: what they did says that it was done. The others take one a day, named after the task."""
DAILY = {task.replace(".tasks.", ".") for task in LETTERS if task not in HARMLESS}
OF_A_DAY = {"reminder_coming", "reminder_silent"}
"""Letters that make sense on one day only."""
DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
THROW_AWAY = "mailroom.tasks.throw_away"

Line = tuple[str, str, bool]


class Beat(beat.Scheduler):
    """Plans as the real one does, and keeps what is due until we let it be done, or until it expires."""

    def __init__(self) -> None:
        super().__init__(app)
        self._hand = None
        self.due: list[tuple[str, dt.datetime]] = []

    def apply_entry(self, entry, producer=None) -> None:
        self.due.append((entry.task, timezone.now() + dt.timedelta(seconds=entry.options["expires"])))

    def plan(self) -> None:
        while self.tick() == 0:
            pass

    def take(self) -> list[str]:
        """What is due and did not expire; it is not any more afterwards."""
        due, self.due = self.due, []
        return [job for job, expires in due if timezone.now() < expires]

    def work(self) -> int:
        """Do what is due; how many jobs that were."""
        jobs = self.take()
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


def another_time() -> AbstractContextManager[None]:
    return clocks_that(may_differ=dt.timedelta.max, may_jump=float("inf"))


def run(size: str) -> list[Line]:
    app.loader.import_default_modules()  # the tasks
    lines = [_night(night, step=dt.timedelta(minutes=5 if size == "full" else 180)) for night in NIGHTS]
    lines += [_a_day_without("beat"), _a_day_without("workers"), _back()]
    lines.append(_jumps())
    if size == "full":
        lines.append(_three_real_ones())
    return lines


# --- Some days ----------------------------------------------------------------------------------------------------


@dataclass
class Days:
    """What was to come in three days, what came, and what it took."""

    expected: Counter[tuple[str, str]]
    found: Counter[tuple[str, str]]
    slots: Counter[str]
    jobs: int

    @property
    def missing(self) -> Counter[tuple[str, str]]:
        return self.expected - self.found

    @property
    def surplus(self) -> Counter[tuple[str, str]]:
        return self.found - self.expected


def _three_days(day: dt.date, *, step: dt.timedelta, beats: int, without: str = "") -> Days:
    """From the afternoon before until noon two days later: beats that wake at the same moments.

    ``without`` "beat" or "workers": none from the evening before until the morning after.
    """
    starts, ends, jobs = _at(day - DAY, 14), _at(day + DAY, 12), 0
    with (
        another_time(),
        time_machine.travel(starts) as clock,
        ThreadPoolExecutor(beats) as pool,
    ):
        expected = Counter(_letters_to_come(day))
        running = [Beat() for _ in range(beats)]
        while timezone.now() <= ends:
            away = without if _at(day - DAY, 21) <= timezone.now() < _at(day + DAY, 7) else ""
            if away == "beat":
                running = [Beat() for _ in range(beats)]  # who comes back is another process, and remembers nothing
            for each in running:
                each.plan()
            if not away:
                jobs += sum(pool.map(Beat.work, running))
            clock.shift(step)
        list(pool.map(lambda _: connections.close_all(), running))
    with acting_as(SYSTEM):
        found = Counter(Delivery.objects.values_list("kind", "to"))
        taken = Counter(Slot.objects.values_list("task", flat=True))
    empty_tables()
    return Days(expected, found, taken, jobs)


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), BRUSSELS)


def _night(night: dt.date, *, step: dt.timedelta) -> Line:
    days = _three_days(night, step=step, beats=3)
    kinds = {kind for kind, _to in days.found}
    right = days.found == days.expected and kinds == set.union(*LETTERS.values())
    kept = right and days.slots == dict.fromkeys(DAILY, 3)
    figure = f"{days.jobs} jobs asked for: {days.slots.total()} slots for {len(DAILY)} x 3 days, "
    figure += f"{days.found.total()} letters of {len(kinds)} kinds"
    figure += "" if kept else f"; expected {days.missing}, not {days.surplus}; {dict(days.slots)}"
    return f"the night of {night:%-d %B %Y}", figure, kept


def _a_day_without(who: str) -> Line:
    """What is of that day alone does not come any more; all the rest does the day after."""
    days = _three_days(A_DAY, step=3 * HOUR, beats=1, without=who)
    lost = {kind for kind, _to in days.missing}
    kept = lost == OF_A_DAY and days.missing.total() == len(lost) and not days.surplus
    kept = kept and days.slots == dict.fromkeys(DAILY, 2)
    figure = f"{days.found.total()} of {days.expected.total()} letters; not {', '.join(sorted(lost))} of that day"
    figure += "" if kept else f"; missing {days.missing}, not expected {days.surplus}; {dict(days.slots)}"
    return f"{who} away all day", figure, kept


def _back() -> Line:
    """How long it takes, after a beat came back, until each job is asked for."""
    waits: dict[str, int] = {}
    with another_time(), time_machine.travel(_at(A_DAY, 17) + 16 * MINUTE) as clock:
        one = Beat()
        for minute in range(61):
            one.plan()
            for job in one.take():
                waits.setdefault(job, minute)
            clock.shift(MINUTE)
    reminders, slowest = waits["meetings.tasks.remind"], max(waits.values())
    kept = set(waits) == set(LETTERS) and reminders <= 15 and slowest <= 60
    return "beat back at 17:16", f"reminds after {reminders} minutes; all {len(waits)} jobs within {slowest}", kept


# --- What the clock has to write about ----------------------------------------------------------------------------


def _letters_to_come(day: dt.date) -> list[tuple[str, str]]:
    """Make what the jobs of these three days have to write about; gives which letters that are, and to whom."""
    with acting_as(SYSTEM):
        circle = make.circle("RKK Waasland", make.government("Temse"))
        trekker = make.person("Trekker", trekker_of=circle)
        trekker.memberships.update(mandate_end=day - DAY)
        make.person("Beheer", is_community_manager=True)
        return [
            ("mandate_ended", trekker.email),
            ("circle_without_trekker", "beheer@demo.example"),
            *_before_and_after(circle, day),
            *_to_speakers(circle, day),
            *_of_actions(circle, day),
            *_to_hosts(circle, day),
            *_of_plans(circle, day),
        ]


def _meeting(circle: Circle, starts: dt.datetime, **fields) -> Meeting:
    return make.meeting(circle, starts_at=starts, ends_at=starts + 2 * HOUR, **fields)


def _answer(meeting: Meeting, name: str, circle: Circle, **fields) -> str:
    """Someone said yes; gives the address."""
    person = make.person(name, circle)
    Registration.objects.create(meeting=meeting, member=person, answer="yes", attending="in_person", **fields)
    return person.email


def _before_and_after(circle: Circle, day: dt.date) -> list[tuple[str, str]]:
    """Of each day one who comes and one who is silent. The last of these meetings is not over a night yet."""
    made = []
    for number in range(3):
        comes = _answer(_meeting(circle, _at(day + number * DAY, 14)), f"Ja {number}", circle)
        silent = make.person(f"Stil {number}", circle)
        meeting = _meeting(circle, _at(day + (6 + number) * DAY, 14))
        Invitation.objects.create(meeting=meeting, member=silent, invited_at=_at(day - 20 * DAY, 9))
        made += [("reminder_coming", comes), ("reminder_silent", silent.email)]
    return [*made, ("evaluation_asked", made[0][1])]


def _to_speakers(circle: Circle, day: dt.date) -> list[tuple[str, str]]:
    """One who is silent for a week, one who speaks soon, one who spoke, and one for whom people wrote something."""
    silent, soon, spoke, read = speakers = [make.speaker(name) for name in ("Stil", "Straks", "Gisteren", "Gelezen")]
    make.talk(make.item(_meeting(circle, _at(day + 30 * DAY, 14))), silent, "asked", asked_at=_at(day - 7 * DAY, 2))
    item = make.item(_meeting(circle, _at(day + 3 * DAY, 14)))
    make.talk(item, soon, asked_at=_at(day - 30 * DAY, 9), answered_at=_at(day - 20 * DAY, 9))
    make.talk(make.item(_meeting(circle, _at(day - DAY, 10))), spoke)
    evaluated = _meeting(circle, _at(day - 14 * DAY, 10))
    make.talk(make.item(evaluated), read)
    for _ in range(LEAST):
        Evaluation.objects.create(meeting=evaluated, useful=4, form=4, text="Boeiend.", for_speaker=True)
    to_silent, to_soon, to_spoke, to_read = (each.contact.email for each in speakers)
    reminded = [("speaker_reminded", to_silent), ("speaker_reminded", to_soon), ("slides_asked", to_soon)]
    return [*reminded, ("speaker_thanked", to_spoke), ("words_passed_on", to_read)]


def _of_actions(circle: Circle, day: dt.date) -> list[tuple[str, str]]:
    """One that is due on the day: told beforehand, and once more the day after."""
    meeting, owner = _meeting(circle, _at(day - 40 * DAY, 14)), make.person("Doet Iets", circle)
    Report.objects.create(meeting=meeting, state=Report.State.PUBLISHED)
    ActionPoint.objects.create(meeting=meeting, what="Een bord hangen", owner=owner, due_on=day)
    return [("action_due", owner.email), ("action_overdue", owner.email)]


def _to_hosts(circle: Circle, day: dt.date) -> list[tuple[str, str]]:
    """One who is silent for a week, and one who arranged nothing: not the room, nor later the rest."""
    government = circle.governments.get()
    silent, late = (make.person(name, circle, government=government) for name in ("Gast Stil", "Gast Laat"))
    asked_at = _at(day - 7 * DAY, 2)
    meeting = _meeting(circle, _at(day + 50 * DAY, 14))
    Hosting.objects.create(meeting=meeting, government=government, contact=silent, asked_at=asked_at)
    meeting = _meeting(circle, _at(day + 14 * DAY, 14))
    Hosting.objects.create(meeting=meeting, government=government, contact=late, state="accepted")
    HostTask.objects.bulk_create(
        HostTask(meeting=meeting, what=what, made_at=_at(day - 60 * DAY, 9)) for what in HostTask.What
    )
    return [("host_asked_again", silent.email), ("host_reminded", late.email), ("host_reminded", late.email)]


def _of_plans(circle: Circle, day: dt.date) -> list[tuple[str, str]]:
    """A seat that comes free, days that are asked about until soon, and a circle of which the next draft is due."""
    full = _meeting(circle, _at(day + 20 * DAY, 14), seats_in_person=1)
    _answer(full, "Vertrokken", circle)
    circle.memberships.filter(member__name="Vertrokken").delete()
    waits = _answer(full, "Wacht", circle, waiting=True)
    polled = make.circle("Themakring", rhythm="free")
    silent = make.person("Zegt Niets", polled)
    draft = _meeting(polled, _at(day + 60 * DAY, 14), state="draft")
    DatePoll.objects.create(
        meeting=draft, circle=polled, form=draft.form, open_until=day + 3 * DAY, opened_at=_at(day - 10 * DAY, 9)
    )
    series = make.circle("Traject", rhythm="series")
    begins = make.person("Begint", trekker_of=series)
    return [("promoted", waits), ("poll_reminder", silent.email), ("draft_ready", begins.email)]


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
        jobs, one.due = [*(job for job, _expires in one.due), THROW_AWAY], []
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
