"""The way to a provider and back in a real browser, which holds the pages to their content policy."""

import pytest

from tests.portal import text_of

from .provider import Provider, running

pytestmark = pytest.mark.browser


def test_someone_registers_from_elsewhere_and_logs_in_that_way(portal, chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if is_ours(said, portal) else None)
    with running(Provider(portal.oidc_port, olga={"vo_id": "vo-olga", "name": "Olga Onderweg"})):
        come_from_elsewhere(page, portal)
        assert page.input_value("#id_name") == "Olga Onderweg"
        page.fill("#id_email", "olga@elders.example")
        page.click("form.sheet button")
        letter = text_of(portal.letter("olga@elders.example", "Bevestig uw e-mailadres"))
        page.goto(next(word for word in letter.split() if "/account/confirm-email/" in word))
        page.click("main form button")
        page.wait_for_selector("text=Mijn pagina")
        page.goto(f"{portal.url}/mijn/")
        assert "Olga Onderweg" in page.inner_text("main")
        page.click("text=Afmelden")
        page.wait_for_selector("text=U bent afgemeld.")
        come_from_elsewhere(page, portal)
        page.goto(f"{portal.url}/mijn/gegevens/")
        assert page.input_value("#id_name") == "Olga Onderweg"
    assert complaints == []


def come_from_elsewhere(page, portal) -> None:
    page.goto(f"{portal.url}/account/login/")
    page.click("text=Aanmelden met ACM/IDM")
    page.wait_for_url(f"http://localhost:{portal.oidc_port}/oauth2/authorize**")
    page.click("button:has-text('olga')")
    page.wait_for_url(f"{portal.url}/**")


def is_ours(said, portal) -> bool:
    """An error of one of our pages; the provider's own have no icon."""
    return said.type == "error" and said.location["url"].startswith(portal.url)
