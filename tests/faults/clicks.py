"""Whoever clicks "uitnodigen" again and again, or fifty times at once, invites once."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from mailroom.models import Delivery
from meetings.models import Invitation
from regions.wall import SYSTEM, acting_as
from tests.faults.stage import Browser, a_circle, web
from tests.servers import empty_tables

CLICKS = 50


def run(size: str) -> list[tuple[str, str, bool]]:
    members = 500 if size == "full" else 30
    lines = []
    with web() as address:
        for name, at_once in (("one after the other", 1), ("at once", CLICKS)):
            answers, letters, invited = click(address, members, at_once)
            right = letters == Counter(dict.fromkeys(letters, 1)) and len(letters) == invited == members
            figure = f"{letters.total()} letters to {len(letters)} people"
            lines.append((f"{CLICKS} clicks {name}, {members} members", figure, right))
            told = ", ".join(f"{count} × {status}" for status, count in sorted(answers.items()))
            lines.append((f"{CLICKS} clicks {name}: answers", told, set(answers) <= {302, 409}))
            empty_tables()
    return lines


def click(address: str, members: int, at_once: int) -> tuple[Counter[int], Counter[str], int]:
    """Status of the answers, letters per address, people who are invited."""
    trekker, meeting = a_circle(members)
    path = f"/bijeenkomsten/{meeting.pk}/uitnodigen/"
    browser = Browser(address, trekker)
    _status, page = browser.get(path)
    shown = re.search(r'name="shown" value="(\w+)"', page)
    assert shown, page
    with ThreadPoolExecutor(at_once) as people:
        answers = people.map(lambda _: browser.post(path, {"shown": shown[1]})[0], range(CLICKS))
        counted = Counter(answers)
    with acting_as(SYSTEM):
        letters = Counter(Delivery.objects.filter(kind="invitation").values_list("to", flat=True))
        return counted, letters, Invitation.objects.filter(meeting=meeting).count()
