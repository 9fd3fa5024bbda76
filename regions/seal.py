"""The seal on who is asking: PostgreSQL believes an actor only with a MAC (RFC 2104) that injected SQL cannot make.

The key is made of SECRET_KEY; ``migrate`` brings it, as HMAC's two pads, to a table that only the role of the wall's
functions reads. A seal says who, and nothing about what they may: that is looked up at every statement.
"""

import hashlib

from django.conf import settings
from django.utils.crypto import salted_hmac

PURPOSE = "kenniskring.wall"
BLOCK = 64  # bytes that SHA-256 works on at a time


def sealed(actor: str) -> str:
    """``member:12`` as PostgreSQL takes it: the actor, a space, the MAC in hexadecimal."""
    return f"{actor} {salted_hmac(PURPOSE, actor, algorithm='sha256').hexdigest()}"


def pads() -> list[tuple[bytes, bytes]]:
    """HMAC's inner and outer pad for the key of today, and for those that are being replaced."""
    return [_pads(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _pads(secret: str) -> tuple[bytes, bytes]:
    key = hashlib.sha256(f"{PURPOSE}{secret}".encode()).digest().ljust(BLOCK, b"\0")  # as salted_hmac makes it
    return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)
