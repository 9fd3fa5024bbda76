"""Who may see and write what, said a second time and without PostgreSQL; sight.py has the part on seeing.

Every entry of ``RULES`` and of the ``MAY_…`` tables is a function of the world, the one who asks and a row.
"""

from __future__ import annotations

from typing import Any

from regions.wall import Actor

from .rows import Asker, Row, World, walled, walls  # noqa: F401  (for who holds the oracle against a database)
from .sight import (
    RULES,
    Rule,
    among_colleagues,
    answered_it,
    call_of,
    everyone,  # noqa: F401
    hosts_or_leads,
    knows,
    leads,
    leads_item,
    leads_meeting,
    leads_talk,
    meeting_of,
    nobody,
    own,
    own_or_at_the_door,
    own_or_system,
    poll_of_option,
    poll_of_vote,
    sees_meeting,
    sees_member,
    sees_proposal,
    sees_support,
    stewards,
    system_or_door,
    the_door,
    the_system,
    trekkers,
    with_meeting,
    with_vote,
)

# --- Writing ----------------------------------------------------------------------------------------------------


def leads_and_knows(world: World, who: Asker, row: Row) -> bool:
    return who.steward or (leads(world, who, row) and knows(world, who, row["member_id"]))


def decides(world: World, who: Asker, row: Row) -> bool:
    return who.steward or (row["asked_by_id"] is None and leads_and_knows(world, who, row))


def answers(world: World, who: Asker, row: Row) -> bool:
    return who.system or (own(world, who, row) and with_meeting(world, who, row))


def polls(world: World, who: Asker, row: Row) -> bool:
    """For a meeting of the very circle that is asked."""
    return leads(world, who, row) and meeting_of(world, row)["circle_id"] == row["circle_id"]


def leads_poll(world: World, who: Asker, row: Row) -> bool:
    return leads(world, who, poll_of_option(world, row))


def votes(world: World, who: Asker, row: Row) -> bool:
    """For oneself and one's own government. What a speaker says is written by the system, which holds the link."""
    if who.system:
        return True
    return own(world, who, row) and row["government_id"] == who.government and with_vote(world, who, row)


def takes_back(world: World, who: Asker, row: Row) -> bool:
    if poll_of_vote(world, row)["circle_id"] in who.leads:
        return True
    theirs = who.government is not None and row["government_id"] == who.government
    return with_vote(world, who, row) and (theirs or own(world, who, row))


def meeting_of_item(world: World, row: Row) -> Row | None:
    return meeting_of(world, world.get("meetings.AgendaItem", row["item_id"])) if row["item_id"] else None


def asks(world: World, who: Asker, row: Row) -> bool:
    """For oneself, to colleagues; it gets a place on a programme from a trekker."""
    mine = own(world, who, row) and row["government_id"] == who.government
    return who.system or (mine and row["item_id"] is None and row["circle_id"] in who.colleagues)


def handles_question(world: World, who: Asker, row: Row) -> bool:
    """A trekker, on programmes of this very circle; whoever asked it, while it stands on none that goes on."""
    meeting = meeting_of_item(world, row)
    if meeting and not (sees_meeting(world, who, meeting) and meeting["circle_id"] == row["circle_id"]):
        return False
    if row["circle_id"] in who.leads:
        return True
    free = meeting is None or meeting["state"] == "cancelled"
    return own(world, who, row) and row["circle_id"] in who.colleagues and free


def supports(world: World, who: Asker, row: Row) -> bool:
    asked_by = world.get("meetings.PressingQuestion", row["question_id"])["member_id"]
    return who.system or (own(world, who, row) and sees_support(world, who, row) and asked_by != row["member_id"])


def contributes(world: World, who: Asker, row: Row) -> bool:
    """A trekker for any government, a colleague for their own."""
    own_government = who.government is not None and row["government_id"] == who.government
    return leads_meeting(world, who, row) or (own_government and among_colleagues(world, who, row))


def handles_proposal(world: World, who: Asker, row: Row) -> bool:
    """It becomes a talk in the circle that called, and nowhere else."""
    talk = row["talk_id"] and world.get("meetings.Talk", row["talk_id"])
    meeting = talk and meeting_of(world, world.get("meetings.AgendaItem", talk["item_id"]))
    at_home = not meeting or meeting["circle_id"] == call_of(world, row)["circle_id"]
    return who.system or (sees_proposal(world, who, row) and at_home)


def places_material(world: World, who: Asker, row: Row) -> bool:
    """In a meeting that one leads; what it hangs on is of that very meeting."""
    items = {row["item_id"]} if row["item_id"] else set()
    if row["talk_id"]:
        items.add(world.get("meetings.Talk", row["talk_id"])["item_id"])
    of_this_meeting = all(world.get("meetings.AgendaItem", i)["meeting_id"] == row["meeting_id"] for i in items)
    return of_this_meeting and leads_meeting(world, who, row)


def notes_attendance(world: World, who: Asker, row: Row) -> bool:
    """Who leads the meeting notes people whom they may know."""
    person = row["member_id"] and world.get("members.Member", row["member_id"])
    return leads_meeting(world, who, row) and (not person or sees_member(world, who, person))


