"""The Teams channel of a circle: where it is, and promising posts there. The postman sends them like letters."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import make_msgid
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from regions.journal import action
from regions.models import Circle
from regions.wall import as_system

from . import bell, webhooks
from .languages import to_anyone
from .links import absolute
from .models import Channel, Delivery, Letter


@action
def set_channel(circle: Circle, *, by: object, url: str) -> Channel:
    """From now on posts of the circle go there; nowhere when ``url`` is empty. Refuses with AddressRefused."""
    if url:
        webhooks.checked(url)
    channel, _made = Channel.objects.update_or_create(circle=circle, defaults={"url": url, "since": timezone.now()})
    return channel


@transaction.atomic
def post_to_channel(
    circle: Circle,
    *,
    kind: str,
    thing: str,
    version: int | str,
    title: str,
    facts: Sequence[tuple[str, str]] = (),
    buttons: Sequence[tuple[str, str]] = (),
    not_after: dt.datetime | None = None,
) -> bool:
    """Promise a post in the transaction that makes it true. False without a channel, or a second time."""
    with as_system("a post to the channel of a circle is the portal's own business"):
        channel = Channel.objects.filter(circle=circle).exclude(url="").first()
        if channel is None:
            return False
        delivery, is_new = Delivery.objects.get_or_create(
            dedupe_key=f"teams/{kind}/{thing}/{version}/channel:{channel.pk}",
            defaults={
                "kind": f"teams/{kind}"[:32],
                "about": thing,
                "circle": circle,
                "channel": channel,
                "subject": title[:200],
                "message_id": make_msgid(domain=settings.ALLOWED_HOSTS[0]),
                "not_after": not_after,
            },
        )
        if is_new:
            Letter.objects.create(delivery=delivery, own_text=webhooks.card(title, facts, buttons))
    if is_new:
        bell.ring_after_commit(1)
    return is_new


@action
@to_anyone
def post_a_test(circle: Circle, *, by: object) -> bool:
    """A post that says that posts arrive. False without a channel."""
    return post_to_channel(
        circle,
        kind="test",
        thing=f"circle:{circle.pk}",
        version=uuid.uuid4().hex,  # asked again is sent again
        title=_("This is a test message of %(circle)s") % {"circle": circle},
        facts=[(_("What is posted here"), _("meetings that are published, changed or cancelled"))],
        buttons=[(_("To the circle"), absolute(circle.get_absolute_url()))],
        not_after=timezone.now() + dt.timedelta(hours=1),
    )
