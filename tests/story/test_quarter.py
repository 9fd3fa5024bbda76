"""A whole quarter of one circle in a browser: a trekker, a host, a speaker and two members, from question to dossier.

And the chain of what is known, link by link: question, point, report, decision, action, next programme, and back.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.portal import Portal, link_in, text_of

from .cast_of_a_quarter import ABSENT, HOST, MEMBER, SPEAKER, TREKKER
from .test_story import DESKTOP, PHONE, log_in

pytestmark = pytest.mark.browser

QUESTION = "Wie heeft al een noodmap op papier?"
DECISION = "Elk bestuur maakt een noodmap op papier."
ACTION = "Het inhoudsblad van de noodmap uitschrijven"
TOLD = "We oefenen in maart met een uitval van het netwerk."


def test_a_whole_quarter(portal, chromium):
    portal.manage("-m", "tests.story.cast_of_a_quarter")
    people = {}
    for address, device in [(TREKKER, DESKTOP), (HOST, DESKTOP), (MEMBER, PHONE), (ABSENT, PHONE)]:
        people[address] = chromium.new_context(**device).new_page()
        log_in(people[address], portal, address)
    tilda, hans, nora, leo = people.values()
    sander = chromium.new_context(**PHONE).new_page()  # has no account

    members_ask_and_support(nora, leo, portal)
    number = the_trekker_plans(tilda, portal)
    meeting = f"{portal.url}/bijeenkomsten/{number}"
    the_host_agrees_and_arranges(tilda, hans, portal, meeting)
    the_question_and_a_case_come_on_the_programme(tilda, portal, meeting)
    the_speaker_says_yes(tilda, sander, portal, meeting)
    people_answer(tilda, nora, leo, portal, meeting)
    each_tells_what_it_works_on(nora, portal, meeting)

    portal.manage("-m", "tests.story.cast_of_a_quarter", number, "5")  # it began five minutes ago
    people_are_there(tilda, hans, nora, portal, meeting)
    portal.manage("-m", "tests.story.cast_of_a_quarter", number, "240")  # and it is over
    the_report_reaches_who_was_absent_first(tilda, leo, portal, meeting)
    who_was_there_says_what_it_was_worth(nora, leo, meeting)
    the_dossier_is_one_file(leo, meeting)

    the_next_programme_begins_with_what_is_open(tilda, portal)
    from_the_question_to_the_next_programme_and_back(nora, portal)


# --- Before --------------------------------------------------------------------------------------------------------


def members_ask_and_support(nora, leo, portal: Portal) -> None:
    nora.goto(f"{portal.url}/kringen/limburg/")
    nora.click("main a[href$='/vragen/']")
    nora.fill("[name=text]", QUESTION)
    nora.click("main form[novalidate] button")
    leo.goto(f"{portal.url}/kringen/limburg/vragen/")
    leo.click("button[name=to][value=on]")
    leo.wait_for_selector("button[name=to][value=off]")


def the_trekker_plans(tilda, portal: Portal) -> str:
    tilda.goto(f"{portal.url}/kringen/limburg/planning/")
    tilda.click("main a[href$='/bijeenkomsten/nieuw/']")
    tilda.fill("[name=title]", "Voorbereid op het ergste")
    tilda.select_option("[name=form]", "in_person")
    tilda.select_option("[name=host]", "")
    tilda.select_option("[name=programme]", "classic")
    tilda.click("form.sheet button")
    return number_in(tilda.url)


def the_host_agrees_and_arranges(tilda, hans, portal: Portal, meeting: str) -> None:
    tilda.goto(f"{meeting}/gastbestuur/")
    whom = tilda.locator("[name=whom] option", has_text="Hans Host").get_attribute("value")
    tilda.select_option("[name=whom]", whom)
    tilda.fill("[name=message]", "We zijn met een vijftiental.")
    tilda.click("form.sheet button")
    hans.goto(link_in(portal.letter(HOST, "gastbestuur"), "/bijeenkomsten/"))
    hans.fill("[name=reply] >> nth=0", "Graag.")
    hans.click("button[name=answer][value=yes]")
    portal.letter(TREKKER, "Genk")
    room = hans.locator("[id^=taak-]").first
    room.locator("[name=done]").check()
    room.locator("button").click()
    assert "in orde" in hans.locator("[id^=taak-]").first.inner_text()
    hans.fill("[name=venue]", "Stadhuis, raadzaal")
    hans.click("section[aria-labelledby=place] button")
    hans.click("section[aria-labelledby=visits] a")
    hans.fill("[name=title]", "Onze noodpost")
    hans.fill("[name=about]", "Een lokaal dat een dag zonder netwerk werkt.")
    hans.click("main form button.button")
    assert hans.goto(f"{meeting}/programma/").status == 403  # its own part, and nothing else


def the_question_and_a_case_come_on_the_programme(tilda, portal: Portal, meeting: str) -> None:
    tilda.goto(f"{meeting}/programma/")
    tilda.locator("main li:has-text('Intervisie') a:has-text('Bewerk')").first.click()
    tilda.fill("[name=title]", "Een dag zonder netwerk")
    tilda.fill("[name=case-text], [name=text]", "Wat doet het loket als alles plat ligt?")
    owner = tilda.locator("[name$=owner] option", has_text="Leo Laat").get_attribute("value")
    tilda.select_option("[name$=owner]", owner)
    tilda.click("form.sheet button.button")
    assert "Voorbereid op het ergste" in text_of(portal.letter(ABSENT, "asus"))
    tilda.goto(f"{portal.url}/kringen/limburg/vragen/")
    tilda.click("main a:has-text('programma')")
    place = tilda.locator("main form select option", has_text="Een dag zonder netwerk").first
    tilda.locator("main form select").last.select_option(place.get_attribute("value"))
    tilda.click("main form button.button")
    assert QUESTION in text_of(portal.letter(MEMBER, "vraag"))


def the_speaker_says_yes(tilda, sander, portal: Portal, meeting: str) -> None:
    tilda.goto(f"{meeting}/programma/")
    tilda.locator("a[href*=spreker-vragen]").first.click()
    for name, value in {"name": "Sander Spreker", "email": SPEAKER, "organisation": "Veilig & Co"}.items():
        tilda.fill(f"[name={name}]", value)
    tilda.select_option("[name=kind]", "vendor")
    tilda.click("form.sheet button")
    sander.goto(link_in(portal.letter(SPEAKER, "Wilt u spreken"), "/spreker/"))
    sander.click("button[name=doen][value=ja]")
    portal.letter(TREKKER, "Spreker zegt ja")


def people_answer(tilda, nora, leo, portal: Portal, meeting: str) -> None:
    number = meeting.rpartition("/")[2]  # the clock may have put another draft before it
    tilda.goto(f"{portal.url}/kringen/limburg/planning/?bijeenkomst={number}")
    tilda.click(f"form[action='/bijeenkomsten/{number}/publiceren/'] button")
    tilda.goto(f"{meeting}/uitnodigen/")
    tilda.click("main form button.button")
    for address in (TREKKER, HOST, MEMBER, ABSENT):
        portal.letter(address, "Uitnodiging")
    nora.goto(f"{meeting}/")
    assert "Onze noodpost" in nora.inner_text("main")
    assert "Sander Spreker" in nora.inner_text("main")
    nora.click("button[name=answer][value=yes]")
    portal.letter(MEMBER, "U bent ingeschreven")
    leo.goto(f"{meeting}/")
    leo.click("button[name=answer][value=no]")
    leo.wait_for_selector(".htmx-settling", state="detached")


def each_tells_what_it_works_on(nora, portal: Portal, meeting: str) -> None:
    nora.goto(f"{meeting}/rondje/")
    nora.fill("[name=text]", TOLD)
    nora.click("main form[novalidate] button")
    assert TOLD in nora.inner_text("table")


# --- During --------------------------------------------------------------------------------------------------------


def people_are_there(tilda, hans, nora, portal: Portal, meeting: str) -> None:
    hans.goto(f"{meeting}/beamer/")  # the host shows it
    code = re.search(r"\b[2-9A-HJKMNP-Z]{6}\b", hans.inner_text("body")).group()  # type: ignore[union-attr]
    number = meeting.rpartition("/")[2]
    nora.goto(f"{portal.url}/aanwezig/{number}/")
    nora.fill("[name=code]", "222222" if code != "222222" else "333333")
    nora.click("main form button")
    assert nora.locator("[aria-invalid=true]").count() == 1
    nora.fill("[name=code]", code)
    nora.click("main form button")
    assert "U bent aanwezig" in nora.inner_text("h1")
    tilda.goto(f"{meeting}/aanwezigen/")
    row = tilda.locator("tr:has-text('Hans Host')")
    row.locator("input[type=checkbox]").first.check()
    tilda.fill("[name=form-0-name]", "Gijs Gast")
    tilda.click("main form button.button")
    tilda.goto(f"{meeting}/aanwezigen/")
    assert tilda.locator("tr input:checked").count() == 2  # Nora by her code, Hans by the list
    assert "Gijs Gast" in tilda.inner_text("section[aria-labelledby=guests]")


# --- After ---------------------------------------------------------------------------------------------------------


def the_report_reaches_who_was_absent_first(tilda, leo, portal: Portal, meeting: str) -> None:
    tilda.goto(f"{meeting}/verslag/schrijven/")
    assert "Verontschuldigd\nLommel" in tilda.inner_text("section[aria-labelledby=presence]")
    case = tilda.locator("section:has(h2:has-text('Een dag zonder netwerk'))")
    case.locator("textarea").first.fill("Niemand had er een, behalve Genk.")
    case.locator("summary").click()
    case.locator("[name^=decision]").fill(DECISION)
    case.locator("[name^=what]").fill(ACTION)
    owner = case.locator("[name^=owner] option", has_text="Leo Laat").get_attribute("value")
    case.locator("[name^=owner]").select_option(owner)
    case.locator("[name^=due_on]").fill((timezone.localdate() + timedelta(days=30)).isoformat())
    tilda.click("button[name=publish]")
    letter = portal.letter(ABSENT, "erslag")
    assert ACTION in text_of(letter)
    assert portal.sent_to("erslag") & {ABSENT, MEMBER, HOST} == {ABSENT}  # who was there reads it tomorrow
    leo.goto(link_in(letter, "/bijeenkomsten/"))
    assert DECISION in leo.inner_text("main")


def who_was_there_says_what_it_was_worth(nora, leo, meeting: str) -> None:
    nora.goto(f"{meeting}/evaluatie/")
    nora.check("[name=useful][value='5']")
    nora.check("[name=form][value='4']")
    nora.fill("[name=text]", "Meer van dat.")
    nora.click("main form button.button")
    assert nora.goto(f"{meeting}/evaluaties/").status == 403
    leo.goto(f"{meeting}/evaluatie/")
    assert leo.locator("[name=useful]").count() == 0  # was not there


def the_dossier_is_one_file(leo, meeting: str) -> None:
    leo.goto(f"{meeting}/verslag/")
    with leo.expect_download() as download:
        leo.click("a[href$='.pdf']")
    with open(download.value.path(), "rb") as file:
        assert file.read(5) == b"%PDF-"


# --- The next quarter ----------------------------------------------------------------------------------------------


def the_next_programme_begins_with_what_is_open(tilda, portal: Portal) -> None:
    tilda.goto(f"{portal.url}/kringen/limburg/bijeenkomsten/nieuw/")
    tilda.select_option("[name=form]", "online")
    tilda.click("form.sheet button")
    number = number_in(tilda.url)
    tilda.goto(f"{portal.url}/bijeenkomsten/{number}/bewerken/")
    tilda.fill("[name=online_link]", "https://vergadering.example/limburg")
    tilda.click("form.sheet button.button")
    tilda.goto(f"{portal.url}/kringen/limburg/planning/?bijeenkomst={number}")
    tilda.click(f"form[action='/bijeenkomsten/{number}/publiceren/'] button")


def from_the_question_to_the_next_programme_and_back(nora, portal: Portal) -> None:
    """By links alone; each page says what it should."""
    nora.goto(f"{portal.url}/kringen/limburg/vragen/")
    question = nora.locator(f"li:has-text('{QUESTION}')")
    question.locator("a[href*='#punt-']").first.click()  # where it was treated
    assert "Een dag zonder netwerk" in nora.inner_text("main")
    nora.locator(f"main li:has-text('{QUESTION}') a[href*='/verslag/']").first.click()
    assert DECISION in nora.inner_text("main")
    nora.click(f"main a:has-text('{ACTION}')")
    assert "Leo Laat" in nora.inner_text(f"li:has-text('{ACTION}')")
    nora.click("main p:has-text('Wordt bekeken op') a")  # the next programme
    nora.click(f"main li a:has-text('{ACTION}')")  # and back: where it was agreed
    assert "/verslag/#actie-" in nora.url
    assert DECISION in nora.inner_text("main")
    nora.locator(".breadcrumbs a[href*='/bijeenkomsten/']").click()
    nora.click(f"main a:has-text('{QUESTION}')")
    assert "Behandeld" in nora.inner_text(f"li:has-text('{QUESTION}')")


def number_in(url: str) -> str:
    """Of the meeting that an address of the desk or of a draft is about."""
    return re.search(r"bijeenkomst(?:en/|=)(\d+)", url).group(1)  # type: ignore[union-attr]
