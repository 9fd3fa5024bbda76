"""The conversation with the mail server (the relay, RFC 5321), step by step, so that we know who has the letter."""

from __future__ import annotations

import contextlib
import re
import select
import smtplib
import socket
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Self, cast

from django.core.mail import mailers

CONNECTING = 10  # seconds
COMMAND = 60
FINAL_DOT = 600  # RFC 5321, 4.5.3.2.6: who waits less makes copies
HEARTBEAT = 5

ATOM = r"[\w!#$%&'*+/=^`{|}~-]+"  # and "?", with which an encoded word would begin: those Python must read
PLAIN = re.compile(rf"{ATOM}([.]{ATOM})*@[a-zA-Z0-9-]+([.][a-zA-Z0-9-]+)+", re.ASCII)
"""An address that needs no reading (RFC 5322, 3.4.1: dot-atoms), as nearly all do not: that takes Python's parser
longer than to write the letter out."""


class Refused(Exception):
    """The relay said no to this letter. ``permanent``: it will say so again (5xx)."""

    def __init__(self, code: int, text: bytes | str) -> None:
        super().__init__(_reply(code, text))
        self.permanent = 500 <= code < 600


class LineLost(Exception):
    """The line broke before the final dot: the relay does not have the letter."""


class Unreachable(LineLost):
    """No line could be opened; the next letter would fare no better."""


class NoAnswer(Exception):
    """The line broke after the final dot: the relay may have the letter."""


class Relay:
    """One line to the relay, for many letters. Opened when it is needed."""

    def __init__(self) -> None:
        self._mailer = cast(Any, mailers["default"])  # Django's SMTP backend opens the line; we do the talking
        self._mailer.timeout = CONNECTING
        self._parsed = lru_cache(maxsize=8)(self._mailer.prep_address)  # the sender is always the same
        self._unfinished = False  # a letter was announced, and neither taken nor refused

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.hang_up()

    @property
    def _line(self) -> Any:
        return self._mailer.connection

    def _envelope(self, address: str) -> str:
        """What stands between <> in a command. Raises ValueError for what is no address."""
        return address if PLAIN.fullmatch(address) else self._parsed(address)

    def announce(self, sender: str, to: str) -> None:
        """Say who writes to whom. Raises Refused, LineLost, Unreachable; ValueError for what is no address."""
        commands = [f"{verb}:<{self._envelope(who)}>" for verb, who in [("MAIL FROM", sender), ("RCPT TO", to)]]
        was_open = self._line is not None
        try:
            self._announce(commands)
        except Unreachable:
            raise
        except LineLost:
            if not was_open:
                raise
            self._announce(commands)  # relays end a line after so many letters or so much silence

    def _announce(self, commands: list[str]) -> None:
        self._open()
        if self._unfinished:
            self._ask("RSET", 250)
        self._unfinished = True
        for command in commands:
            self._ask(command, 250)

    def hand_over(self, message: bytes, *, while_waiting: Callable[[], None]) -> None:
        """Give the announced letter to the relay; after this it is the relay's. Raises Refused, LineLost, NoAnswer.

        All lines of ``message`` end in CRLF. ``while_waiting`` is called every few seconds.
        """
        self._ask("DATA", 354)
        try:
            self._line.send(re.sub(rb"(?m)^\.", b"..", message))
        except OSError as error:
            raise LineLost(self._lost(error)) from error
        try:
            self._line.send(b".\r\n")
            self._await_reply(while_waiting)
            code, text = self._line.getreply()
        except OSError as error:
            raise NoAnswer(self._lost(error)) from error
        self._unfinished = False
        if code == 421:
            self.hang_up()
        if code // 100 != 2:
            raise Refused(code, text)

    def hang_up(self) -> None:
        """End the line."""
        self._unfinished = False
        with contextlib.suppress(OSError):
            self._mailer.close()

    def _open(self) -> None:
        try:
            if self._mailer.open():
                self._line.ehlo_or_helo_if_needed()
                self._line.sock.settimeout(COMMAND)
                self._line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:  # smtplib's own exceptions too
            raise Unreachable(self._lost(error)) from error

    def _ask(self, command: str, expected: int) -> None:
        try:
            code, text = self._line.docmd(command)
        except OSError as error:
            raise LineLost(self._lost(error)) from error
        if code == 421:
            self.hang_up()
            raise LineLost(_reply(code, text))
        if code // 100 != expected // 100:
            raise Refused(code, text)

    def _await_reply(self, while_waiting: Callable[[], None]) -> None:
        """Return when there is something to read; TimeoutError when there never was."""
        until = time.monotonic() + FINAL_DOT
        readable = select.poll()
        readable.register(self._line.sock, select.POLLIN)
        while not readable.poll(HEARTBEAT * 1000):
            if time.monotonic() > until:
                raise TimeoutError(f"No answer in {FINAL_DOT} s.")
            while_waiting()

    def _lost(self, error: OSError) -> str:
        """Let go of a line that is of no more use, and say why."""
        if self._line is not None:
            self._line.close()  # first: a QUIT would wait for an answer
        self.hang_up()
        if isinstance(error, smtplib.SMTPResponseException):
            return _reply(error.smtp_code, error.smtp_error)
        return str(error) or type(error).__name__


def _reply(code: int, text: bytes | str) -> str:
    """A reply of the relay as one line for people."""
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:500]
