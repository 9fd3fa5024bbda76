"""Forced colours, as of Windows: what colour told is told by an edge, a line or a sign too."""

import pytest

from tests.make import PASSWORD

from .cast import MEMBER

pytestmark = pytest.mark.browser

STYLE = """([selector, pseudo, name]) => getComputedStyle(document.querySelector(selector), pseudo || null)[name]"""


@pytest.fixture
def page(chromium):
    return chromium.new_page(forced_colors="active", viewport={"width": 1280, "height": 900})


def style(page, selector: str, name: str, pseudo: str = "") -> str:
    return page.evaluate(STYLE, [selector, pseudo, name])


def test_the_focus_the_place_in_the_menu_and_a_wrong_field_are_seen(page, deployed):
    page.goto(f"{deployed.url}/kringen/")
    here, other = ".main-nav [aria-current]", ".main-nav a:not([aria-current])"
    assert [style(page, each, "textDecorationLine") for each in (here, other)] == ["underline", "none"]
    page.goto(f"{deployed.url}/account/signup/")
    page.fill("[name=email]", "lien@temse.example")
    page.click("main form button[type=submit]")
    assert page.evaluate("document.activeElement.className") == "error-summary"
    assert (style(page, ".error-summary", "outlineStyle"), style(page, ".error-summary", "outlineWidth")) == (
        "solid",
        "3px",
    )
    assert [style(page, f"[name={name}]", "borderTopWidth") for name in ("name", "email")] == ["2px", "1px"]


def test_the_answer_that_was_chosen_is_seen(page, deployed):
    page.goto(f"{deployed.url}/account/login/")
    page.fill("[name=login]", MEMBER)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{deployed.url}/")
    page.goto(deployed.url + deployed.pages["meeting"])
    page.click("button[name=answer][value=no]")
    page.wait_for_selector("button[name=answer][value=no][aria-pressed=true]")
    signs = [style(page, f"button[name=answer][value={value}]", "content", "::before") for value in ("no", "yes")]
    assert (signs[0].startswith('"✓"'), signs[1]) == (True, "none")
