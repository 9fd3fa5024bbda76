"""Passkeys in a real browser, with an authenticator that Chromium plays itself."""

import re

import pytest

from tests.make import PASSWORD
from tests.portal import Portal, text_of

pytestmark = pytest.mark.browser

PIA = "pia@passkey.example"  # see cast.py
TOUCH_ID = {  # as in a laptop: keeps passkeys, and asks for a finger
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def device(chromium):
    """A page on a laptop with a place for passkeys, and that place."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    place = page.context.new_cdp_session(page)
    place.send("WebAuthn.enable")
    made = place.send("WebAuthn.addVirtualAuthenticator", {"options": TOUCH_ID})
    return page, place, made["authenticatorId"]


def log_in(page, portal: Portal) -> None:
    page.goto(f"{portal.url}/account/login/")
    page.fill("#id_login", PIA)
    page.fill("#id_password", PASSWORD)
    page.click("form.sheet button")


def log_out(page) -> None:
    page.click("text=Afmelden")
    page.wait_for_selector("text=U bent afgemeld.")


def test_a_passkey_is_made_used_and_removed(portal, chromium):
    portal.manage("-m", "tests.members.cast")
    page, place, authenticator = device(chromium)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    codes = a_passkey_is_made(page, portal)
    log_out(page)

    page.goto(f"{portal.url}/account/login/?next=/mijn/gegevens/")
    page.click("text=Aanmelden met een passkey")
    page.wait_for_selector("h1:has-text('Mijn gegevens')")
    log_out(page)

    log_in(page, portal)
    page.wait_for_selector("h1:has-text('Toon dat u het bent')")
    page.click("text=Gebruik een passkey")
    page.wait_for_selector("text=Mijn pagina")
    log_out(page)

    place.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})  # the laptop is lost
    with chromium.new_context() as other:
        someone_with_a_recovery_code_removes_it(other.new_page(), portal, codes[0])
    assert complaints == []


def a_passkey_is_made(page, portal: Portal) -> list[str]:
    """Adds it in the details, keeps the recovery codes, and reads the letter about it."""
    log_in(page, portal)
    page.goto(f"{portal.url}/mijn/gegevens/")
    page.click("text=Passkeys en codes")
    page.click("text=Voeg een passkey toe")
    page.fill("#id_password", PASSWORD)
    page.click("text=Ga verder")
    page.fill("#id_name", "laptop")
    page.click("text=Maak de passkey")
    page.wait_for_selector("h1:has-text('Herstelcodes')")
    codes = page.inner_text("#codes").split()
    with page.expect_download() as kept:
        page.click("text=Download de codes")
    assert (kept.value.suggested_filename, kept.value.path().read_text().split()) == (
        "kenniskring-herstelcodes.txt",
        codes,
    )
    page.click("text=Ik heb ze bewaard")
    assert page.inner_text("tbody th") == "laptop"
    letter = text_of(portal.letter(PIA, "Er is een passkey toegevoegd"))
    assert re.search(r"/account/2fa/", letter)
    return codes


def someone_with_a_recovery_code_removes_it(page, portal: Portal, code: str) -> None:
    log_in(page, portal)
    page.fill("#id_code", code)
    page.click("form.sheet button")
    page.wait_for_selector("text=Mijn pagina")
    page.goto(f"{portal.url}/account/2fa/")
    page.click("tbody >> text=Verwijder")
    if page.is_visible("#id_password"):
        page.fill("#id_password", PASSWORD)
        page.click("text=Ga verder")
    page.click("main >> role=button[name='Verwijder']")
    page.wait_for_selector("text=De passkey is verwijderd.")
    portal.letter(PIA, "Er is een passkey verwijderd")
    log_out(page)
    log_in(page, portal)
    page.wait_for_selector("text=Mijn pagina")
