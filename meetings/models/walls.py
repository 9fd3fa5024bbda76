"""Conditions that the walls of several tables share.

What hangs on a meeting is seen as the meeting is: these subqueries go through the meeting's own wall.
"""

from regions.wall import among_colleagues, led

# EXISTS, and not IN: for a handful of rows PostgreSQL then looks each up by its index; IN always reads all meetings.
SEES_MEETING = "EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id)"


def of_meeting(*conditions: str) -> str:
    """The row is of a meeting ``m`` that one sees, and one of these is true. One look for all of them: each look is
    planned and begun with the meeting's own wall in it."""
    return f"EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND {_one_of(conditions)})"


def of_item(*conditions: str) -> str:
    """The row is of a point on the programme of a meeting ``m`` that one sees, and one of these is true."""
    return (
        "EXISTS (SELECT FROM meetings_agendaitem AS i JOIN meetings_meeting AS m ON m.id = i.meeting_id "
        f"WHERE i.id = item_id AND {_one_of(conditions)})"
    )


def _one_of(conditions: tuple[str, ...]) -> str:
    return conditions[0] if len(conditions) == 1 else f"({' OR '.join(conditions)})"


LEADS = led("m.circle_id")
COLLEAGUES = among_colleagues("m.circle_id")
LEADS_MEETING = of_meeting(LEADS)
AMONG_COLLEAGUES = of_meeting(COLLEAGUES)
HOSTS = "meeting_id = ANY((SELECT app.hosting())::bigint[])"  # was asked to receive this meeting, and did not say no
LEADS_ITEM = of_item(LEADS)
LEADS_TALK = (
    "EXISTS (SELECT FROM meetings_talk AS t JOIN meetings_agendaitem AS i ON i.id = t.item_id "
    f"JOIN meetings_meeting AS m ON m.id = i.meeting_id WHERE t.id = talk_id AND {LEADS})"
)
# A foreign key looks through the wall: what material hangs on must be of its own meeting.
OF_THIS_MEETING = (
    "(item_id IS NULL OR EXISTS (SELECT FROM meetings_agendaitem AS i "
    "WHERE i.id = item_id AND i.meeting_id = meetings_material.meeting_id)) "
    "AND (talk_id IS NULL OR EXISTS (SELECT FROM meetings_talk AS t "
    "JOIN meetings_agendaitem AS i ON i.id = t.item_id "
    "WHERE t.id = talk_id AND i.meeting_id = meetings_material.meeting_id))"
)
