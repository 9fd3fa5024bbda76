"""How often is too often: the only table of it, beside what django-allauth limits on the pages of accounts.

Whose turn it is follows from the account, from a key in the address, or from the network address of the line: the
socket's, or the one that our own proxies wrote (TRUSTED_PROXIES), never what a sender claims. IPv6 counts per /64.
What changes something is counted in PostgreSQL, by all processes together; what only reads in the memory of each
process, so that it costs no query.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import BaseCache, caches

View = Callable[..., Any]

WRITES = {
    "answer": "60/h/user",
    "answer-by-letter": "20/10m/key,60/m/ip",
    "ask-a-host": "40/h/user",
    "check-in": "12/10m/user",  # a code of six signs on a screen is not to be guessed
    "ask-a-member": "40/h/user",  # a letter to any address
    "ask-a-speaker": "40/h/user",
    "ask-the-circle": "20/h/user",
    "ask-to-join": "20/h/user",
    "excuse": "20/h/user",  # a letter to a colleague
    "message-to-the-circle": "30/h/user",  # publish, invite, move, cancel: a letter to each of its members
    "propose-a-talk": "12/h/ip,6/h/user",  # without an account: a letter to any address
    "confirm-a-proposal": "20/10m/key,60/m/ip",
    "renew-the-feed": "10/h/user",
    "speak": "30/10m/key,60/m/ip",
    "test-message": "6/10m/user",
    "unsubscribe": "20/10m/key,120/m/ip",  # mail providers do it for their customers, from few addresses
    "upload": "60/h/user",
}
READS = {
    "answer-by-letter": "30/m/key,120/m/ip",
    "confirm-a-proposal": "30/m/key,120/m/ip",
    "dossier": "20/m/user",  # a PDF takes a tenth of a second, and a ZIP as much memory as it is large
    "feed": "20/m/key,240/m/ip",
    "feed-of-a-circle": "240/m/ip",  # public, and without a key: all its readers together are not counted as one
    "file-by-link": "60/m/key,240/m/ip",
    "search": "120/m/ip",  # a list renews itself while one types: some requests a word
    "speak": "30/m/key,120/m/ip",
    "unsubscribe": "30/m/key,120/m/ip",
}


def limited(what: str) -> Callable[[View], View]:
    """No more often than the tables say; then the page that asks to wait, with what was typed. Stands below the lock.

    ``key`` in a rate is the token or the secret in the address; ``user`` whoever is logged in.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            if settings.RATE_LIMITS and (wait := _wait(request, what, kwargs)):
                request.wait = wait
                return ratelimit.respond_429(request)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def search_is_limited(view: View) -> View:
    """A list may be looked at as often as one likes; searching in it, as a visitor, not."""
    slow = limited("search")(view)

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
        searches = request.GET and not request.user.is_authenticated
        return (slow if searches else view)(request, *args, **kwargs)

    return guarded


def _wait(request: Any, what: str, kwargs: dict[str, Any]) -> int:
    """Seconds until this may be done again; 0 when it may be done now, and then it is counted."""
    only_reads = request.method in ("GET", "HEAD", "OPTIONS")
    rates = (READS if only_reads else WRITES).get(what, "")
    key = kwargs.get("token") or kwargs.get("secret") or ""
    if only_reads:
        return _count(request, what, key, ratelimit.parse_rates(rates), caches["memory"])
    allowed = ratelimit.consume(request, app="kenniskring", action=what, config={what: rates}, key=key)
    return 0 if allowed else _count(request, what, key, ratelimit.parse_rates(rates), caches["default"], dry_run=True)


def _count(request: Any, what: str, key: str, rates: list[Any], cache: BaseCache, *, dry_run: bool = False) -> int:
    """By the longest of those that ran out."""
    wait, now = 0, time.time()
    for rate in rates:
        name = ratelimit.get_cache_key(request, app="kenniskring", action=what, rate=rate, key=key)
        allowed, history = ratelimit.apply_rate(cache.get(name, []), now, rate, dry_run=dry_run)
        if not allowed:
            wait = max(wait, math.ceil(history[rate.amount - 1] + rate.duration - now))
        elif not dry_run:
            cache.set(name, history, rate.duration)
    return wait or (1 if dry_run else 0)  # someone else is being counted this very moment
