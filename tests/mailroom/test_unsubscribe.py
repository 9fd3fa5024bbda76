"""Stopping letters: by mail program or by page, at once, and back."""

import datetime as dt
import hashlib
import re

import time_machine
from django.db import connection
from django.test import Client

from mailroom import links, postman
from mailroom.models import Delivery, Letter, Silence
from regions.wall import SYSTEM, acting_as

from .letters import claimed, fresh, posted

State = Delivery.State


def unsubscribe_path(delivery):
    with acting_as(SYSTEM):
        header = Letter.objects.get(delivery=delivery).headers["List-Unsubscribe"]
    (path,) = re.findall(r"^<http://testserver(/afmelden/[^/]+/)>$", header)
    return path


def everything():
    """A fingerprint of all rows that matter."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        digest = hashlib.sha256()
        for model in (Delivery, Letter, Silence):
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {model._meta.db_table} t")
            digest.update(repr(cursor.fetchone()).encode())
        cursor.execute("SELECT count(*) FROM django_session")
        digest.update(repr(cursor.fetchone()).encode())
        return digest.hexdigest()


def invitation(circle, to="lies@temse.example", **fields):
    return posted(to, circle=circle, can_unsubscribe=True, **fields)


def test_a_mail_program_unsubscribes_in_one_click_and_what_waits_is_withdrawn(committed, mailbox, waasland, kempen):
    clicked, waiting = invitation(waasland), invitation(waasland, "Lies@temse.example", version=2)
    elsewhere, must = invitation(kempen, version=3), posted(circle=waasland, version=4)
    someone_else = invitation(waasland, "tom@temse.example")
    response = Client(enforce_csrf_checks=True).post(unsubscribe_path(clicked), {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    rows = [clicked, waiting, elsewhere, must, someone_else]
    assert [fresh(row).state for row in rows] == [State.WITHDRAWN] * 2 + [State.QUEUED] * 3
    later = invitation(waasland, version=5)
    postman.work()
    assert fresh(later).state == State.WITHDRAWN
    assert len(mailbox.letters) == 3


def test_the_letter_that_a_postman_holds_already_stays(committed, mailbox, waasland):
    delivery = invitation(waasland)
    held = claimed()
    Client().post(unsubscribe_path(delivery), {"List-Unsubscribe": "One-Click"})
    assert not postman._mark(held)
    assert fresh(delivery).state == State.WITHDRAWN


def test_looking_changes_nothing(browse, lid, waasland):
    path = unsubscribe_path(invitation(waasland))
    before = everything()
    for client in (browse(), browse(lid)):
        before = everything()
        for method in (client.get, client.head):
            assert method(path).status_code == 200
        assert everything() == before


def test_the_page_stops_and_starts_letters(browse, waasland):
    path = unsubscribe_path(invitation(waasland))
    client = browse()
    assert "Stop de e-mails van deze kring" in client.get(path).text
    assert client.post(path).url == path
    assert "U krijgt geen e-mails meer van deze kring" in client.get(path).text
    client.post(path)
    with acting_as(SYSTEM):
        assert [(s.address, s.circle, s.reason) for s in Silence.objects.select_related("circle")] == [
            ("lies@temse.example", waasland, "unsubscribed")
        ]
    client.post(path, {"again": "1"})
    assert "Stop de e-mails van deze kring" in client.get(path).text
    with acting_as(SYSTEM):
        assert not Silence.objects.exists()


def test_getting_letters_again_does_not_wake_an_address_that_bounced(browse, waasland):
    with acting_as(SYSTEM):
        Silence.objects.create(address="lies@temse.example", reason=Silence.Reason.BOUNCED)
    browse().post(unsubscribe_path(invitation(waasland)), {"again": "1"})
    with acting_as(SYSTEM):
        assert Silence.objects.count() == 1


def test_a_forged_link_is_404_and_an_old_one_410_with_what_to_do(browse, waasland):
    path = unsubscribe_path(invitation(waasland))
    before = everything()
    for wrong in ("/afmelden/onzin/", path[:-5] + "/", f"/afmelden/{links.make_token('other', ['a@b.example', 1])}/"):
        for method in (browse().get, browse().post):
            assert method(wrong).status_code == 404
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=800)):
        response = browse().post(path)
    assert response.status_code == 410
    assert "Gebruik de link onderaan een recentere e-mail" in response.text
    assert everything() == before
