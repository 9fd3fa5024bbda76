"""Every address and every actor, looking and sending: the answer is that of the table, and no word too many."""

import datetime as dt

import pytest
from django.utils import timezone

from mailroom.links import read_token
from meetings.models import AgendaItem, Asking, JoinLink, Material
from regions.wall import SYSTEM, acting_as
from tests import sample

from . import http_table, oracle
from .http_forms import rows_written
from .http_world import ADDRESSES, address, taken_back, words

LINES = http_table.lines()
ALL_DESKS = {"visitor", "trekker", "manager"}
"""Who tries every page of the admin; the others try one table: all have the same lock (kenniskring/beheer.py)."""


def lines_for(who):
    for line in LINES:
        if who in ALL_DESKS or not line.name.startswith("admin:") or line.of in ("-", "meetings.meeting"):
            yield line


def told_by_the_link(stage, line):
    """The rows that whoever holds the link of a letter, or of a feed, is shown by it."""
    if line.name in ("feed", "answer_by_letter", "unsubscribe", "material_by_link"):
        return stage.known["member"]
    if line.name == "confirm_proposal":
        proposal = read_token("proposal", stage.things["circle"]["spreekvoorstel"], max_age=dt.timedelta(days=1))
        return {("talkproposal", proposal)}
    if line.name != "talk_by_link":
        return set()
    talk = stage.things[line.of]["-"]
    with acting_as(SYSTEM):
        of_the_talk = [
            *AgendaItem.objects.filter(pk=talk.item_id),
            *JoinLink.objects.filter(meeting__agenda=talk.item_id),
            *Material.objects.filter(talk=talk),
            *Asking.objects.filter(talk=talk),
        ]
        meeting = AgendaItem.objects.get(pk=talk.item_id).meeting_id
    rows = {(row._meta.model_name, row.pk) for row in of_the_talk}
    return rows | {("meeting", meeting), ("speaker", talk.speaker_id)}


WRITES_ON_GET = {
    "admin:search": {
        "kenniskring_cache"
    },  # Unfold keeps which entries of the menu this manager searched, for minutes
}
"""Pages where looking writes, and to which tables; nothing of it is about a circle."""


def test_every_address_is_in_the_table_and_every_verb():
    assert {line.name for line in LINES} == set(ADDRESSES)
    assert {line.verb for line in LINES} == http_table.VERBS


def test_a_write_would_be_seen(stage):
    before = rows_written()
    with taken_back(), acting_as(SYSTEM):
        Material.objects.update(name="x")
    assert {table for table, n in rows_written().items() if n != before.get(table)} == {"meetings_material"}


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("meeting", "meeting"),
        ("meeting_calendar", "meeting"),  # folded lines
        ("answers_sheet", "member"),  # a packed file
        ("material", "material"),  # bytes, streamed
        ("meeting_post", "delivery"),
    ],
)
def test_a_word_would_be_seen(stage, where, kind):
    of = "circle" if where == "answers_sheet" else "draft"
    assert kind in {name for name, _ in words(stage.ask("trekker", "get", address(stage, where, of)))}


@pytest.mark.parametrize("who", http_table.COLUMNS)
def test_the_answer_is_that_of_the_table_and_tells_no_foreign_word(stage, who, figure):
    wrong, told, written, asked = [], [], {}, 0
    for line in (each for each in lines_for(who) if sample.is_in(f"{who} {each.page} {each.of}", 4)):
        path, may_know = address(stage, line.page, line.of), stage.known[who] | told_by_the_link(stage, line)
        for method, status in zip(line.methods, line.answers[who], strict=False):
            before = rows_written() if method == "get" else {}
            with taken_back():
                response = stage.ask(who, method, path, {"niets": "x"} if method == "post" else None)
                foreign = words(response) - may_know
            asked += 1
            if response.status_code != status:
                wrong.append((line.page, line.of, method, response.status_code, status))
            if foreign:
                told.append((line.page, line.of, method, foreign))
            if method == "get":
                tables = {table for table, _ in rows_written().items() - before.items()}
                if tables - WRITES_ON_GET.get(line.name, set()):
                    written[path] = tables
    assert (wrong, told, written) == ([], [], {})
    figure(f"HTTP as {who}: answers as in the table / foreign words / GETs that write", f"{asked} / 0 / 0")


def expected_count(stage, line, who):
    """How many rows of a list there are for this person, as the oracle says; None where there is no list for them."""
    world, now = stage.everything, timezone.now()
    if line.answers[who][0] != 200:
        return None
    if line.name == "meeting_post":
        about = f"meeting:{stage.things['draft']['bijeenkomsten']}"
        seen = oracle.visible(world, stage.actor(who), "mailroom.Delivery")
        return sum(world.get("mailroom.Delivery", pk)["about"] == about for pk in seen)
    seen = [world.get("meetings.Meeting", pk) for pk in oracle.visible(world, stage.actor(who), "meetings.Meeting")]
    if line.name == "circle_meetings":
        here = world.get("meetings.Meeting", stage.things["circle"]["bijeenkomsten"])["circle_id"]
        seen = [meeting for meeting in seen if meeting["circle_id"] == here]
    return sum((meeting["ends_at"] < now) == ("voorbij" in line.page) for meeting in seen)


def test_nobody_counts_what_they_do_not_see(stage):
    counted, expected = {}, {}
    for line in (line for line in LINES if line.verb == "count"):
        for who in http_table.COLUMNS:
            response = stage.ask(who, "get", address(stage, line.page, line.of))
            rows = (response.context or {}).get("page_obj")
            counted[line.page, who] = None if rows is None else rows.paginator.count
            expected[line.page, who] = expected_count(stage, line, who)
    assert counted == expected
    for page in {page for page, _ in counted}:  # a count that is the same for all proves nothing
        assert len({counted[page, who] for who in http_table.COLUMNS}) > 1, page


@pytest.mark.parametrize("who", ["elsewhere", "trekker"])
def test_no_other_method_does_anything(stage, who):
    """PUT and DELETE are for nobody, HEAD is a GET or nothing. allauth shows its page to a PUT, and does nothing."""
    wrong = []
    before = rows_written()
    for line in {line.name: line for line in LINES if line.of in ("-", "circle")}.values():
        path = address(stage, line.page, line.of)
        for method in ("put", "delete", "head"):
            with taken_back():
                response = stage.ask(who, method, path)
                words(response)
            status, get = response.status_code, line.answers[who][0]
            if status < 300 and not (method == "head" and status == get) and not path.startswith("/account/"):
                wrong.append((line.page, method, status))
    assert wrong == []
    assert {table for table, _ in rows_written().items() - before.items()} <= {"kenniskring_cache"}  # counts attempts
