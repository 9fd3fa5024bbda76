"""The switch as it is pressed: without JavaScript, and on a page that hides its address from where one goes."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(portal, chromium):
    context = chromium.new_context(base_url=portal.url, locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def language(page):
    return page.locator("html").get_attribute("lang")


def test_a_visitor_with_an_english_browser_reads_dutch_until_they_press_english(visit, portal):
    visit.goto("/besturen/?zoek=temse")
    assert (language(visit), visit.context.cookies()) == ("nl", [])
    visit.get_by_role("button", name="English").click()
    assert (language(visit), visit.url) == ("en", f"{portal.url}/besturen/?zoek=temse")
    assert [cookie["name"] for cookie in visit.context.cookies()] == ["language"]
    visit.goto("/kringen/")
    visit.get_by_role("button", name="Nederlands").click()
    assert (language(visit), visit.url) == ("nl", f"{portal.url}/kringen/")


def test_it_works_on_a_page_whose_address_is_a_secret(visit):
    """As the one behind the link of a letter: its browser calls its origin null."""

    def hide(route):
        answer = route.fetch()
        route.fulfill(response=answer, headers=answer.headers | {"referrer-policy": "no-referrer"})

    sent = []
    visit.on(
        "request", lambda request: sent.append(request.all_headers().get("origin")) if request.post_data else None
    )
    visit.route("**/kringen/", hide)
    visit.goto("/kringen/")
    visit.get_by_role("button", name="English").click()
    visit.wait_for_selector("html[lang=en]")
    assert sent == ["null"]
