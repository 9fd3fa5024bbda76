"""The postman and the relay: every answer of the relay has one outcome in the row."""

import datetime as dt
import time

import icalendar
import pytest
from django.core.mail import mailers
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from mailroom import actions, mime, postman, relay
from mailroom.models import Delivery, Silence
from mailroom.outgoing import CalendarFile
from members.models import Membership
from regions.wall import SYSTEM, acting_as
from tests.smtp import DROP

from .letters import claimed, fresh, make_due, posted

State = Delivery.State
ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kenniskring//NL\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@x\r\n"
    "DTSTAMP:20261121T100000Z\r\nDTSTART:20270312T130000Z\r\nSUMMARY:Koffie bij De Lésbrug\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture(autouse=True)
def real_post(committed, mailbox):
    """Every test here commits and has a relay."""


def test_a_letter_leaves_once(mailbox):
    delivery = posted()
    postman.work()
    postman.work()
    (letter,) = mailbox.letters
    row = fresh(delivery)
    assert (row.state, row.attempts, row.maybe_double, row.error) == (State.SENT, 1, False, "")
    assert row.sent_at is not None
    assert letter["Message-ID"] == row.message_id
    assert letter["To"].addresses[0].addr_spec == "lies@temse.example"
    assert letter["From"].addresses[0].addr_spec == "kenniskring@testserver"
    assert letter["Subject"] == "[RKK Waasland] Uitnodiging: 12 maart, Temse"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert abs(letter["Date"].datetime - timezone.now()) < dt.timedelta(minutes=1)
    assert letter["List-Unsubscribe"] is None
    text = letter.get_body(("plain",)).get_content()
    assert "Beste Lies Lid," in text
    assert "https://kenniskring.example/antwoord/lies@temse.example/" in text
    assert "Beste Lies Lid," in letter.get_body(("html",)).get_content()


def test_a_letter_that_can_be_refused_says_how(mailbox, waasland):
    posted(circle=waasland, can_unsubscribe=True)
    postman.work()
    raw = mailbox.raw[0].decode("ascii")
    assert raw.startswith("List-Unsubscribe: <http://testserver/afmelden/")  # on one line, as it must be followed
    assert raw.splitlines()[1] == "List-Unsubscribe-Post: List-Unsubscribe=One-Click"


