"""The postman: takes letters that are due from PostgreSQL, a few at a time, and hands them to the relay one by one.

Each step is a short transaction of its own; none is open while the relay is spoken to. Whatever dies wherever, the
row says what to do: queued is sent (again), handing over is in doubt. Then the relay is asked whether it has the
letter, and where that cannot be known it is sent again with the same Message-ID. The clock is PostgreSQL's, so that
postmen on several machines agree.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from regions.wall import SYSTEM, acting_as, write_as

from . import mime
from .inquiry import relay_has
from .models import Delivery, Silence
from .relay import LineLost, NoAnswer, Refused, Relay, Unreachable
from .webhooks import Teams

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=2)
HANDFUL = 20
"""Letters that one postman holds at most."""
FRESH = 5
"""Seconds for which what was checked when a letter was claimed is good: who may still get it, and that it is ours."""
PAUSES = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240)]
"""Between tries; after the last one we give up."""

State = Delivery.State


def work(seconds: float = 2) -> bool:
    """Send what is due, for so many seconds at most. Says whether there may be more.

    Begins with one letter, and takes more at once while the relay is quick: a slow one must not keep letters waiting
    that another postman could send.
    """
    until, at_most = time.monotonic() + seconds, 1
    with Relay() as relay:
        while time.monotonic() < until:
            with _undisturbed() as asked_to_end:
                held, fresh_until = claim(at_most), time.monotonic() + FRESH
                if not held:
                    return False
                try:
                    while held and time.monotonic() < fresh_until and not asked_to_end():
                        in_hand = held.pop(0)
                        deliver(in_hand, relay, others=held)
                except Unreachable:
                    return False  # the beat tries again; the other letters keep their tries
                except (OperationalError, InterfaceError):
                    held.append(in_hand)  # PostgreSQL went before it could be handed over
                    raise
                finally:
                    let_go(held)
            at_most = min(2 * at_most, HANDFUL) if time.monotonic() < fresh_until else 1
    return True


@contextmanager
def _undisturbed() -> Iterator[Callable[[], bool]]:
    """Who asks this process to end (SIGTERM) waits until the letter in hand has left: no doubt at every deploy.

    Gives what says whether somebody asked.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield lambda: signal.SIGTERM in signal.sigpending()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# --- Claiming -------------------------------------------------------------------------------------------------------


def claim(at_most: int = 1) -> list[Delivery]:
    """The letters that have been due for longest, ours for a lease. What must not leave any more is put aside."""
    with acting_as(SYSTEM):
        while found := list(_due()[:at_most]):
            for delivery in found:
                delivery.maybe_double |= delivery.state == State.HANDING_OVER  # someone died with it in hand
            may_leave = [delivery for delivery in found if not _put_aside(delivery)]
            if may_leave:
                _take(may_leave)
                return may_leave
    return []


@cache  # to put it into words takes longer than to answer it
def _due() -> QuerySet[Delivery]:
    """What may be claimed, to take a slice of."""
    silences = Silence.objects.against(OuterRef("to"), OuterRef("circle"))
    return (
        Delivery.objects.filter(Q(leased_until=None) | Q(leased_until__lt=Now()), due_at__lte=Now())
        .filter(state__in=[State.QUEUED, State.HANDING_OVER])
        .select_related("letter", "channel")
        .prefetch_related("letter__wording")  # once for all who share it
        .annotate(
            is_late=Q(not_after__lte=Now()),
            is_active=F("member__is_active"),
            is_in_circle=Func("member", "circle", function="app.is_in", output_field=BooleanField()),
            has_bounced=Exists(silences.filter(reason=Silence.Reason.BOUNCED)),
            has_unsubscribed=Exists(silences.filter(reason=Silence.Reason.UNSUBSCRIBED)),
        )
        .order_by("due_at", "pk")
        .select_for_update(skip_locked=True, of=("self",))
    )


