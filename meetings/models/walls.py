"""Conditions that the walls of several tables share. What hangs on a meeting is seen as the meeting is."""

from regions.wall import led

# What hangs on a meeting is seen as the meeting is: these subqueries go through the meeting's own wall.
SEES_MEETING = "meeting_id IN (SELECT id FROM meetings_meeting)"
LEADS_MEETING = f"meeting_id IN (SELECT id FROM meetings_meeting WHERE {led()})"
SEES_ITEM = "item_id IN (SELECT id FROM meetings_agendaitem)"
LEADS_ITEM = (
    "item_id IN (SELECT i.id FROM meetings_agendaitem i JOIN meetings_meeting m ON m.id = i.meeting_id "
    f"WHERE {led('m.circle_id')})"
)
LEADS_TALK = (
    "talk_id IN (SELECT t.id FROM meetings_talk t JOIN meetings_agendaitem i ON i.id = t.item_id "
    f"JOIN meetings_meeting m ON m.id = i.meeting_id WHERE {led('m.circle_id')})"
)
# A foreign key looks through the wall: what material hangs on must be of its own meeting.
OF_THIS_MEETING = (
    "(item_id IS NULL OR (item_id, meeting_id) IN (SELECT id, meeting_id FROM meetings_agendaitem)) "
    "AND (talk_id IS NULL OR (talk_id, meeting_id) IN (SELECT t.id, i.meeting_id FROM meetings_talk t "
    "JOIN meetings_agendaitem i ON i.id = t.item_id))"
)
