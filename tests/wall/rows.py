"""All rows of a world, and what somebody is: worked out from them without PostgreSQL."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cache, cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps

from regions.wall import Actor, Wall, borrowed, walled_models

Row = dict[str, Any]


@cache
def walled() -> dict[str, Any]:
    """Every model that has a wall, ours and borrowed, by label."""
    others = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in borrowed]
    return {model._meta.label: model for model in [*walled_models(), *others]}


@cache
def walls() -> dict[str, Wall]:
    """The wall of each model, by label."""
    own = {
        label: next((c for c in model._meta.constraints if isinstance(c, Wall)), None)
        for label, model in walled().items()
    }
    return {label: found or borrowed[walled()[label]._meta.db_table] for label, found in own.items()}


class World:
    """All rows there are, as plain dictionaries: those that are given, or those of the database, for the system."""

    def __init__(self, rows: dict[str, dict[Any, Row]] | None = None) -> None:
        self.rows = rows or {
            label: {row[model._meta.pk.attname]: row for row in model.objects.values()}
            for label, model in walled().items()
        }
        self.today = dt.datetime.now(ZoneInfo("Europe/Brussels")).date()
        self.askers: dict[Actor, Asker] = {}
        self.unborn: dict[str, dict[Any, Row]] = {}  # rows that are not there and might be added
        self.moves = 12  # how many ways to tie rows of a table to something else are tried
        self.expectations: dict[tuple, Any] = {}  # what was worked out before

    def of(self, label: str) -> list[Row]:
        return list(self.rows[label].values())

    def get(self, label: str, pk: Any) -> Row:
        return self.rows[label][pk]

    def asker(self, actor: Actor) -> Asker:
        if actor not in self.askers:
            self.askers[actor] = Asker(self, actor)
        return self.askers[actor]

    @cached_property
    def joined(self) -> dict[int, set[int]]:
        """The circles that each member is in today, the umbrella only by a row of its own."""
        found: dict[int, set[int]] = defaultdict(set)
        for place in self.of("members.Membership"):
            if place["ended_at"] is None:
                found[place["member_id"]].add(place["circle_id"])
        return found

    @cached_property
    def wished(self) -> dict[int, set[int]]:
        """The circles that each member asked to join and that did not decide."""
        found: dict[int, set[int]] = defaultdict(set)
        for wish in self.of("members.JoinRequest"):
            if wish["decided_at"] is None and wish["asked_by_id"] is None:
                found[wish["member_id"]].add(wish["circle_id"])
        return found

    @cached_property
    def answered(self) -> dict[int, set[int]]:
        """The circles of whose meetings each member answered one."""
        found: dict[int, set[int]] = defaultdict(set)
        for answer in self.of("meetings.Registration"):
            found[answer["member_id"]].add(self.get("meetings.Meeting", answer["meeting_id"])["circle_id"])
        return found


class Asker:
    """What someone is, worked out from the rows."""

    def __init__(self, world: World, actor: Actor) -> None:
        self.system = actor.kind == "system"
        self.doorkeeper = actor.kind == "doorkeeper"
        self.id = actor.member_id
        row = world.rows["members.Member"].get(self.id) if actor.kind == "member" else None
        if row is None or not row["is_active"]:
            row, self.id = None, None
        is_manager = bool(row and row["is_community_manager"])
        self.manager = is_manager and not actor.held_back  # that session has not shown a second factor: no roles
        self.steward = self.system or self.manager
        partner = row and row["partner_id"]
        self.vendor = bool(partner) and world.get("regions.Partner", partner)["kind"] == "vendor"
        everywhere = set(world.rows["regions.Circle"])
        umbrellas = {circle["id"] for circle in world.of("regions.Circle") if circle["kind"] == "umbrella"}
        joined = world.joined.get(self.id, set()) if self.id else set()
        self.insider = self.steward or bool(joined)
        self.circles = everywhere if self.steward else joined | (umbrellas if joined else set())
        self.peers = everywhere if self.steward else set() if self.vendor else joined
        mandates = {
            place["circle_id"]
            for place in world.of("members.Membership")
            if self.id and not self.vendor and place["member_id"] == self.id and leads_on(place, world.today)
        }
        self.leads = everywhere if self.steward else set() if actor.held_back else mandates
        self.government = row and row["government_id"]
        self.hosting = {
            asking["meeting_id"]
            for asking in world.of("meetings.Hosting")
            if self.id
            and not self.vendor
            and asking["contact_id"] == self.id
            and asking["state"] in ("asked", "accepted")
            and world.get("meetings.Meeting", asking["meeting_id"])["circle_id"] in self.circles
        }
        noted, answers = world.of("meetings.Attendance"), world.of("meetings.Registration")
        own = [row for row in noted if self.id and row["member_id"] == self.id]
        yes = [
            row for row in answers if row["member_id"] == self.id and row["answer"] == "yes" and not row["waiting"]
        ]
        meetings, of_all = ({row["meeting_id"] for row in rows} for rows in (own, noted))
        self.was_at = meetings | ({row["meeting_id"] for row in yes} - of_all)
        self.colleagues = set() if self.vendor else self.circles
        self.lacks_proof = actor.held_back and (is_manager or bool(mandates))


def leads_on(place: Row, day: dt.date) -> bool:
    if place["ended_at"] is not None or place["role"] != "trekker" or place["mandate_start"] > day:
        return False
    return place["mandate_end"] is None or place["mandate_end"] >= day
