"""Moving rows, raising oneself, tying people in: by name. All else: test_matrix.py, test_worlds.py."""

import datetime as dt
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from meetings.models import AgendaItem, Invitation, JoinLink, Material, Meeting, MeetingTopic, Registration, Talk
from members.models import JoinRequest, Member, Membership
from regions.models import Participation
from regions.wall import DOORKEEPER, SYSTEM, acting_as, member

from . import world


@pytest.fixture
def cast(house):
    return world.build()


class TakenBack(Exception):
    pass


@contextmanager
def as_if(actor):
    """Act, and take everything back afterwards."""
    try:
        with acting_as(actor), connection.cursor() as cursor:
            yield cursor
            raise TakenBack
    except TakenBack:
        pass


def refused(cursor, statement: str, values: tuple = ()) -> bool:
    """Whether row security says no; another error (a value that must be unique) means that it would have said yes."""
    try:
        with transaction.atomic():
            cursor.execute(statement, values)
    except IntegrityError:
        return False
    except ProgrammingError as error:
        if isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
            return True
        raise
    return False


@pytest.mark.parametrize(
    "meeting", [{"state": "draft", "audience": "circle"}, {"state": "held", "audience": "public"}]
)
def test_a_trekker_moves_nothing_into_a_circle_of_somebody_else(cast, waasland, kempen, meeting):
    """Neither to where it is hidden, nor to where everyone sees it."""
    with acting_as(SYSTEM):
        mine, theirs = (Meeting.objects.get(circle=circle, **meeting) for circle in (waasland, kempen))
        item = AgendaItem.objects.get(meeting=theirs, position=1)
        moves: list[tuple[Any, str, int, dict]] = [
            (Meeting, "circle_id", kempen.pk, {"pk": mine.pk}),
            (Participation, "circle_id", kempen.pk, {"circle_id": waasland.pk}),
            (Membership, "circle_id", kempen.pk, {"circle_id": waasland.pk, "role": "member", "ended_at": None}),
            (JoinRequest, "circle_id", kempen.pk, {"circle_id": waasland.pk, "decided_at": None}),
            (MeetingTopic, "meeting_id", theirs.pk, {"meeting_id": mine.pk}),
            (AgendaItem, "meeting_id", theirs.pk, {"meeting_id": mine.pk}),
            (JoinLink, "meeting_id", theirs.pk, {"meeting_id": mine.pk}),
            (Invitation, "meeting_id", theirs.pk, {"meeting_id": mine.pk}),
            (Material, "meeting_id", theirs.pk, {"meeting_id": mine.pk}),
            (Material, "item_id", item.pk, {"meeting_id": mine.pk}),
            (Material, "talk_id", item.talks.earliest("pk").pk, {"meeting_id": mine.pk}),
            (Talk, "item_id", item.pk, {"item__meeting_id": mine.pk}),
        ]
    for model, column, value, which in moves:
        with acting_as(member(cast["trekker"].pk)):
            assert model.objects.filter(**which).exists(), model  # they may change these, in their own circle
        with as_if(member(cast["trekker"].pk)), pytest.raises(Exception, match="row-level security"):
            model.objects.filter(**which).update(**{column: value})
        # Without a condition PostgreSQL does not ask whether the row would be seen, only whether it may be there.
        with as_if(member(cast["trekker"].pk)), pytest.raises(Exception, match="row-level security"):
            model.objects.update(**{column: value})


def test_a_member_moves_an_answer_to_no_hidden_meeting_and_to_no_other_member(cast, kempen):
    lid = cast["member"]
    with acting_as(SYSTEM):
        hidden = Meeting.objects.get(circle=kempen, state="published", audience="circle")
        Registration.objects.filter(meeting=hidden, member=lid).delete()
    for change in ({"meeting_id": hidden.pk}, {"member_id": cast["stranger"].pk}):
        with as_if(member(lid.pk)), pytest.raises(Exception, match="row-level security"):
            Registration.objects.filter(member=lid).update(**change)


def test_nobody_raises_the_own_role(cast):
    for name in ("member", "vendor", "trekker no more", "former member", "deactivated trekker", "stranger"):
        me = cast[name].pk
        with as_if(member(me)):
            assert Membership.objects.filter(member=me).update(role="trekker", mandate_start=dt.date(2026, 1, 1)) == 0
            assert Membership.objects.filter(member=me).update(mandate_end=None, ended_at=None) == 0
            assert Member.objects.filter(pk=me).update(is_community_manager=True) == 0
            assert Member.objects.filter(pk=me).update(partner=None) == 0
    with as_if(member(cast["trekker"].pk)):
        assert Member.objects.update(is_community_manager=True) == 0


def test_the_doorkeeper_saves_passwords_and_gives_no_powers(cast):
    for name in ("member", "manager", "deactivated trekker"):
        with as_if(DOORKEEPER):
            assert Member.objects.filter(pk=cast[name].pk).update(password="!") == 1
    for name, change in [
        ("member", {"is_community_manager": True}),
        ("manager", {"is_community_manager": False}),
        ("deactivated trekker", {"is_active": True}),
    ]:
        with as_if(DOORKEEPER), pytest.raises(Exception, match="row-level security"):
            Member.objects.filter(pk=cast[name].pk).update(**change)


def test_a_trekker_puts_nobody_unseen_in_the_circle(cast, waasland):
    """Being in one's circle, or having asked to be, shows the profile."""
    trekker, hidden = cast["trekker"], cast["trekker of the umbrella"]
    with acting_as(SYSTEM):
        Registration.objects.filter(member=hidden).delete()
    with acting_as(member(trekker.pk)):
        assert not Member.objects.filter(pk=hidden.pk).exists()
    for model in (Membership, JoinRequest):
        with as_if(member(trekker.pk)), pytest.raises(Exception, match="row-level security"):
            model.objects.create(member_id=hidden.pk, circle=waasland)
    with as_if(member(trekker.pk)), pytest.raises(Exception, match="row-level security"):
        Membership.objects.filter(member=cast["member"], circle=waasland).update(member_id=hidden.pk)
    with as_if(member(trekker.pk)):
        Membership.objects.create(member=cast["stranger"], circle=waasland)  # asked to join, so is seen


def test_an_upsert_shows_and_changes_nothing_of_another_circle(cast, waasland, kempen):
    with acting_as(SYSTEM):
        theirs = Meeting.objects.filter(circle=kempen).earliest("pk")
        topic = theirs.topics.get()
    statement = (
        "INSERT INTO meetings_meetingtopic (meeting_id, topic_id) VALUES (%s, %s) "
        "ON CONFLICT (meeting_id, topic_id) DO {action}"
    )
    for action in ("NOTHING", "UPDATE SET topic_id = excluded.topic_id"):
        with as_if(member(cast["trekker"].pk)) as cursor:
            assert refused(cursor, statement.format(action=action), (theirs.pk, topic.pk))


def test_a_hidden_row_is_not_there_to_lock_either(cast, kempen):
    with acting_as(SYSTEM):
        theirs = Meeting.objects.filter(circle=kempen, audience="public", state="published").get()
    with acting_as(member(cast["trekker"].pk)):
        assert Meeting.objects.filter(pk=theirs.pk).exists()
        with pytest.raises(Meeting.DoesNotExist):
            Meeting.objects.lock(theirs)
