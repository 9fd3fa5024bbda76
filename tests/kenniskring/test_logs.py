"""Addresses that are keys stay out of the logs."""

import logging

import pytest

from kenniskring.logs import WithoutKeys
from members.models import new_secret


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Not Found: /agenda/{secret}.ics", "Not Found: /agenda/…"),
        ("Gone: /spreker/{secret}:1xUu15:{secret}/", "Gone: /spreker/…/"),
        ("Not Found: /bijeenkomsten/12/materiaal/", "Not Found: /bijeenkomsten/12/materiaal/"),
    ],
)
def test_a_key_in_an_address_is_not_logged(said, kept):
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "%s", (said.format(secret=new_secret()),), None
    )
    assert WithoutKeys().filter(record)
    assert record.getMessage() == kept


def test_the_log_of_a_request_goes_through_the_filter(browse, caplog, settings):
    console = settings.LOGGING["handlers"]["console"]
    assert console["filters"] == ["discreet"]
    secret = new_secret()
    assert browse().get(f"/agenda/{secret}.ics").status_code == 404
    [record] = [record for record in caplog.records if record.name == "django.request"]
    WithoutKeys().filter(record)
    assert record.getMessage() == "Not Found: /agenda/…"
