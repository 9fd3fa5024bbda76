"""The main job with the keyboard alone: the focus is always seen, never lost, and goes the way one reads."""

import re

import pytest

from tests.make import PASSWORD

from .cast import MEMBER, TREKKER
from .viewer import FACE

pytestmark = pytest.mark.browser


class Keyboard:
    """Somebody who has nothing else. Looks after each key where the focus is."""

    def __init__(self, page, url: str) -> None:
        self.page, self.url = page, url
        page.add_init_script(FACE)

    def open(self, path: str) -> None:
        """A bookmark, or a link in a letter."""
        self.page.goto(path if path.startswith("http") else self.url + path)

    def to(self, selector: str, most: int = 90) -> None:
        """Tab until this has the focus."""
        passed = []
        for _ in range(most):
            self.page.keyboard.press("Tab")
            now = self.page.evaluate("face.focus()")
            passed.append(now["name"])
            assert not now["wrong"], (self.page.url, now, passed[-3:])
            if self.is_on(selector):
                return
        pytest.fail(f"{selector} is not reached on {self.page.url}; passed {passed}")

    def is_on(self, selector: str) -> bool:
        return self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector)

    def type(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def enter(self, key: str = "Enter") -> None:
        """What leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def log_in(self, email: str) -> None:
        self.open("/account/login/")
        self.type("[name=login]", email)
        self.type("[name=password]", PASSWORD)
        self.enter()


@pytest.fixture
def keyboard(deployed, chromium):
    return Keyboard(chromium.new_page(viewport={"width": 1280, "height": 720}), deployed.url)


def test_past_the_menu_in_one_step(keyboard, deployed):
    keyboard.open("/")
    keyboard.to(".skip-link", most=1)
    keyboard.page.keyboard.press("Enter")
    keyboard.page.keyboard.press("Tab")
    assert keyboard.page.evaluate("document.activeElement.closest('main') !== null")


def test_registering_with_a_mistake_first(keyboard, deployed):
    keyboard.open("/")
    keyboard.to("main a[href*='/account/signup/']")
    keyboard.enter()
    keyboard.type("[name=email]", "lien@temse.example")
    keyboard.to("main form button[type=submit]")
    keyboard.enter()
    assert keyboard.is_on(".error-summary")
    keyboard.to(".error-summary a", most=1)
    keyboard.page.keyboard.press("Enter")
    assert keyboard.is_on("[name=name]")
    keyboard.page.keyboard.type("Lien Lokaal")
    keyboard.type("[name=password1]", "een-lang-wachtwoord-van-mij")
    keyboard.enter()
    letter = deployed.letter("lien@temse.example", "Bevestig")
    found = re.search(r"https?://\S+/account/confirm-email/\S+", letter)
    assert found, letter
    keyboard.open(found.group())
    keyboard.to("main form button")
    keyboard.enter("Space")
    keyboard.open("/mijn/")
    assert "RKK Waasland" in keyboard.page.inner_text("main")


def test_answering_an_invitation(keyboard, deployed):
    keyboard.log_in(MEMBER)
    keyboard.open(deployed.pages["meeting"])
    keyboard.to("button[name=answer][value=yes]")
    keyboard.page.keyboard.press("Enter")
    keyboard.page.wait_for_selector("button[name=answer][value=yes][aria-pressed=true]")
    keyboard.page.wait_for_function("document.activeElement !== document.body")
    assert not keyboard.page.evaluate("face.focus()")["wrong"]


def test_planning_a_meeting_and_ordering_its_programme(keyboard, deployed):
    keyboard.log_in(TREKKER)
    keyboard.open("/kringen/waasland/planning/")
    keyboard.to("main a[href$='/bijeenkomsten/nieuw/']")
    keyboard.enter()
    keyboard.type("[name=title]", "Met het toetsenbord")
    keyboard.to("[name=programme]")
    before = keyboard.page.input_value("[name=programme]")
    keyboard.page.keyboard.press("ArrowDown")
    assert keyboard.page.input_value("[name=programme]") != before
    keyboard.page.keyboard.press("ArrowUp")
    keyboard.to("main form button:not([name])")
    keyboard.enter()
    number = re.search(r"bijeenkomst(?:en/|=)(\d+)", keyboard.page.url)
    assert number, keyboard.page.url
    keyboard.open(f"/bijeenkomsten/{number.group(1)}/programma/")
    titles = keyboard.page.locator(".timeline h2, .timeline h3").all_inner_texts()
    assert len(titles) > 2
    keyboard.to(".timeline form button:not(:disabled)")
    keyboard.page.keyboard.press("Enter")
    first, second, *others = titles
    keyboard.page.wait_for_function(
        "wanted => [...document.querySelectorAll('.timeline :is(h2, h3)')].map(h => h.innerText).join() === wanted",
        arg=",".join([second, first, *others]),
    )
    keyboard.page.wait_for_function("document.activeElement !== document.body")
    assert keyboard.page.evaluate("document.activeElement.closest('li').innerText").find(first) >= 0
    assert not keyboard.page.evaluate("face.focus()")["wrong"]
