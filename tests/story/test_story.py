"""The main job from end to end, as people live it: in a browser, with letters that travel by SMTP."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from email.message import EmailMessage

import icalendar
import pytest

from tests.make import PASSWORD
from tests.portal import Portal, link_in, text_of

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 900}}

# Before the story: Tom leads Waasland and Nele is in it; Bea is in Kempen and must hear nothing. See cast.py.
TOM, NELE, BEA = "tom@temse.example", "nele@temse.example", "bea@kempen.example"
LIEN, ONNO = "lien@temse.example", "onno@elders.example"  # an address of a government, and one of nobody
SOFIE = "sofie@spreker.example"
COMING = [LIEN, ONNO]

EVERY_LETTER = [
    (LIEN, "Bevestig uw e-mailadres"),
    (ONNO, "Bevestig uw e-mailadres"),
    (ONNO, "We hebben uw aanvraag ontvangen"),
    (TOM, "Aanvraag om lid te worden"),
    (ONNO, "U bent lid"),
    (SOFIE, "Wilt u spreken?"),
    (TOM, "Spreker zegt ja"),
    *((to, "Uitnodiging") for to in (LIEN, NELE, ONNO, TOM)),
    *((to, "U bent ingeschreven") for to in COMING),
    *((to, "Gewijzigd") for to in (LIEN, NELE, ONNO, TOM, SOFIE)),
    *((to, "Geannuleerd") for to in (LIEN, NELE, ONNO, TOM, SOFIE)),
]
"""To whom, and what; each exactly once, and nothing to Bea."""

NAMES = ("Lien Lokaal", "Onno Onbekend", "Nele Niet", "Tom Trekker", "Bea Buur")
PEOPLE = (TOM, NELE, BEA, LIEN, ONNO, SOFIE)


def test_from_registering_to_a_meeting_that_is_cancelled(portal, chromium):
    portal.manage("-m", "tests.story.cast")
    lien, tom = chromium.new_page(**PHONE), chromium.new_page(**DESKTOP)
    log_in(tom, portal, TOM)

    with chromium.new_context(**PHONE) as onnos_phone:
        someone_with_a_known_address_is_in_at_once(lien, portal)
        someone_else_is_let_in_by_the_trekker(onnos_phone.new_page(), tom, portal)

    meeting = the_trekker_plans_at_a_new_host(tom, portal)
    with chromium.new_context(**PHONE) as sofies_phone:
        a_speaker_accepts_by_link_and_brings_slides(sofies_phone.new_page(), tom, portal, meeting)
    the_trekker_publishes_and_invites(tom, portal, meeting)

    a_member_says_yes_on_the_page(lien, portal)
    with chromium.new_context(**PHONE) as someones_phone:
        a_member_says_yes_from_the_letter(someones_phone.new_page(), tom, portal, meeting)

    the_trekker_moves_it(tom, portal, meeting)
    the_trekker_cancels_it(tom, portal, meeting)

    # Other tests may have used this portal before: theirs are to others, and not about this circle.
    ours = [each for each in portal.mailbox.letters if to_of(each) in PEOPLE or "Waasland" in each["Subject"]]
    assert Counter((to_of(letter), verb_of(letter)) for letter in ours) == Counter(EVERY_LETTER)
    diary = {
        to: [event_in(letter) for letter in portal.mailbox.to(to) if has_event(letter)] for to in [*COMING, NELE]
    }
    assert len({str(event["UID"]) for events in diary.values() for event in events}) == 1
    for to in COMING:
        assert [(event["METHOD"], event["SEQUENCE"]) for event in diary[to]] == [
            ("REQUEST", 0),  # invited
            ("REQUEST", 0),  # said yes
            ("REQUEST", 1),  # moved
            ("CANCEL", 2),
        ]
        assert diary[to][2].start - diary[to][1].start == dt.timedelta(days=7)
    assert [event["SEQUENCE"] for event in diary[NELE]] == [0, 1, 2]


# --- What people do ------------------------------------------------------------------------------------------------


def someone_with_a_known_address_is_in_at_once(lien, portal: Portal) -> None:
    register(lien, portal, email=LIEN, name="Lien Lokaal")
    lien.goto(f"{portal.url}/mijn/")
    assert "RKK Waasland" in lien.inner_text("section[aria-labelledby=circles]")


def someone_else_is_let_in_by_the_trekker(onno, tom, portal: Portal) -> None:
    register(onno, portal, email=ONNO, name="Onno Onbekend", where="Stekene")
    assert onno.goto(f"{portal.url}/kringen/waasland/leden/").status in (403, 404)
    tom.goto(link_in(portal.letter(TOM, "Onno Onbekend"), "/aanvragen/"))
    assert ONNO in tom.inner_text("main")
    tom.click("button[name=accepted][value=yes]")
    portal.letter(ONNO, "[RKK Waasland] U bent lid")
    assert onno.goto(f"{portal.url}/kringen/waasland/leden/").status == 200
    assert "Nele Niet" in onno.inner_text("main")


def the_trekker_plans_at_a_new_host(tom, portal: Portal) -> str:
    """From the desk's proposal to a draft; gives the address of the meeting."""
    tom.goto(f"{portal.url}/kringen/waasland/planning/")
    tom.click("main a[href$='/bijeenkomsten/nieuw/']")
    host = tom.locator("[name=host] option", has_text="Stekene").get_attribute("value")
    tom.fill("[name=title]", "MFA zonder dienst-gsm")
    tom.select_option("[name=form]", "in_person")
    tom.select_option("[name=host]", host)
    tom.select_option("[name=programme]", "classic")
    tom.click("form.sheet button")
    number = re.search(r"\d+", tom.url.partition("localhost:")[2].partition("/")[2])
    assert number, tom.url
    return f"{portal.url}/bijeenkomsten/{number.group()}"