def _take(deliveries: list[Delivery]) -> None:
    """Lease these, which this transaction has locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailroom_delivery SET state = 'queued', maybe_double = maybe_double OR state = 'handing_over', "
            "attempts = attempts + 1, leased_until = now() + %s WHERE id = ANY(%s)",
            [LEASE, [delivery.pk for delivery in deliveries]],  # type: ignore[list-item]  # psycopg knows a timedelta
        )
    for delivery in deliveries:
        delivery.attempts += 1
        delivery.state = State.QUEUED


def let_go(held: list[Delivery]) -> None:
    """Give back what nobody tried to send: it keeps its tries, and the next postman may have it at once."""
    if held:
        untried = _ours(*held).filter(state=State.QUEUED)
        _surely(lambda: untried.update(attempts=F("attempts") - 1, leased_until=None))
        held.clear()


def _put_aside(delivery: Any) -> bool:
    """Whether this letter must not leave (any more); then its row says why."""
    reason = _why_not(delivery)
    if reason:
        delivery.state = State.FAILED if delivery.attempts > len(PAUSES) else State.WITHDRAWN
        delivery.leased_until, delivery.error = None, f"{reason} {delivery.error}".strip()
        delivery.save(update_fields=["state", "leased_until", "error", "maybe_double"])
    return bool(reason)


def _why_not(delivery: Any) -> str:
    """Why this letter, as ``_due`` gives it, must not leave; empty when it may."""
    if delivery.is_late:
        return _("It could not be sent in time.")
    if delivery.attempts > len(PAUSES):
        return _("Given up after %(count)d attempts.") % {"count": delivery.attempts}
    if delivery.member_id and not delivery.is_active:
        return _("The member is no longer active.")
    if delivery.only_while_member and not delivery.is_in_circle:
        return _("The member left the circle.")
    if delivery.channel and not delivery.channel.url:
        return _("The circle has no Teams channel any more.")
    if delivery.has_bounced or (delivery.can_unsubscribe and delivery.has_unsubscribed):
        return _("The reader does not want these e-mails, or the address cannot receive any.")
    return ""


# --- Delivering -----------------------------------------------------------------------------------------------------


def deliver(delivery: Delivery, relay: Relay, *, others: list[Delivery]) -> None:
    """One letter, one conversation, one outcome. ``others`` are let go when the relay takes its time.

    Raises Unreachable after writing down that the relay is away.
    """

    def while_waiting() -> None:
        _renew(delivery)
        let_go(others)

    try:
        line: Relay | Teams
        if delivery.channel:
            line, message = Teams(delivery.channel.url), delivery.letter.text.encode()
        elif delivery.maybe_double and _has_arrived(delivery):
            return
        else:
            line, message = relay, mime.message(delivery)
        line.announce(settings.DEFAULT_FROM_EMAIL, delivery.to)
        if not _mark(delivery):
            return  # withdrawn or overtaken meanwhile
        line.hand_over(message, while_waiting=while_waiting)
    except ValueError as error:  # an address or a header that cannot be
        words = str(error)
        _surely(lambda: _fail(delivery, words))
    except Refused as refusal:
        again, words = _fail if refusal.permanent else _later, _told(delivery, refusal)
        _surely(lambda: again(delivery, words))
    except LineLost as error:
        words = _told(delivery, error)
        _surely(lambda: _later(delivery, words))
        if isinstance(error, Unreachable):
            raise
    except NoAnswer as error:
        words = _told(delivery, error)
        _surely(lambda: _doubt(delivery, words))
    else:
        _patiently(lambda: _sent(delivery))


def _told(delivery: Delivery, error: Exception) -> str:
    """What went wrong, for whoever follows this letter or this post."""
    if isinstance(error, NoAnswer):
        teams = _("Teams did not confirm that it has the post: %(said)s")
        relay = _("The mail server did not confirm that it has the e-mail: %(said)s")
    elif isinstance(error, Refused):
        teams, relay = _("Teams answered: %(said)s"), _("The mail server answered: %(said)s")
    else:
        teams, relay = _("Teams could not be reached: %(said)s"), _("The mail server could not be reached: %(said)s")
    return (teams if delivery.channel_id else relay) % {"said": error}


def _has_arrived(delivery: Delivery) -> bool:
    """Ask the relay about a letter that may have arrived. What it says ends the doubt."""
    has = relay_has(delivery.message_id)
    if has is not None:
        delivery.maybe_double = False
        _surely(lambda: _ours(delivery).update(maybe_double=False))
    if has:
        _patiently(lambda: _sent(delivery))
    return bool(has)


def _ours(*deliveries: Delivery) -> QuerySet[Delivery]:
    """The rows, as long as nobody claimed them after us."""
    same = Q(*(Q(pk=delivery.pk, attempts=delivery.attempts) for delivery in deliveries), _connector=Q.OR)
    return Delivery.objects.filter(same, state__in=[State.QUEUED, State.HANDING_OVER])


def _mark(delivery: Delivery) -> bool:
    """Commit that we are about to hand over; False when the letter is no longer ours to hand over."""
    # This and ``_sent`` are asked for every letter, and by hand it takes a third of the time.
    marked = write_as(
        SYSTEM,
        "UPDATE mailroom_delivery SET state = 'handing_over', leased_until = now() + %s "
        "WHERE id = %s AND attempts = %s AND state = 'queued'",
        [LEASE, delivery.pk, delivery.attempts],
    )
    return marked == 1


def _renew(delivery: Delivery) -> None:
    """Keep the letter ours while a slow relay thinks."""
    _if_possible(lambda: _ours(delivery).update(leased_until=Now() + LEASE))


def _sent(delivery: Delivery) -> None:
    # Whoever claimed it meanwhile: the relay has it, and that is what counts.
    write_as(
        SYSTEM,
        "UPDATE mailroom_delivery SET state = 'sent', sent_at = now(), leased_until = NULL, error = '' "
        "WHERE id = %s AND state <> 'sent'",
        [delivery.pk],
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


def _if_possible(write: Callable[[], object]) -> None:
    """Write down what only saves time: without it a lease ends by itself."""
    try:
        with acting_as(SYSTEM):
            write()
    except (OperationalError, InterfaceError):
        log.warning("PostgreSQL is away; letters wait until their lease ends")
        close_old_connections()


def _surely(write: Callable[[], object]) -> None:
    """Write down what became of letters in our hands, also when PostgreSQL is away for a minute."""

    def write_as_system() -> None:
        with acting_as(SYSTEM):
            write()

    _patiently(write_as_system)


def _patiently(write: Callable[[], object]) -> None:
    for pause in (0.2, 0.5, 1, *[2] * 30, 0):
        try:
            write()
            return
        except (OperationalError, InterfaceError):
            if not pause:
                raise
            log.warning("PostgreSQL is away; what became of a letter is written down in %s s", pause)
            time.sleep(pause)
            close_old_connections()
