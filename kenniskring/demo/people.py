"""The demo's people: who registers when, who lets them in, and who leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from members import actions as members
from members.models import JoinRequest, Member, Membership
from regions.models import Circle, LocalGovernment, Participation
from regions.wall import DOORKEEPER, SYSTEM, acting_as, member

from .cast import ASKERS, IN_TWO, MANAGER, TROUPES, Player
from .clock import Year, at

PASSWORD = "kenniskring-demo"
ACCOUNTS = {MANAGER.email, *(player.email for troupe in TROUPES for player in troupe.players if player.address)}
OUTSIDE = ["hamont-achel", "herstappe", "mesen", "vleteren", "bever"]
"""Governments that left their circle: the blind spots."""


def trekker_of(circle: str) -> Player:
    """Who leads a circle; the umbrella circle is led by the community manager."""
    return next((troupe.players[0] for troupe in TROUPES if troupe.circle == circle), MANAGER)


@contextmanager
def playing(player: Player) -> Iterator[Member]:
    """Act as this person, as their own clicks would."""
    with acting_as(SYSTEM):
        person = Member.objects.select_related("government", "partner").get(email=player.email)
    with acting_as(member(person.pk)):
        yield person


class People:
    """Who registers when, and who lets them in."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self.hashed = make_password(PASSWORD)

    def schedule(self) -> None:
        self.year.add(at(-689, "09:00"), self.hire_the_manager)
        for number, troupe in enumerate(TROUPES):
            trekker, *others = troupe.players
            self.join(trekker, troupe.circle, -688 + number, let_in_by=MANAGER)
            self.year.add(at(-687 + number, "11:00"), partial(self.give_mandate, trekker, troupe.circle))
            for place, player in enumerate(others):
                self.join(player, troupe.circle, -684 + number + place, let_in_by=trekker)
        self.year.add(at(-380, "11:10"), self.join_a_second_circle)
        self.year.add(at(-330, "16:00"), self.leave_some_outside)
        last_day = at(-36, "00:00").date()
        ends = partial(self.give_mandate, trekker_of("denderregio"), "denderregio", until=last_day)
        self.year.add(at(-40, "09:00"), ends)
        self.year.add_morning(at(-35, "08:00"))
        self.year.add(at(-2, "09:40"), partial(self.register, ASKERS[0]))

    def hire_the_manager(self) -> None:
        with acting_as(SYSTEM):
            manager = Member.objects.create_user(MANAGER.email, MANAGER.name, is_community_manager=True)
            self.prove_the_address(manager)

    def join(self, player: Player, circle: str, day: int, *, let_in_by: Player) -> None:
        """Someone registers and is let in the same morning: the domain demo.example proves nothing."""
        self.year.add(at(day, "09:15"), partial(self.register, player))
        self.year.add(at(day, "10:30"), partial(self.let_in, player, circle, let_in_by))

    def register(self, player: Player) -> None:
        """What the registration page and the link in its letter do."""
        with acting_as(DOORKEEPER):
            person = Member.objects.create_user(
                player.email,
                player.name,
                job_title=player.job_title,
                government=LocalGovernment.objects.get(slug=player.government),
            )
            self.prove_the_address(person)
            members.welcome(person)

    def prove_the_address(self, person: Member) -> None:
        if person.email in ACCOUNTS:
            Member.objects.filter(pk=person.pk).update(password=self.hashed)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)

    def let_in(self, player: Player, circle: str, decider: Player) -> None:
        with playing(decider) as person:
            request = JoinRequest.objects.open().get(member__email=player.email, circle__slug=circle)
            members.decide(request, by=person, accepted=True)

    def give_mandate(self, player: Player, circle: str, until: dt.date | None = None) -> None:
        with playing(MANAGER) as manager:
            membership = Membership.objects.current().get(member__email=player.email, circle__slug=circle)
            start = membership.mandate_start or timezone.localdate()
            members.make_trekker(membership, by=manager, start=start, end=until)

    def join_a_second_circle(self) -> None:
        email, circle = IN_TWO
        player = next(p for t in TROUPES for p in t.players if p.email == email)
        with playing(player) as person:
            members.join(
                Circle.objects.get(slug=circle),
                by=person,
                message="Ik begeleid ook projecten in de Kempen en wil graag meevolgen.",
            )
        self.let_in(player, circle, trekker_of(circle))

    def leave_some_outside(self) -> None:
        with playing(MANAGER):
            Participation.objects.current().filter(government__slug__in=OUTSIDE).update(until=timezone.localdate())
