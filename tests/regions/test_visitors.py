"""What is kept for a second for the next visitor: never what is for one person, and never for longer."""

import time

import pytest
from django.core.cache import caches

from regions.wall import SYSTEM, acting_as
from tests import make

PAGES = ["/", "/bijeenkomsten/", "/kringen/waasland/", "/kringen/waasland/bijeenkomsten/", "/besturen/temse/"]


@pytest.fixture(autouse=True)
def kept_for_a_minute(settings):
    settings.VISITORS_SEE_FOR = 60


@pytest.fixture
def meeting(waasland, temse):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Voor iedereen", audience="public", host=temse)


def rename(meeting, title="Anders"):
    with acting_as(SYSTEM):
        type(meeting).objects.filter(pk=meeting.pk).update(title=title)


def is_kept() -> int:
    return len(caches["visitors"]._cache)  # type: ignore[attr-defined]


def test_a_visitor_sees_what_the_one_before_saw(browse, meeting, figure):
    page = meeting.get_absolute_url()
    first = browse().get(page)
    rename(meeting)
    second = browse().get(page)
    assert second.content == first.content
    assert second.headers == first.headers
    caches["visitors"].clear()
    assert "Anders" in browse().get(page).text


@pytest.mark.parametrize("path", PAGES)
def test_who_is_logged_in_gets_and_leaves_nothing(browse, lid, meeting, path):
    mine = browse(lid).get(path)
    assert is_kept() == 0
    visitors = browse().get(path)
    assert is_kept() == 1
    assert visitors.content != mine.content
    assert lid.name not in visitors.text
    assert b"account/logout" in browse(lid).get(path).content


def test_a_member_sees_at_once_what_changed(browse, lid, meeting):
    page = meeting.get_absolute_url()
    browse().get(page)
    rename(meeting)
    assert "Anders" in browse(lid).get(page).text


def test_each_language_and_each_part_of_a_page_is_kept_apart(browse, meeting):
    dutch, english = browse(), browse()
    english.post("/taal/", {"language": "en", "next": "/bijeenkomsten/"})
    answers = [
        client.get("/bijeenkomsten/", headers=headers).content
        for client in (dutch, english)
        for headers in ({}, {"HX-Request": "true"}, {"HX-Request": "true", "HX-History-Restore-Request": "true"})
    ]
    assert len({*answers}) == 4  # who comes back by the browser's button gets the whole
    assert answers[0] == answers[2]
    assert is_kept() == 6


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.get("/bijeenkomsten/?zoek=x"),
        lambda client: client.get("/nergens/"),
        lambda client: client.head("/bijeenkomsten/"),
        lambda client: client.post("/bijeenkomsten/"),
        lambda client: client.get("/account/login/"),
        lambda client: client.get("/mijn/"),
        lambda client: client.get("/healthz/ready"),
    ],
)
def test_nothing_else_is_kept(browse, house, ask):
    ask(browse())
    assert is_kept() == 0


@pytest.mark.parametrize("name", ["sessionid", "messages", "csrftoken"])
def test_who_brings_a_cookie_of_their_own_shares_nothing(browse, house, name):
    client = browse()
    client.cookies[name] = "x"
    client.get("/bijeenkomsten/")
    assert is_kept() == 0


def test_what_says_something_to_one_browser_is_not_kept(browse, house, lid):
    """Who logs out is told so once, on a page that others see as well."""
    client = browse(lid)
    assert client.post("/account/logout/", follow=True).status_code == 200
    told = client.get("/")
    assert is_kept() <= 1
    assert browse().get("/").text.count('class="notice') == 0, told


def test_the_memory_is_small(browse, waasland):
    with acting_as(SYSTEM):
        pages = [make.meeting(waasland, f"Nummer {n}", audience="public").get_absolute_url() for n in range(60)]
    for page in pages:
        browse().get(page)
    assert 0 < is_kept() <= 50


def test_after_its_time_a_page_is_made_anew(browse, meeting, settings):
    settings.VISITORS_SEE_FOR = 0.05
    page = meeting.get_absolute_url()
    browse().get(page)
    rename(meeting)
    time.sleep(0.06)
    assert "Anders" in browse().get(page).text
