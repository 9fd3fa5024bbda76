"""The postman: takes letters that are due from PostgreSQL, one at a time, and hands them to the relay.

Each step is a short transaction of its own; none is open while the relay is spoken to. Whatever dies wherever, the
row says what to do: queued is sent (again), handing over is in doubt and sent again with the same Message-ID. The
clock is PostgreSQL's, so that postmen on several machines agree.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from regions.wall import SYSTEM, acting_as

from . import mime
from .models import Delivery, Silence
from .relay import LineLost, NoAnswer, Refused, Relay, Unreachable

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=2)
PAUSES = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240)]
"""Between tries; after the last one we give up."""

State = Delivery.State


def work(seconds: float = 2) -> bool:
    """Send what is due, for so many seconds at most. Says whether there may be more."""
    until = time.monotonic() + seconds
    with Relay() as relay:
        while time.monotonic() < until:
            with _undisturbed():
                delivery = claim()
                if delivery is None:
                    return False
                try:
                    deliver(delivery, relay)
                except Unreachable:
                    return False  # the beat tries again; the other letters keep their tries
    return True


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Who asks this process to end (SIGTERM) waits until the letter in hand has left: no doubt at every deploy."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# --- Claiming -------------------------------------------------------------------------------------------------------


def claim() -> Delivery | None:
    """The letter that has been due for longest, ours for two minutes. What must not leave any more is put aside."""
    with acting_as(SYSTEM):
        while delivery := _due().first():
            if delivery.state == State.HANDING_OVER:
                delivery.maybe_double = True  # someone died with it in hand
            reason = _why_not(delivery)
            if reason:
                state = State.FAILED if delivery.attempts > len(PAUSES) else State.WITHDRAWN
                _end(delivery, state, reason)
                continue
            delivery.attempts += 1
            delivery.state = State.QUEUED
            delivery.leased_until = delivery.now + LEASE  # type: ignore[attr-defined]
            delivery.save(update_fields=["attempts", "state", "leased_until", "maybe_double"])
            return delivery
    return None


def _due() -> QuerySet[Delivery]:
    return (
        Delivery.objects.filter(Q(leased_until=None) | Q(leased_until__lt=Now()), due_at__lte=Now())
        .filter(state__in=[State.QUEUED, State.HANDING_OVER])
        .select_related("letter", "member")
        .annotate(now=Now())
        .order_by("due_at", "pk")
        .select_for_update(skip_locked=True, of=("self",))
    )


def _why_not(delivery: Delivery) -> str:
    """Why this letter must not leave (any more); empty when it may."""
    if delivery.not_after and delivery.not_after <= delivery.now:  # type: ignore[attr-defined]
        return _("Its time was over before it could be sent.")
    if delivery.attempts > len(PAUSES):
        return _("Given up after %(count)d attempts.") % {"count": delivery.attempts}
    if delivery.member and not delivery.member.is_active:
        return _("The member is no longer active.")
    if delivery.only_while_member and not _is_in_the_circle(delivery):
        return _("The member left the circle.")
    if Silence.objects.against(delivery.to, delivery.circle_id, can_unsubscribe=delivery.can_unsubscribe).exists():
        return _("This address does not want the letter, or cannot receive any.")
    return ""


def _is_in_the_circle(delivery: Delivery) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.is_in(%s, %s)", [delivery.member_id, delivery.circle_id])
        return cursor.fetchone()[0]


def _end(delivery: Delivery, state: Delivery.State, reason: str) -> None:
    delivery.state, delivery.leased_until = state, None
    delivery.error = f"{reason} {delivery.error}".strip()
    delivery.save(update_fields=["state", "leased_until", "error", "maybe_double"])


# --- Delivering -----------------------------------------------------------------------------------------------------


def deliver(delivery: Delivery, relay: Relay) -> None:
    """One letter, one conversation, one outcome. Raises Unreachable after writing down that the relay is away."""
    try:
        message = mime.message(delivery)
        relay.announce(settings.DEFAULT_FROM_EMAIL, delivery.to)
        if not _mark(delivery):
            return  # withdrawn or overtaken meanwhile
        relay.hand_over(message, while_waiting=lambda: _renew(delivery))
    except ValueError as error:  # an address or a header that cannot be
        words = str(error)
        _surely(lambda: _fail(delivery, words))
    except Refused as refusal:
        again = _fail if refusal.permanent else _later
        words = _("The mail server answered: %(reply)s") % {"reply": refusal}
        _surely(lambda: again(delivery, words))
    except LineLost as error:
        words = _("The mail server could not be reached: %(reason)s") % {"reason": error}
        _surely(lambda: _later(delivery, words))
        if isinstance(error, Unreachable):
            raise
    except NoAnswer as error:
        words = _("The mail server did not confirm that it has the letter: %(reason)s") % {"reason": error}
        _surely(lambda: _doubt(delivery, words))
    else:
        _surely(lambda: _sent(delivery))


def _ours(delivery: Delivery) -> QuerySet[Delivery]:
    """The row, as long as nobody claimed it after us."""
    return Delivery.objects.filter(
        pk=delivery.pk, attempts=delivery.attempts, state__in=[State.QUEUED, State.HANDING_OVER]
    )


def _mark(delivery: Delivery) -> bool:
    """Commit that we are about to hand over; False when the letter is no longer ours to hand over."""
    with acting_as(SYSTEM):
        queued = _ours(delivery).filter(state=State.QUEUED)
        return bool(queued.update(state=State.HANDING_OVER, leased_until=Now() + LEASE))


def _renew(delivery: Delivery) -> None:
    """Keep the letter ours while a slow relay thinks."""
    try:
        with acting_as(SYSTEM):
            _ours(delivery).update(leased_until=Now() + LEASE)
    except (OperationalError, InterfaceError):
        log.warning("PostgreSQL did not renew the lease of delivery %s", delivery.pk)
        close_old_connections()


def _sent(delivery: Delivery) -> None:
    # Whoever claimed it meanwhile: the relay has it, and that is what counts.
    Delivery.objects.filter(pk=delivery.pk).exclude(state=State.SENT).update(
        state=State.SENT, sent_at=Now(), leased_until=None, error=""
    )


def _fail(delivery: Delivery, error: str) -> None:
    _ours(delivery).update(state=State.FAILED, leased_until=None, error=error)


def _later(delivery: Delivery, error: str) -> None:
    if delivery.attempts > len(PAUSES):
        return _fail(delivery, f"{error} {_('Given up after %(count)d attempts.') % {'count': delivery.attempts}}")
    pause = PAUSES[delivery.attempts - 1] * random.uniform(1, 1.2)  # noqa: S311  (spreads, hides nothing)
    _ours(delivery).update(state=State.QUEUED, leased_until=None, due_at=Now() + pause, error=error)
    return None


def _doubt(delivery: Delivery, error: str) -> None:
    """Once more, flagged. A relay that takes it twice without a word gets no third copy."""
    if delivery.maybe_double:
        return _fail(delivery, error)
    _ours(delivery).update(maybe_double=True)
    return _later(delivery, error)


def _surely(write: Callable[[], None]) -> None:
    """Write down what the relay said, also when PostgreSQL is away for a moment."""
    for pause in (0.2, 0.5, 1, 2, 4, 8, 16, 30):
        try:
            with acting_as(SYSTEM):
                return write()
        except (OperationalError, InterfaceError):
            log.warning("PostgreSQL is away; what the relay said is written down in %s s", pause)
            time.sleep(pause)
            close_old_connections()
    with acting_as(SYSTEM):
        return write()
