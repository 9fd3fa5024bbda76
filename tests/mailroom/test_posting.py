"""Promising letters: in the transaction of what they tell, once per recipient, quickly, with words that hold."""

import time

import pytest
from django.db import transaction

from mailroom import actions, mime
from mailroom.models import Delivery, Letter, Wording
from mailroom.outgoing import CalendarFile
from regions.wall import SYSTEM, VISITOR, acting_as, member

from .letters import outgoing, posted


def test_the_same_letter_posted_twice_is_one(house):
    with acting_as(SYSTEM):
        assert actions.post(outgoing(), outgoing("tom@temse.example")) == 2
        assert actions.post(outgoing(), outgoing("LIES@temse.example"), outgoing(version=2)) == 1
        assert Letter.objects.count() == 3


def test_twenty_clicks_at_once_are_one_batch(together):
    def click(_):
        with acting_as(SYSTEM):
            return actions.post_all(outgoing(f"lid{number}@temse.example") for number in range(30))

    assert sorted(together(20, click)) == [0] * 19 + [30]
    with acting_as(SYSTEM):
        assert Delivery.objects.count() == Letter.objects.count() == 30


def test_a_letter_is_taken_back_with_what_it_tells(house):
    def publish():
        with transaction.atomic():
            actions.post(outgoing())
            assert 1 / 0

    with acting_as(SYSTEM):
        with pytest.raises(ZeroDivisionError):
            publish()
        assert not Delivery.objects.exists()


def test_what_letters_of_a_batch_share_is_kept_once(house):
    def one(number):
        to = f"lid{number}@temse.example"
        ics = CalendarFile("BEGIN:X\r\n", f"ATTENDEE:<{to}>", "\r\nEND:X\r\n", "REQUEST")
        return outgoing(to, name=f"Lid <{number}>", calendar=ics)

    with acting_as(SYSTEM):
        actions.post(*map(one, range(3)), outgoing("tom@temse.example", name="Tom", paragraphs=["Iets anders"]))
        letters = {each.delivery.to: each for each in Letter.objects.select_related("delivery")}
        # The release before knows of no wordings: it fails on NULL, and would send "".
        assert {each.own_text for each in letters.values()} == {None}
        alone = letters.pop("tom@temse.example")
        assert (alone.calendar, alone.calendar_method) == ("", "")
        assert alone.text.startswith("Beste Tom,")
        [common] = {each.wording for each in letters.values()}
        assert Wording.objects.count() == 2
        for number, (to, each) in enumerate(sorted(letters.items())):
            assert each.text.startswith(f"Beste Lid <{number}>,")
            assert f"Beste Lid &lt;{number}&gt;," in each.html
            assert each.calendar == f"BEGIN:X\r\nATTENDEE:<{to}>\r\nEND:X\r\n"
            assert each.calendar_method == "REQUEST"
        assert "temse.example" not in str((common.text, common.html, common.calendar))


def test_nobody_reads_the_text_of_a_letter_but_the_system(waasland, lid, trekker, manager):
    with acting_as(SYSTEM):
        actions.post(*(outgoing(lid.email, member=lid, circle=waasland, version=version) for version in (1, 2)))
    seen = {}
    for actor in (SYSTEM, VISITOR, *(member(person.pk) for person in (lid, trekker, manager))):
        with acting_as(actor):
            seen[actor] = Delivery.objects.count(), Letter.objects.count(), Wording.objects.count()
    assert list(seen.values()) == [(2, 2, 1), (0, 0, 0), (2, 0, 0), (2, 0, 0), (2, 0, 0)]


def test_each_recipient_finds_the_own_name_and_links(waasland):
    people = {"lies@temse.example": "Lies <b>Lid</b>", "tom@temse.example": "Tom & Co", "x@temse.example": ""}
    for to, name in people.items():
        posted(to, name=name, circle=waasland, can_unsubscribe=True)
    with acting_as(SYSTEM):
        letters = {letter.delivery.to: letter for letter in Letter.objects.select_related("delivery")}
    assert letters["lies@temse.example"].text.startswith("Beste Lies <b>Lid</b>,\n\nU bent uitgenodigd.\n")
    assert "Beste Lies &lt;b&gt;Lid&lt;/b&gt;," in letters["lies@temse.example"].html
    assert "Beste Tom &amp; Co," in letters["tom@temse.example"].html
    assert letters["x@temse.example"].text.startswith("Goedendag,")
    for to, letter in letters.items():
        others = [other for other in people if other != to]
        for body in (letter.text, letter.html):
            assert f"https://kenniskring.example/antwoord/{to}/" in body
            assert body.count("/afmelden/") == 1
            assert not [other for other in others if other in body]


def test_two_texts_in_one_batch_stay_apart(house):
    with acting_as(SYSTEM):
        actions.post(outgoing(paragraphs=["Een"]), outgoing("tom@temse.example", paragraphs=["Twee"]))
        texts = {letter.delivery.to: letter.text for letter in Letter.objects.select_related("delivery")}
    assert "Een" in texts["lies@temse.example"]
    assert "Een" not in texts["tom@temse.example"]


def test_words_of_people_cannot_break_the_html(house):
    delivery = posted(
        paragraphs=["<script>x</script>\nregel twee"], facts=[("<i>", "</td>")], subject="Dag\r\nBcc: x"
    )
    with acting_as(SYSTEM):
        letter = Letter.objects.get()
    assert "&lt;script&gt;x&lt;/script&gt;<br>regel twee" in letter.html
    assert "<script" not in letter.html
    assert "&lt;i&gt;" in letter.html
    assert delivery.subject == "Dag Bcc: x"


def test_a_header_with_a_line_break_is_refused(house):
    delivery = posted(headers={"Reply-To": "x@y.example\r\nBcc: z@y.example"})
    with acting_as(SYSTEM), pytest.raises(ValueError):
        mime.message(Delivery.objects.select_related("letter").get(pk=delivery.pk))


def test_a_thousand_letters_are_promised_within_half_a_second(committed, waasland, figure):
    """Of a processor, so that a busy machine says the same; `make faults` takes the time of the whole request."""
    before = "BEGIN:VCALENDAR\r\n" + "X-LINE:some words of a calendar\r\n" * 40

    letters = [
        outgoing(
            f"lid{number}@temse.example",
            name=f"Lid {number}",
            circle=waasland,
            can_unsubscribe=True,
            paragraphs=["U bent uitgenodigd.", "x" * 400],
            calendar=CalendarFile(before, f"ATTENDEE:{number}", "\r\nEND:VCALENDAR\r\n", "REQUEST"),
        )
        for number in range(1000)
    ]
    began = time.thread_time()
    with acting_as(SYSTEM):
        assert actions.post_all(letters) == 1000
    took = time.thread_time() - began
    figure("mailroom, promising 1,000 letters", f"{took:.2f} s of a processor, PostgreSQL's part apart")
    assert took < 1, took  # the first letter of a process compiles the templates
