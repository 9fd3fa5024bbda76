"""One meeting as its page shows it, in two queries: the meeting, and all that hangs on it.

Plain statements, which Django need not put together for each page; the walls of these tables stand before them as
before any other query.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from regions.models import Circle, LocalGovernment

from .actions import evaluation
from .models import ActionPoint, AgendaItem, Meeting, Speaker
from .proposed import PROPOSAL

TABLES = {"meetings_meeting": Meeting, "c": Circle, "h": LocalGovernment}
COLUMNS = [f"{table}.{each.column}" for table, model in TABLES.items() for each in model._meta.concrete_fields]
THE_MEETING = f"""
    SELECT {", ".join(COLUMNS)}, l.url, app.seats_taken(meetings_meeting.id, 'in_person'),
        app.seats_taken(meetings_meeting.id, 'online'), {{proposal}}
    FROM meetings_meeting JOIN regions_circle AS c ON c.id = meetings_meeting.circle_id
    LEFT JOIN regions_localgovernment AS h ON h.id = meetings_meeting.host_id
    LEFT JOIN meetings_joinlink AS l ON l.meeting_id = meetings_meeting.id
    WHERE meetings_meeting.id = %s
"""
MOST = 50
"""Actions on a programme; the page of the circle's actions has them all."""

_ALL = """
    WITH points AS MATERIALIZED (SELECT * FROM meetings_agendaitem WHERE meeting_id = %(meeting)s)
    SELECT
        (SELECT coalesce(json_agg(json_build_object('slug', t.slug, 'title', t.title) ORDER BY t.title), '[]')
         FROM library_topic AS t JOIN meetings_meetingtopic AS tied ON tied.topic_id = t.id
         WHERE tied.meeting_id = %(meeting)s),
        (SELECT coalesce(json_agg(json_build_object('pk', m.id, 'name', m.name, 'size', m.size, 'item', m.item_id)
                                  ORDER BY m.uploaded_at, m.id), '[]')
         FROM meetings_material AS m WHERE m.meeting_id = %(meeting)s),
        (SELECT coalesce(json_agg(json_build_object('pk', i.id, 'title', i.title, 'about', i.about, 'kind', i.kind,
                                                    'minutes', i.minutes) ORDER BY i.position), '[]')
         FROM points AS i),
        (SELECT coalesce(json_agg(json_build_object('item', t.item_id, 'name', s.name, 'organisation', s.organisation,
                                                    'kind', s.kind, 'bio', s.bio,
                                                    'unrecorded', t.consented_at IS NOT NULL AND NOT t.may_record)
                                  ORDER BY t.asked_at, t.id), '[]')
         FROM meetings_talk AS t JOIN meetings_speaker AS s ON s.id = t.speaker_id
         WHERE t.state = 'accepted'
           AND t.item_id IN (SELECT id FROM points)),
        {report},
        {cases},
        {questions},
        {asked},
        {answered},
        {coming}
"""
_CASES = """
    (SELECT json_agg(json_build_object('item', c.item_id, 'text', c.text, 'owner', p.name, 'government', g.name))
     FROM meetings_case AS c LEFT JOIN members_member AS p ON p.id = c.owner_id
     LEFT JOIN regions_localgovernment AS g ON g.id = c.government_id
     WHERE c.item_id IN (SELECT id FROM points WHERE kind = 'peer_consultation'))
"""
_QUESTIONS = """
    (SELECT json_agg(json_build_object('item', q.item_id, 'pk', q.id, 'text', q.text, 'government', g.name)
                     ORDER BY q.made_at, q.id)
     FROM meetings_pressingquestion AS q LEFT JOIN regions_localgovernment AS g ON g.id = q.government_id
     WHERE q.withdrawn_at IS NULL
       AND q.item_id IN (SELECT id FROM points))
"""
_REPORT = """
    (SELECT json_build_object(
        'state', r.state,
        'items', (SELECT coalesce(json_agg(p.item_id), '[]') FROM meetings_reportpart AS p
                  WHERE p.item_id IN (SELECT id FROM points)),
        'decided', (SELECT coalesce(json_agg(d.item_id), '[]') FROM meetings_decision AS d
                    WHERE d.meeting_id = %(meeting)s),
        'agreed', (SELECT coalesce(json_agg(a.item_id), '[]') FROM meetings_actionpoint AS a
                   WHERE a.meeting_id = %(meeting)s))
     FROM meetings_report AS r WHERE r.meeting_id = %(meeting)s)
"""
_ASKED = """
    (SELECT %(meeting)s = ANY(app.was_at())
        AND NOT EXISTS (SELECT FROM meetings_evaluationgiven AS g WHERE g.meeting_id = %(meeting)s))
"""
_ANSWERED = (
    "(SELECT true FROM meetings_registration WHERE meeting_id = %(meeting)s AND member_id = (SELECT app.me()))"
)
_COMING = """
    (SELECT coalesce(json_agg(json_build_array(p.name, coalesce(g.name, o.name, ''))), '[]')
     FROM meetings_registration AS r JOIN members_member AS p ON p.id = r.member_id
     LEFT JOIN regions_localgovernment AS g ON g.id = p.government_id
     LEFT JOIN regions_partner AS o ON o.id = p.partner_id
     WHERE r.meeting_id = %(meeting)s AND r.answer = 'yes' AND NOT r.waiting)
"""


