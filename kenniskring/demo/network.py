"""The demo network: a year in the life of circles whose people do not exist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.management import call_command, get_commands

from members.models import Member, Membership
from regions.models import Circle, LocalGovernment, Participation
from regions.wall import SYSTEM, acting_as

PASSWORD = "kenniskring-demo"


def load(say: Callable[[str], object]) -> None:
    """Everything, in an empty database."""
    if "load_facts" in get_commands():
        say("Facts about Flanders …")
        call_command("load_facts", verbosity=0)
    else:  # until the facts are there
        with acting_as(SYSTEM):
            for number, (town, slug) in enumerate([("Temse", "waasland"), ("Geel", "kempen")]):
                government = LocalGovernment.objects.create(
                    nis_code=f"9000{number}", name=town, slug=town.lower(), kind="municipality",
                    province="antwerpen", reference_region=slug, postal_code="9000", population=20000,
                    population_on=dt.date(2026, 1, 1), latitude=51.1, longitude=4.1,
                )  # fmt: skip
                circle = Circle.objects.create(name=f"RKK {slug.title()}", slug=slug, kind="regional", region=slug)
                Participation.objects.create(circle=circle, government=government, since=dt.date(2020, 1, 1))
    say("People …")
    hashed = make_password(PASSWORD)
    with acting_as(SYSTEM):
        circles = {slug: Circle.objects.get(slug=slug) for slug in ("waasland", "kempen")}

        def person(address, name, *slugs, trekker=False, **extra):
            government = circles[slugs[0]].governments.first() if slugs else None
            member = Member.objects.create(
                email=f"{address}@demo.example", name=name, password=hashed, government=government, **extra
            )
            EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
            for slug in slugs:
                Membership.objects.create(
                    member=member, circle=circles[slug], role="trekker" if trekker else "member",
                    mandate_start=dt.date(2025, 1, 1) if trekker else None,
                )  # fmt: skip

        person("lid.waasland", "Lies Voorbeeld", "waasland")
        person("trekker.waasland", "Wout Testelaer", "waasland", trekker=True)
        person("lid.kempen", "Kato Denkbeeld", "kempen")
        person("trekker.kempen", "Karel Proefman", "kempen", trekker=True)
        person("lid.beide", "Bieke Verzonnen", "waasland", "kempen")
        person("beheer", "Veerle Fictie", is_community_manager=True)
