"""A part of a page changes: the focus stays, the change is told, the address is right. Without JavaScript: a page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.make import PASSWORD
from tests.portal import Portal

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # a busy machine may take long

HILDE, THEO = "hilde@hasselt.example", "theo@hasselt.example"
LIST = "/kringen/limburg/bijeenkomsten/"
ALL = ["Camera's delen", "Samen aankopen", "Camera's beheren", "Open data voor allen"]


@pytest.fixture(scope="module")
def stage(portal) -> Portal:
    portal.manage("-m", "tests.htmx.cast")
    return portal


@pytest.fixture
def visit(stage, chromium):
    """``visit(HILDE)`` is a page of this person; code that fails or that the CSP refuses makes the test fail."""
    complaints: list[str] = []

    def open_page(email: str | None = None, **options) -> Page:
        page = chromium.new_context(base_url=stage.url, locale="nl-BE", **options).new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.extend(refused(said.text)))
        if email:
            page.goto("/account/login/")
            page.fill("[name=login]", email)
            page.fill("[name=password]", PASSWORD)
            page.click("main form button[type=submit]")
            page.wait_for_url("/")
        return page

    yield open_page
    assert complaints == []


def refused(said: str) -> list[str]:
    return [said] if "Content Security Policy" in said else []


def titles(page: Page) -> list[str]:
    return page.locator(".meetings h3").all_inner_texts()


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


def mark(page: Page) -> None:
    """Gone once a new page comes."""
    page.evaluate("document.body.dataset.same = 'yes'")


def is_the_same(page: Page) -> bool:
    return page.evaluate("document.body.dataset.same === 'yes'")


# --- Filters -------------------------------------------------------------------------------------------------------


def test_the_list_follows_what_is_typed_and_chosen(visit):
    page = visit(HILDE)
    page.goto(LIST)
    page.click("summary")
    mark(page)
    assert [title for title in titles(page) if title in ALL] == ALL  # other tests may plan in this portal

    page.locator("#id_zoek").press_sequentially("camera", delay=20)
    expect(page.locator("#count[role=status]")).to_have_text("2 komende bijeenkomsten")
    assert titles(page) == ["Camera's delen", "Camera's beheren"]
    assert focused(page) == "id_zoek"
    assert page.locator("#id_zoek").input_value() == "camera"
    assert page.url.endswith(f"{LIST}?zoek=camera")

    page.select_option("#id_vorm", "online")
    expect(page.locator("#count")).to_have_text("1 komende bijeenkomst")
    assert titles(page) == ["Camera's beheren"]
    assert page.url.endswith(f"{LIST}?zoek=camera&vorm=online")
    assert page.locator("#views a").last.get_attribute("href") == "?zoek=camera&vorm=online&wanneer=voorbij"

    page.check("#id_wacht")
    page.wait_for_url("**&wacht=ja")
    assert focused(page) == "id_wacht"
    assert is_the_same(page)

    page.go_back()  # a whole page, as it is now
    page.wait_for_url("**&vorm=online")
    expect(page.locator("#id_wacht")).not_to_be_checked()
    page.go_back()
    page.wait_for_url("**?zoek=camera")
    expect(page.locator("#id_vorm")).to_have_value("")
    assert titles(page) == ["Camera's delen", "Camera's beheren"]
    assert not is_the_same(page)
    page.go_back()  # what was typed is one step, and not a step per letter
    page.wait_for_url(lambda url: "zoek" not in url)


def test_a_slow_answer_does_not_come_over_a_newer_one(visit):
    page = visit()
    page.goto("/besturen/")
    held = []
    page.route(re.compile("zoek=as"), lambda route: held.append(route))
    with page.expect_request(re.compile("zoek=as")):
        page.locator("#id_zoek").fill("as")
    expect(page.locator("#list")).to_have_attribute("aria-busy", "true")
    page.locator("#id_zoek").fill("hasselt")
    expect(page.locator("#count")).to_contain_text("1 lokaal bestuur")
    held[0].continue_()
    page.wait_for_timeout(300)
    assert page.locator("tbody th a").all_inner_texts() == ["Hasselt"]
    assert page.url.endswith("/besturen/?zoek=hasselt")
    expect(page.locator("#list")).not_to_have_attribute("aria-busy", "true")

    before = page.evaluate("history.length")
    with page.expect_response(re.compile("zoek=hasselt")):
        page.press("#id_zoek", "Enter")  # Enter and the button are there as always
    with page.expect_response(re.compile("zoek=hasselt")):
        page.click("main form[role=search] button")
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"
    assert page.evaluate("history.length") == before  # the same once more is no step


def test_what_fails_is_said_where_one_is_looking(visit):
    page, page_not_found = visit(), visit()
    page_not_found.goto("/nergens/")
    page.goto("/besturen/")
    mark(page)
    page.context.set_offline(True)
    page.select_option("#id_provincie", "limburg", force=True)
    expect(page.locator("#count[role=status] .notice")).to_contain_text("er is geen verbinding met Kenniskring")
    page.context.set_offline(False)
    page.route(re.compile("regio="), lambda route: route.continue_(url=route.request.url.split("?")[0] + "nergens/"))
    page.select_option("#id_regio", "limburg", force=True)
    expect(page.locator("#count .notice")).to_contain_text(page_not_found.inner_text("h1"))
    page.unroute_all()
    page.select_option("#id_provincie", "antwerpen", force=True)
    expect(page.locator("#count")).to_contain_text("0 lokale besturen")
    assert page.locator("#count .notice").count() == 0
    assert is_the_same(page)


# --- Answering -----------------------------------------------------------------------------------------------------


def test_an_answer_changes_its_block_and_keeps_the_focus(visit):
    page = visit(HILDE)
    page.goto(LIST)
    page.click("text=Camera's beheren")
    mark(page)
    page.focus("#answer-maybe")
    page.keyboard.press("Enter")
    expect(page.locator("#answer-maybe")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#answer-maybe")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(page.locator("#said[role=status]")).to_have_text(re.compile("U bent ingeschreven."))
    assert page.locator("[aria-pressed=true]").all_inner_texts() == ["Ja, ik kom"]
    expect(page.locator("#answer-yes")).to_be_focused()
    expect(page.locator("#coming")).to_contain_text("Hilde Hasselt")
    assert is_the_same(page)


def test_what_is_asked_first_is_answered_on_the_front_page_and_without_seats_one_waits(visit):
    page, theo = visit(HILDE), visit(THEO)
    number = page.locator("li", has_text="Camera's delen").locator("form").get_attribute("id")
    for person in (theo, page):
        mark(person)
        person.click(f"#{number}-yes")
        expect(person.locator(f"#{number}-yes")).to_have_attribute("aria-pressed", "true")
    said = page.locator(f"#{number.replace('answer', 'said')}[role=status]")
    expect(said).to_contain_text("1 van de wachtlijst")
    expect(page.locator(f"#{number}-yes")).to_be_focused()
    assert is_the_same(page)

    page.context.set_offline(True)
    page.click(f"#{number}-no")
    expect(said).to_have_text(re.compile("er is geen verbinding"))
    page.context.set_offline(False)
    page.context.clear_cookies(name="csrftoken")
    page.click(f"#{number}-no")
    expect(said).to_contain_text("Dit formulier")
    page.reload()
    page.context.clear_cookies(name="sessionid")  # logged out meanwhile
    page.locator("main .answer-buttons button[value=no]").first.click()
    page.wait_for_url("**/account/login/?next=/")


# --- The programme -------------------------------------------------------------------------------------------------


def test_points_change_places_by_keyboard(visit):
    page = visit(THEO)
    page.goto(LIST)
    page.click("text=Camera's delen")
    page.goto(f"{page.url}programma/")
    mark(page)

    def order():
        return page.locator("#points h2").all_inner_texts()

    assert order() == ["Onthaal", "Nieuwsronde", "Verdieping"]
    page.locator("#points li:has(h2:text-is('Verdieping')) [id^=up]").focus()
    up = focused(page)
    page.keyboard.press("Enter")
    expect(page.locator("#shifted[role=status]")).to_have_text(re.compile("Verdieping staat nu op plaats 2, om "))
    assert order() == ["Onthaal", "Verdieping", "Nieuwsronde"]
    expect(page.locator(f"#{up}")).to_be_focused()
    page.wait_for_function("!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')")
    page.keyboard.press("Enter")
    expect(page.locator("#shifted")).to_have_text(re.compile("plaats 1, om "))
    expect(page.locator(f"#{up.replace('up', 'down')}")).to_be_focused()  # at the top there is only down
    times = page.locator("#points time").all_inner_texts()
    assert times == sorted(times)
    assert is_the_same(page)
    page.reload()
    assert order() == ["Verdieping", "Onthaal", "Nieuwsronde"]


# --- Without JavaScript --------------------------------------------------------------------------------------------


def test_without_javascript_the_same_forms_give_pages(visit):
    page = visit(THEO, java_script_enabled=False)
    page.goto(LIST)
    page.click("summary")
    page.fill("#id_zoek", "camera")
    page.click("main form[role=search] button")
    assert titles(page) == ["Camera's delen", "Camera's beheren"]
    page.click("text=Camera's beheren")
    page.click("#answer-no")
    expect(page.locator(".messages")).to_contain_text("U komt niet.")
    expect(page.locator("#answer-no")).to_have_attribute("aria-pressed", "true")
    page.goto(f"{page.url}programma/")
    page.locator("#points [id^=down]").first.click()
    assert page.locator("#points h2").all_inner_texts() == ["Rondvraag", "Onthaal"]
