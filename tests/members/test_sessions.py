"""Where one is logged in: seen by oneself alone, and ended there."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from members.logins import device
from members.models import Member
from regions.wall import SYSTEM, acting_as
from tests.make import PASSWORD

PAGE = "/mijn/gegevens/aangemeld/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
CHROME = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36"


@pytest.fixture(autouse=True)
def _nobody_was_counted(db):
    cache.clear()


def log_in(person, user_agent=FIREFOX, password=PASSWORD) -> Client:
    client = Client(HTTP_USER_AGENT=user_agent)
    client.post("/account/login/", {"login": person.email, "password": password})
    return client


def is_in(client) -> bool:
    return client.get("/mijn/").status_code == 200


def shown(client) -> list[tuple[str, bool]]:
    """The devices on the page, and which of them is this one."""
    page = client.get(PAGE)
    return [(row.device, row.session_key == page.context["here"]) for row in page.context["sessions"]]


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox op Windows"),
        (PHONE, "Safari op iPhone"),
        (EDGE, "Edge op Windows"),
        (CHROME, "Chrome op Android"),
        ("curl/8.14", "onbekend toestel"),
        ("", "onbekend toestel"),
    ],
)
def test_a_browser_is_named_in_words(user_agent, words):
    assert device(user_agent) == words


def test_one_sees_ones_own_sessions_and_which_is_this_one(lid, neighbour):
    laptop, phone = log_in(lid), log_in(lid, PHONE)
    log_in(neighbour, EDGE)
    assert shown(laptop) == [("Safari op iPhone", False), ("Firefox op Windows", True)]
    assert shown(phone) == [("Safari op iPhone", True), ("Firefox op Windows", False)]
    assert "0.0.0.0" not in laptop.get(PAGE).text
    assert Client().get(PAGE).status_code == 302


def test_one_session_is_ended(lid):
    laptop, phone, tablet = log_in(lid), log_in(lid, PHONE), log_in(lid, CHROME)
    with acting_as(SYSTEM):
        pk = UserSession.objects.get(user_agent=PHONE).pk
    page = laptop.post(PAGE, {"session": pk}, follow=True)
    assert "U bent op 1 plaats afgemeld." in page.text
    assert [is_in(each) for each in (laptop, phone, tablet)] == [True, False, True]
    assert shown(laptop) == [("Chrome op Android", False), ("Firefox op Windows", True)]
    assert "U bent op 0 plaatsen afgemeld." in laptop.post(PAGE, {"session": pk}, follow=True).text


def test_all_others_are_ended(lid):
    laptop, others = log_in(lid), [log_in(lid, PHONE), log_in(lid, CHROME)]
    assert "U bent op 2 plaatsen afgemeld." in laptop.post(PAGE, follow=True).text
    assert (is_in(laptop), [is_in(each) for each in others]) == (True, [False, False])


def test_nobody_ends_the_session_of_another_nor_their_own_by_this_page(lid, neighbour):
    laptop, theirs = log_in(lid), log_in(neighbour)
    with acting_as(SYSTEM):
        keys = dict(UserSession.objects.values_list("user_id", "pk"))
    for pk in (keys[neighbour.pk], keys[lid.pk], 10**18):
        assert "U bent op 0 plaatsen afgemeld." in laptop.post(PAGE, {"session": pk}, follow=True).text
    for odd in ("-1", "x", "9" * 30):
        assert laptop.post(PAGE, {"session": odd}).status_code == 422
    assert is_in(laptop)
    assert is_in(theirs)


def test_another_password_ends_the_others(lid):
    laptop, phone = log_in(lid), log_in(lid, PHONE)
    new = "een-nog-langer-wachtwoord"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert laptop.post("/account/password/change/", form).status_code == 302
    assert (is_in(laptop), is_in(phone)) == (True, False)
    assert shown(laptop) == [("Firefox op Windows", True)]
    with acting_as(SYSTEM):
        assert {row.ip for row in UserSession.objects.all()} == {"0.0.0.0"}


def test_looking_writes_nothing(lid):
    laptop, phone = log_in(lid), log_in(lid, PHONE)
    Session.objects.filter(pk=phone.session.session_key).delete()  # ended by itself
    with acting_as(SYSTEM):
        before = sorted(UserSession.objects.values_list())
    assert shown(laptop) == [("Firefox op Windows", True)]
    with acting_as(SYSTEM):
        assert sorted(UserSession.objects.values_list()) == before
    log_in(lid, EDGE)  # tidies up
    with acting_as(SYSTEM):
        assert set(UserSession.objects.values_list("user_agent", flat=True)) == {FIREFOX, EDGE}


def test_the_sessions_of_who_is_deactivated_are_nobodys(lid):
    laptop, phone = log_in(lid), log_in(lid, PHONE)
    with acting_as(SYSTEM):
        Member.objects.filter(pk=lid.pk).update(is_active=False)
    assert [client.get(PAGE).status_code for client in (laptop, phone)] == [302, 302]
    assert laptop.get("/").status_code == 200
