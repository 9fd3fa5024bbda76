"""Files in parts, and at an address that works for ten minutes: bytes come from behind the wall alone."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from mailroom.links import make_token
from meetings.models import Material
from members.models import Membership
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.meetings.test_uploads import add

BODY = b"%PDF-1.7\n" + bytes(range(256)) * 4
SIZE = len(BODY)


@pytest.fixture
def material(waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, "Van ons")
    return add(meeting, "Dia's.pdf", BODY)


def fetch(client, where, method="get", **headers):
    """The answer, with ``body``: read to its end, as a browser does."""
    response = getattr(client, method)(
        where, headers={key.replace("_", "-"): value for key, value in headers.items()}
    )
    response.body = response.getvalue() if response.streaming else response.content
    return response


# --- In parts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=100-199", 100, 199),
        ("bytes=1000-", 1000, SIZE - 1),
        ("bytes=-5", SIZE - 5, SIZE - 1),
        ("bytes=-99999", 0, SIZE - 1),
        ("bytes=1000-99999", 1000, SIZE - 1),
        ("Bytes = 3-4", 3, 4),
    ],
)
def test_a_part_is_given_when_a_part_is_asked(material, browse, lid, asked, first, last):
    response = fetch(browse(lid), f"/materiaal/{material.pk}/", range=asked)
    assert (response.status_code, response.body) == (206, BODY[first : last + 1])
    assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response["Content-Length"] == str(last - first + 1)
    assert response["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,5-6",
        "bytes=5-1",
        "bytes=-",
        "bytes",
        "lines=1-2",
        "bytes=a-b",
        "bytes=1-2-3",
        f"bytes={'9' * 40}-",
        "",
    ],
)
def test_what_is_not_one_range_gets_the_whole_file(material, browse, lid, asked):
    response = fetch(browse(lid), f"/materiaal/{material.pk}/", range=asked)
    assert (response.status_code, response.body) == (200, BODY)
    assert response["Content-Length"] == str(SIZE)
    assert response["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=99999-100000", "bytes=-0"])
def test_a_part_that_does_not_exist_is_refused(material, browse, lid, asked):
    response = fetch(browse(lid), f"/materiaal/{material.pk}/", range=asked)
    assert (response.status_code, response.body) == (416, b"")
    assert response["Content-Range"] == f"bytes */{SIZE}"


def test_a_part_of_what_has_changed_becomes_the_whole_file(material, browse, lid):
    where = f"/materiaal/{material.pk}/"
    etag = fetch(browse(lid), where)["ETag"]
    assert re.fullmatch(r'"\d+-\d+"', etag)
    found = {
        condition: fetch(browse(lid), where, range="bytes=0-0", if_range=condition).status_code
        for condition in (etag, '"other"', f"W/{etag}", "Sun, 22 Nov 2026 10:00:00 GMT")
    }
    assert list(found.values()) == [206, 200, 200, 200]


def test_who_has_the_file_is_told_so_only_as_long_as_it_may_be_seen(material, browse, lid, neighbour):
    where = f"/materiaal/{material.pk}/"
    etag = fetch(browse(lid), where)["ETag"]
    response = fetch(browse(lid), where, if_none_match=etag)
    assert (response.status_code, response.body) == (304, b"")
    assert fetch(browse(neighbour), where, if_none_match=etag).status_code == 404
    assert fetch(browse(neighbour), where, range="bytes=0-0").status_code == 404


def test_head_says_the_same_without_the_bytes(material, browse, lid):
    where = f"/materiaal/{material.pk}/"
    for headers in ({}, {"range": "bytes=0-9"}):  # a range is for GET (RFC 9110, 14.2)
        head, got = fetch(browse(lid), where, "head", **headers), fetch(browse(lid), where)
        assert (head.status_code, head.body) == (200, b"")
        assert {k: v for k, v in head.headers.items() if k != "Vary"} == {
            k: v for k, v in got.headers.items() if k != "Vary"
        }


def test_what_comes_with_a_file_can_do_nothing(material, waasland, browse, lid):
    from tests.meetings.test_material import PPTX

    saved = add(material.meeting, "a.pptx", PPTX)
    nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    for file, policy in ((material, f"{nothing}; img-src 'self'; object-src 'self'"), (saved, f"{nothing}; sandbox")):
        for headers in ({}, {"range": "bytes=0-0"}, {"range": "bytes=99999-"}):
            assert fetch(browse(lid), f"/materiaal/{file.pk}/", **headers)["Content-Security-Policy"] == policy


# --- For ten minutes ------------------------------------------------------------------------------------------------


def address_for(client, material) -> str:
    page = client.get(f"/materiaal/{material.pk}/adres/")
    assert page.status_code == 200
    (found,) = re.findall(r'value="http://testserver(/materiaal/[^"]+)"', page.text)
    return found


def test_a_member_opens_a_file_where_nobody_is_logged_in(material, browse, lid):
    where = address_for(browse(lid), material)
    response = fetch(Client(), where)
    assert (response.status_code, response.body, dict(response.cookies)) == (200, BODY, {})
    assert "no-store" in response["Cache-Control"]
    assert fetch(Client(), where, range="bytes=0-3").body == BODY[:4]
    assert fetch(Client(), f"/materiaal/{material.pk}/").status_code == 404


def test_it_works_for_ten_minutes(material, browse, lid):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        where = address_for(browse(lid), material)
        clock.shift(dt.timedelta(minutes=9, seconds=59))
        assert fetch(Client(), where).status_code == 200
        clock.shift(dt.timedelta(seconds=2))
        response = fetch(Client(), where)
    assert response.status_code == 410
    assert "Open het bestand op het portaal" in response.body.decode()


def test_who_may_not_see_the_file_gets_no_address(material, browse, neighbour, stranger):
    where = f"/materiaal/{material.pk}/adres/"
    assert [browse(person).get(where).status_code for person in (neighbour, stranger)] == [404, 404]
    assert browse().get(where).status_code == 302


REVOKED = {
    "left the circle": lambda lid, m: Membership.objects.filter(member=lid).update(ended_at=timezone.now()),
    "deactivated": lambda lid, m: type(lid).objects.filter(pk=lid.pk).update(is_active=False),
    "a draft again": lambda lid, m: type(m.meeting).objects.filter(pk=m.meeting_id).update(state="draft"),
    "taken away": lambda lid, m: Material.objects.filter(pk=m.pk).delete(),
}


@pytest.mark.parametrize("what", REVOKED)
def test_it_ends_with_the_right_to_see_the_file(material, browse, lid, what):
    where = address_for(browse(lid), material)
    assert fetch(Client(), where).status_code == 200
    with acting_as(SYSTEM):
        REVOKED[what](lid, material)
    assert fetch(Client(), where).status_code == 404


def test_deactivated_is_deactivated_also_where_everybody_may_look(material, browse, lid):
    where = address_for(browse(lid), material)
    with acting_as(SYSTEM):
        type(material.meeting).objects.update(audience="public")
        type(lid).objects.filter(pk=lid.pk).update(is_active=False)
    assert fetch(Client(), where).status_code == 404


def test_an_address_is_for_one_file_and_cannot_be_made_up(material, browse, lid, neighbour, kempen):
    with acting_as(SYSTEM):
        elsewhere = make.meeting(kempen)
    other = add(elsewhere, "van-hen.pdf", BODY)
    mine = address_for(browse(lid), material)
    token = mine.rstrip("/").rpartition("/")[2]
    tries = [
        f"/materiaal/{other.pk}/{token}/",
        f"/materiaal/{material.pk}/{token[:-1]}{'a' if token[-1] != 'a' else 'b'}/",
        f"/materiaal/{material.pk}/{make_token('answer', [material.pk, lid.pk])}/",
        f"/materiaal/{other.pk}/{make_token('material', [other.pk, lid.pk])}/",
        f"/materiaal/{material.pk}/{make_token('material', [material.pk, neighbour.pk])}/",
        f"/materiaal/{material.pk}/{make_token('material', [material.pk, 0])}/",
    ]
    assert [fetch(Client(), where).status_code for where in tries] == [404] * len(tries)
    assert fetch(browse(neighbour), mine).status_code == 200  # it stands for lid, whoever is logged in


def test_the_page_of_the_meeting_leads_there_for_members_alone(material, browse, lid):
    with acting_as(SYSTEM):
        type(material.meeting).objects.update(audience="public")
    link = f'href="/materiaal/{material.pk}/adres/"'
    page = f"/bijeenkomsten/{material.meeting_id}/"
    assert [link in browse(person).get(page).text for person in (lid, None)] == [True, False]
