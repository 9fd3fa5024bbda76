"""Fills the portal of the browser tests: `python -m tests.face.cast`. Collects its files and prints where what is."""

import json
import os
import sys
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kenniskring.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from mailroom.links import make_token  # noqa: E402
from meetings.models import Invitation, SpeakerCall, TalkProposal  # noqa: E402
from meetings.talks import address_of  # noqa: E402
from regions.models import Circle, LocalGovernment  # noqa: E402
from regions.wall import SYSTEM, acting_as  # noqa: E402
from tests import make  # noqa: E402

TREKKER, MEMBER = "tom@temse.example", "lies@temse.example"


def fill() -> dict[str, str]:
    """A trekker, a member, meetings to come; gives addresses by the name of their page, for a visitor."""
    waasland, temse = Circle.objects.get(slug="waasland"), LocalGovernment.objects.get(slug="temse")
    temse.mail_domains.append("temse.example")
    temse.save()
    tom = make.person("Tom Trekker", trekker_of=waasland, government=temse, email=TREKKER)
    lies = make.person("Lies Lid", waasland, government=temse, email=MEMBER)
    for number in range(30):
        make.meeting(
            waasland, f"Een bijeenkomst, nummer {number}", audience="public", host=temse, in_days=60 + number
        )
    meeting = make.meeting(waasland, "MFA zonder dienst-gsm", audience="public", host=temse)
    items = [make.item(meeting, title) for title in ("Onthaal", "Verdieping", "Projectbezoek", "Afspraken")]
    Invitation.objects.create(meeting=meeting, member=lies)
    talk = make.talk(items[1], make.speaker(), "asked", asked_by=tom)
    call = SpeakerCall.objects.create(circle=waasland, text="Wie vertelt over gsm-beleid?")
    offered = TalkProposal.objects.create(
        call=call, title="Gsm's", about="Kort.", name="Vera Verteller", kind="vendor", email="vera@temse.example"
    )
    here = f"/bijeenkomsten/{meeting.pk}/"
    return {
        "front": "/",
        "circles": "/kringen/",
        "circle": "/kringen/waasland/",
        "circle_meetings": "/kringen/waasland/bijeenkomsten/",
        "governments": "/besturen/",
        "governments_in_no_circle": "/besturen/zonder-kring/",
        "government": "/besturen/temse/",
        "meetings": "/bijeenkomsten/",
        "meeting": here,
        "answer_by_letter": f"/antwoord/{make_token('answer', [meeting.pk, lies.pk])}/",
        "talk_by_link": urlsplit(address_of(talk)).path,
        "calls": "/sprekers/oproep/",
        "propose_talk": f"/sprekers/oproep/{call.pk}/",
        "confirm_proposal": f"/spreekvoorstel/{make_token('proposal', offered.pk)}/",
        "unsubscribe": f"/afmelden/{make_token('unsubscribe', [lies.email, waasland.pk])}/",
        "accessibility": "/toegankelijkheid/",
        "account_login": "/account/login/",
        "account_signup": "/account/signup/",
        "account_reset_password": "/account/password/reset/",
        "not found": "/nergens/",
    }


if __name__ == "__main__":
    call_command("load_facts", verbosity=0, stdout=sys.stderr)
    ignored = ["admin", "unfold"]  # heavy, and nothing here opens the admin
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=ignored)
    with acting_as(SYSTEM):
        print(json.dumps(fill()))  # noqa: T201
