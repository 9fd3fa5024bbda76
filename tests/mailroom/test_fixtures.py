"""The tools of the other tests: real commits and a real SMTP server."""

import os
import smtplib

import psycopg

from regions.models import Circle
from regions.wall import SYSTEM, acting_as


def test_committed_rows_are_there_for_others(committed, waasland):
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"].replace("kenniskring_owner", "postgres")) as other:
        assert other.execute("SELECT slug FROM regions_circle WHERE id = %s", [waasland.pk]).fetchone() == (
            "waasland",
        )


def test_nothing_stays_of_a_test_before(committed):
    with acting_as(SYSTEM):
        assert not Circle.objects.exists()


def test_threads_work_at_once(together, waasland):
    def read(number):
        with acting_as(SYSTEM):
            return Circle.objects.get(slug="waasland").pk + number

    assert together(3, read) == [waasland.pk, waasland.pk + 1, waasland.pk + 2]


def test_a_letter_arrives(mailbox):
    with smtplib.SMTP("127.0.0.1", mailbox.port) as line:
        line.sendmail("van@x.example", ["aan@x.example"], b"To: aan@x.example\r\nSubject: Dag\r\n\r\nHallo\r\n")
    assert [letter["Subject"] for letter in mailbox.letters] == ["Dag"]