def a_speaker_accepts_by_link_and_brings_slides(sofie, tom, portal: Portal, meeting: str) -> None:
    tom.goto(f"{meeting}/programma/")
    tom.locator("a[href*=spreker-vragen]").first.click()
    tom.fill("[name=name]", "Sofie Spreker")
    tom.fill("[name=email]", SOFIE)
    tom.fill("[name=organisation]", "Veilig & Co")
    tom.select_option("[name=kind]", "vendor")
    tom.click("form.sheet button")
    sofie.goto(link_in(portal.letter(SOFIE, "Wilt u spreken"), "/spreker/"))
    assert "Tom Trekker" in sofie.inner_text("main")
    sofie.click("button[name=doen][value=ja]")
    portal.letter(TOM, "Spreker zegt ja")
    slides = {"name": "presentatie.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%\xe2\xe3\n%%EOF\n"}
    sofie.set_input_files("input[type=file]", slides)
    sofie.click("button[name=doen][value=dias]")
    assert "presentatie.pdf" in sofie.inner_text("main")
    assert "Lien" not in sofie.inner_text("main")


def the_trekker_publishes_and_invites(tom, portal: Portal, meeting: str) -> None:
    number = meeting.rpartition("/")[2]  # the clock may have put another draft before it
    tom.goto(f"{portal.url}/kringen/waasland/planning/?bijeenkomst={number}")
    tom.click(f"form[action='/bijeenkomsten/{number}/publiceren/'] button")
    tom.goto(f"{meeting}/uitnodigen/")
    shown = tom.inner_text("main")
    assert {name for name in NAMES if name in shown} == {"Lien Lokaal", "Onno Onbekend", "Nele Niet", "Tom Trekker"}
    assert portal.sent_to("[RKK Waasland] Uitnodiging") == set()
    tom.click("main form button.button")
    for to in (LIEN, NELE, ONNO, TOM):
        portal.letter(to, "Uitnodiging")


