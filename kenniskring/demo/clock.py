"""The demo's year: what happened when, played in order with the clock at that moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import time_machine
from django.conf import settings
from django.utils import timezone

from mailroom import mime
from mailroom.models import Delivery
from meetings.actions import drafts, evaluation, followup, hosting, polls, reminders, speakers
from members import actions as members
from regions.wall import SYSTEM, acting_as

from .sink import Keeper

Scene = Callable[[], object]


def at(day: int, hour: str) -> dt.datetime:
    """``hour`` ("14:00", Belgian time) on the day that many days from now."""
    date = timezone.localdate() + dt.timedelta(days=day)
    return timezone.make_aware(dt.datetime.combine(date, dt.time.fromisoformat(hour)))


@dataclass
class Year:
    """Scenes, told in any order and played in the order of the clock, each followed by the post."""

    scenes: list[tuple[dt.datetime, int, Scene]] = field(default_factory=list)

    def add(self, when: dt.datetime, scene: Scene) -> None:
        """Have ``scene`` happen then. Scenes of one moment happen in the order in which they were added."""
        self.scenes.append((when, len(self.scenes), scene))

    def add_morning(self, when: dt.datetime) -> None:
        """Have the timetable do its work on the morning of that day. Other mornings there is nothing to do."""
        morning = timezone.localtime(when).replace(hour=8, minute=0)
        if all(other != morning for other, _, scene in self.scenes if scene is the_mornings_work):
            self.add(morning, the_mornings_work)

    def play(self, say: Callable[[str], object]) -> None:
        """Play what has happened by now; the rest is still to come."""
        now = timezone.now()
        month = ""
        office = Keeper(settings.DEMO_POST)
        for when, _, scene in sorted(self.scenes, key=lambda each: each[:2]):
            if when > now:
                break
            if f"{when:%Y-%m}" != month:
                month = f"{when:%Y-%m}"
                say(f"  {month}")
            with time_machine.travel(when.astimezone(dt.UTC)):
                scene()
                send_the_post(office)


def the_mornings_work() -> None:
    """What Celery's beat has done every day."""
    with acting_as(SYSTEM):
        for meeting in reminders.meetings_to_remind_of():
            reminders.remind(meeting)
        reminders.close_past_meetings()
        for poll in polls.polls_to_remind_of():
            polls.remind_silent(poll)
        speakers.remind_speakers()
        speakers.remind_of_slides()
        speakers.thank_speakers()
        speakers.pass_on_by_the_clock()
        evaluation.ask_for_evaluations()
        followup.remind_owners()
        hosting.remind_hosts()
        members.close_mandates_that_ran_out()


def prepare_what_nobody_planned() -> None:
    """Beat did this every day as well; here once, at the end, or it would plan what the demo's trekkers planned."""
    with acting_as(SYSTEM):
        drafts.prepare_drafts()


def send_the_post(office: Keeper) -> None:
    """Send what waits, at the hour of the travelling clock.

    The postman goes by PostgreSQL's clock, which does not travel: to it an invitation of last spring would be too
    late. So the letters go to the post office without him. Nothing else sends here, and a letter that fails stops
    the play.
    """
    with acting_as(SYSTEM):
        waiting = list(Delivery.objects.unsent().select_related("letter").prefetch_related("letter__wording"))
    if not waiting:
        return
    for delivery in waiting:
        office.keep(mime.message(delivery), delivery.to)
    with acting_as(SYSTEM):
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in waiting]).update(
            state=Delivery.State.SENT, sent_at=timezone.now(), attempts=1
        )
