"""The crawl passes no page by, and does not call itself whole when it did."""

from collections import Counter
from types import SimpleNamespace

import pytest

from tests.crawl.crawler import Crawl, crawl, endless, has_a_key, nothing
from tests.crawl.program import ACTORS, LEAST, report
from tests.crawl.words import word

BASE = "http://localhost"
ROW = ("meetings.Meeting", 12)


class Site:
    """A browser for a site of a few pages: what each says, by its path. Every other address says nothing."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages

    def get(self, address: str, **_: object) -> SimpleNamespace:
        said = self.pages.get(address.removeprefix(BASE), "")
        return SimpleNamespace(
            status_code=200, headers={"Content-Type": "text/html"}, content=said.encode(), text=said
        )


def links(*paths: str) -> str:
    return "".join(f"<a href='{path}'>" for path in paths)


ORDERS = [f"/kringen/?orde={number}" for number in range(9)]
SITE = Site({"/": links(*ORDERS, "/kringen/"), "/kringen/": links("/besturen/", "/beheer/members/member/7/change/")})


def test_every_page_is_read_before_what_has_no_end_and_that_of_each_kind_in_turn():
    found = crawl(BASE, SITE, ["/"], may_see=nothing, more=3)
    assert found.visited == ["/", "/kringen/", "/besturen/", ORDERS[0], "/beheer/members/member/7/change/", ORDERS[1]]
    assert found.unread == {"kringen/?orde": 7}


def test_a_page_that_was_not_reached_is_told_apart():
    found = crawl(BASE, SITE, ["/"], may_see=nothing, most=1)
    assert (found.unread[""], found.unread.total()) == (1, 10)


def test_an_address_to_be_copied_is_found_too():
    site = Site({"/": f"<input value='{BASE}/materiaal/3/een-sleutel/'>"})
    assert crawl(BASE, site, ["/"], may_see=nothing).visited == ["/", "/materiaal/3/een-sleutel/"]


def test_what_was_read_by_someone_for_whom_it_is_not_there_is_told():
    site = Site({"/": word(ROW)})
    assert crawl(BASE, site, ["/"], may_see=nothing).foreign == [("/", ROW)]
    assert crawl(BASE, site, ["/"], may_see=lambda row: row == ROW).foreign == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/bijeenkomsten/12/", ""),
        ("/bijeenkomsten/?pagina=2&kring=kempen", "bijeenkomsten/?kring&pagina"),
        ("/kringen/waasland/bijeenkomsten/?zoek=", "kringen/<slug:slug>/bijeenkomsten/?zoek"),
        ("/beheer/members/member/7/change/", "beheer/members/member/<path:object_id>/change/?"),
        ("/nergens/?a=1", "/nergens/?a"),
    ],
)
def test_what_has_no_end_is_called_by_its_kind(path, kind):
    assert endless(path) == kind


def test_the_keys_are_those_of_calendars_and_letters():
    paths = [
        "/agenda/a.ics",
        "/antwoord/a/",
        "/materiaal/3/a/",
        "/materiaal/3/",
        "/kringen/waasland/agenda.ics",
        "/x",
    ]
    assert [path for path in paths if has_a_key(path)] == ["/agenda/a.ics", "/antwoord/a/", "/materiaal/3/a/"]


def a_crawl(**wrong) -> dict[str, Crawl]:
    found = {who: Crawl(seen={ROW}) for who in ACTORS}
    for each in found.values():
        each.answers[200] = LEAST
    for name, value in wrong.items():
        setattr(found[ACTORS[0]], name, value)
    return found


@pytest.mark.parametrize(
    ("wrong", "lost"),
    [
        ({"foreign": [("/", ROW)]}, 1),
        ({"unread": {"": 1}}, 1),
        ({"answers": {200: LEAST - 1}}, 1),
        ({"seen": set()}, 1),
        ({}, 0),
    ],
    ids=["leak", "page not read", "too few answers", "no word", "who went had nothing to lose"],
)
def test_a_crawl_is_good_only_when_it_read_all_and_could_see(wrong, lost):
    counted = {name: Counter(value) if isinstance(value, dict) else value for name, value in wrong.items()}
    assert report("", a_crawl(), {"who": 1})[1]
    assert not report("", a_crawl(**counted), {"who": lost})[1]
