"""The HTML of letters, shown: light, dark, narrow, and as programs that throw the style sheet away show it."""

import re

import pytest

from mailroom.models import Letter
from mailroom.outgoing import Outgoing
from mailroom.rendering import own, wording
from regions.models import Circle

from .viewer import AXE, FACE

pytestmark = pytest.mark.browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LONG = "https://teams.example/l/meetup-join/" + "19%3ameeting_NjQ4" * 12
WORD_KNOWS = {
    *("background", "border", "border-color", "border-radius", "border-top", "color", "display", "font-family"),
    *(
        "font-size",
        "font-weight",
        "line-height",
        "margin",
        "max-width",
        "overflow-wrap",
        "padding",
        "text-decoration",
    ),
    *("word-break",),
}
"""What Outlook on Windows, which draws with Word, follows or passes over without harm: no flex, grid or position."""


def letters() -> dict[str, str]:
    circle = Circle(pk=1, name="RKK Waasland", slug="waasland")
    address = "https://kenniskring.example/antwoord/abc/"
    full = Outgoing(
        kind="invitation",
        thing="meeting:1",
        version=1,
        to="lien@temse.example",
        subject="[RKK Waasland] Uitnodiging: 12 maart, Temse",
        paragraphs=["U bent uitgenodigd.\nMet een tweede regel."],
        circle=circle,
        name="Lien Lokaal",
        facts=[
            ("Wanneer", "donderdag 12 maart 2027, 14.00 – 16.30 uur"),
            ("Online", LONG),
            ("Waar", "Stadhuis\nTemse"),
        ],
        buttons=[("Ja, ik kom", address), ("Misschien", address), ("Nee, ik kom niet", address)],
        closing=["Tot dan."],
        can_unsubscribe=True,
        language="nl",
    )
    short = Outgoing(
        kind="welcome", thing="member:1", version=1, to="x@y.example", subject="Welcome", paragraphs=["Good."],
        language="en",
    )  # fmt: skip
    refuse = "https://kenniskring.example/afmelden/abc/"
    return {each.kind: Letter(wording=wording(each), own=own(each, refuse)).html for each in (full, short)}


def without_style(html: str) -> str:
    return re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)


def test_a_letter_is_read_in_light_in_dark_on_a_telephone_and_without_its_style_sheet(chromium):
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for kind, html in letters().items():
        for theme, shown in [("light", html), ("dark", html), ("light", without_style(html))]:
            page.emulate_media(color_scheme=theme)
            for width in (320, 800):
                page.set_viewport_size({"width": width, "height": 800})
                page.set_content(shown)
                page.add_script_tag(path=AXE)
                page.evaluate(FACE)
                assert page.evaluate("tags => face.axe('tag', tags)", WCAG) == [], (kind, theme)
                assert page.evaluate("face.tooWide()") == [], (kind, width)
    assert asked == []


@pytest.mark.parametrize("kind", ["invitation", "welcome"])
def test_a_letter_asks_of_outlook_only_what_it_can(kind):
    html = letters()[kind]
    used = {
        rule.partition(":")[0].strip() for style in re.findall(r'style="([^"]*)"', html) for rule in style.split(";")
    }
    assert used - {""} <= WORD_KNOWS
    assert re.findall(r"<(?:div|img|link|script|form|button)\b", html) == []
    assert '<html lang="nl">' in html if kind == "invitation" else '<html lang="en">' in html
