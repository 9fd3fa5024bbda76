"""A real SMTP server on the loopback interface, whose replies a test can choose."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
import threading
from collections import deque
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller

DROP = "drop"
"""Instead of a reply: the line is cut."""


class Mailbox:
    """What arrived, and how the server answers.

    ``replies("RCPT", "450 later", None)`` answers the next RCPT with 450 and the one after that as usual. An answer
    is a reply line, ``DROP``, ``None`` (as usual) or a number of seconds to wait before answering as usual. Steps:
    ``MAIL``, ``RCPT``, ``DATA`` (after the final dot; the letter counts as arrived when it is dropped or delayed).
    """

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.sessions = 0
        self._replies: dict[str, deque[str | float | None]] = {"MAIL": deque(), "RCPT": deque(), "DATA": deque()}
        self._arrived = threading.Condition()
        self._controller: Controller | None = None

    # What a test does with it.

    @property
    def letters(self) -> list[EmailMessage]:
        """Every letter that arrived, parsed, in order; a copy counts again."""
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in list(self.raw)]

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to this address."""
        return [letter for letter in self.letters if letter["To"].addresses[0].addr_spec == address]

    def replies(self, step: str, *answers: str | float | None) -> None:
        self._replies[step].extend(answers)

    def wait_for(self, count: int, timeout: float = 20) -> list[EmailMessage]:
        """The letters, once there are ``count``."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.raw) >= count, timeout), f"{len(self.raw)} of {count}"
        return self.letters

    def clear(self) -> None:
        self.raw.clear()

    def take(self, to: str, raw: bytes) -> None:
        """A letter arrives."""
        with self._arrived:
            self.raw.append(raw)
            self._arrived.notify_all()

    # Where it stands.

    @property
    def port(self) -> int:
        assert self._controller is not None
        return self._controller.port

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self, port: int = 0) -> None:
        self._controller = _Controller(_Steps(self), hostname="127.0.0.1", port=port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


class _Steps:
    """What aiosmtpd calls. It looks at every attribute at each connection, so the letters are not among them."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.mailbox.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        refusal = await self._answer("MAIL", server)
        if refusal is None:
            envelope.mail_from = address
        return refusal or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = await self._answer("RCPT", server)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = self.mailbox._replies["DATA"][0] if self.mailbox._replies["DATA"] else None
        if not isinstance(answer, str) or answer == DROP:
            self.mailbox.take(envelope.rcpt_tos[0], envelope.content)
        return await self._answer("DATA", server) or "250 OK"

    async def _answer(self, step: str, server: Any) -> str | None:
        answer = self.mailbox._replies[step].popleft() if self.mailbox._replies[step] else None
        if answer == DROP:
            server.transport.abort()
            await asyncio.sleep(60)  # cancelled when the loss of the line is noticed
        if isinstance(answer, int | float):
            await asyncio.sleep(answer)
            return None
        return answer


class _Controller(Controller):
    def _trigger_server(self):
        """aiosmtpd connects to the port it was given; ours is chosen by the system."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def mailbox(settings):
    """An SMTP server that the portal's letters go to; read them in ``mailbox.letters``."""
    box = Mailbox()
    box.start()
    # Django's test runner put its own outbox there.
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": box.port},
        }
    }
    yield box
    box.stop()


class QuickRelay:
    """A relay that costs next to nothing, for figures, for thousands of letters and for rude manners.

    It answers every command after ``delay`` seconds, notes the Message-ID of a letter before it answers the final
    dot, and can be asked by HTTP whether it has one (200) or not (404) at ``lookup_url``.

    ``replies("RCPT", "450 later", None)`` works as with ``Mailbox``. Steps: ``BANNER``, ``MAIL``, ``RCPT``, ``DATA``,
    ``TEXT`` (when the letter begins to come) and ``DOT`` (the letter counts as taken unless it is refused).
    """

    def __init__(self, delay: float = 0, port: int = 0) -> None:
        self.delay, self.port = delay, port
        self.lookup_port = self.lines = 0
        self.taken: list[str] = []
        """Message-IDs, without <>; a copy counts again."""
        self._replies: dict[str, deque[str | float | None]] = {}
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._open: set[_Line] = set()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def lookup_url(self) -> str:
        return f"http://127.0.0.1:{self.lookup_port}/has?id={{message_id}}"

    def replies(self, step: str, *answers: str | float | None) -> None:
        self._replies.setdefault(step, deque()).extend(answers)

    def forget_replies(self) -> None:
        self._replies.clear()

    def next_reply(self, step: str) -> str | float | None:
        return self._replies[step].popleft() if self._replies.get(step) else None

    def __enter__(self) -> QuickRelay:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self._up.wait(10)
        return self

    def __exit__(self, *exc: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)

    def _serve(self) -> None:
        self._loop.run_until_complete(self._listen())
        self._loop.run_forever()
        for server in self._servers:
            server.close()
        for line in list(self._open):
            line.transport.abort()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _listen(self) -> None:
        smtp = await self._loop.create_server(lambda: _Line(self), "127.0.0.1", self.port)
        lookup = await asyncio.start_server(self._look_up, "127.0.0.1")
        self._servers = [smtp, lookup]
        self.port, self.lookup_port = (each.sockets[0].getsockname()[1] for each in self._servers)
        self._up.set()

    async def _look_up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = parse_qs(urlsplit((await reader.readline()).split()[1].decode()).query)["id"][0]
        answer = b"200 OK" if asked in self.taken else b"404 Not Found"
        writer.write(b"HTTP/1.1 " + answer + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()


class _Line(asyncio.Protocol):
    """One client of the quick relay."""

    def __init__(self, relay: QuickRelay) -> None:
        self.relay, self.buffer, self.in_letter = relay, b"", False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.relay.lines += 1
        self.relay._open.add(self)
        self.answer("BANNER", "220 quick")

    def connection_lost(self, exc: Exception | None) -> None:
        self.relay._open.discard(self)

    def answer(self, step: str, usual: str, *, unless: str | float | None = None) -> None:
        """As usual, or as ``replies`` asked for."""
        other = self.relay.next_reply(step) if unless is None else unless
        if other == DROP:
            return self.transport.abort()
        wait = other if isinstance(other, int | float) else self.relay.delay
        reply = other if isinstance(other, str) else usual
        self.in_letter = reply.startswith("354")
        self.relay._loop.call_later(wait, self.transport.write, f"{reply}\r\n".encode())
        return None

    def data_received(self, data: bytes) -> None:
        if self.in_letter and not self.buffer and self.relay.next_reply("TEXT") == DROP:
            return self.transport.abort()
        self.buffer += data
        while True:
            piece, end, rest = self.buffer.partition(b"\r\n.\r\n" if self.in_letter else b"\r\n")
            if not end:
                return None
            self.buffer = rest
            if self.in_letter:
                self.take(piece)
            else:
                verb = piece[:4].decode().upper()
                self.answer(verb, {"DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 OK"))

    def take(self, letter: bytes) -> None:
        answer = self.relay.next_reply("DOT")
        if not isinstance(answer, str) or answer == DROP:
            found = re.search(rb"(?im)^Message-ID:\s*<(\S+)>", letter)
            self.relay.taken.append(found[1].decode() if found else "")
        self.answer("DOT", "250 taken", unless=answer or self.relay.delay)