def a_member_says_yes_on_the_page(lien, portal: Portal) -> None:
    lien.goto(f"{portal.url}/bijeenkomsten/")
    lien.click("text=MFA zonder dienst-gsm")
    assert "Sofie Spreker" in lien.inner_text("main")
    lien.click("button[name=answer][value=yes]")
    portal.letter(LIEN, "U bent ingeschreven")


def a_member_says_yes_from_the_letter(phone, tom, portal: Portal, meeting: str) -> None:
    """Without logging in. Opening the link alone, as a mail scanner does, says nothing."""
    phone.goto(link_in(portal.letter(ONNO, "Uitnodiging"), "/antwoord/"))
    assert "Onno Onbekend" in phone.inner_text("main")
    tom.goto(f"{meeting}/antwoorden/")
    before = tom.inner_text("main")
    phone.click("button[name=answer][value=yes]")
    assert "genoteerd" in phone.inner_text("h1")
    portal.letter(ONNO, "U bent ingeschreven")
    tom.reload()
    assert tom.inner_text("main") != before


def the_trekker_moves_it(tom, portal: Portal, meeting: str) -> None:
    tom.goto(f"{meeting}/verplaatsen/")
    day = dt.date.fromisoformat(tom.input_value("[name=date]"))
    tom.fill("[name=date]", (day + dt.timedelta(days=7)).isoformat())
    tom.click("form.sheet button")
    assert "Lien Lokaal" in tom.inner_text("main")
    assert portal.sent_to("[RKK Waasland] Gewijzigd") == set()
    tom.click("section.sheet form button.button")
    for to in (LIEN, NELE, ONNO, TOM, SOFIE):
        portal.letter(to, "Gewijzigd")


def the_trekker_cancels_it(tom, portal: Portal, meeting: str) -> None:
    tom.goto(f"{meeting}/annuleren/")
    tom.fill("[name=because]", "De zaal staat onder water.")
    tom.click("form.sheet button")
    assert portal.sent_to("[RKK Waasland] Geannuleerd") == set()
    tom.click("button.button-danger")
    for to in (LIEN, NELE, ONNO, TOM):
        assert "onder water" in text_of(portal.letter(to, "Geannuleerd"))
    portal.letter(SOFIE, "Geannuleerd")


# --- How they do it ------------------------------------------------------------------------------------------------


def register(page, portal: Portal, *, email: str, name: str, where: str = "") -> None:
    """Fill in the form, open the letter, press the button on its page."""
    page.goto(f"{portal.url}/account/signup/")
    page.fill("[name=email]", email)
    page.fill("[name=name]", name)
    page.fill("[name=password1]", "een-lang-wachtwoord-van-mij")
    if where:
        page.select_option("[name=where]", label=where)
    page.click("main form button[type=submit]")
    page.goto(link_in(portal.letter(email, "Bevestig"), "/account/confirm-email/"))
    page.click("main form button")


def log_in(page, portal: Portal, email: str) -> None:
    page.goto(f"{portal.url}/account/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")


def to_of(letter: EmailMessage) -> str:
    return letter["To"].addresses[0].addr_spec


def verb_of(letter: EmailMessage) -> str:
    """ "Uitnodiging" of "[RKK Waasland] Uitnodiging: 12 maart, Temse"."""
    return re.match(r"\[.+?\] ([^:?]+\??)", letter["Subject"]).group(1)  # type: ignore[union-attr]


def has_event(letter: EmailMessage) -> bool:
    return any(part.get_content_type() == "text/calendar" for part in letter.walk())


def event_in(letter: EmailMessage) -> icalendar.Event:
    """The one event of the calendar file in a letter, with its METHOD; it names nobody but the reader."""
    part = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    text = part.get_content()
    calendar = icalendar.Calendar.from_ical(text)
    assert calendar["METHOD"] == part.get_param("method")  # RFC 6047, 2.4
    assert {address for address in PEOPLE if address in text} <= {to_of(letter)}
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    event["METHOD"] = calendar["METHOD"]
    return event
