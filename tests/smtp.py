"""A real SMTP server on the loopback interface, whose replies a test can choose."""

from __future__ import annotations

import asyncio
import email
import email.policy
import threading
from collections import deque
from email.message import EmailMessage
from typing import Any

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

    # Where it stands.

    @property
    def port(self) -> int:
        assert self._controller is not None
        return self._controller.port

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self, port: int = 0) -> None:
        self._controller = _Controller(self, hostname="127.0.0.1", port=port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    # aiosmtpd calls these.

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.sessions += 1
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
        answer = self._replies["DATA"][0] if self._replies["DATA"] else None
        if not isinstance(answer, str) or answer == DROP:
            with self._arrived:
                self.raw.append(envelope.content)
                self._arrived.notify_all()
        return await self._answer("DATA", server) or "250 OK"

    async def _answer(self, step: str, server: Any) -> str | None:
        answer = self._replies[step].popleft() if self._replies[step] else None
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
