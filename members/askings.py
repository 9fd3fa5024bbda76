"""A trekker asks someone by address. The link in that letter says who asks, for which circle, and whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from mailroom.links import LinkForged, make_token, read_token
from regions.models import Circle

VALID_FOR = dt.timedelta(days=30)


@dataclass(frozen=True)
class AskingLink:
    """What the link says. Nothing of it is kept here until someone registers with this very address."""

    circle: Circle
    by_id: int
    address: str


def registration_link(circle: Circle, *, by_id: int, address: str) -> str:
    """The path of the registration page, for whoever owns ``address``."""
    token = make_token("asking", [circle.pk, by_id, address.lower()])
    return f"{reverse('account_signup')}?{urlencode({'asked': token})}"


def read_asking(token: str) -> AskingLink:
    """What the link says. Raises LinkExpired or LinkForged."""
    circle_id, by_id, address = read_token("asking", token, max_age=VALID_FOR)
    circle = Circle.objects.filter(pk=circle_id).first()
    if circle is None:
        raise LinkForged
    return AskingLink(circle, by_id, address)
