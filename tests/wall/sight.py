"""Who may see what, said a second time and without PostgreSQL; oracle.py says who writes.

Written from what the circles were promised, not from the policies. A wall and this page that disagree is a red test.
Every entry of ``RULES`` is a function of the world, the one who asks and a row.
"""

from __future__ import annotations

from collections.abc import Callable

from .rows import Asker, Row, World

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
    if row["circle_id"] in who.leads or row["id"] in who.hosting:
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


def sees_material(world: World, who: Asker, row: Row) -> bool:
    """What a speaker gave is for who sees the talk: those of the circle and, while the speaker agrees, others too."""
    meeting = meeting_of(world, row)
    talk = row["talk_id"] and world.get("meetings.Talk", row["talk_id"])
    public = not talk or talk["may_publish"] or meeting["circle_id"] in who.circles
    return sees_meeting(world, who, meeting) and public and (not talk or sees_talk(world, who, talk))


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


def sees_hosting(world: World, who: Asker, row: Row) -> bool:
    meeting = meeting_of(world, row)
    contact = who.id is not None and row["contact_id"] == who.id
    return meeting["circle_id"] in who.leads or (contact and sees_meeting(world, who, meeting))


def sees_attendance(world: World, who: Asker, row: Row) -> bool:
    meeting = meeting_of(world, row)
    if meeting["circle_id"] in who.leads:
        return True
    return sees_meeting(world, who, meeting) and (own(world, who, row) or meeting["circle_id"] in who.colleagues)


def sees_report(world: World, who: Asker, row: Row) -> bool:
    """A draft is the trekkers'; afterwards it is for the colleagues of the circle, whoever the meeting was for."""
    meeting = meeting_of(world, row)
    if meeting["circle_id"] in who.leads:
        return True
    colleague = meeting["circle_id"] in who.colleagues and sees_meeting(world, who, meeting)
    return row["state"] == "published" and colleague


def with_the_report(world: World, who: Asker, row: Row) -> bool:
    report = world.rows["meetings.Report"].get(row["meeting_id"])
    return leads_meeting(world, who, row) or bool(report and sees_report(world, who, report))


def sees_report_part(world: World, who: Asker, row: Row) -> bool:
    meeting = world.get("meetings.AgendaItem", row["item_id"])["meeting_id"]
    report = world.rows["meetings.Report"].get(meeting)
    return bool(report and sees_report(world, who, report))


def sees_evaluation(world: World, who: Asker, row: Row) -> bool:
    """Five or none."""
    answers = [each for each in world.of("meetings.Evaluation") if each["meeting_id"] == row["meeting_id"]]
    return who.system or (len(answers) >= 5 and leads_meeting(world, who, row))


def sees_poll(world: World, who: Asker, row: Row) -> bool:
    """Members choose a day, without suppliers; what a speaker is asked is the trekker's."""
    return row["circle_id"] in who.leads or (row["asks"] == "members" and row["circle_id"] in who.colleagues)


def poll_of_option(world: World, row: Row) -> Row:
    return world.get("meetings.DatePoll", row["poll_id"])


def poll_of_vote(world: World, row: Row) -> Row:
    return poll_of_option(world, world.get("meetings.DateOption", row["option_id"]))


def with_poll(world: World, who: Asker, row: Row) -> bool:
    return sees_poll(world, who, poll_of_option(world, row))


def with_vote(world: World, who: Asker, row: Row) -> bool:
    return sees_poll(world, who, poll_of_vote(world, row))


def hosts_or_leads(world: World, who: Asker, row: Row) -> bool:
    """Whoever was asked to receive the meeting, and who leads its circle."""
    return row["meeting_id"] in who.hosting or meeting_of(world, row)["circle_id"] in who.leads


def sees_question(world: World, who: Asker, row: Row) -> bool:
    """What members ask each other is not for suppliers."""
    return row["circle_id"] in who.colleagues | who.leads


def sees_support(world: World, who: Asker, row: Row) -> bool:
    return sees_question(world, who, world.get("meetings.PressingQuestion", row["question_id"]))


