"""The journal: one line per action, true exactly when the action is, and for nobody to change."""

import importlib
import inspect
import pkgutil

import psycopg
import pytest
from django.db import connection, transaction

import meetings.actions
from meetings.actions import planning
from meetings.actions.answers import register
from members import actions as members
from members.models import Membership
from regions.models import JournalEntry
from regions.wall import SYSTEM, VISITOR, acting_as, member
from tests import make


def lines():
    with acting_as(SYSTEM):
        fields = ["actor", "by_id", "what", "about", "circle__slug", "whom_id"]
        return list(JournalEntry.objects.order_by("pk").values_list(*fields))


def test_what_a_trekker_does_for_a_member_is_written_down(waasland, lid, trekker):
    with acting_as(member(trekker.pk)):
        membership = Membership.objects.get(circle=waasland, member=lid)
        members.remove(membership, by=trekker)
    assert lines() == [
        (f"member:{trekker.pk}", trekker.pk, "members.remove", f"membership:{membership.pk}", "waasland", lid.pk)
    ]


def test_a_line_names_the_thing_and_what_came_of_it(waasland, lid):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
    with acting_as(member(lid.pk)):
        registration = register(meeting, by=lid, answer="yes", attending="in_person")
    about = f"meeting:{meeting.pk} registration:{registration.pk}"
    assert lines() == [(f"member:{lid.pk}", lid.pk, "meetings.register", about, "waasland", lid.pk)]


def test_what_is_refused_or_fails_leaves_no_line(waasland, lid, trekker):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, state="draft")
    with acting_as(member(trekker.pk)), pytest.raises(planning.NotPublished):
        planning.invite(meeting, by=trekker)
    with acting_as(member(trekker.pk)), transaction.atomic():
        planning.publish(meeting, by=trekker)
        transaction.set_rollback(True)
    assert lines() == []


def actions():
    modules = [
        members,
        *(
            importlib.import_module(f"meetings.actions.{m.name}")
            for m in pkgutil.iter_modules(meetings.actions.__path__)
        ),
    ]
    for module in modules:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and "by" in inspect.signature(function).parameters:
                yield f"{module.__name__}.{name}", function


def test_every_verb_of_a_person_writes_a_line():
    """``think_…`` only shows what would happen; everything else with ``by=`` is an action."""
    silent = {name for name, function in actions() if not hasattr(function, "__wrapped__")}
    assert {name.rpartition(".")[2] for name in silent if "._" not in name} == {"think_move", "think_cancel"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE regions_journalentry SET by_id = 1",
        "DELETE FROM regions_journalentry",
        "TRUNCATE regions_journalentry",
        "UPDATE django_admin_log SET object_repr = ''",
    ],
)
def test_nobody_changes_what_was_written(house, statement):
    with acting_as(SYSTEM):
        JournalEntry.objects.create(what="test", about="circle:1")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction.atomic():
            connection.connection.execute(statement)


@pytest.mark.parametrize(
    "forged", [{"actor": "system"}, {"actor": "member:0"}, {"at": "2020-01-01"}, {"at": "2030-01-01"}]
)
def test_nobody_writes_in_the_name_of_another_or_at_another_time(lid, forged):
    columns = ", ".join(["what", "about", *forged])
    with acting_as(member(lid.pk)):
        with connection.cursor() as cursor:  # one's own line, now
            cursor.execute("INSERT INTO regions_journalentry (what, about) VALUES ('x', 'y')")
        line = f"INSERT INTO regions_journalentry ({columns}) VALUES ('x', 'y', %s)"
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"), transaction.atomic():
            connection.connection.execute(line, list(forged.values()))


def test_only_community_managers_read_it(waasland, lid, trekker, manager):
    with acting_as(SYSTEM):
        JournalEntry.objects.create(what="test", about="circle:1", circle=waasland)
    for reader, count in [(manager, 1), (trekker, 0), (lid, 0)]:
        with acting_as(member(reader.pk)):
            assert JournalEntry.objects.count() == count
    with acting_as(VISITOR):
        assert JournalEntry.objects.count() == 0


def test_a_community_manager_finds_who_did_what(browse, manager, waasland, lid, trekker):
    with acting_as(member(trekker.pk)):
        members.remove(Membership.objects.get(circle=waasland, member=lid), by=trekker)
    page = browse(manager).get("/beheer/regions/journalentry/")
    assert page.status_code == 200
    shown = page.content.decode()
    assert all(words in shown for words in (trekker.name, lid.name, "members.remove", waasland.name))
    for words, count in [(lid.name, 1), (trekker.name, 1), ("members.remove", 1), ("niemand", 0)]:
        found = browse(manager).get("/beheer/regions/journalentry/", {"q": words})
        assert found.context["cl"].result_count == count
