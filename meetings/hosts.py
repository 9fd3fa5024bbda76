"""Who receives a meeting: whom one can ask, who hears of it, with whom to exchange, and what is left to arrange."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from members.models import Member, MemberQuerySet
from regions.models import Circle, LocalGovernment
from regions.wall import as_system

from .models import Hosting, HostTask, Meeting


def contacts(circle: Circle) -> MemberQuerySet:
    """Through whom a government can be asked: who is in the circle and works for one."""
    return Member.objects.in_circle(circle).filter(government__isnull=False, partner=None).order_by("name", "pk")


def told(circle: Circle, *, besides: Member | None = None) -> list[Member]:
    """Who hears of what hosts say: the trekkers, or who stands in for them. Call as the system."""
    readers = list(Member.objects.trekkers_of(circle)) or list(Member.objects.active().community_managers())
    return [reader for reader in readers if reader != besides]


def readers_of(hosting: Hosting) -> list[Member]:
    """Who answers for a host: its contact, or the trekkers when it agreed by telephone. Call as the system."""
    return [hosting.contact] if hosting.contact else told(hosting.meeting.circle)


def exchangeable(hosting: Hosting) -> QuerySet[Hosting]:
    """Other agreed turns in drafts of the same circle, soonest first. Nothing for a turn that cannot be exchanged."""
    drafts = Hosting.objects.filter(
        state=Hosting.State.ACCEPTED,
        meeting__state=Meeting.State.DRAFT,
        meeting__starts_at__gt=timezone.now(),
        meeting__circle=hosting.meeting.circle_id,
    )
    if not drafts.filter(pk=hosting.pk).exists():
        return Hosting.objects.none()
    others = drafts.exclude(pk=hosting.pk).exclude(government=hosting.government_id)
    return others.select_related("meeting", "government").order_by("meeting__starts_at", "pk")


@dataclass(frozen=True)
class Exchange:
    """Turns that a host can have instead, the one that it asked for, and those of whom it is asked for its own."""

    possible: list[Hosting]
    wanted: Hosting | None
    offered: list[Hosting]


def exchange(hosting: Hosting) -> Exchange:
    """Of other hosts only the government and the day are shown: their drafts are not the reader's to see."""
    with as_system("who receives a meeting may know on which days others of the circle do"):
        possible = list(exchangeable(hosting))
        offered = list(exchangeable(hosting).filter(swap_with=hosting))
    return Exchange(possible, next((each for each in possible if each.pk == hosting.swap_with_id), None), offered)


def checklist(meeting: Meeting) -> list[HostTask]:
    """What the host arranges for a meeting of this form, in order of day."""
    tasks = [task for task in meeting.host_tasks.all() if task.what != HostTask.What.CAMERA or meeting.is_online]
    for task in tasks:
        task.meeting = meeting
    return sorted(tasks, key=lambda task: (task.due_on, task.pk))


def turn_in_words(hosting: Hosting) -> str:
    """Lokeren, 12 maart 2027"""
    day = date_format(timezone.localtime(hosting.meeting.starts_at), "j F Y")
    return f"{hosting.government}, {day}"


def standing(meeting: Meeting) -> Hosting | None:
    """Who is asked to receive this meeting, or agreed; as far as the actor sees it."""
    asked = Hosting.objects.standing().filter(meeting=meeting)
    return asked.select_related("meeting__circle", "government", "contact").first()


@dataclass(frozen=True)
class Answers:
    """Who is asked for a meeting or agreed, and which governments declined it."""

    standing: Hosting | None = None
    declined: tuple[LocalGovernment, ...] = ()


def answers(meeting: Meeting) -> Answers:
    """Nothing for a meeting that needs no host."""
    if not meeting.is_in_person:
        return Answers()
    asked = list(Hosting.objects.filter(meeting=meeting).select_related("government"))
    declined = {each.government.pk: each.government for each in asked if each.state == Hosting.State.DECLINED}
    return Answers(next((each for each in asked if each.is_standing), None), tuple(declined.values()))
