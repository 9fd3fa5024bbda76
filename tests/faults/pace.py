"""How fast: letters a second through a relay that answers each command after 2 ms, and inviting a thousand."""

from __future__ import annotations

import os
import re
import time

from mailroom.models import Delivery
from meetings.actions import planning
from regions.wall import acting_as, member
from tests.faults.stage import Browser, a_circle, redis, running, states, valkey, wait_until, web, worker
from tests.servers import empty_tables
from tests.smtp import QuickRelay

Line = tuple[str, str, bool]

RING = """
import django; django.setup()
from mailroom import bell
while postmen := input():
    bell.ring(int(postmen))
    print("rung", flush=True)
"""


def invite(address: str, members: int) -> tuple[float, float]:
    """A trekker presses "uitnodigen": seconds of that request, and of the page before it."""
    trekker, meeting = a_circle(members, online_link="https://meet.example/kamer")
    path = f"/bijeenkomsten/{meeting.pk}/uitnodigen/"
    browser = Browser(address, trekker)
    for _ in range(2):  # the first page of a new process compiles templates
        began = time.perf_counter()
        _status, page = browser.get(path)
        looked = time.perf_counter() - began
    shown = re.search(r'name="shown" value="(\w+)"', page)
    assert shown, page
    began = time.perf_counter()
    status, _page = browser.post(path, {"shown": shown[1]})
    took = time.perf_counter() - began
    assert (status, states()[Delivery.State.QUEUED]) == (302, members)
    empty_tables()
    return took, looked


def send(letters: int) -> tuple[float, list[int]]:
    """Letters a second of four Celery processes, from the hundredth on; and the memory of each afterwards, in MiB."""
    with QuickRelay(delay=0.002) as relay, valkey() as broker:
        where = {"REDIS_URL": redis(broker), "SMTP_URL": relay.url}
        with running("-c", RING, **where) as bell, worker(4, beat=False, **where) as parent:
            assert bell.stdin is not None
            while len(relay.taken) < 100:
                bell.stdin.write("4\n" if not relay.taken else "")
                bell.stdin.flush()
                time.sleep(0.5 if not relay.taken else 0.01)
            began, first = time.perf_counter(), len(relay.taken)
            wait_until(lambda: len(relay.taken) >= letters, timeout=300, every=0.02)
            pace = (letters - first) / (time.perf_counter() - began)
            memory = [resident(pid) for pid in children_of(parent.pid)]
    return pace, memory


def children_of(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [int(child) for child in children.read().split()]


def resident(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) // 1024  # type: ignore[index]


def run(size: str) -> list[Line]:
    if size == "small":
        return []
    with valkey() as broker, web(REDIS_URL=redis(broker)) as address:
        times = [invite(address, 1000) for _ in range(3)]
    (took, looked), load = min(times), os.getloadavg()[0]
    lines = [
        ("processes that wanted a processor meanwhile", f"{load:.1f} on {os.cpu_count()}", True),
        ("inviting 1,000 members, through gunicorn, best of 3", f"{took:.2f} s", took <= 0.5),
        ("the page before it", f"{looked:.2f} s", True),
    ]
    trekker, meeting = a_circle(2000)
    with acting_as(member(trekker.pk)):
        planning.invite(meeting, by=trekker)
    pace, memory = send(2000)
    return [
        *lines,
        ("letters a second, 4 processes, a relay of 2 ms a command", f"{pace:.0f}", pace >= 150),
        ("memory of each process after 2,000 letters", f"{max(memory)} MiB", max(memory) < 120),
    ]
