"""Threads that use their connections again and again, as gunicorn's do, while much goes wrong.

Nobody ever sees another's rows.
"""

import os
import random
import time
from collections import Counter
from contextlib import suppress

import psycopg
import pytest
from django.db import (
    InterfaceError,
    OperationalError,
    ProgrammingError,
    close_old_connections,
    connection,
    transaction,
)

from meetings.models import Meeting
from members.models import FeedAddress
from regions.models import Circle
from regions.wall import DOORKEEPER, SYSTEM, VISITOR, NoActor, acting_as, as_system, current_actor, member
from tests import make

THREADS = 4
SCOPES = 10_000
KILLS = 40
LINE_BROKE = (OperationalError, InterfaceError)


class Accident(Exception):
    """A view that raises."""


def people() -> tuple[dict, dict]:
    """Twenty members in two circles: whose feed address and which meetings each actor sees."""
    with acting_as(SYSTEM):
        circles = [make.circle("RKK Oost"), make.circle("RKK West")]
        meetings = [make.meeting(circle, state=state).pk for circle in circles for state in ("published", "draft")]
        members = [make.person(f"Lid {number}", circles[number % 2]).pk for number in range(20)]
        for pk in members:
            FeedAddress.objects.create(member_id=pk)
    feeds = {member(pk): {pk} for pk in members} | {VISITOR: set(), DOORKEEPER: set(), SYSTEM: set(members)}
    shown = {member(pk): {meetings[number % 2 * 2]} for number, pk in enumerate(members)}
    return feeds, shown | {VISITOR: set(), DOORKEEPER: set(), SYSTEM: set(meetings)}


def test_ten_thousand_scopes_that_go_wrong_show_nobody_a_row_too_many(together, figure):
    feeds, shown = people()
    pids: dict[int, int] = {}
    busy = set(range(THREADS))

    def look(actor, tally: Counter) -> None:
        tally["wrong"] += set(FeedAddress.objects.values_list("member_id", flat=True)) != feeds[actor]

    def after_the_commit(tally: Counter) -> None:
        tally["wrong"] += current_actor() is not None
        with pytest.raises(NoActor):
            Circle.objects.count()

    def scope(actor, dice: random.Random, tally: Counter) -> None:
        with acting_as(actor):
            look(actor, tally)
            if dice.random() < 0.1:
                tally["wrong"] += set(Meeting.objects.values_list("pk", flat=True)) != shown[actor]
            if dice.random() < 0.1:
                with as_system("a test looks at everything"):
                    look(SYSTEM, tally)
                    if dice.random() < 0.2:
                        raise Accident
                look(actor, tally)
            if dice.random() < 0.1:
                transaction.on_commit(lambda: after_the_commit(tally))
            if dice.random() < 0.2:
                raise Accident
            if dice.random() < 0.125:  # of the four fifths that are left: one in ten
                with connection.cursor() as cursor:
                    cursor.execute("SELECT nonsense")

    def nobody_is_acting(tally: Counter) -> None:
        tally["wrong"] += current_actor() is not None
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="nobody is acting"):
            connection.connection.execute("SELECT member_id FROM members_feedaddress")

    def serve(number: int) -> Counter:
        dice = random.Random(number)
        tally: Counter = Counter()
        for turn in range(SCOPES // THREADS):
            close_old_connections()  # as a request does before and after
            try:
                scope(dice.choice(list(feeds)), dice, tally)
            except (Accident, ProgrammingError, *LINE_BROKE) as error:
                tally["broke" if isinstance(error, LINE_BROKE) else type(error).__name__] += 1
            tally["scopes"] += 1
            if connection.connection is not None and not connection.connection.closed:
                pids[number] = connection.connection.info.backend_pid
                if turn % 10 == 0:
                    with suppress(psycopg.OperationalError):
                        nobody_is_acting(tally)
        busy.discard(number)
        with suppress(*LINE_BROKE), acting_as(VISITOR):  # the last kill may be noticed only now
            look(VISITOR, tally)
        for actor in feeds:
            close_old_connections()
            with acting_as(actor):
                look(actor, tally)
        nobody_is_acting(tally)
        return tally

    def kill(_: int) -> Counter:
        dice = random.Random()
        tally: Counter = Counter()
        with psycopg.connect(os.environ["TEST_ADMIN_URL"], autocommit=True) as superuser:
            while tally["killed"] < KILLS and busy:
                time.sleep(0.05)
                if victims := [pids[number] for number in busy & set(pids)]:
                    answer = superuser.execute("SELECT pg_terminate_backend(%s)", [dice.choice(victims)]).fetchone()
                    tally["killed"] += bool(answer and answer[0])
        return tally

    tallies = together(THREADS + 1, lambda number: serve(number) if number < THREADS else kill(number))
    assert [each for each in tallies if isinstance(each, Exception)] == []
    total = sum(tallies, Counter())
    assert (total["scopes"], total["wrong"]) == (SCOPES, 0)
    assert total["Accident"] > SCOPES * 0.18
    assert total["ProgrammingError"] > SCOPES * 0.08
    assert 0 < total["broke"] <= total["killed"]
    figure(
        f"scopes on {THREADS} connections used again",
        f"{SCOPES:,}: {total['Accident']:,} raised, {total['ProgrammingError']:,} SQL errors, "
        f"{total['killed']} backends killed, {total['wrong']} wrong answers",
    )