def notes_outcome(world: World, who: Asker, row: Row) -> bool:
    """In a meeting that one leads, with a point of that very meeting or none."""
    item = row["item_id"] and world.get("meetings.AgendaItem", row["item_id"])
    return leads_meeting(world, who, row) and (not item or item["meeting_id"] == row["meeting_id"])


def tells_need(world: World, who: Asker, row: Row) -> bool:
    return who.system or answered_it(world, who, row)


def excuses(world: World, who: Asker, row: Row) -> bool:
    """Their own, and who comes instead is somebody whom they may know."""
    person = row["substitute_id"] and world.get("members.Member", row["substitute_id"])
    return who.system or (answered_it(world, who, row) and (not person or sees_member(world, who, person)))


def intends(world: World, who: Asker, row: Row) -> bool:
    return who.system or (own(world, who, row) and row["circle_id"] in who.circles)


def tells_item(world: World, who: Asker, row: Row) -> bool:
    """The trekker's, and a visit to a project is the host's too."""
    return leads_meeting(world, who, row) or (row["kind"] == "site_visit" and row["meeting_id"] in who.hosting)


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
    "mailroom.Wording": the_system,
    "mailroom.Channel": leads,
    "mailroom.Silence": stewards,
    "mailroom.Slot": the_system,
    "meetings.Meeting": leads,
    "meetings.MeetingTopic": leads_meeting,
    "meetings.JoinLink": leads_meeting,
    "meetings.AgendaItem": tells_item,
    "meetings.Case": leads_item,
    "meetings.PressingQuestion": handles_question,
    "meetings.QuestionSupport": nobody,
    "meetings.Contribution": contributes,
    "meetings.Material": places_material,
    "meetings.Speaker": trekkers,
    "meetings.SpeakerContact": trekkers,
    "meetings.SpeakerTopic": trekkers,
    "meetings.Talk": leads_item,
    "meetings.Asking": leads_talk,
    "meetings.SpeakerCall": leads,
    "meetings.TalkProposal": handles_proposal,
    "meetings.Attendance": notes_attendance,
    "meetings.Need": tells_need,
    "meetings.Excuse": excuses,
    "meetings.AlwaysComes": intends,
    "meetings.Hosting": leads_meeting,
    "meetings.HostTask": hosts_or_leads,
    "meetings.DatePoll": polls,
    "meetings.DateOption": leads_poll,
    "meetings.DateVote": nobody,
    "meetings.PreparedPeriod": the_system,
    "meetings.Report": leads_meeting,
    "meetings.ReportPart": leads_item,
    "meetings.Decision": notes_outcome,
    "meetings.ActionPoint": notes_outcome,
    "meetings.Evaluation": the_system,
    "meetings.EvaluationGiven": the_system,
    "meetings.Invitation": leads_meeting,
    "meetings.Registration": answers,
}
"""What is not mentioned below is the same for adding and deleting."""

MAY_ADD = MAY_CHANGE | {
    "members.Member": registers,
    "members.JoinRequest": stewards,
    "admin.LogEntry": stewards,
    "meetings.AgendaItem": leads_meeting,
    "meetings.HostTask": leads_meeting,
    "meetings.DateVote": votes,
    "meetings.PressingQuestion": asks,
    "meetings.QuestionSupport": supports,
    "meetings.TalkProposal": the_system,
}
MAY_DELETE = MAY_CHANGE | {
    "members.Member": stewards,
    "members.Membership": stewards,
    "members.JoinRequest": stewards,
    "usersessions.UserSession": own_or_at_the_door,
    "meetings.AgendaItem": leads_meeting,
    "meetings.HostTask": leads_meeting,
    "meetings.Attendance": leads_meeting,
    "meetings.Excuse": tells_need,
    "meetings.AlwaysComes": own_or_system,
    "meetings.DateVote": takes_back,
    "meetings.PressingQuestion": the_system,
    "meetings.QuestionSupport": own_or_system,
    "meetings.Speaker": stewards,
    "meetings.SpeakerContact": stewards,
    "meetings.TalkProposal": the_system,
}


def may_become(world: World, actor: Actor, label: str, row: Row, new: Row) -> bool:
    """Whether this row, found by its key, may be turned into ``new``: both are seen and both are theirs to change."""
    who = world.asker(actor)
    if not all(rule(world, who, each) for rule in (RULES[label], MAY_CHANGE[label]) for each in (row, new)):
        return False
    powers = ("is_active", "is_community_manager")
    return label != "members.Member" or who.steward or all(row[power] == new[power] for power in powers)


def visible(world: World, actor: Actor, label: str) -> set[Any]:
    """The primary keys of the rows of ``label`` that exist for ``actor``."""
    return allowed(RULES, world, actor, label)


def allowed(rules: dict[str, Rule], world: World, actor: Actor, label: str) -> set[Any]:
    """The primary keys of the rows of ``label`` for which ``rules`` say yes to ``actor``."""
    who = world.asker(actor)
    return {pk for pk, row in world.rows[label].items() if rules[label](world, who, row)}
