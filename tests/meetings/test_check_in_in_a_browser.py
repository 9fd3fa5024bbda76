"""A meeting in its hall: the screen of the trekker, and the telephone of who comes in, without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.make import PASSWORD

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # a busy machine may take long


def log_in(page, email):
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")


def test_the_screen_shows_the_code_and_who_scans_it_is_there(portal, chromium):
    portal.manage("-m", "tests.meetings.hall")
    complaints = []
    screen = chromium.new_context(base_url=portal.url, locale="nl-BE").new_page()
    screen.on("pageerror", lambda error: complaints.append(str(error)))
    screen.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    screen.goto("/account/login/?next=/kringen/brugge/bijeenkomsten/")
    log_in(screen, "tine@brugge.example")
    screen.click("text=Nu bezig")
    screen.click("text=Pagina voor het scherm")
    expect(screen.locator("[aria-current=time]")).to_contain_text("Nieuwsronde")
    expect(screen.locator(".present")).to_contain_text("0 mensen")
    screen.evaluate("document.querySelector('#clock').textContent = ''")
    expect(screen.locator("#clock")).to_have_text(re.compile(r"\d\d\D\d\d"))
    code, address = screen.inner_text(".code").split()[-1], screen.inner_text(".address")

    phone = chromium.new_context(locale="nl-BE", java_script_enabled=False).new_page()
    phone.goto(f"http://{address}?code={code}")
    log_in(phone, "lut@brugge.example")
    expect(phone.locator("[name=code]")).to_have_value(code)
    phone.click("main form.sheet button")
    expect(phone.locator("h1")).to_have_text("U bent aanwezig")

    screen.evaluate("htmx.ajax('GET', location.pathname, '#now')")
    expect(screen.locator(".present")).to_contain_text("1 persoon")
    expect(screen.locator(".code")).to_contain_text(code)
    assert complaints == []
