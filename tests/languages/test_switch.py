"""The switch in the footer: in this browser, and for a member wherever they read."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from members.models import Member
from regions.wall import SYSTEM, acting_as
from tests import make

pytestmark = pytest.mark.django_db


def lang(page):
    """What a page says of its own language, twice."""
    said = re.search(r'<html lang="(\w+)"', page.text).group(1)
    assert page["Content-Language"] == said
    return said


def choose(client, language="en", going="/kringen/", **headers):
    return client.post("/taal/", {"language": language, "next": going}, headers=headers)


def of(person):
    with acting_as(SYSTEM):
        return Member.objects.get(pk=person.pk).language


@pytest.mark.parametrize("asks", ["", "fr", "en", "en-GB,en;q=0.9", "nl-BE", "*", "x" * 999])
def test_a_first_visit_is_in_dutch_whatever_the_browser_asks_for_and_gets_no_cookie(browse, house, asks):
    page = browse().get("/", headers={"accept-language": asks})
    assert (lang(page), dict(page.cookies)) == ("nl", {})


def test_the_switch_names_each_language_in_its_own_words_and_marks_the_one_in_use(browse, house):
    visitor = browse()
    switch = re.compile(r'name="language" value="(\w+)" lang="(\w+)"( aria-current="true")?>(\w+)<')
    assert switch.findall(visitor.get("/").text) == [
        ("nl", "nl", ' aria-current="true"', "Nederlands"),
        ("en", "en", "", "English"),
    ]
    choose(visitor)
    assert [(name, bool(here)) for _v, _l, here, name in switch.findall(visitor.get("/").text)] == [
        ("Nederlands", False),
        ("English", True),
    ]


def test_a_visitor_switches_back_and_forth_and_stays_on_the_page(browse, house):
    visitor = browse()
    going = "/besturen/?zoek=a&provincie=limburg"
    page = visitor.get(going)
    assert f'name="next" value="{going.replace("&", "&amp;")}"' in page.text
    answer = choose(visitor, going=going)
    assert (answer.status_code, answer.url) == (302, going)
    cookie = answer.cookies["language"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"], cookie["max-age"]) == ("en", "Lax", True, 31536000)
    assert lang(visitor.get(going)) == "en"
    choose(visitor, "nl")
    assert lang(visitor.get(going)) == "nl"


def test_it_leads_back_to_the_list_as_it_was_narrowed_since(browse, house):
    visitor, narrowed = browse(), "http://testserver/besturen/?zoek=a"
    assert choose(visitor, going="/besturen/", referer=narrowed).url == narrowed
    assert choose(visitor, going="/besturen/", referer="http://testserver/kringen/").url == "/besturen/"
    assert choose(visitor, going="/besturen/", referer="https://evil.example/besturen/").url == "/besturen/"
    assert choose(visitor, going="/besturen/", referer="http://[").url == "/besturen/"


def test_a_page_that_only_takes_what_is_sent_is_not_where_it_leads(browse, lid, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
    came_from = f"http://testserver/bijeenkomsten/{meeting.pk}/"
    page = browse(lid).post(reverse("answer_meeting", args=[meeting.pk]), {}, headers={"referer": came_from})
    assert page.status_code == 422
    assert f'name="next" value="{came_from}"' in page.text


def test_where_nobody_knows_what_failed_there_is_no_switch_and_dutch():
    for name in ("500.html", "503.html"):
        page = render_to_string(name)
        assert '<html lang="nl">' in page
        assert "<form" not in page


@pytest.mark.parametrize("going", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:0", ""])
def test_it_leads_nowhere_else(browse, house, going):
    assert choose(browse(), going=going).url == "/"


@pytest.mark.parametrize("language", ["fr", "", "nl\r\nX: y", "en-GB", "../en"])
def test_another_language_is_not_spoken(browse, lid, language):
    answer = choose(browse(lid), language)
    assert (answer.status_code, dict(answer.cookies), of(lid)) == (302, {}, "")


def test_it_needs_no_token_and_takes_nothing_from_another_site(lid):
    member = Client(enforce_csrf_checks=True)
    with acting_as(SYSTEM):
        member.force_login(lid)
    for origin in ("https://evil.example", "null", "http://testserver.evil.example", "http://["):
        assert dict(choose(member, origin=origin).cookies) == {}
    for site in ("cross-site", "same-site", "none"):
        headers = {"sec-fetch-site": site, "origin": "http://testserver"}
        assert dict(choose(member, **headers).cookies) == {}
    assert of(lid) == ""
    secretive = choose(member, **{"sec-fetch-site": "same-origin", "origin": "null"})  # from the page behind a letter
    assert secretive.cookies["language"].value == "en"
    assert choose(member, origin="http://testserver").cookies["language"].value == "en"
    assert of(lid) == "en"


def test_only_by_pressing_it(browse, lid):
    assert browse(lid).get("/taal/?language=en").status_code == 405
    assert of(lid) == ""


def test_a_member_reads_the_same_language_everywhere_and_after_logging_out_and_in(browse, lid):
    here, elsewhere = browse(lid), browse(lid)
    choose(here)
    assert (of(lid), lang(here.get("/mijn/")), lang(elsewhere.get("/mijn/"))) == ("en", "en", "en")
    here.post("/account/logout/")
    assert lang(here.get("/")) == "en"
    here.post("/account/login/", {"login": lid.email, "password": make.PASSWORD})
    assert lang(here.get("/mijn/")) == "en"


def test_what_a_member_chose_counts_for_more_than_what_was_chosen_in_this_browser(browse, lid):
    choose(browse(lid), "nl")
    borrowed = browse()
    choose(borrowed, "en")
    borrowed.post("/account/login/", {"login": lid.email, "password": make.PASSWORD})
    assert (lang(borrowed.get("/mijn/")), of(lid)) == ("nl", "nl")


def test_who_never_chose_and_logs_in_takes_along_what_was_chosen_in_this_browser(browse, lid):
    visitor = browse()
    choose(visitor)
    visitor.post("/account/login/", {"login": lid.email, "password": make.PASSWORD})
    assert (lang(visitor.get("/mijn/")), of(lid)) == ("en", "en")


def test_logging_in_without_having_chosen_chooses_nothing(browse, lid):
    visitor = browse()
    visitor.post("/account/login/", {"login": lid.email, "password": make.PASSWORD})
    assert (lang(visitor.get("/mijn/")), of(lid), "language" in visitor.cookies) == ("nl", "", False)


def test_who_registers_in_english_is_written_to_in_english(browse, house):
    visitor = browse()
    choose(visitor)
    new = {"email": "jane@demo.example", "name": "Jane", "password1": make.PASSWORD, "where": ""}
    visitor.post("/account/signup/", new)
    with acting_as(SYSTEM):
        jane = Member.objects.get(email="jane@demo.example")
        assert jane.language == "en"
        assert jane.deliveries.get().subject == "[Kenniskring] Confirm your e-mail address"


def test_it_stands_among_my_details_too(browse, lid):
    member = browse(lid)
    page = member.get("/mijn/gegevens/")
    assert page.context["form"]["language"].value() == "nl"
    sent = {"name": "Lies Lid", "job_title": "", "language": "en"}
    page = member.post("/mijn/gegevens/", sent, follow=True)
    assert (lang(page), of(lid), member.cookies["language"].value) == ("en", "en", "en")
    assert "Your details were saved." in page.text


def test_errors_are_in_the_same_language(browse, lid):
    member = browse(lid)
    choose(member)
    page = member.get("/bestaat-niet/")
    assert (page.status_code, lang(page)) == (404, "en")
    assert "We cannot find this page" in page.text


def test_a_strange_cookie_is_no_choice(browse, house):
    for value in ("fr", "NL", "en-gb", "x" * 4000, '"'):
        visitor = browse()
        visitor.cookies["language"] = value
        assert lang(visitor.get("/")) == "nl"


def test_one_visitor_does_not_change_the_language_of_the_next(browse, house):
    """Words that are worked out once are worked out once per language."""
    english, dutch = browse(), browse()
    choose(english)
    for _again in range(2):
        assert "Skip to the content" in english.get("/").text
        assert "Ga naar de inhoud" in dutch.get("/").text
