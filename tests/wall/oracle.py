"""Who may see and write what, said a second time and without PostgreSQL: sets and ifs over plain rows.

Written from what the circles were promised, not from the policies. A wall and this page that disagree is a red test.
Every entry of ``RULES`` and of the ``MAY_…`` tables is a function of the world, the one who asks and a row.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
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
        self.lacks_proof = actor.held_back and (is_manager or bool(mandates))


def leads_on(place: Row, day: dt.date) -> bool:
    if place["ended_at"] is not None or place["role"] != "trekker" or place["mandate_start"] > day:
        return False
    return place["mandate_end"] is None or place["mandate_end"] >= day


# --- One function per kind of row -----------------------------------------------------------------------------------


def everyone(world: World, who: Asker, row: Row) -> bool:
    return True


def stewards(world: World, who: Asker, row: Row) -> bool:
    return who.steward


def knows(world: World, who: Asker, person: int) -> bool:
    """Shares a circle with this person, or leads one that they asked to join or whose meeting they answered."""
    joined, wished, answered = (each.get(person, set()) for each in (world.joined, world.wished, world.answered))
    return bool(joined & who.peers or (wished | answered) & who.leads)


def sees_member(world: World, who: Asker, row: Row) -> bool:
    return who.steward or who.doorkeeper or row["id"] == who.id or knows(world, who, row["id"])


def sees_place(world: World, who: Asker, row: Row) -> bool:
    return (who.id is not None and row["member_id"] == who.id) or row["circle_id"] in who.peers | who.leads


def sees_wish(world: World, who: Asker, row: Row) -> bool:
    if who.steward or (who.id is not None and row["member_id"] == who.id):
        return True
    return row["asked_by_id"] is None and row["circle_id"] in who.leads


def own(world: World, who: Asker, row: Row) -> bool:
    return who.id is not None and row["member_id"] == who.id


def own_or_system(world: World, who: Asker, row: Row) -> bool:
    return who.system or own(world, who, row)


def sees_address(world: World, who: Asker, row: Row) -> bool:
    return who.steward or who.doorkeeper or (who.id is not None and row["user_id"] == who.id)


def sees_delivery(world: World, who: Asker, row: Row) -> bool:
    return who.steward or own(world, who, row) or row["circle_id"] in who.leads


def sees_meeting(world: World, who: Asker, row: Row) -> bool:
    if row["circle_id"] in who.leads:
        return True
    if row["state"] == "draft":
        return False
    if row["audience"] == "public":
        return True
    if row["audience"] == "network":
        return who.insider
    return row["circle_id"] in who.circles


def meeting_of(world: World, row: Row) -> Row:
    return world.get("meetings.Meeting", row["meeting_id"])


def with_meeting(world: World, who: Asker, row: Row) -> bool:
    return sees_meeting(world, who, meeting_of(world, row))


def sees_join_link(world: World, who: Asker, row: Row) -> bool:
    meeting = meeting_of(world, row)
    if not sees_meeting(world, who, meeting):
        return False
    if meeting["circle_id"] in who.circles | who.leads:
        return True
    return any(
        answer["meeting_id"] == meeting["id"]
        and own(world, who, answer)
        and answer["answer"] in ("yes", "maybe")
        and not answer["waiting"]
        for answer in world.of("meetings.Registration")
    )


def sees_talk(world: World, who: Asker, row: Row) -> bool:
    meeting = meeting_of(world, world.get("meetings.AgendaItem", row["item_id"]))
    return meeting["circle_id"] in who.leads or (row["state"] == "accepted" and sees_meeting(world, who, meeting))


def sees_speaker(world: World, who: Asker, row: Row) -> bool:
    if who.steward or who.leads:
        return True
    talks = [talk for talk in world.of("meetings.Talk") if talk["speaker_id"] == row["id"]]
    return any(talk["state"] == "accepted" and sees_talk(world, who, talk) for talk in talks)


def of_a_speaker(world: World, who: Asker, row: Row) -> bool:
    return sees_speaker(world, who, world.get("meetings.Speaker", row["speaker_id"]))


def trekkers(world: World, who: Asker, row: Row) -> bool:
    return who.steward or bool(who.leads)


def sees_invitation(world: World, who: Asker, row: Row) -> bool:
    meeting = meeting_of(world, row)
    return meeting["circle_id"] in who.leads or (own(world, who, row) and sees_meeting(world, who, meeting))


def sees_registration(world: World, who: Asker, row: Row) -> bool:
    meeting = meeting_of(world, row)
    if meeting["circle_id"] in who.leads:
        return True
    if not sees_meeting(world, who, meeting):
        return False
    if own(world, who, row):
        return True
    return row["answer"] == "yes" and not row["waiting"] and meeting["circle_id"] in who.peers


def system_or_door(world: World, who: Asker, row: Row) -> bool:
    return who.system or who.doorkeeper


def own_or_at_the_door(world: World, who: Asker, row: Row) -> bool:
    return system_or_door(world, who, row) or (who.id is not None and row["user_id"] == who.id)


def nobody(world: World, who: Asker, row: Row) -> bool:
    return False


def the_system(world: World, who: Asker, row: Row) -> bool:
    return who.system


def the_door(world: World, who: Asker, row: Row) -> bool:
    return who.doorkeeper


def leads(world: World, who: Asker, row: Row) -> bool:
    return row["circle_id"] in who.leads


def leads_meeting(world: World, who: Asker, row: Row) -> bool:
    return meeting_of(world, row)["circle_id"] in who.leads


def leads_item(world: World, who: Asker, row: Row) -> bool:
    return leads_meeting(world, who, world.get("meetings.AgendaItem", row["item_id"]))


def leads_talk(world: World, who: Asker, row: Row) -> bool:
    return leads_item(world, who, world.get("meetings.Talk", row["talk_id"]))


Rule = Callable[[World, Asker, Row], bool]

RULES: dict[str, Rule] = {
    "regions.LocalGovernment": everyone,
    "regions.FormerGovernment": everyone,
    "regions.Partner": everyone,
    "regions.Circle": everyone,
    "regions.Participation": everyone,
    "regions.JournalEntry": stewards,
    "library.Topic": everyone,
    "members.Member": sees_member,
    "members.Membership": sees_place,
    "members.JoinRequest": sees_wish,
    "members.FeedAddress": own_or_system,
    "account.EmailAddress": sees_address,
    "account.EmailConfirmation": the_door,
    "mfa.Authenticator": own_or_at_the_door,
    "usersessions.UserSession": own_or_at_the_door,
    "socialaccount.SocialAccount": own_or_at_the_door,
    "socialaccount.SocialApp": nobody,
    "socialaccount.SocialToken": nobody,
    "admin.LogEntry": stewards,
    "mailroom.Delivery": sees_delivery,
    "mailroom.Letter": the_system,
    "mailroom.Channel": leads,
    "mailroom.Silence": stewards,
    "mailroom.Slot": stewards,
    "meetings.Meeting": sees_meeting,
    "meetings.MeetingTopic": with_meeting,
    "meetings.JoinLink": sees_join_link,
    "meetings.AgendaItem": with_meeting,
    "meetings.Material": with_meeting,
    "meetings.Speaker": sees_speaker,
    "meetings.SpeakerContact": trekkers,
    "meetings.SpeakerTopic": of_a_speaker,
    "meetings.Talk": sees_talk,
    "meetings.Asking": leads_talk,
    "meetings.Invitation": sees_invitation,
    "meetings.Registration": sees_registration,
}


# --- Writing ----------------------------------------------------------------------------------------------------


def leads_and_knows(world: World, who: Asker, row: Row) -> bool:
    return who.steward or (leads(world, who, row) and knows(world, who, row["member_id"]))


def decides(world: World, who: Asker, row: Row) -> bool:
    return who.steward or (row["asked_by_id"] is None and leads_and_knows(world, who, row))


def answers(world: World, who: Asker, row: Row) -> bool:
    return who.system or (own(world, who, row) and with_meeting(world, who, row))


def places_material(world: World, who: Asker, row: Row) -> bool:
    """In a meeting that one leads; what it hangs on is of that very meeting."""
    items = {row["item_id"]} if row["item_id"] else set()
    if row["talk_id"]:
        items.add(world.get("meetings.Talk", row["talk_id"])["item_id"])
    of_this_meeting = all(world.get("meetings.AgendaItem", i)["meeting_id"] == row["meeting_id"] for i in items)
    return of_this_meeting and leads_meeting(world, who, row)


def registers(world: World, who: Asker, row: Row) -> bool:
    return who.steward or (who.doorkeeper and row["is_active"] and not row["is_community_manager"])


def steward_or_door(world: World, who: Asker, row: Row) -> bool:
    return who.steward or who.doorkeeper


MAY_CHANGE: dict[str, Rule] = {
    "regions.LocalGovernment": stewards,
    "regions.FormerGovernment": stewards,
    "regions.Partner": stewards,
    "regions.Circle": stewards,
    "regions.Participation": leads,
    "regions.JournalEntry": nobody,  # added by all, about themselves and now: tests/regions/test_journal.py
    "library.Topic": stewards,
    "members.Member": steward_or_door,
    "members.Membership": leads_and_knows,
    "members.JoinRequest": decides,
    "members.FeedAddress": own_or_system,
    "account.EmailAddress": steward_or_door,
    "account.EmailConfirmation": the_door,
    "mfa.Authenticator": system_or_door,
    "usersessions.UserSession": system_or_door,
    "socialaccount.SocialAccount": system_or_door,
    "socialaccount.SocialApp": nobody,
    "socialaccount.SocialToken": nobody,
    "admin.LogEntry": nobody,
    "mailroom.Delivery": the_system,
    "mailroom.Letter": the_system,
    "mailroom.Channel": leads,
    "mailroom.Silence": stewards,
    "mailroom.Slot": the_system,
    "meetings.Meeting": leads,
    "meetings.MeetingTopic": leads_meeting,
    "meetings.JoinLink": leads_meeting,
    "meetings.AgendaItem": leads_meeting,
    "meetings.Material": places_material,
    "meetings.Speaker": trekkers,
    "meetings.SpeakerContact": trekkers,
    "meetings.SpeakerTopic": trekkers,
    "meetings.Talk": leads_item,
    "meetings.Asking": leads_talk,
    "meetings.Invitation": leads_meeting,
    "meetings.Registration": answers,
}
"""What is not mentioned below is the same for adding and deleting."""

MAY_ADD = MAY_CHANGE | {"members.Member": registers, "members.JoinRequest": stewards, "admin.LogEntry": stewards}
MAY_DELETE = MAY_CHANGE | {
    "members.Member": stewards,
    "members.Membership": stewards,
    "members.JoinRequest": stewards,
    "usersessions.UserSession": own_or_at_the_door,
    "meetings.Speaker": stewards,
    "meetings.SpeakerContact": stewards,
}


def may_become(world: World, actor: Actor, label: str, row: Row, new: Row) -> bool:
    """Whether this row, found by its key, may be turned into ``new``: both are seen and both are theirs to change."""
    who = world.asker(actor)
    if not all(rule(world, who, each) for rule in (RULES[label], MAY_CHANGE[label]) for each in (row, new)):
        return False
    powers = ("is_active", "is_community_manager")
    return label != "members.Member" or who.steward or all(row[power] == new[power] for power in powers)


# --- What the functions tell ------------------------------------------------------------------------------------


def seats(world: World, who: Asker) -> set[tuple]:
    """Each meeting with the seats taken on site and online: for who sees the meeting, and None for who does not."""
    taken = {pk: [0, 0] for pk in world.rows["meetings.Meeting"]}
    for answer in world.of("meetings.Registration"):
        if answer["answer"] == "yes" and not answer["waiting"]:
            taken[answer["meeting_id"]][answer["attending"] == "online"] += 1
    rows = world.rows["meetings.Meeting"]
    return {(pk, *(taken[pk] if sees_meeting(world, who, row) else (None, None))) for pk, row in rows.items()}


def places(world: World, who: Asker) -> set[tuple]:
    """Who is in which circle, asked by the system alone; whoever is in any is in the umbrella."""
    circles = world.rows["regions.Circle"].items()
    return {
        (person, pk)
        for person in world.rows["members.Member"]
        for pk, circle in circles
        if who.system and (pk in world.joined[person] or (circle["kind"] == "umbrella" and world.joined[person]))
    }


def powers(world: World, who: Asker) -> set[tuple]:
    """Active or not and manager or not, as each member is: for the doorkeeper alone."""
    return {
        (row["id"], row["is_active"], row["is_community_manager"])
        for row in world.of("members.Member")
        if who.doorkeeper
    }


# --- Answers ------------------------------------------------------------------------------------------------------


def visible(world: World, actor: Actor, label: str) -> set[Any]:
    """The primary keys of the rows of ``label`` that exist for ``actor``."""
    return allowed(RULES, world, actor, label)


def allowed(rules: dict[str, Rule], world: World, actor: Actor, label: str) -> set[Any]:
    """The primary keys of the rows of ``label`` for which ``rules`` say yes to ``actor``."""
    who = world.asker(actor)
    return {pk for pk, row in world.rows[label].items() if rules[label](world, who, row)}
