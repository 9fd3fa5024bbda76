"""No workers, no beat, neither: pages open, each letter leaves once, and the clock's own wait for who is away.

The timetable is played faster: see HURRIED. How long a day without a beat is, ``clocks.py`` plays.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
import tempfile
import time
import urllib.request
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.utils import timezone

from mailroom.models import Delivery, Slot
from meetings.models import Meeting
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.faults.clocks import DAILY
from tests.faults.load import BEAT, BUSY, WORKER, Relay, town, visitors
from tests.faults.stage import Browser, Process, redis, valkey, wait_until, web
from tests.mailroom.letters import make_due, posted
from tests.make import PASSWORD

PACE = 2
# What is asked for every quarter of an hour or every hour, is so every PACE seconds, and expires as soon; and it is
# never night.
HURRIED = f"""
import django; django.setup()
from kenniskring.timetable import TIMETABLE
from meetings.actions import reminders
for entry in TIMETABLE.values():
    entry |= {{"schedule": {PACE}, "options": {{"expires": {PACE}}}}}
reminders.is_daytime = lambda: True
from celery.__main__ import main
main()
"""
ALONE = 5
"""Seconds in which beat sends a letter that no worker came for: it waits two of them, and looks every second."""
AT_ONCE = 3
"""Seconds."""
WARM = 10
"""Seconds in which a process that just started did each job once: it is slow at first, and a message may expire."""
RING = 60
"""Seconds after which a worker that finds a ring of the bell does not answer it any more."""
SLOW = 2
"""Seconds, of a page."""
THINKS = 0.05
"""Seconds that the relay thinks about a letter, so that one sees whether two are sent at a time."""

Line = tuple[str, str, bool]


class Part:
    """A worker or a beat: comes, shows that it works, and goes."""

    def __init__(self, pulse: Path, *command: str, **environment: str) -> None:
        self.pulse = pulse
        self.command = ("-W", "ignore", "-c", HURRIED, *command[command.index("--app") :])
        self.environment = environment | {"PULSE_FILE": str(pulse)}
        self.process: Process | None = None

    def come(self) -> float:
        """When it began to work."""
        self.process = Process(*self.command, **self.environment)
        wait_until(self.pulse.exists, every=0.05)
        return time.time()

    def go(self) -> None:
        if self.process:
            self.process.end()
            self.pulse.unlink(missing_ok=True)


class Portal:
    """All that runs, and what people do with it."""

    def __init__(self, stack: ExitStack, *, members: int, patience: float) -> None:
        self.patience = patience
        self.relay = stack.enter_context(Relay())
        self.valkey = stack.enter_context(valkey())
        where = {"REDIS_URL": redis(self.valkey), "SMTP_URL": self.relay.url}
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kenniskring-pulse-")))
        self.worker, self.beat = (
            Part(folder / name, *command, **where) for name, command in (("worker", WORKER), ("beat", BEAT))
        )
        stack.callback(self.stop, self.worker, self.beat)
        self.town = town()
        with acting_as(SYSTEM):
            self.circle = self.town.people[0].memberships.get().circle
            for number in range(members):
                make.person(f"Genodigde {number}", self.circle)
            trekker = make.person("Tom Trekker", trekker_of=self.circle)
            manager = make.person("Bea Beheer", is_community_manager=True)
        self.address = stack.enter_context(web(1, 8, **where))
        self.trekker, self.manager = Browser(self.address, trekker), Browser(self.address, manager)
        self.numbers = itertools.count()

    def stop(self, *parts: Part) -> None:
        for part in parts:
            part.go()

    def invite(self) -> tuple[Meeting, int]:
        """A trekker invites the circle to one more meeting; gives that, and how many letters it takes."""
        with acting_as(SYSTEM):
            meeting = make.meeting(self.circle, f"Bijeenkomst {next(self.numbers)}")
        path = f"/bijeenkomsten/{meeting.pk}/uitnodigen/"
        shown = re.search(r'name="shown" value="(\w+)"', self.trekker.get(path)[1])
        assert shown
        status, page = self.trekker.post(path, {"shown": shown[1]})
        assert status == 302, page
        return meeting, count(**about(meeting))

    def ask_for_a_letter(self) -> str:
        """Somebody does, on a page, and the bell is rung; gives the address."""
        to = f"niemand{next(self.numbers)}@temse.example"
        status, page = Browser(self.address).post("/account/password/reset/", {"email": to})
        assert status == 302, page
        return to

    def promise_without_a_bell(self) -> str:
        """In this process, which has no Valkey; gives the address."""
        return posted(f"zonder.bel{next(self.numbers)}@temse.example", thing="nothing").to

    def a_new_day(self) -> str:
        """All jobs are to be done anew, one of which has a letter to write; gives to whom."""
        with acting_as(SYSTEM):
            Slot.objects.all().delete()
            speaker = make.speaker(f"Stil {next(self.numbers)}")
            asked_at = timezone.now() - dt.timedelta(days=8)
            make.talk(make.item(make.meeting(self.circle)), speaker, "asked", asked_at=asked_at)
            return speaker.contact.email

    def health(self) -> dict[str, str | int]:
        with urllib.request.urlopen(f"{self.address}/healthz/ready", timeout=5) as answer:  # raises unless 200
            return json.load(answer)


# --- What became of letters and jobs ------------------------------------------------------------------------------


def about(meeting: Meeting) -> dict[str, Any]:
    return {"about": f"meeting:{meeting.pk}"}


def to(*addresses: str) -> dict[str, Any]:
    return {"to__in": addresses}


def count(**which: Any) -> int:
    with acting_as(SYSTEM):
        return Delivery.objects.filter(**which).count()


def sent_after(letters: int, *, since: float | None = None, **which: Any) -> tuple[float, float]:
    """Seconds until the first and the last of so many were sent, from then or else from when each was promised."""
    wait_until(lambda: count(**which, state="sent") == letters)
    with acting_as(SYSTEM):
        times = Delivery.objects.filter(**which).values_list("posted_at", "sent_at")
        after = [sent.timestamp() - (since or promised.timestamp()) for promised, sent in times if sent]
    return max(0, min(after)), max(0, max(after))


def jobs_done() -> set[str]:
    with acting_as(SYSTEM):
        return set(Slot.objects.values_list("task", flat=True))


class Look:
    """What people and machines notice from now on."""

    def __init__(self, portal: Portal) -> None:
        self.portal, self.began = portal, time.time()

    def for_a_while(self) -> None:
        """Until the timetable would have gone round twice."""
        time.sleep(max(0, self.began + 2 * PACE - time.time()))

    def told(self) -> tuple[str, int, bool]:
        """Figures of the pages, the age of the oldest letter according to the health check, whether all is well."""
        portal, known = self.portal, {"login": self.portal.town.people[0].email, "password": PASSWORD}
        login, _page = Browser(portal.address).post("/account/login/", known)
        answers, slowest, health = portal.town.answers(self.began), portal.town.slowest(self.began), portal.health()
        well = set(answers) == {200} and slowest <= SLOW * portal.patience and (login, health["redis"]) == (302, "ok")
        figure = f"{answers.total()} pages, slowest {slowest:.2f} s, log-in {login}"
        return figure, int(health["oldest_letter"]), well


# --- One after the other ------------------------------------------------------------------------------------------


def run(size: str) -> list[Line]:
    """Neither is there; workers come, then beat, then the workers go and come back. ``full``: and once more."""
    full = size == "full"
    lines: list[Line] = []
    with ExitStack() as stack:
        portal = Portal(stack, members=200 if full else 20, patience=1 if full else BUSY)
        stack.enter_context(visitors(portal.town, portal.address, pause=0.2 if full else 1))
        for rounds in range(2 if full else 1):
            portal.stop(portal.worker, portal.beat)
            speaker = portal.a_new_day()
            meeting, letters = portal.invite()
            lines.append(_neither(portal, meeting, letters))
            if rounds:
                lines.append(_workers_back_late(portal, meeting, letters))
            else:
                lines.append(_workers_back(portal, meeting, letters))
            lines += [_no_beat(portal), _beat_back(portal, speaker), *_no_workers(portal)]
        if full:
            lines.append(_beat_back_alone(portal))
        lines.append(_in_all(portal))
    return lines


def _neither(portal: Portal, meeting: Meeting, letters: int) -> Line:
    look = Look(portal)
    time.sleep(2 * PACE)
    wait = count(**about(meeting), state="queued")
    read = [
        _number(portal.trekker, f"/bijeenkomsten/{meeting.pk}/post/", r"toestand=queued[^>]*>[^<]*\((\d+)\)"),
        _number(portal.manager, "/beheer/", r"moeten vertrekken</dt>\s*<dd[^>]*>(\d+)<"),
    ]
    figure, oldest, well = look.told()
    told = f"{wait} letters wait; the trekker reads {read[0]}, the manager {read[1]}, /healthz/ready {oldest} s; "
    return "neither", told + figure, [wait, *read] == [letters] * 3 and oldest >= 2 * PACE - 1 and well


def _number(browser: Browser, path: str, pattern: str) -> int:
    """What stands there on a page; -1 when it does not."""
    found = re.search(pattern, browser.get(path)[1])
    return int(found[1]) if found else -1


def _workers_back(portal: Portal, meeting: Meeting, letters: int) -> Line:
    back = portal.worker.come()
    first, last = sent_after(letters, since=back, **about(meeting))
    figure = f"{letters} letters {first:.1f} to {last:.1f} s after their return"
    return "workers back, no beat", figure, first <= AT_ONCE * portal.patience


def _workers_back_late(portal: Portal, meeting: Meeting, letters: int) -> Line:
    """More than a minute later there is no ring in Valkey that they still answer."""
    time.sleep(RING)
    portal.worker.come()
    time.sleep(AT_ONCE + PACE)
    wait = count(**about(meeting), state="queued")
    portal.ask_for_a_letter()
    _first, last = sent_after(letters, since=time.time(), **about(meeting))
    figure = f"{wait} of {letters} letters wait for the next ring; the last left {last:.1f} s after it"
    return "workers back after a minute, no beat", figure, wait == letters


def _no_beat(portal: Portal) -> Line:
    look = Look(portal)
    meeting, letters = portal.invite()
    first, last = sent_after(letters, **about(meeting))
    portal.relay.replies("RCPT", "450 later")
    refused = portal.ask_for_a_letter()
    wait_until(lambda: count(to=refused, attempts=1, leased_until=None))
    make_due()
    unheard = to(refused, portal.promise_without_a_bell())
    time.sleep(2 * PACE)
    waited, done, (figure, oldest, well) = count(**unheard, state="queued"), len(jobs_done()), look.told()
    portal.ask_for_a_letter()
    _first, late = sent_after(2, since=time.time(), **unheard)
    told = f"{letters} letters after {first:.1f} to {last:.1f} s; {waited} of 2, one refused before and one not rung "
    told += f"for, wait for the next ring (/healthz/ready {oldest} s), {late:.1f} s after it; {done} jobs done; "
    return "no beat", told + figure, first <= AT_ONCE * portal.patience and waited == 2 and not done and well


def _beat_back(portal: Portal, speaker: str) -> Line:
    unheard = portal.promise_without_a_bell()
    time.sleep(AT_ONCE)
    early = len(jobs_done()) + count(**to(unheard, speaker), state="sent")
    back = portal.beat.come()
    _first, letter = sent_after(1, since=back, **to(unheard))
    _first, late = sent_after(1, since=back, **to(speaker))
    wait_until(lambda: jobs_done() == DAILY)
    figure = (
        f"a letter that waited {letter:.1f} s after its return, one by the clock {late:.1f} s; {len(DAILY)} jobs done"
    )
    kept = letter <= AT_ONCE * portal.patience and late <= WARM * portal.patience
    return "beat back", figure, kept and not early


def _no_workers(portal: Portal) -> list[Line]:
    portal.stop(portal.worker)
    look, speaker, before = Look(portal), portal.a_new_day(), len(portal.relay.raw)
    meeting, letters = portal.invite()
    portal.relay.replies("DATA", *[THINKS] * letters)
    first, last = sent_after(letters, **about(meeting))
    moments = sorted(moment for each in portal.relay.taken.values() for moment in each)[before:]
    apart = min(later - sooner for sooner, later in itertools.pairwise(moments))
    look.for_a_while()
    done, (figure, oldest, well) = len(jobs_done()), look.told()
    told = f"beat sends {letters} letters after {first:.1f} to {last:.1f} s, one at a time; {done} jobs done; "
    kept = first <= ALONE * portal.patience and apart >= THINKS and not done + oldest and well
    lines = [("no workers", told + figure, kept)]
    back = portal.worker.come()
    _first, late = sent_after(1, since=back, **to(speaker))
    wait_until(lambda: jobs_done() == DAILY)
    figure = f"a letter by the clock {late:.1f} s after their return; {len(DAILY)} jobs done"
    return [*lines, ("workers back", figure, late <= WARM * portal.patience)]


def _beat_back_alone(portal: Portal) -> Line:
    portal.stop(portal.worker, portal.beat)
    meeting, letters = portal.invite()
    time.sleep(2 * PACE)
    back = portal.beat.come()
    first, last = sent_after(letters, since=back, **about(meeting))
    figure = f"{letters} letters {first:.1f} to {last:.1f} s after its return"
    return "beat back, no workers", figure, first <= AT_ONCE * portal.patience


def _in_all(portal: Portal) -> Line:
    wait_until(lambda: count(state="sent") == count())
    with acting_as(SYSTEM):
        promised = set(Delivery.objects.values_list("message_id", flat=True))
    taken = Counter(letter["Message-ID"] for letter in portal.relay.letters)
    missing, doubles = len(promised - set(taken)), taken.total() - len(taken)
    return "letters", f"{len(promised)}, {missing} missing, {doubles} double", not missing + doubles
