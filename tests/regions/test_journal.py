"""The journal: one line per action, true exactly when the action is, and for nobody to change."""

import importlib
import inspect
import pkgutil

import psycopg
import pytest
from django.db import connection, transaction
from django.dispatch import Signal
from django.test import Client

import mailroom.actions
import mailroom.channels
import meetings.actions
from mailroom.links import make_token
from mailroom.models import Delivery, Silence
from meetings.actions import planning
from meetings.actions.answers import register
from members import actions as members
from members import logins, second_factor
from members.account_journal import LINES
from members.models import Member, Membership
from regions.models import JournalEntry
from regions.wall import SYSTEM, VISITOR, acting_as, member
from tests import make
from tests.mailroom.letters import posted
from tests.make import PASSWORD
from tests.members.test_second_factor import link_an_app, log_in, say_password_again


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


def test_a_line_is_written_when_letters_stop_and_not_each_time_that_a_program_asks(browse, waasland):
    path = f"/afmelden/{make_token('unsubscribe', ['Lies@temse.example', waasland.pk])}/"
    for sent in [{"List-Unsubscribe": "One-Click"}] * 3 + [{"again": "1"}] * 2:
        browse().post(path, sent)
        if "List-Unsubscribe" in sent:
            with acting_as(SYSTEM):
                about = f"silence:{Silence.objects.get().pk}"  # which tells a community manager the address
    assert lines() == [
        ("visitor", None, "mailroom.unsubscribe", about, "waasland", None),
        ("visitor", None, "mailroom.subscribe_again", about, "waasland", None),
    ]


def test_who_has_a_failed_letter_tried_again_is_written_down(browse, manager, waasland, lid):
    delivery = posted(lid.email, circle=waasland, member=lid)
    with acting_as(SYSTEM):
        Delivery.objects.update(state=Delivery.State.FAILED)
    for _ in range(2):
        browse(manager).post(
            "/beheer/mailroom/delivery/", {"action": "send_again", "_selected_action": [delivery.pk]}
        )
    about = f"delivery:{delivery.pk}"
    assert lines() == [(f"member:{manager.pk}", manager.pk, "mailroom.try_again", about, "waasland", lid.pk)]


def test_what_people_change_about_how_they_log_in_is_written_down(lid):
    """allauth changes it, at the door; the address itself stays out of the journal."""
    client = log_in(lid)
    say_password_again(client, "/account/2fa/totp/activate/")
    new = "een-nog-langer-wachtwoord"
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    other = {"email": "lies@gmail.example"}
    client.post("/account/email/", other | {"action_add": ""})
    client.post("/account/email/", other | {"action_remove": ""})
    link_an_app(client)
    client.post("/account/2fa/recovery-codes/generate/")
    client.post("/account/2fa/totp/deactivate/")
    log_in(lid, password=new)
    client.post("/mijn/gegevens/aangemeld/")
    client.post("/mijn/gegevens/aangemeld/")  # nobody is left to log out
    at_the_door = ["password_changed", "email_added", "email_removed", "totp_added", "recovery_codes_renewed"]
    assert lines() == [
        *(
            ("doorkeeper", lid.pk, f"members.{what}", f"member:{lid.pk}", None, lid.pk)
            for what in [*at_the_door, "totp_removed"]
        ),
        (f"member:{lid.pk}", lid.pk, "members.log_out_elsewhere", f"member:{lid.pk}", None, lid.pk),
    ]


def test_who_registers_and_proves_the_address_by_a_new_password_is_written_down(house):
    browser, to = Client(), "nieuw@gmail.example"
    browser.post("/account/signup/", {"email": to, "name": "Nieuw", "password1": PASSWORD, "where": ""})
    browser.post("/account/password/reset/", {"email": to})
    with acting_as(SYSTEM):
        text = Delivery.objects.get(kind="account/password_reset_key").letter.text
        new = Member.objects.get(email=to)
    page = browser.get(next(word for word in text.split() if "/account/password/reset/key/" in word), follow=True)
    password = {"password1": "een-nog-langer-wachtwoord", "password2": "een-nog-langer-wachtwoord"}
    browser.post(page.redirect_chain[-1][0], {"password1": "kort", "password2": "kort"})
    assert [line[2] for line in lines()] == ["members.signed_up"]
    browser.post(page.redirect_chain[-1][0], password)
    assert lines() == [
        ("doorkeeper", new.pk, f"members.{what}", f"member:{new.pk}", None, new.pk)
        for what in ["signed_up", "password_reset"]
    ]


LEFT_OUT = {
    "user_logged_in": "coming and going changes nothing",
    "user_logged_out": "coming and going changes nothing",
    "authentication_step_completed": "coming and going changes nothing",
    "authenticator_used": "coming and going changes nothing",
    "pre_social_login": "coming and going changes nothing",
    "session_client_changed": "coming and going changes nothing",
    "authentication_failed": "nothing was done",
    "login_code_rejected": "nothing was done",
    "password_reset_code_rejected": "nothing was done",
    "email_verification_code_rejected": "nothing was done",
    "email_confirmation_sent": "a letter, which is written down as such",
    "email_confirmed": "written by members.welcome or members.address_changed",
    "email_changed": "written by members.welcome or members.address_changed",
    "_add_email": "asks whether it may",
    "social_account_updated": "a login from elsewhere, and what the provider says is not kept",
    "authenticator_added": "told after the transaction; second_factor.py writes the line",
    "authenticator_removed": "told after the transaction; second_factor.py writes the line",
    "authenticator_reset": "told after the transaction; second_factor.py writes the line",
}
"""Signals of allauth without a line of their own, each with the reason."""


def test_whatever_allauth_tells_of_is_written_down_or_left_out_knowingly():
    apps = ("account", "mfa", "socialaccount", "usersessions")
    told = [vars(importlib.import_module(f"allauth.{app}.signals")) for app in apps]
    silent = {
        name
        for signals in told
        for name, signal in signals.items()
        if isinstance(signal, Signal) and signal not in LINES
    }
    assert silent == set(LEFT_OUT)


def actions():
    modules = [
        mailroom.actions,
        mailroom.channels,
        members,
        logins,
        second_factor,
        *(
            importlib.import_module(f"meetings.actions.{m.name}")
            for m in pkgutil.iter_modules(meetings.actions.__path__)
        ),
    ]
    for module in modules:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and "by" in inspect.signature(function).parameters:
                yield f"{module.__name__}.{name}", function


def is_action(function):
    return function.__globals__["__name__"] == "regions.journal"


def test_every_verb_of_a_person_writes_a_line():
    """``think_…`` only shows what would happen; everything else with ``by=`` is an action, or writes its own line.

    Verbs that nobody is named for are found by the forms that ask for them: ``tests/wall/http_form_list.py``.
    """
    silent = {
        name for name, function in actions() if not is_action(function) and "note(" not in inspect.getsource(function)
    }
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
