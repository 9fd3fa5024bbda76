"""The demo's post office: what is sent to it is kept, and can be read and clicked."""

import datetime as dt
import os
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest

from kenniskring import servers
from kenniskring.demo.__main__ import free_port


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """The process while it is needed; listening when the block begins."""
    process = subprocess.Popen(command, cwd=servers.ROOT)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def letter(to: str, subject: str, date: str = "Fri, 20 Nov 2026 10:00:00 +0100") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Date"] = "k@demo.example", to, subject, date
    message.set_content("Kom naar http://localhost:8000/bijeenkomsten/1/ als u wilt.")
    message.add_alternative("<html><head></head><body><a href='http://x/'>Kom</a></body></html>", subtype="html")
    message.add_alternative("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", subtype="calendar")
    return message


@pytest.fixture
def kept(tmp_path, settings):
    """Three letters, the last one sent first."""
    settings.DEMO_POST = tmp_path / "post"
    port = free_port()
    command = [sys.executable, "-m", "kenniskring.demo.sink", str(port), str(settings.DEMO_POST)]
    with running(command, port), smtplib.SMTP("127.0.0.1", port) as line:
        line.send_message(letter("lies@demo.example", "Derde", "Fri, 20 Nov 2026 12:00:00 +0100"))
        line.send_message(letter("wout@demo.example", "Eerste", "Mon, 9 Mar 2026 09:00:00 +0100"))
        line.send_message(letter("lies@demo.example", "Één, twéé", "Tue, 10 Mar 2026 09:00:00 +0100"))


def subjects(response) -> list[str]:
    return [each.subject for each in response.context["letters"]]


def test_letters_are_listed_newest_first_and_found_by_address(kept, browse):
    assert subjects(browse().get("/demo/post/")) == ["Derde", "Één, twéé", "Eerste"]
    assert subjects(browse().get("/demo/post/?to=Lies@")) == ["Derde", "Één, twéé"]
    assert subjects(browse().get("/demo/post/?to=niemand")) == []


def test_a_letter_shows_its_text_with_links_its_html_and_its_calendar(kept, browse):
    newest = browse().get("/demo/post/").context["letters"][0]
    page = browse().get(f"/demo/post/{newest.key}/")
    assert b'<a href="http://localhost:8000/bijeenkomsten/1/"' in page.content
    assert newest.when == dt.datetime.fromisoformat("2026-11-20T12:00:00+01:00")
    html = browse().get(f"/demo/post/{newest.key}/html/")
    assert b'<base target="_blank">' in html.content
    assert "sandbox allow-popups" in html["Content-Security-Policy"]
    assert html["X-Frame-Options"] == "SAMEORIGIN"
    calendar = browse().get(f"/demo/post/{newest.key}/agenda.ics")
    assert calendar["Content-Disposition"] == 'attachment; filename="agenda.ics"'
    assert calendar.content == b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"


@pytest.mark.parametrize("path", ["nee/", "nee/html/", "nee/agenda.ics"])
def test_a_letter_that_is_not_there_is_404(kept, browse, path):
    assert browse().get(f"/demo/post/{path}").status_code == 404


def test_outside_the_demo_the_address_does_not_exist():
    asks = (
        "import django; django.setup(); from django.urls import resolve, Resolver404\n"
        "try: resolve('/demo/post/')\n"
        "except Resolver404: print('absent')"
    )
    environment = os.environ | {"DEMO": "", "DJANGO_SETTINGS_MODULE": "kenniskring.settings"}
    answer = subprocess.run(
        [sys.executable, "-c", asks], cwd=servers.ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stdout == "absent\n"
