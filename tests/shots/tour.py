"""Which pages are photographed, and how one gets there in the demo: by clicking, as its people would."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browsers import CHROMIUM, MISSING

PASSWORD = "kenniskring-demo"
MEMBER, TREKKER, MANAGER = "lid.waasland@demo.example", "trekker.waasland@demo.example", "beheer@demo.example"
WIDTHS = (360, 768, 1280)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
README = {"voorpagina": (1280, "light"), "bijeenkomst": (1280, "light"), "planning": (1280, "light")}
"""The pictures of the README: page, width and theme."""
README_LIMIT = 300_000  # bytes, of all of them together


def first(page: Page, links: str, path: str) -> str:
    """The address of the first of these links whose path looks so."""
    found = page.eval_on_selector_all(links, "links => links.map(link => link.href)")
    return next(address for address in found if re.search(path, address))


def at(path: str) -> Callable[[Page], None]:
    return lambda page: _open(page, path)


def after(path: str, links: str, pattern: str, then: str = "") -> Callable[[Page], None]:
    """Open ``path``, follow the first of these links, and open what lies below it."""

    def go(page: Page) -> None:
        _open(page, path)
        _open(page, first(page, links, pattern).rstrip("/") + "/" + then)

    return go


def _open(page: Page, path: str) -> None:
    page.goto(urljoin(page.url, path))


def a_form_with_errors(page: Page) -> None:
    _open(page, "/account/signup/")
    page.fill("[name=email]", "lien@temse.example")
    page.eval_on_selector("main form", "form => { form.noValidate = true; form.submit() }")
    page.wait_for_selector(".error-summary")


def the_speakers_link(page: Page) -> None:
    """What opens from the latest letter in the demo's post that asks somebody to speak."""
    _open(page, "/demo/post/?to=spreker.example")
    _open(page, page.locator("main table a", has_text="Wilt u spreken").first.get_attribute("href") or "")
    _open(page, first(page, "a", r"/spreker/") if page.locator("a[href*='/spreker/']").count() else _in_text(page))


def _in_text(page: Page) -> str:
    """Letters name the public address; the path is what counts here."""
    found = re.search(r"https?://[^/\s]+(/spreker/[^\s<>\"]+)", page.content())
    return found.group(1) if found else "/"


MEETING = r"/bijeenkomsten/\d+/$"
PAGES: dict[str, tuple[str | None, Callable[[Page], None]]] = {
    "voorpagina": (None, at("/")),
    "voorpagina-lid": (MEMBER, at("/")),
    "kringen": (None, at("/kringen/")),
    "kring": (MEMBER, at("/kringen/waasland/")),
    "bestuur": (None, at("/besturen/temse/")),
    "bijeenkomsten": (MEMBER, at("/bijeenkomsten/")),
    "bijeenkomst": (MEMBER, after("/kringen/waasland/bijeenkomsten/", "main .meetings a", MEETING)),
    "voorbije-bijeenkomst": (
        MEMBER,
        after("/kringen/waasland/bijeenkomsten/?wanneer=voorbij", "main .meetings a", MEETING),
    ),
    "mijn": (MEMBER, at("/mijn/")),
    "planning": (TREKKER, at("/kringen/waasland/planning/")),
    "plannen": (TREKKER, at("/kringen/waasland/bijeenkomsten/nieuw/")),
    "programma": (TREKKER, after("/kringen/waasland/planning/", "main a", r"/bijeenkomsten/\d+/programma/$")),
    "antwoorden": (TREKKER, after("/kringen/waasland/planning/", "main a", r"/bijeenkomsten/\d+/antwoorden/$")),
    "registreren": (None, a_form_with_errors),
    "spreker": (None, the_speakers_link),
}


def take(base: str, folder: Path, only: Set[str] = frozenset()) -> int:
    """All pages × widths × themes as PNG in ``folder``; gives how many."""
    if CHROMIUM is None:
        raise SystemExit(MISSING)
    count = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        people: dict[str | None, Page] = {}
        for name, (who, go) in PAGES.items():
            if only and name not in only:
                continue
            if who not in people:
                people[who] = _as(browser, base, who)
            count += _photograph(people[who], go, folder / name)
        browser.close()
    return count


def for_the_readme(folder: Path, to: Path) -> list[Path]:
    """The three of the README, as WebP: what one sees without scrolling."""
    to.mkdir(parents=True, exist_ok=True)
    made = []
    for name, (width, theme) in README.items():
        with Image.open(folder / f"{name}-{width}-{theme}.png") as picture:
            made.append(to / f"{name}.webp")
            picture.crop((0, 0, width, min(picture.height, 900))).save(made[-1], quality=80, method=6)
    if sum(each.stat().st_size for each in made) > README_LIMIT:
        raise SystemExit(f"The pictures of the README are more than {README_LIMIT} bytes.")
    return made


def _as(browser: Browser, base: str, who: str | None) -> Page:
    page = browser.new_page(base_url=base, locale="nl-BE", reduced_motion="reduce")
    page.goto("/account/login/" if who else "/")
    if who:
        page.fill("[name=login]", who)
        page.fill("[name=password]", PASSWORD)
        page.click("main form:has([name=password]) button[type=submit]")
        page.wait_for_url(lambda address: "/login/" not in address)
    return page


def _photograph(page: Page, go: Callable[[Page], None], name: Path) -> int:
    go(page)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{name}-{width}-{theme}.png", full_page=True)
    return len(THEMES) * len(WIDTHS)
