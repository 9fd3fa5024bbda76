"""The demo's meetings: planned, published, invited to, answered, and sometimes moved or cancelled."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from library.models import Topic
from meetings.actions import answers, material, planning, programme, speakers
from meetings.models import AgendaItem, Form, Meeting, Registration, Speaker, Talk
from meetings.rhythm import is_holiday
from members.models import Member
from regions.models import Circle, LocalGovernment
from regions.wall import SYSTEM, acting_as, member

from .cast import MANAGER, SPEAKERS
from .clock import Year, at
from .in_full import CIRCLE, InFull, schedule_what_waits
from .people import playing, trekker_of
from .programme import MEETINGS, SILENT_UNTIL_NOW, WEEKDAY, Planned
from .slides import slides
from .themes import THEMES

Answer = Registration.Answer
YES = "Graag. Ik breng een paar voorbeelden mee."
SLIDES = slides("Verzonnen presentatie")


def moment(planned: Planned) -> dt.datetime:
    """When it takes place: on the circle's weekday nearest to the planned day, and not on a holiday.

    Nor in the first week of a quarter: trekkers plan nine weeks ahead, and the clock eight before the quarter begins.
    """
    when = at(planned.day, planned.start)
    when += dt.timedelta(days=(WEEKDAY[planned.circle] - when.weekday() + 3) % 7 - 3)
    while is_holiday(when.date()) or (when.month % 3 == 1 and when.day <= 7):
        when += dt.timedelta(weeks=1)
    return when


@dataclass
class Gatherings:
    """Schedules all that happens around each meeting. ``dice`` decide who answers what, the same every time."""

    year: Year
    dice: random.Random

    def schedule(self) -> None:
        self.year.add(at(-680, "14:00"), self.fill_the_pool)
        for planned in MEETINGS:
            gathering = Gathering(planned, self.year, self.dice)
            gathering.schedule()
            if planned.circle == CIRCLE:
                InFull(gathering, self.year).schedule()
        schedule_what_waits(self.year)

    def fill_the_pool(self) -> None:
        with playing(MANAGER) as manager:
            for guest in SPEAKERS.values():
                speakers.add_speaker(
                    by=manager,
                    email=guest.email,
                    topics=Topic.objects.filter(slug__in=guest.topics),
                    name=guest.name,
                    organisation=guest.organisation,
                    kind=guest.kind,
                    bio=guest.bio,
                )


class Gathering:
    """One meeting, from the trekker's first note to the last answer."""

    def __init__(self, planned: Planned, year: Year, dice: random.Random) -> None:
        self.planned, self.year, self.dice = planned, year, dice
        self.theme = THEMES[planned.theme]
        self.starts_at = moment(planned)
        self.trekker = trekker_of(planned.circle)
        self.eagerness = 0.2 if planned.audience == Meeting.Audience.NETWORK else 0.45
        self.pk = 0  # once it is there

    @property
    def meeting(self) -> Meeting:
        return Meeting.objects.select_related("circle", "host").get(pk=self.pk)

    def before(self, days: int, hour: str) -> dt.datetime:
        """That hour, so many days before the meeting; a draft of the distant future is made these days."""
        when = timezone.localtime(self.starts_at - dt.timedelta(days=days))
        hours, minutes = map(int, hour.split(":"))
        return when.replace(hour=hours, minute=minutes)

    def schedule(self) -> None:
        if self.planned.fate == "draft":
            self.year.add(at(-4, "20:15"), self.plan)
            return
        self.year.add(self.before(63, "20:15"), self.plan)
        if self.planned.asked_speaker:
            self.year.add(self.before(62, "20:40"), self.ask_a_speaker)
            self.year.add(self.before(58, "11:30"), self.speaker_accepts)
            self.year.add(self.before(-2, "14:00"), self.speaker_sends_slides)
        self.year.add(self.before(55, "09:00"), self.publish_and_invite)
        for days in (53, 46, 28, 12, 3):
            self.year.add(self.before(days, "10:05"), self.some_answer)
        if self.planned.fate == "moved":
            self.year.add(at(-3, "15:00"), self.move)
        if self.planned.fate == "cancelled":
            self.year.add(self.before(6, "08:30"), self.cancel)
        for days in (7, 1, -1):
            self.year.add_morning(self.before(days, "08:00"))

    def plan(self) -> None:
        planned = self.planned
        with playing(self.trekker) as trekker:
            host = LocalGovernment.objects.filter(slug=planned.host).first()
            meeting = planning.plan(
                Circle.objects.get(slug=planned.circle),
                by=trekker,
                title=self.theme.title,
                starts_at=self.starts_at,
                ends_at=self.starts_at + dt.timedelta(hours=2 if planned.form == Form.ONLINE else 3),
                form=planned.form,
                host=host,
                programme="webinar" if planned.form == Form.ONLINE else "classic",
                about=self.theme.about,
                audience=planned.audience,
                seats_in_person=planned.seats,
                **place_of(host),
            )
            self.pk = meeting.pk
            online = (
                {} if planned.form == Form.IN_PERSON else {"online_link": f"https://vergadering.example/{meeting.pk}"}
            )
            planning.edit(meeting, by=trekker, topics=Topic.objects.filter(slug__in=self.theme.topics), **online)
            for kind, title in [("deep_dive", self.theme.talk), ("peer_consultation", self.theme.case)]:
                for item in meeting.agenda.filter(kind=kind):
                    programme.change_item(item, by=trekker, title=title)

    def ask_a_speaker(self) -> None:
        guest = SPEAKERS[self.theme.speaker]
        with playing(self.trekker) as trekker:
            speakers.ask_speaker(
                self.meeting.agenda.get(kind=AgendaItem.Kind.DEEP_DIVE),
                by=trekker,
                speaker=Speaker.objects.get(name=guest.name),
                message="Een half uur vertellen en een kwartier vragen is prima. We zijn met een tiental besturen.",
            )

    def speaker_accepts(self) -> None:
        with acting_as(SYSTEM):
            talk = Talk.objects.get(item__meeting=self.pk)
            speakers.answer_talk(talk.pk, accept=True, reply=YES, may_record=True, may_publish=True)

    def speaker_sends_slides(self) -> None:
        with acting_as(SYSTEM):
            talk = Talk.objects.get(item__meeting=self.pk)
            material.add_slides(talk.pk, file=SimpleUploadedFile("presentatie.pdf", SLIDES))

    def publish_and_invite(self) -> None:
        with playing(self.trekker) as trekker:
            meeting = planning.publish(self.meeting, by=trekker)
            planning.invite(meeting, by=trekker)

    def some_answer(self) -> None:
        """Some of those who are silent look at their post."""
        with acting_as(SYSTEM):
            meeting = self.meeting
            answered = Registration.objects.filter(meeting=meeting).values("member")
            silent = Member.objects.filter(invitations__meeting=meeting).exclude(pk__in=answered).order_by("email")
            people = [person for person in silent if (person.email, self.planned.theme) not in SILENT_UNTIL_NOW]
        for person in people:
            if person.email == self.trekker.email or self.dice.random() < self.eagerness:
                self.answer(meeting, person)

    def answer(self, meeting: Meeting, person: Member) -> None:
        chance = 0.0 if person.email == self.trekker.email else self.dice.random()
        said = Answer.YES if chance < 0.7 else Answer.MAYBE if chance < 0.82 else Answer.NO
        way = self.dice.choice(meeting.ways_to_attend)
        with acting_as(member(person.pk)):
            answers.register(meeting, by=person, answer=said, attending=way)

    def move(self) -> None:
        with playing(self.trekker) as trekker:
            meeting, later = self.meeting, dt.timedelta(days=14)
            planning.move(meeting, by=trekker, starts_at=meeting.starts_at + later, ends_at=meeting.ends_at + later)

    def cancel(self) -> None:
        because = "De spreker is ziek en het gastbestuur houdt die dag een noodoefening."
        with playing(self.trekker) as trekker:
            planning.cancel(self.meeting, by=trekker, because=because)


def place_of(host: LocalGovernment | None) -> dict[str, str]:
    """Where a meeting takes place: a real town, an invented square."""
    if host is None:
        return {}
    house = "Stadhuis" if host.kind == LocalGovernment.Kind.CITY else "Gemeentehuis"
    return {
        "venue": f"{house}, raadzaal",
        "address": f"Voorbeeldplein 1, {host.postal_code} {host.name}",
        "route": "Parkeren kan gratis achter het gebouw. Van het station is het tien minuten wandelen.",
    }
