"""Posting to a Teams channel: to hosts of Microsoft alone, over TLS, and never into a network of our own.

An address is typed by people, and a name can point anywhere and change in between (DNS rebinding). So the host is on
a list, every address that it resolves to must be public, and the line is opened to the very address that was seen. No
redirect is followed. What goes wrong is told in the words of ``relay``: the postman treats a post as a letter.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Timer
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from .relay import LineLost, NoAnswer, Refused

PATIENCE = 5  # seconds per step
AT_MOST = 15  # seconds for all of it: a line that drips is cut
TRY_AGAIN = {408, 425, 429}

_FORBIDDEN = [
    ipaddress.ip_network(network)
    for network in (
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",
        "2001::/23",  # Teredo and other special uses
        "2002::/16",  # 6to4
        "3fff::/20",  # for examples
        "fec0::/10",  # site-local, of old
    )
]
"""IPv6 that is, or may lead to, an IPv4 address of our own."""


class AddressRefused(ValueError):
    """Not an address that we post to."""


def _look_up(host: str) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether this IP address is on the internet, for everyone, and for one machine."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    special = ip.is_multicast or ip.is_reserved or ip.is_private or ip.is_loopback or ip.is_link_local
    is_in_disguise = any(ip in network for network in _FORBIDDEN if network.version == ip.version)
    return ip.is_global and not special and not ip.is_unspecified and not is_in_disguise


@dataclass(frozen=True)
class Reach:
    """Where posts may go. There is one, ``REACH``; tests make another for a server on the loopback."""

    hosts: Sequence[str] = ()  # "*.webhook.office.com"; empty: those of the settings
    look_up: Callable[[str], list[str]] = _look_up
    is_allowed: Callable[[str], bool] = is_public
    port: int = 443
    tls: ssl.SSLContext | None = None  # Python's own, which asks for a good certificate


REACH = Reach()


def checked(address: str, reach: Reach = REACH) -> SplitResult:
    """The address, when it is one that we may post to by the look of it. Raises AddressRefused; asks no DNS."""
    if not re.fullmatch(r"[!-~]{1,2000}", address) or "\\" in address:
        raise AddressRefused(_("This is not the address of a Teams channel."))
    try:
        url = urlsplit(address)
        port = url.port or reach.port
    except ValueError as error:
        raise AddressRefused(_("This is not the address of a Teams channel.")) from error
    if url.scheme != "https" or port != reach.port or "@" in url.netloc or url.fragment:
        raise AddressRefused(_("The address must begin with https:// and have no name or port in it."))
    host = (url.hostname or "").lower()
    if not re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*", host):
        raise AddressRefused(_("This is not the address of a Teams channel."))
    if not any(host.endswith(allowed.removeprefix("*")) for allowed in reach.hosts or settings.WEBHOOK_HOSTS):
        raise AddressRefused(_("This is not the address of a Teams channel."))
    return url


def public_address_of(host: str, reach: Reach = REACH) -> str:
    """Where the host is now. One address that is not public refuses them all. Raises AddressRefused or OSError."""
    found = reach.look_up(host)
    if not found or not all(reach.is_allowed(each) for each in found):
        raise AddressRefused(_("The address of the channel leads to a place where we do not post."))
    return found[0]


class _Pinned(http.client.HTTPSConnection):
    """A line to one IP address, for which the certificate must still name the host."""

    def __init__(self, host: str, ip: str, reach: Reach) -> None:
        self.ip, self.tls = ip, reach.tls or ssl.create_default_context()
        super().__init__(host, reach.port, timeout=PATIENCE, context=self.tls)

    def connect(self) -> None:
        line = socket.create_connection((self.ip, self.port), PATIENCE)
        try:
            self.sock = self.tls.wrap_socket(line, server_hostname=self.host)
        except BaseException:
            line.close()
            raise

    def cut(self) -> None:
        """End it now, whoever is waiting for it."""
        with contextlib.suppress(OSError):  # it ended this very moment
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)  # below TLS, which another thread is using


class Teams:
    """The way to one channel, with the two steps of a ``Relay``: a line that is open, then the post itself."""

    def __init__(self, address: str, reach: Reach = REACH) -> None:
        self.address, self.reach = address, reach
        self._line: _Pinned | None = None

    def announce(self, sender: str = "", to: str = "") -> None:
        """Open the line. Raises AddressRefused or LineLost."""
        url = checked(self.address, self.reach)
        host = str(url.hostname).lower()
        try:
            self._line = _Pinned(host, public_address_of(host, self.reach), self.reach)
            self._line.connect()
        except OSError as error:  # a certificate of another host too
            raise LineLost(f"Teams: {type(error).__name__}") from error

    def hand_over(self, message: bytes, *, while_waiting: Callable[[], None] | None = None) -> None:
        """Post, and hear how it went. Raises Refused or NoAnswer. Neither tells the address, which is secret."""
        line, url = self._line, urlsplit(self.address)
        assert line is not None  # announced first
        end = Timer(AT_MOST, line.cut)
        end.start()
        try:
            target = f"{url.path or '/'}{'?' if url.query else ''}{url.query}"
            line.request("POST", target, message, {"Content-Type": "application/json", "User-Agent": "Kenniskring"})
            response = line.getresponse()  # its first line says all; the rest is not even read
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"Teams: {type(error).__name__}") from error
        finally:
            end.cancel()
            line.close()
        if response.status // 100 != 2:
            refusal = Refused(response.status, f"Teams: {http.client.responses.get(response.status, '')}")
            refusal.permanent = response.status < 500 and response.status not in TRY_AGAIN  # also a redirect
            raise refusal


# --- What a post says -----------------------------------------------------------------------------------------------


def card(title: str, facts: Sequence[tuple[str, str]], buttons: Sequence[tuple[str, str]] = ()) -> str:
    """An Adaptive Card (schema 1.4) as Teams takes it. A TextRun shows text as it is: what people type is no code."""

    def line(*runs: dict[str, Any]) -> dict[str, Any]:
        return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", **run} for run in runs]}

    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": "nl",
        "body": [
            line({"text": title, "weight": "Bolder", "size": "Medium"}),
            *(line({"text": f"{label}: ", "weight": "Bolder"}, {"text": value}) for label, value in facts),
        ],
        "actions": [{"type": "Action.OpenUrl", "title": label, "url": address} for label, address in buttons],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
    return json.dumps({"type": "message", "attachments": [attachment]}, ensure_ascii=False)
