"""Conditions that the walls of several tables share.

What hangs on a meeting is seen as the meeting is: these subqueries go through the meeting's own wall.
"""

from regions.wall import among_colleagues, led

# EXISTS, and not IN: for a handful of rows PostgreSQL then looks each up by its index; IN always reads all meetings.
SEES_MEETING = "EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id)"
LEADS_MEETING = f"EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND {led('m.circle_id')})"
AMONG_COLLEAGUES = (
    f"EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND {among_colleagues('m.circle_id')})"
)
HOSTS = "meeting_id = ANY((SELECT app.hosting())::bigint[])"  # was asked to receive this meeting, and did not say no
SEES_ITEM = "EXISTS (SELECT FROM meetings_agendaitem AS i WHERE i.id = item_id)"
LEADS_ITEM = (
    "EXISTS (SELECT FROM meetings_agendaitem AS i JOIN meetings_meeting AS m ON m.id = i.meeting_id "
    f"WHERE i.id = item_id AND {led('m.circle_id')})"
)
ITEM_AMONG_COLLEAGUES = (
    "EXISTS (SELECT FROM meetings_agendaitem AS i JOIN meetings_meeting AS m ON m.id = i.meeting_id "
    f"WHERE i.id = item_id AND {among_colleagues('m.circle_id')})"
)
LEADS_TALK = (
    "EXISTS (SELECT FROM meetings_talk AS t JOIN meetings_agendaitem AS i ON i.id = t.item_id "
    f"JOIN meetings_meeting AS m ON m.id = i.meeting_id WHERE t.id = talk_id AND {led('m.circle_id')})"
)
# A foreign key looks through the wall: what material hangs on must be of its own meeting.
OF_THIS_MEETING = (
    "(item_id IS NULL OR EXISTS (SELECT FROM meetings_agendaitem AS i "
    "WHERE i.id = item_id AND i.meeting_id = meetings_material.meeting_id)) "
    "AND (talk_id IS NULL OR EXISTS (SELECT FROM meetings_talk AS t "
    "JOIN meetings_agendaitem AS i ON i.id = t.item_id "
    "WHERE t.id = talk_id AND i.meeting_id = meetings_material.meeting_id))"
)
