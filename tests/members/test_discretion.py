"""What answers tell by the way: in headers and cookies, to caches and to the curious."""

import pytest

from tests import make


def test_registering_answers_the_same_to_who_has_a_profile_and_who_has_none(browse, lid):
    typed = {"password1": make.PASSWORD, "name": "Iemand"}
    known, new = (
        browse().post("/account/signup/", typed | {"email": address}) for address in (lid.email, "nieuw@x.example")
    )
    assert (known.status_code, known.url, set(known.cookies)) == (new.status_code, new.url, set(new.cookies))


@pytest.mark.parametrize("page", ["/", "/mijn/", "/bijeenkomsten/", "/kringen/waasland/leden/"])
def test_the_pages_of_a_member_are_kept_in_no_shared_cache(browse, lid, page):
    response = browse(lid).get(page)
    assert response["Cache-Control"] == "private, no-cache"
    assert "Cookie" in response["Vary"]


def test_a_public_feed_may_be_kept(browse, lid):
    assert "public" in browse(lid).get("/kringen/waasland/agenda.ics")["Cache-Control"]


@pytest.mark.parametrize("cookie", ['"abcdefgh\\000ij"', "abcdefgh'ij", "x" * 4000])
def test_a_cookie_that_is_no_session_is_a_visitors(browse, house, cookie):
    client = browse()
    assert client.get("/", headers={"cookie": f"sessionid={cookie}"}).status_code == 200
    assert client.get("/mijn/", headers={"cookie": f"sessionid={cookie}"}).status_code == 302