class Coming(NamedTuple):
    """Who comes, by name, and for which local government or partner."""

    name: str
    organisation: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Point:
    """A point of the programme at its time of day."""

    clock: str  # 14.00, or 14:00
    iso: str  # 14:00
    title: str
    about: str
    kind: str  # in words
    minutes: int
    pk: int
    is_reported: bool  # something was written about it, for who may read that
    looks_back: bool  # at what earlier meetings left to be done
    is_round: bool  # of what the governments are working on
    case: dict[str, Any] | None  # text, owner, government: for colleagues, the owner only as far as they may know
    questions: list[dict[str, Any]]  # pk, text, government: for colleagues
    speakers: list[dict[str, Any]]  # name, organisation, bio, unrecorded, and vendor: the word, for a vendor alone
    materials: list[dict[str, Any]]  # pk, name, size


@dataclass(frozen=True)
class Shown:
    """What hangs on a meeting. Material that belongs to no point stands apart."""

    topics: list[dict[str, str]]  # slug, title
    materials: list[dict[str, Any]]
    programme: list[Point] = field(default_factory=list)
    report: str | None = None  # its state, for who may read it
    awaits_evaluation: bool = False  # who asks was there, and did not say yet what they thought
    is_answered: bool = False  # by who asks
    coming: list[Coming] | None = None  # as far as the wall shows them; None to who may not know


def the_meeting(pk: int, *, to_member: bool) -> tuple[Meeting, str]:
    """With circle, host, ``join_url``, seats taken and, to a member, what is proposed to them.

    And all of that as text, the same for all who are shown the same. Raises Meeting.DoesNotExist.
    """
    if pk.bit_length() > 63:  # of no meeting: PostgreSQL would look at every row to compare it
        raise Meeting.DoesNotExist
    with connection.cursor() as cursor:
        cursor.execute(THE_MEETING.format(proposal=PROPOSAL if to_member else "false, NULL, false"), [pk])
        row = cursor.fetchone()
    if row is None:
        raise Meeting.DoesNotExist
    values = iter(row)
    meeting, circle, host = (_made(model, values) for model in TABLES.values())
    meeting.circle, meeting.host = circle, host if host.pk else None
    meeting.join_url, meeting.taken_in_person, meeting.taken_online = itertools.islice(values, 3)
    meeting.suits, meeting.always, meeting.named = values
    return meeting, repr(row)


def _made(model: Any, values: Iterator[Any]) -> Any:
    names = [each.attname for each in model._meta.concrete_fields]
    return model.from_db("default", names, list(itertools.islice(values, len(names))))


def hanging_on(
    meeting: Meeting, *, to_member: bool = False, to_peer: bool = False, to_colleague: bool = False
) -> Shown:
    """The points come one after the other from the start, at the times that their minutes give.

    What members, people of the circle and colleagues tell each other is looked up for one of them alone: for others
    the wall would find nothing.
    """
    found = _looked_up(meeting, to_member=to_member, to_peer=to_peer, to_colleague=to_colleague)
    topics, materials, items, talks, report, cases, questions, asked, answered, coming = found
    return Shown(
        topics,
        [material for material in materials if material["item"] is None],
        _programme(meeting, items, talks, materials, report, cases or [], questions or []),
        report["state"] if report else None,
        bool(asked),
        bool(answered),
        None if coming is None else [Coming(*each) for each in coming],
    )


def _programme(meeting: Meeting, items, talks, materials, report, cases, questions) -> list[Point]:
    """Each point with what belongs to it; lists of dicts, as they were found."""
    reported = {*report["items"], *report["decided"], *report["agreed"]} if report else set()
    case_of = {case["item"]: case for case in cases}
    for talk in talks:
        kind = Speaker.Kind(talk["kind"])
        talk["vendor"] = str(kind.label) if kind == Speaker.Kind.VENDOR else ""
    points, begins = [], timezone.localtime(meeting.starts_at)
    for item in items:
        points.append(
            Point(
                date_format(begins, "CLOCK_FORMAT"),
                f"{begins:%H:%M}",
                item["title"],
                item["about"],
                str(AgendaItem.Kind(item["kind"]).label),
                item["minutes"],
                item["pk"],
                item["pk"] in reported,
                item["kind"] == AgendaItem.Kind.FOLLOW_UP,
                item["kind"] == AgendaItem.Kind.NEWS_ROUND,
                case_of.get(item["pk"]),
                [question for question in questions if question["item"] == item["pk"]],
                [talk for talk in talks if talk["item"] == item["pk"]],
                [material for material in materials if material["item"] == item["pk"]],
            )
        )
        begins += dt.timedelta(minutes=item["minutes"])
    return points


def _looked_up(meeting: Meeting, *, to_member: bool, to_peer: bool, to_colleague: bool) -> tuple[Any, ...]:
    """One row of lists; NULL for what is not looked up."""
    begun = meeting.starts_at < timezone.now()  # before that there is no report to look for
    parts = {
        "report": _REPORT if begun and to_colleague else "NULL",
        "cases": _CASES if to_colleague else "NULL",
        "questions": _QUESTIONS if to_colleague else "NULL",
        "asked": _ASKED if evaluation.is_open(meeting) else "NULL",
        "answered": _ANSWERED if to_member else "NULL",
        "coming": _COMING if to_peer else "NULL",
    }
    with connection.cursor() as cursor:
        cursor.execute(_ALL.format(**parts), {"meeting": meeting.pk})
        return cursor.fetchone()


def looked_back_at(meeting: Meeting) -> list[ActionPoint]:
    """What earlier meetings of the circle left to be done when this one begins, done or not since then."""
    earlier = ActionPoint.objects.filter(meeting__circle=meeting.circle_id, meeting__starts_at__lt=meeting.starts_at)
    then = earlier.filter(Q(done_at=None) | Q(done_at__gte=meeting.starts_at))
    return list(then.select_related("owner", "government", "meeting").order_by("due_on", "pk")[:MOST])
