"""Whoever comes and where they go: sessions, addresses, and what each page asks of PostgreSQL.

``python -m tests.bench.visits``, in the surroundings of one portal, prints them as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  (Django must be set up first)
from django.test import Client  # noqa: E402

from meetings.models import Meeting  # noqa: E402
from members.models import FeedAddress, Member, Membership  # noqa: E402
from regions.models import Circle  # noqa: E402
from regions.wall import SYSTEM, acting_as, member  # noqa: E402
from tests.queries import queries_of  # noqa: E402

HOST = settings.ALLOWED_HOSTS[0]
READERS = 400
"""Feeds that are read in turn: each may be read so often a minute."""


def client_of(person: Member | None) -> Client:
    client = Client(SERVER_NAME=HOST, HTTP_X_FORWARDED_PROTO="https", HTTP_X_FORWARDED_FOR="192.0.2.1")
    if person is not None:
        with acting_as(member(person.pk)):
            client.force_login(person)
    return client


def request(path: str, client: Client, number: int = 0) -> str:
    """As a proxy hands it on."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}", "X-Forwarded-Proto: https", "Connection: close"]
    lines.append(f"X-Forwarded-For: 10.{number // 62500}.{number // 250 % 250}.{number % 250 + 1}")
    lines += [f"Cookie: {cookies}"] if cookies else []
    return "\r\n".join([*lines, "", ""])


def main() -> None:
    with acting_as(SYSTEM):
        circle = Circle.objects.order_by("pk")[0]  # the first to begin, in fill.sql
        memberships = Membership.objects.filter(circle=circle)
        trekker = memberships.get(role="trekker").member
        lid = memberships.filter(role="member").order_by("pk")[0].member
        of_the_circle = Meeting.objects.filter(circle=circle, state="published")
        meeting = of_the_circle.filter(audience="public").upcoming().exclude(form="online")[0]
        secrets = [
            each.secret
            for each in FeedAddress.objects.filter(
                member__memberships__in=memberships.filter(role="member")
            ).order_by("pk")[:READERS]
        ]
        big = Circle.objects.exclude(kind=Circle.Kind.UMBRELLA).order_by("-pk")[0]
        inviter = Membership.objects.get(circle=big, role="trekker").member
        to_invite = Meeting.objects.create(
            circle=big, title="Samen", form="online", starts_at=meeting.starts_at, ends_at=meeting.ends_at,
            state="published",
        )  # fmt: skip
    who = {name: client_of(person) for name, person in [("visitor", None), ("member", lid), ("trekker", trekker)]}
    who["anew"] = client_of(None)
    who["anew"].cookies[settings.CSRF_COOKIE_NAME] = "x"  # whoever brings one shares no page with others: decision 17
    page, feed = f"/bijeenkomsten/{meeting.pk}/", f"/agenda/{secrets[0]}.ics"
    places = [
        ("front page", "/", ["visitor", "anew", "member"]),
        ("list", "/bijeenkomsten/", ["visitor", "anew", "member", "trekker"]),
        ("meeting", page, ["visitor", "anew", "member"]),
        ("feed of a circle", f"/kringen/{circle.slug}/agenda.ics", ["visitor"]),
        ("feed of a member", feed, ["visitor"]),
    ]
    visits: list[dict[str, Any]] = []
    for what, path, whose in places:
        for name in whose:
            client = who[name]
            queries_of(client, path)  # the first visit compiles templates
            requests = [request(path, client, number) for number in range(4000 if "feed" in what else 1)]
            if path == feed:
                requests = [
                    request(f"/agenda/{secrets[number % len(secrets)]}.ics", client, number) for number in range(4000)
                ]
            visits.append({"page": what, "who": name, "queries": queries_of(client, path), "requests": requests})
    path = f"/bijeenkomsten/{to_invite.pk}/uitnodigen/"
    invite = {"path": path, "request": request(path, client_of(inviter))}
    sys.stdout.write(json.dumps({"visits": visits, "invite": invite}))


if __name__ == "__main__":
    main()
