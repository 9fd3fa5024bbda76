"""Web and worker asked to end (SIGTERM) and started again, thirty times in turn, while people read and letters leave.

Two of each, as on a day of an upgrade. In front of the web processes stands a proxy as production has one: it asks
/healthz/ready and sends people where that is 200. DRAIN is longer than its pause between two questions.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from contextlib import ExitStack

from kenniskring.demo.__main__ import free_port
from mailroom.models import Delivery
from regions.wall import SYSTEM, acting_as
from tests.faults.load import ASK, BEAT, LOG_IN, WORKER, Letters, Relay, Town, letters, town, visitors
from tests.faults.stage import Process, process, redis, valkey, wait_until

ASKS_EVERY = 0.3
DRAIN = 1.5
"""Seconds."""

WEB = ("-m", "gunicorn", "kenniskring.wsgi", "--workers", "1", "--threads", "4", "--log-level", "error")

Line = tuple[str, str, bool]


class Proxy:
    """Passes lines on to a web process that says it is ready; tries the other one when a door is closed."""

    def __init__(self) -> None:
        self.doors: dict[int, bool] = {}
        self.port = 0
        self._up = threading.Event()

    def __enter__(self) -> Proxy:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        self._up.wait(10)
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        asking = asyncio.create_task(self._ask())
        self._up.set()
        await self._done.wait()
        asking.cancel()
        server.close()
        await server.wait_closed()

    async def _ask(self) -> None:
        while True:
            await asyncio.gather(*map(self._ask_at, list(self.doors)))
            await asyncio.sleep(ASKS_EVERY)

    async def _ask_at(self, port: int) -> None:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            self.doors[port] = False
            return
        try:
            writer.write(b"GET /healthz/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            self.doors[port] = b" 200 " in await asyncio.wait_for(reader.readline(), 5)
        except (OSError, TimeoutError):
            self.doors[port] = False
        finally:
            await _close(writer)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for port in sorted(self.doors, key=lambda port: not self.doors[port]):
            with contextlib.suppress(OSError):
                there, away = await asyncio.open_connection("127.0.0.1", port)
                await asyncio.gather(_pump(reader, away), _pump(there, writer))
                return
        await _close(writer)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        writer.close()
        await writer.wait_closed()


def run(size: str) -> list[Line]:
    """``full``: thirty times web and worker, and beat now and then; else twice a web and once the only worker."""
    full = size == "full"
    times = 30 if full else 2
    with ExitStack() as stack:
        relay = stack.enter_context(Relay())
        relay.replies("DATA", *[0.05] * 10_000)  # so that there mostly is a letter in hand
        where = {"SMTP_URL": relay.url, "REDIS_URL": redis(stack.enter_context(valkey())), "DRAIN": str(DRAIN)}
        proxy = stack.enter_context(Proxy())
        proxy.doors = {free_port(): False, free_port(): False}
        webs = {
            port: stack.enter_context(process(*WEB, "--no-control-socket", "--bind", f"127.0.0.1:{port}", **where))
            for port in proxy.doors
        }
        names = ("a", "b") if full else ("a",)
        workers = [stack.enter_context(process(*WORKER, "-n", f"{name}@%h", **where)) for name in names]
        beats = [stack.enter_context(process(*BEAT, **where))] if full else []
        wait_until(lambda: all(proxy.doors.values()))
        with (
            letters(relay, where) as post,
            visitors(town(), f"http://127.0.0.1:{proxy.port}", pause=0.2, forms_every=4) as people,
        ):
            wait_until(lambda: relay.raw)
            for number in range(times):
                port, web = list(webs.items())[number % 2]
                others = [workers[number % 2], *(beats if number % 3 == 0 else [])] if full or number == 0 else []
                _restart([web, *others], everyone=number % 4 > 1)
                wait_until(lambda: proxy.doors[port])  # noqa: B023  (called at once)
        lines = _told(times, people, post)
        ends = [end for each in (*webs.values(), *workers, *beats) for end in each.ends]
    lines.append(("ends", f"{len(ends)}, all by themselves" if not any(ends) else str(ends), not any(ends)))
    return lines


def _restart(processes: list[Process], *, everyone: bool) -> None:
    for each in processes:
        each.ask_to_end(everyone=everyone)
    for each in processes:
        each.wait()
        each.start()


def _told(times: int, people: Town, post: Letters) -> list[Line]:
    failed = [each for each in people.visits if each.status != (302 if each.path in (LOG_IN, ASK) else 200)]
    missing, doubles = post.missing(), post.doubles()
    with acting_as(SYSTEM):
        doubts = Delivery.objects.filter(maybe_double=True).count()
    pages = f"{len(failed)} of {len(people.visits)} requests failed, slowest {people.slowest():.2f} s"
    pages += "".join(f"; {visit.path}: {visit.status} {visit.page[:80]!r}" for visit in failed[:1])
    figure = f"{len(post.promised)}, {missing} missing, {doubles} double, {doubts} in doubt"
    return [
        (f"{times} SIGTERMs of web and worker", pages, not failed),
        ("letters", f"{figure}, last {post.latest():.1f} s late", not missing + doubles + doubts),
    ]
