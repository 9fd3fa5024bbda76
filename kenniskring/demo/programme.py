"""The demo's meetings: which circle meets when, about what, and what goes wrong."""

from __future__ import annotations

from typing import NamedTuple

from meetings.models import Form, Meeting

ON_SITE, ONLINE, BOTH = Form.IN_PERSON, Form.ONLINE, Form.HYBRID
NETWORK, PUBLIC = Meeting.Audience.NETWORK, Meeting.Audience.PUBLIC


class Planned(NamedTuple):
    """One meeting. ``day`` counts from today; the weekday of the circle nearest to it is taken."""

    circle: str
    day: int
    theme: str
    form: str
    host: str = ""
    start: str = "14:00"
    seats: int | None = None
    audience: str = Meeting.Audience.CIRCLE
    asked_speaker: bool = True
    fate: str = ""  # "cancelled", "moved" (to two weeks later), "draft"


WEEKDAY = {
    "waasland": 3,
    "kempen": 1,
    "gent": 3,
    "limburg": 4,
    "westhoek": 1,
    "halle-vilvoorde": 3,
    "denderregio": 1,
    "midwest": 3,
    "overkoepelend": 1,
}
"""On which day a circle likes to meet; 0 is Monday."""

MEETINGS = (
    Planned("waasland", -604, "incident", ONLINE, start="10:00"),
    Planned("waasland", -513, "gis", ON_SITE, "sint-gillis-waas"),
    Planned("waasland", -422, "pakket", ONLINE, start="10:00", asked_speaker=False),
    Planned("waasland", -331, "windows", ON_SITE, "lokeren"),
    Planned("waasland", -240, "archief", ONLINE, start="10:00"),
    Planned("waasland", -149, "netwerk", ON_SITE, "sint-niklaas"),
    Planned("waasland", -58, "nis2", BOTH, "stekene", asked_speaker=False),
    Planned("waasland", 16, "mfa", ON_SITE, "temse", seats=5),
    Planned("waasland", 51, "wifi", ONLINE, start="10:00", audience=PUBLIC),
    Planned("waasland", 142, "ai", ON_SITE, "waasmunster", fate="draft"),
    Planned("kempen", -318, "magda", ON_SITE, "herentals"),
    Planned("kempen", -220, "gis", ONLINE, start="10:00"),
    Planned("kempen", -143, "incident", ON_SITE, "turnhout", fate="cancelled"),
    Planned("kempen", -115, "pakket", ON_SITE, "mol", asked_speaker=False),
    Planned("kempen", -37, "kopen", BOTH, "geel"),
    Planned("kempen", 23, "ai", BOTH, "hoogstraten"),
    Planned("kempen", 114, "besluiten", ONLINE, fate="draft"),
    Planned("gent", -305, "toegang", ON_SITE, "deinze", start="13:30"),
    Planned("gent", -214, "fusie", ON_SITE, "merelbeke-melle", start="13:30"),
    Planned("gent", -120, "cloud", ONLINE, start="10:00"),
    Planned("gent", -34, "besluiten", ON_SITE, "gent", start="13:30"),
    Planned("gent", 5, "incident", ON_SITE, "evergem", start="13:30", fate="moved"),
    Planned("limburg", -296, "mfa", ON_SITE, "hasselt"),
    Planned("limburg", -201, "burgerzaken", ONLINE, start="10:00"),
    Planned("limburg", -106, "netwerk", ON_SITE, "genk", seats=30),
    Planned("limburg", -22, "ai", ON_SITE, "bilzen-hoeselt"),
    Planned("limburg", 37, "toegankelijk", ONLINE, start="10:00", audience=PUBLIC),
    Planned("westhoek", -288, "kopen", ON_SITE, "diksmuide", asked_speaker=False),
    Planned("westhoek", -190, "windows", ONLINE, start="10:00"),
    Planned("westhoek", -98, "magda", ON_SITE, "veurne"),
    Planned("westhoek", -15, "gis", ON_SITE, "ieper"),
    Planned("westhoek", 44, "archief", BOTH, "poperinge"),
    Planned("halle-vilvoorde", -279, "pakket", ON_SITE, "halle", asked_speaker=False),
    Planned("halle-vilvoorde", -182, "ai", ONLINE, start="10:00"),
    Planned("halle-vilvoorde", -91, "mfa", ON_SITE, "grimbergen"),
    Planned("halle-vilvoorde", 9, "nis2", ON_SITE, "dilbeek", asked_speaker=False),
    Planned("denderregio", -270, "fusie", ON_SITE, "aalst", asked_speaker=False),
    Planned("denderregio", -110, "toegang", ONLINE, start="10:00", asked_speaker=False),
    Planned("midwest", -260, "burgerzaken", ON_SITE, "roeselare", asked_speaker=False),
    Planned("midwest", -170, "wifi", ON_SITE, "tielt", asked_speaker=False),
    Planned("overkoepelend", 30, "besluiten", ONLINE, start="10:00", audience=NETWORK),
)
"""Who reads closely: Dender lost its trekker, and Midwest has not met for longer than a quarter."""

DRAFT_OF_THE_CLOCK = 50
"""A day from today: in its quarter the Waasland has a draft that the clock made. The eight weeks before that quarter
have begun by now, and when they began the trekker had planned nothing in it yet."""

SILENT_UNTIL_NOW = {
    ("lid.waasland@demo.example", "mfa"),
    ("lid.waasland@demo.example", "wifi"),
    ("lid.kempen@demo.example", "ai"),
    ("lid.beide@demo.example", "wifi"),
    ("lid.beide@demo.example", "ai"),
}
"""Whoever looks around with these accounts has something to answer: address and theme."""