def among_colleagues(world: World, who: Asker, row: Row) -> bool:
    """Told in a meeting that one sees, to the circle without its suppliers; a trekker is one of them."""
    meeting = meeting_of(world, row)
    return sees_meeting(world, who, meeting) and meeting["circle_id"] in who.colleagues | who.leads


def sees_case(world: World, who: Asker, row: Row) -> bool:
    return among_colleagues(world, who, world.get("meetings.AgendaItem", row["item_id"]))


def answered_it(world: World, who: Asker, row: Row) -> bool:
    """What hangs on an answer of their own, to that very meeting, which they see."""
    answer = world.get("meetings.Registration", row["registration_id"])
    of_this_meeting = answer["meeting_id"] == row["meeting_id"]
    return of_this_meeting and own(world, who, answer) and sees_registration(world, who, answer)


def sees_need(world: World, who: Asker, row: Row) -> bool:
    """The person, who leads the meeting, and who receives it."""
    receives = row["meeting_id"] in who.hosting and any(
        asking["meeting_id"] == row["meeting_id"] and asking["contact_id"] == who.id and asking["state"] == "accepted"
        for asking in world.of("meetings.Hosting")
    )
    return receives or leads_meeting(world, who, row) or answered_it(world, who, row)


def sees_excuse(world: World, who: Asker, row: Row) -> bool:
    if leads_meeting(world, who, row) or answered_it(world, who, row):
        return True
    return who.id is not None and row["substitute_id"] == who.id and with_meeting(world, who, row)


def sees_intention(world: World, who: Asker, row: Row) -> bool:
    return own(world, who, row) or leads(world, who, row)


def sees_call(world: World, who: Asker, row: Row) -> bool:
    """Open to the world until it is closed."""
    return row["closed_at"] is None or leads(world, who, row)


def call_of(world: World, row: Row) -> Row:
    return world.get("meetings.SpeakerCall", row["call_id"])


def sees_proposal(world: World, who: Asker, row: Row) -> bool:
    """Who leads the circle that called, once the address was proved."""
    return who.system or (row["confirmed_at"] is not None and leads(world, who, call_of(world, row)))


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
    "mailroom.Wording": the_system,
    "mailroom.Channel": leads,
    "mailroom.Silence": stewards,
    "mailroom.Slot": stewards,
    "meetings.Meeting": sees_meeting,
    "meetings.MeetingTopic": with_meeting,
    "meetings.JoinLink": sees_join_link,
    "meetings.AgendaItem": with_meeting,
    "meetings.Case": sees_case,
    "meetings.PressingQuestion": sees_question,
    "meetings.QuestionSupport": sees_support,
    "meetings.Contribution": among_colleagues,
    "meetings.Material": sees_material,
    "meetings.Speaker": sees_speaker,
    "meetings.SpeakerContact": trekkers,
    "meetings.SpeakerTopic": of_a_speaker,
    "meetings.Talk": sees_talk,
    "meetings.Asking": leads_talk,
    "meetings.SpeakerCall": sees_call,
    "meetings.TalkProposal": sees_proposal,
    "meetings.Attendance": sees_attendance,
    "meetings.Need": sees_need,
    "meetings.Excuse": sees_excuse,
    "meetings.AlwaysComes": sees_intention,
    "meetings.Hosting": sees_hosting,
    "meetings.HostTask": hosts_or_leads,
    "meetings.DatePoll": sees_poll,
    "meetings.DateOption": with_poll,
    "meetings.DateVote": with_vote,
    "meetings.PreparedPeriod": leads,
    "meetings.Report": sees_report,
    "meetings.ReportPart": sees_report_part,
    "meetings.Decision": with_the_report,
    "meetings.ActionPoint": with_the_report,
    "meetings.Evaluation": sees_evaluation,
    "meetings.EvaluationGiven": own_or_system,
    "meetings.Invitation": sees_invitation,
    "meetings.Registration": sees_registration,
}
