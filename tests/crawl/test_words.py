"""The crawl finds its words wherever they hide; one that it could not find would prove nothing."""

from email.message import EmailMessage

import pytest

from kenniskring.demo.slides import slides
from regions.wall import SYSTEM, acting_as
from tests.crawl.crawler import KEYS, addresses
from tests.crawl.words import LABELS, a_workbook, rows_in, rows_in_letter, word
from tests.house.test_urls import pages
from tests.wall import oracle

ROW = ("meetings.Meeting", 1234)
WORD = word(ROW)


def folded_calendar() -> bytes:
    line = f"SUMMARY:{'x' * 65}{WORD} en nog wat"
    return f"BEGIN:VCALENDAR\r\n{line[:75]}\r\n {line[75:]}\r\nEND:VCALENDAR\r\n".encode()


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>{WORD} Nieuw</h1>".encode(),
        f"<p title='{WORD.upper()}'>".encode(),
        f"&lt;{WORD}&gt;".encode(),
        folded_calendar(),
        slides(WORD),
        a_workbook(WORD),
        f'{{"titel": "{WORD}"}}'.encode(),
    ],
    ids=["page", "attribute", "escaped", "calendar", "pdf", "workbook", "json"],
)
def test_a_word_is_found_in(body):
    assert rows_in(body) == {ROW}


def test_a_word_is_found_in_every_part_of_a_letter():
    mail = EmailMessage()
    parts = {label: word((label, 7)) for label in LABELS[:4]}
    subject, text, alternative, attached = parts.values()
    mail["Subject"] = f"{subject} é"
    mail.set_content(f"{text} ë")
    mail.add_alternative(f"<p>{alternative} ë", subtype="html", cte="base64")
    mail.add_attachment(slides(attached), maintype="application", subtype="pdf")
    assert rows_in_letter(mail.as_bytes()) == {(label, 7) for label in parts}


def test_what_carries_no_word_has_none():
    assert rows_in(b"zq1w qz zqw2qz Temse") == set()


def test_the_crawler_knows_whose_keys_stand_in_every_address(house):
    """An address that begins in a new way is a KeyError here, and not a page that nobody crawls."""
    with acting_as(SYSTEM):
        found = list(addresses(oracle.World()))
    beginnings = {route.partition("/")[0] for route, _ in pages() if "<int:pk>" in route or "<slug:slug>" in route}
    assert beginnings - {"account", "beheer", "demo"} <= set(KEYS)
    assert "/kringen/waasland/" in found
    assert all("<" not in path for path in found)