def test_a_calendar_is_read_by_every_program(mailbox):
    posted(calendar=CalendarFile(ICS, "", "", "REQUEST"))
    postman.work()
    (letter,) = mailbox.letters
    assert [part.get_content_type() for part in letter.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    alternative = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    assert alternative.get_param("method") == "REQUEST"
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == "bijeenkomst.ics"
    for text in (alternative.get_content(), attached.get_content()):
        (event,) = icalendar.Calendar.from_ical(text).events
        assert event["SUMMARY"] == "Koffie bij De Lésbrug"


def test_a_line_that_begins_with_a_dot_arrives_whole(mailbox):
    posted(paragraphs=[".verborgen bestand\n.\nna de punt"])
    postman.work()
    text = mailbox.letters[0].get_body(("plain",)).get_content()
    assert ".verborgen bestand\r\n.\r\nna de punt" in text


def test_one_line_serves_many_letters(mailbox):
    for number in range(20):
        posted(f"lid{number}@temse.example")
    postman.work()
    assert len(mailbox.letters) == 20
    assert mailbox.sessions == 1


def test_a_relay_that_is_away_gets_the_letter_later(mailbox):
    deliveries = [posted(f"lid{number}@temse.example") for number in range(3)]
    port = mailbox.port
    mailbox.stop()
    postman.work()
    rows = [fresh(delivery) for delivery in deliveries]
    assert [row.attempts for row in rows] == [1, 0, 0]  # the others keep their tries
    assert [row.state for row in rows] == [State.QUEUED] * 3
    assert rows[0].error.startswith("De mailserver was niet bereikbaar")
    mailbox.start(port)
    make_due()
    postman.work()
    assert {fresh(delivery).state for delivery in deliveries} == {State.SENT}
    assert [fresh(delivery).maybe_double for delivery in deliveries] == [False] * 3
    assert len(mailbox.letters) == 3


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_relay_that_says_later_is_asked_ever_less_often_and_then_no_more(mailbox, step):
    delivery = posted()
    mailbox.replies(step, *["451 greylisted"] * 6)
    pauses = []
    for attempt in range(1, 7):
        before = timezone.now()
        postman.work()
        row = fresh(delivery)
        assert row.attempts == attempt
        if row.state == State.QUEUED:
            pauses.append((row.due_at - before) / dt.timedelta(minutes=1))
            assert row.error == "De mailserver antwoordde: 451 greylisted"
        make_due()
    for pause, minutes in zip(pauses, [1, 5, 15, 60, 240], strict=True):
        assert minutes <= pause <= minutes * 1.21
    assert row.state == State.FAILED
    assert row.error == "De mailserver antwoordde: 451 greylisted Opgegeven na 6 pogingen."
    postman.work()
    assert mailbox.letters == []
    assert not row.maybe_double


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_refusal_for_good_fails_at_once_and_the_next_letter_leaves(mailbox, step):
    refused, other = posted(), posted("tom@temse.example")
    mailbox.replies(step, "550 No such user here")
    postman.work()
    row = fresh(refused)
    assert (row.state, row.attempts) == (State.FAILED, 1)
    assert row.error == "De mailserver antwoordde: 550 No such user here"
    assert fresh(other).state == State.SENT
    assert [letter["To"] for letter in mailbox.letters] == ["tom@temse.example"]


def test_a_failed_letter_can_be_tried_again(mailbox):
    delivery = posted()
    mailbox.replies("RCPT", "550 full")
    postman.work()
    with acting_as(SYSTEM):
        assert actions.try_again([fresh(delivery)], by=None) == 1
        assert actions.try_again([fresh(delivery)], by=None) == 0
    postman.work()
    assert fresh(delivery).state == State.SENT


@pytest.mark.parametrize(
    "to", ["geen adres", "lies@temse.example\r\nBcc: x@y.example", "a@x.example, b@x.example", "é@x.example"]
)
def test_an_address_that_is_none_fails_in_sight(mailbox, to):
    wrong, other = posted(to), posted("tom@temse.example")
    postman.work()
    assert fresh(wrong).state == State.FAILED
    assert fresh(wrong).error
    assert fresh(other).state == State.SENT
    assert len(mailbox.letters) == 1


def test_a_name_that_is_no_ascii_is_found(mailbox):
    posted("lies@café.example")
    postman.work()
    assert mailbox.letters[0]["To"].addresses[0].domain in {"xn--caf-dma.example", "café.example"}


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_a_line_that_breaks_before_the_letter_is_no_doubt(mailbox, step):
    first, second = posted(), posted("tom@temse.example")
    mailbox.replies(step, None, DROP)  # the line has served one letter: it is opened again at once
    postman.work()
    assert [fresh(row).state for row in (first, second)] == [State.SENT] * 2
    assert [fresh(row).maybe_double for row in (first, second)] == [False] * 2
    assert len(mailbox.letters) == 2


def test_a_relay_that_closes_the_line_after_some_letters_gets_the_others_on_a_new_one(mailbox):
    deliveries = [posted(f"lid{number}@temse.example") for number in range(5)]
    mailbox.replies("MAIL", None, None, "421 too many letters")
    postman.work()
    assert {fresh(delivery).state for delivery in deliveries} == {State.SENT}
    assert (len(mailbox.letters), mailbox.sessions) == (5, 2)


def test_no_answer_after_the_final_dot_is_a_doubt(mailbox):
    delivery = posted()
    mailbox.replies("DATA", DROP)
    postman.work()
    row = fresh(delivery)
    assert (row.state, row.maybe_double) == (State.QUEUED, True)
    assert row.error.startswith("De mailserver heeft niet bevestigd dat hij de e-mail heeft")
    make_due()
    postman.work()
    row = fresh(delivery)
    assert (row.state, row.maybe_double) == (State.SENT, True)
    assert [letter["Message-ID"] for letter in mailbox.letters] == [row.message_id] * 2


def test_a_relay_that_never_answers_gets_two_copies_and_no_third(mailbox):
    delivery = posted()
    mailbox.replies("DATA", DROP, DROP, DROP)
    for _ in range(4):
        postman.work()
        make_due()
    row = fresh(delivery)
    assert (row.state, row.maybe_double) == (State.FAILED, True)
    assert len(mailbox.letters) == 2


def test_who_died_with_a_letter_in_hand_leaves_a_doubt(mailbox):
    delivery = posted()
    assert postman._mark(claimed())
    assert postman.claim() == []
    make_due()
    postman.work()
    row = fresh(delivery)
    assert (row.state, row.maybe_double, row.attempts) == (State.SENT, True, 2)


def test_who_died_before_leaves_none(mailbox):
    delivery = posted()
    assert claimed() == delivery
    postman.work()
    assert mailbox.letters == []
    make_due()
    postman.work()
    row = fresh(delivery)
    assert (row.state, row.maybe_double, row.attempts) == (State.SENT, False, 2)


def test_who_was_overtaken_hands_nothing_over(mailbox):
    posted()
    slow = claimed()
    make_due()
    quick = claimed()
    assert not postman._mark(slow)
    assert postman._mark(quick)


def test_a_slow_relay_keeps_its_letter(mailbox, monkeypatch, together):
    """It answers after four leases; a second postman comes by all the time."""
    monkeypatch.setattr(postman, "LEASE", dt.timedelta(seconds=0.5))
    monkeypatch.setattr("mailroom.relay.HEARTBEAT", 0.1)
    delivery = posted()
    mailbox.replies("DATA", 2.0)

    def walk(number):
        for _ in range(1 if number == 0 else 25):
            time.sleep(0.1)
            postman.work()

    together(2, walk)
    row = fresh(delivery)
    assert (row.state, row.attempts, row.maybe_double) == (State.SENT, 1, False)
    assert len(mailbox.letters) == 1


def test_a_letter_that_waited_too_long_does_not_leave(mailbox):
    delivery = posted(not_after=timezone.now() - dt.timedelta(seconds=1))
    postman.work()
    row = fresh(delivery)
    assert (row.state, row.error) == (State.WITHDRAWN, "De e-mail kon niet op tijd vertrekken.")
    assert mailbox.letters == []


def test_silence_is_kept(mailbox, waasland, kempen):
    def silence(address, circle, reason):
        Silence.objects.create(address=address, circle=circle, reason=reason)

    with acting_as(SYSTEM):
        silence("bounced@x.example", None, Silence.Reason.BOUNCED)
        silence("Unsubscribed@x.example", waasland, Silence.Reason.UNSUBSCRIBED)
        silence("everywhere@x.example", None, Silence.Reason.UNSUBSCRIBED)
    expected = {
        ("bounced@x.example", waasland, True): False,
        ("bounced@x.example", None, False): False,
        ("unsubscribed@x.example", waasland, True): False,
        ("unsubscribed@x.example", waasland, False): True,
        ("unsubscribed@x.example", kempen, True): True,
        ("everywhere@x.example", kempen, True): False,
        ("everywhere@x.example", kempen, False): True,
        ("someone@x.example", waasland, True): True,
    }
    for number, (to, circle, can_unsubscribe) in enumerate(expected):
        posted(to, version=f"v{number}", circle=circle, can_unsubscribe=can_unsubscribe)
    postman.work()
    with acting_as(SYSTEM):
        rows = Delivery.objects.select_related("circle")
        seen = {(row.to, row.circle, row.can_unsubscribe): row.state for row in rows}
    assert seen == {key: State.SENT if sent else State.WITHDRAWN for key, sent in expected.items()}
    assert len(mailbox.letters) == sum(expected.values())


def test_who_left_meanwhile_gets_only_what_is_about_leaving(mailbox, waasland, lid):
    inside = posted(lid.email, member=lid, circle=waasland, only_while_member=True)
    goodbye = posted(lid.email, member=lid, circle=waasland, kind="left")
    umbrella = posted(lid.email, member=lid, circle=waasland, version=2, only_while_member=True)
    postman.claim()  # one at a time: the first of them stays in
    with acting_as(SYSTEM):
        Membership.objects.filter(member=lid).update(ended_at=timezone.now())
    make_due()
    postman.work()
    assert [fresh(row).state for row in (inside, goodbye, umbrella)] == [State.WITHDRAWN, State.SENT, State.WITHDRAWN]
    assert fresh(inside).error == "Deze persoon heeft de kring verlaten."


def test_who_is_in_a_circle_is_in_the_umbrella_circle_too(mailbox, waasland, lid, stranger):
    from regions.models import Circle

    with acting_as(SYSTEM):
        umbrella = Circle.objects.get(kind="umbrella")
    sent = posted(lid.email, member=lid, circle=umbrella, only_while_member=True)
    kept = posted(stranger.email, member=stranger, circle=umbrella, only_while_member=True)
    postman.work()
    assert [fresh(row).state for row in (sent, kept)] == [State.SENT, State.WITHDRAWN]


def test_a_deactivated_member_gets_nothing(mailbox, lid):
    delivery = posted(lid.email, member=lid)
    with acting_as(SYSTEM):
        type(lid).objects.filter(pk=lid.pk).update(is_active=False)
    postman.work()
    assert fresh(delivery).state == State.WITHDRAWN
    assert mailbox.letters == []


def test_a_letter_has_the_same_bytes_every_time(house):
    delivery = posted(
        calendar=CalendarFile(ICS, "", "", "REQUEST"), name="Zoë", headers={"Reply-To": "Tom Ĳs <t@x.example>"}
    )
    with acting_as(SYSTEM):
        row = Delivery.objects.select_related("letter").get(pk=delivery.pk)
        assert mime.message(row) == mime.message(row)


@pytest.mark.parametrize("where", ["name", "header"])
def test_nobody_writes_a_header_of_ours(mailbox, where):
    evil = "x\r\nBcc: z@y.example"
    wrong = posted(name=evil) if where == "name" else posted(headers={"Reply-To": evil})
    postman.work()
    assert [letter["Bcc"] for letter in mailbox.letters] == ([None] if where == "name" else [])
    assert fresh(wrong).state == (State.SENT if where == "name" else State.FAILED)


def test_bytes_are_plain_for_every_relay(mailbox):
    posted(paragraphs=["é" * 2000, "x" * 5000], name="Zoë Ĳsbrand", subject="Ĳ" * 150)
    postman.work()
    raw = mailbox.raw[0]
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    letter = mailbox.letters[0]
    assert letter["Subject"] == "Ĳ" * 150
    assert "é" * 2000 in letter.get_body(("plain",)).get_content()


@given(st.from_regex(r"""[a-z.!#'*+/=?_{}|~"é @<>(),-]{1,12}@[a-zA-Z.é-]{1,12}""", fullmatch=True))
@example("jan.o'neil+kring@temse.be")
@example("a..b@temse.be")
@example("lies@-temse.be")
@example("lies@temse.be\n")
@example("Lies <lies@temse.be>")
@example("=?utf-8?q?lies=40kempen.be?=@temse.be")
def test_an_address_that_needs_no_reading_is_what_reading_it_gives(address):
    if relay.PLAIN.fullmatch(address):
        assert mailers["default"].prep_address(address) == address
