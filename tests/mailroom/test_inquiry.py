"""A relay that can be asked by Message-ID ends doubts; one that answers nonsense, or nothing, leaves them."""

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from mailroom import postman
from mailroom.inquiry import relay_has
from mailroom.models import Delivery

from .letters import claimed, fresh, make_due, posted

State = Delivery.State


class Clerk(BaseHTTPRequestHandler):
    """Answers as ``server.reply`` says: a status, or seconds of silence."""

    def do_GET(self):
        self.server.asked.append(self.path)
        reply = self.server.reply
        if isinstance(reply, float):
            time.sleep(reply)
            return
        self.send_response(reply)
        self.send_header("Location", "/yes")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def clerk(settings):
    """Who answers at RELAY_LOOKUP_URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Clerk)
    server.asked, server.reply = [], 200
    Thread(target=server.serve_forever, daemon=True).start()
    settings.RELAY_LOOKUP_URL = f"http://127.0.0.1:{server.server_port}/has?key=k&id={{message_id}}"
    yield server
    server.shutdown()
    server.server_close()


def in_doubt():
    """A letter whose postman died with it in hand."""
    delivery = posted()
    assert postman._mark(claimed())
    make_due()
    return delivery


@pytest.mark.parametrize(
    ("reply", "copies", "maybe_double"),
    [(200, 0, False), (404, 1, False), (500, 1, True), (302, 1, True), (204, 1, True)],
)
def test_what_the_relay_says_ends_the_doubt_or_leaves_it(committed, mailbox, clerk, reply, copies, maybe_double):
    delivery, clerk.reply = in_doubt(), reply
    postman.work()
    row = fresh(delivery)
    assert (row.state, row.maybe_double, len(mailbox.letters)) == (State.SENT, maybe_double, copies)
    assert clerk.asked == [f"/has?key=k&id={row.message_id.strip('<>').replace('@', '%40')}"]


def test_only_doubts_are_asked_about(committed, mailbox, clerk):
    posted()
    postman.work()
    assert (len(mailbox.letters), clerk.asked) == (1, [])


def test_a_relay_that_is_silent_about_it_is_not_waited_for(clerk, monkeypatch):
    monkeypatch.setattr("mailroom.inquiry.PATIENCE", 0.2)
    clerk.reply = 1.0
    began = time.monotonic()
    assert relay_has("<1@x.example>") is None
    assert time.monotonic() - began < 0.9


def test_a_relay_that_nobody_can_ask_knows_nothing(settings):
    assert relay_has("<1@x.example>") is None
    settings.RELAY_LOOKUP_URL = "http://127.0.0.1:1/{message_id}"
    assert relay_has("<1@x.example>") is None
