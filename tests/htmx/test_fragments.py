"""What the server sends to htmx: the part that changes and no more, behind the locks and the wall of the page."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from meetings.models import AgendaItem, Registration
from regions import limits
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.queries import queries_of

HTMX = {"HX-Request": "true"}


class Outline(HTMLParser):
    """The outermost elements: (tag, hx-swap-oob)."""

    VOID = {"br", "hr", "img", "input", "link", "meta"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.depth = 0
        self.outer: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if self.depth == 0:
            self.outer.append((tag, dict(attrs).get("hx-swap-oob")))
        self.depth += tag not in self.VOID

    def handle_endtag(self, tag):
        self.depth -= tag not in self.VOID


def outside(response) -> list[str]:
    """Where the response goes beside the place that asked for it."""
    return [oob for _tag, oob in Outline(response.text).outer if oob]


@pytest.fixture
def two(waasland, temse):
    with acting_as(SYSTEM):
        make.meeting(waasland, "Camera's", host=temse, audience="public")
        make.meeting(waasland, "Aankopen", host=temse, audience="public")


# --- Filters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/bijeenkomsten/", ["innerHTML:#count", "innerHTML:#views", "innerHTML:#clear"]),
        ("/kringen/waasland/bijeenkomsten/", ["innerHTML:#count", "innerHTML:#views", "innerHTML:#clear"]),
        ("/besturen/", ["innerHTML:#count"]),
        ("/sprekers/", ["innerHTML:#count"]),
    ],
)
def test_a_filter_gets_the_list_and_what_is_said_of_it(browse, trekker, two, path, parts):
    client = browse(trekker)
    part = client.get(path, {"zoek": "a"}, headers=HTMX)
    assert (part.status_code, outside(part)) == (200, parts)
    assert all(word not in part.text for word in ("<html", "<form", "<h1", "<script"))
    whole = client.get(path, {"zoek": "a"})
    assert "<h1" in whole.text
    for place in parts:
        assert f'id="{place.partition("#")[2]}"' in whole.text
    assert 'id="list"' in whole.text


@pytest.mark.parametrize("path", ["/bijeenkomsten/", "/kringen/waasland/bijeenkomsten/", "/besturen/"])
def test_no_cache_mixes_a_part_with_its_page_and_back_gives_the_page(browse, lid, two, path):
    for person in (None, lid):
        for headers in ({}, HTMX):
            vary = browse(person).get(path, headers=headers)["Vary"]
            assert {"HX-Request", "HX-History-Restore-Request", "Cookie"} <= set(vary.split(", "))
    back = browse().get(path, headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert "<h1" in back.text


@pytest.mark.parametrize("path", ["/bijeenkomsten/?vorm=hologram", "/besturen/?provincie=nergens"])
def test_a_choice_that_does_not_exist_is_told_with_the_list(browse, two, path):
    part = browse().get(path, headers=HTMX)
    assert part.status_code == 422
    assert 'role="alert"' in part.text
    assert 'href="#id_' in part.text


def test_a_part_shows_no_more_than_its_page(browse, neighbour, lid, waasland):
    with acting_as(SYSTEM):
        make.meeting(waasland, "Onder ons")
    assert "Onder ons" in browse(lid).get("/bijeenkomsten/", headers=HTMX).text
    assert "Onder ons" not in browse(neighbour).get("/bijeenkomsten/", headers=HTMX).text


@pytest.mark.parametrize(
    "path", ["/bijeenkomsten/?zoek=a", "/kringen/waasland/bijeenkomsten/?zoek=a", "/besturen/?zoek=a"]
)
def test_a_part_costs_no_more_than_its_page(browse, lid, two, path):
    for person in (None, lid):
        client = browse(person)
        client.get(path)
        whole = queries_of(client, path)
        client.defaults["HTTP_HX_REQUEST"] = "true"
        assert queries_of(client, path) <= whole


@pytest.mark.parametrize("n", [1, 9])
def test_what_waits_for_me_is_answered_in_the_list_and_costs_the_same_however_full(browse, lid, waasland, temse, n):
    with acting_as(SYSTEM):
        meetings = [make.meeting(waasland, host=temse) for _ in range(n)]
    client, path = browse(lid), "/bijeenkomsten/?wacht=ja"
    client.get(path)
    assert queries_of(client, path) == 6
    page = client.get(path).text
    assert [f'id="answer-{meeting.pk}-yes"' in page for meeting in meetings] == [True] * n
    assert "answer-buttons" not in client.get("/bijeenkomsten/").text


# --- Answering -----------------------------------------------------------------------------------------------------


@pytest.fixture
def quarterly(waasland, temse):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Samen aankopen", host=temse, seats_in_person=1)


def answer(client, meeting, target="answer", **data):
    headers = HTMX | {"HX-Target": target}
    return client.post(reverse("answer_meeting", args=[meeting.pk]), data, headers=headers)


def test_an_answer_comes_back_with_who_comes_and_what_was_noted(browse, lid, trekker, quarterly):
    part = answer(browse(lid), quarterly, answer="yes")
    assert (part.status_code, outside(part)) == (200, ["innerHTML:#said", "innerHTML:#coming"])
    assert 'value="yes" aria-pressed="true"' in part.text
    assert part.text.count('class="notice success"') == 1
    assert lid.name in part.text
    full = answer(browse(trekker), quarterly, answer="yes")
    assert "wachtlijst" in full.text
    whole = browse(lid).get(quarterly.get_absolute_url()).text
    for place in ("answer", "said", "coming", "answer-yes", "answer-maybe", "answer-no"):
        assert whole.count(f'id="{place}"') == 1
    assert 'class="notice success"' not in whole  # said once


def test_an_answer_in_a_list_comes_back_for_that_row(browse, lid, quarterly):
    row = f"answer-{quarterly.pk}"
    front = browse(lid).get("/").text
    part = answer(browse(lid), quarterly, row, answer="maybe")
    assert outside(part) == [f"innerHTML:#said-{quarterly.pk}"]
    for place in (row, f"said-{quarterly.pk}"):
        assert front.count(f'id="{place}"') == 1
    for value in ("yes", "maybe", "no"):
        assert part.text.count(f'id="{row}-{value}"') == front.count(f'id="{row}-{value}"') == 1
    assert 'value="maybe" aria-pressed="true"' in part.text


def test_what_cannot_be_answered_is_told_in_its_place(browse, lid, waasland, quarterly):
    wrong = answer(browse(lid), quarterly, answer="perhaps")
    assert wrong.status_code == 422
    assert "Kies ja, misschien of nee." in wrong.text
    with acting_as(SYSTEM):
        cancelled = make.meeting(waasland, state="cancelled")
        begun = make.meeting(waasland, in_days=-0.01)
        assert Registration.objects.count() == 0
    for meeting in (cancelled, begun):
        late = answer(browse(lid), meeting, answer="yes")
        assert late.status_code == 200
        assert 'class="notice warning"' in late.text


def test_the_locks_hold_for_parts(browse, lid, neighbour, quarterly):
    assert answer(browse(neighbour), quarterly, answer="yes").status_code == 404
    where = f"http://testserver{quarterly.get_absolute_url()}"
    address = reverse("answer_meeting", args=[quarterly.pk])
    for current, back in [(where, quarterly.get_absolute_url()), ("https://elders.example/", "/")]:
        sent = browse().post(address, {"answer": "yes"}, headers=HTMX | {"HX-Current-URL": current})
        assert (sent.status_code, sent["HX-Redirect"]) == (200, f"/account/login/?next={back}")
    assert browse().post(address, {"answer": "yes"}).status_code == 302


def test_too_often_is_said_with_its_words(browse, lid, quarterly, monkeypatch, settings):
    settings.RATE_LIMITS = True
    monkeypatch.setitem(limits.WRITES, "answer", "1/h/user")
    client = browse(lid)
    assert answer(client, quarterly, answer="yes").status_code == 200
    refused = answer(client, quarterly, answer="no")
    assert refused.status_code == 429
    assert '<p class="lead">' in refused.text  # static/js/live.js shows h1 and .lead


# --- The programme -------------------------------------------------------------------------------------------------


@pytest.fixture
def points(waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, state="draft")
        return [make.item(meeting, title, minutes=30) for title in ("Een", "Twee", "Drie")]


def shift(client, item, to, **headers):
    return client.post(reverse("shift_item", args=[item.pk]), {"to": to}, headers=headers or HTMX)


def test_a_point_that_moves_comes_back_with_the_list_and_its_place(browse, trekker, lid, points):
    part = shift(browse(trekker), points[2], "up")
    assert (part.status_code, outside(part)) == (200, ["innerHTML:#shifted"])
    assert "Drie staat nu op plaats 2, om " in part.text
    assert [part.text.index(f"punt-{points[number].pk}") for number in (0, 2, 1)] == sorted(
        part.text.index(f"punt-{item.pk}") for item in points
    )
    assert "autofocus" not in part.text
    at_the_top = shift(browse(trekker), points[2], "up")
    assert f'id="up-{points[2].pk}" disabled' in at_the_top.text
    assert f'id="down-{points[2].pk}" autofocus' in at_the_top.text
    assert shift(browse(lid), points[0], "up").status_code == 404
    assert shift(browse(trekker), points[2], "down", Accept="text/html").status_code == 302
    with acting_as(SYSTEM):
        assert list(AgendaItem.objects.order_by("position").values_list("title", flat=True)) == [
            "Een",
            "Drie",
            "Twee",
        ]
