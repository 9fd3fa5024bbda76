"""Too often is refused, whatever a sender claims about where it comes from; and it ends by itself."""

import re
import statistics
import time

import pytest
import time_machine
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.core.internal import ratelimit
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mailroom.links import make_token
from members.models import JoinRequest
from regions import limits
from regions.wall import DOORKEEPER, SYSTEM, acting_as
from tests import make
from tests.house.test_urls import pages
from tests.mailroom.test_unsubscribe import invitation, unsubscribe_path
from tests.make import PASSWORD
from tests.meetings.test_answer_by_letter import path as path_of_letter
from tests.meetings.test_feeds import address_of

LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def _on(settings, db):
    """As in production; nobody was counted yet."""
    settings.RATE_LIMITS = True
    cache.clear()
    caches["memory"].clear()


def log_in(person, password=PASSWORD, line="198.51.100.1", claims=""):
    headers = {"x-forwarded-for": claims} if claims else {}
    sent = {"login": getattr(person, "email", person), "password": password}
    return Client(REMOTE_ADDR=line).post(LOGIN, sent, headers=headers).status_code


# --- Logging in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_rotating_claim_gets_nobody_more_tries(lid, settings, proxies):
    """With a proxy of ours what counts is what it wrote: the last of the list."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    ours = ", 198.51.100.7" if proxies else ""
    tried = [log_in(lid, "verkeerd", claims=f"203.0.113.{number}, 10.0.0.{number}{ours}") for number in range(7)]
    assert tried == [422] * 5 + [429] * 2


def test_behind_our_proxy_each_line_is_counted_by_itself(lid, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for _ in range(6):
        log_in(lid, "verkeerd", line="10.0.0.1", claims="198.51.100.7")
    assert log_in(lid, line="10.0.0.1", claims="198.51.100.7") == 429
    assert log_in(lid, line="10.0.0.1", claims="198.51.100.7, 198.51.100.8") == 302


def test_one_line_tries_many_accounts_ten_times_a_minute(house):
    tried = [log_in(f"iemand{number}@temse.example", "verkeerd") for number in range(12)]
    assert tried == [422] * 10 + [429] * 2


def test_addresses_of_one_network_count_as_one_in_ipv6(house):
    tried = [
        log_in(f"iemand{number}@temse.example", "verkeerd", line=f"2001:db8:1:2::{number:x}") for number in range(12)
    ]
    assert tried == [422] * 10 + [429] * 2
    assert log_in("iemand@temse.example", "verkeerd", line="2001:db8:1:3::1") == 422


def test_the_right_person_gets_in_while_someone_guesses_elsewhere(lid):
    assert [log_in(lid, "verkeerd") for _ in range(6)] == [422] * 5 + [429]
    assert log_in(lid) == 429  # the guesser, with the right password at last
    assert log_in(lid, line="192.0.2.1") == 302


def test_many_lines_together_try_one_account_twenty_times_and_then_it_rests_for_five_minutes(lid, stranger):
    with time_machine.travel("2026-11-22 10:00", tick=False) as clock:
        tried = [log_in(lid, "verkeerd", line=f"203.0.113.{number}") for number in range(22)]
        assert tried == [422] * 20 + [429] * 2
        assert log_in(lid, line="192.0.2.1") == 429
        assert log_in(stranger, line="192.0.2.1") == 302  # somebody else notices nothing
        clock.shift(301)
        assert log_in(lid, line="192.0.2.1") == 302


def test_a_new_password_opens_the_door_at_once(lid, settings):
    for number in range(21):
        log_in(lid, "verkeerd", line=f"203.0.113.{number}")
    assert log_in(lid, line="192.0.2.1") == 429
    client = Client(REMOTE_ADDR="192.0.2.1")
    with acting_as(DOORKEEPER):
        key = f"{user_pk_to_url_str(lid)}-{default_token_generator.make_token(lid)}"
    form = client.get(f"/account/password/reset/key/{key}/").url
    assert (
        client.post(
            form, {"password1": "een-heel-nieuw-wachtwoord", "password2": "een-heel-nieuw-wachtwoord"}
        ).status_code
        == 302
    )
    assert log_in(lid, "een-heel-nieuw-wachtwoord", line="192.0.2.1") == 302


def test_logging_in_well_is_never_too_often(lid):
    assert [log_in(lid) for _ in range(12)] == [302] * 12


def test_who_failed_too_often_keeps_the_address_and_learns_how_long(lid):
    client = Client()
    for _ in range(6):
        page = client.post(LOGIN, {"login": lid.email, "password": "verkeerd"})
    assert (page.status_code, page["Retry-After"]) == (429, "300")
    assert f'value="{lid.email}"' in page.text
    assert "verkeerd" not in page.text


# --- Registering, and a new password --------------------------------------------------------------------------------


def register(address, number=0):
    fields = {"email": address, "name": "Nele Nieuw", "password1": PASSWORD, "where": ""}
    return Client(headers={"x-forwarded-for": f"203.0.113.{number}"}).post("/account/signup/", fields).status_code


def test_one_line_registers_twenty_a_minute(house):
    tried = [register(f"nieuw{number}@temse.example", number) for number in range(22)]
    assert tried == [302] * 20 + [429] * 2


def test_one_address_gets_three_letters_about_its_password_in_five_minutes(lid):
    with time_machine.travel("2026-11-22 10:00", tick=False) as clock:

        def ask(number):
            line = Client(REMOTE_ADDR=f"203.0.113.{number}")
            return line.post("/account/password/reset/", {"email": lid.email}).status_code

        assert [ask(number) for number in range(5)] == [302] * 3 + [429] * 2
        clock.shift(301)
        assert ask(9) == 302


class Slowish(PBKDF2PasswordHasher):
    """As Django's, in a tenth of the time; what else a request does weighs ten times as much."""

    iterations = PBKDF2PasswordHasher.iterations // 10


def test_how_long_it_takes_tells_nobody_who_has_a_profile(settings, house, figure):
    """The ratio of CPU time, known to unknown: the middle one of three each."""
    settings.PASSWORD_HASHERS = ["tests.kenniskring.test_limits.Slowish"]
    with acting_as(SYSTEM):
        known = make.person("Lies Lid")

    def costs(path, **sent):
        cache.clear()
        started = time.thread_time()
        assert Client().post(path, sent).status_code in (302, 422)
        return time.thread_time() - started

    rest = {"name": "Nele Nieuw", "password1": PASSWORD, "where": ""}
    asked = {
        "log in": lambda email: costs(LOGIN, login=email, password="verkeerd-wachtwoord"),
        "register": lambda email: costs("/account/signup/", email=email, **rest),
        "new password": lambda email: costs("/account/password/reset/", email=email),
    }
    for what, ask in asked.items():
        ask("warm@temse.example")
        times = [(ask(known.email), ask(f"onbekend{number}@temse.example")) for number in range(3)]
        ratio = statistics.median(a for a, _ in times) / statistics.median(b for _, b in times)
        figure(f"{what}: time for a known against an unknown address", f"{ratio:.2f}")
        assert 0.6 < ratio < 1.6, what


# --- What else is limited -------------------------------------------------------------------------------------------


def test_every_rate_is_used_and_every_use_has_a_rate():
    used = set()
    for _, pattern in pages():
        view = pattern.callback
        while view is not None:
            used |= {cell.cell_contents for cell in view.__closure__ or () if isinstance(cell.cell_contents, str)}
            view = getattr(view, "__wrapped__", None)
    named = {*limits.WRITES, *limits.READS} - {"search", "file-by-link", "test-message"}
    assert named <= used
    for rates in [*limits.WRITES.values(), *limits.READS.values()]:
        assert ratelimit.parse_rates(rates)


def test_asking_to_join_too_often_keeps_what_was_typed(kempen, stranger, browse, monkeypatch):
    monkeypatch.setitem(limits.WRITES, "ask-to-join", "2/h/user")
    client, where = browse(stranger), "/kringen/kempen/lid-worden/"
    with time_machine.travel("2026-11-22 10:00", tick=False) as clock:
        for _ in range(2):
            client.post(where, {"message": "Mag ik?"})
        with acting_as(SYSTEM):
            JoinRequest.objects.all().delete()
        page = client.post(where, {"message": 'Ik werk "soms" in <Geel>', "password": "geheim"})
        assert (page.status_code, page["Retry-After"]) == (429, "3600")
        assert "Wacht 60 minuten" in page.text
        assert 'name="message" value="Ik werk &quot;soms&quot; in &lt;Geel&gt;"' in page.text
        assert "geheim" not in page.text
        clock.shift(3601)
        again = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text))
        assert client.post(where, again).status_code == 302


def test_someone_elses_haste_is_not_mine(waasland, lid, trekker, browse, monkeypatch):
    monkeypatch.setitem(limits.WRITES, "renew-the-feed", "1/h/user")
    assert [browse(lid).post("/mijn/agenda/").status_code for _ in range(2)] == [302, 429]
    assert browse(trekker).post("/mijn/agenda/").status_code == 302


def test_a_letter_is_answered_twenty_times_from_wherever(waasland, lid, monkeypatch):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
    where = path_of_letter(meeting, lid).split("?")[0]

    def answer(number):
        return Client(REMOTE_ADDR=f"203.0.113.{number}").post(where, {"answer": "no"}).status_code

    assert [answer(number) for number in range(22)] == [302] * 20 + [429] * 2


@pytest.mark.parametrize(
    ("route", "what"), [("antwoord", "answer-by-letter"), ("spreker", "speak"), ("afmelden", "unsubscribe")]
)
def test_guessing_links_is_slowed_down_whatever_one_claims(house, route, what, monkeypatch):
    assert limits.READS[what].endswith(",120/m/ip")
    monkeypatch.setitem(limits.READS, what, "30/m/key,9/m/ip")

    def guess(number):
        where = f"/{route}/{make_token('nothing', number)}/"
        return Client().get(where, headers={"x-forwarded-for": f"203.0.113.{number}"}).status_code

    assert {guess(number) for number in range(9)} == {404}
    assert guess(10) == 429


def test_a_provider_refuses_letters_for_many_customers(waasland):
    refused = [
        unsubscribe_path(invitation(waasland, f"klant{n}@temse.example", thing=f"meeting:{n}")) for n in range(30)
    ]
    assert {Client().post(path, {"List-Unsubscribe": "One-Click"}).status_code for path in refused} == {200}


def test_a_feed_and_a_search_are_counted_without_a_query(lid, browse, waasland):
    client, feed = browse(), address_of(lid)
    assert [client.get(feed).status_code for _ in range(21)] == [200] * 20 + [429]
    assert [client.get("/kringen/?zoek=waas").status_code for _ in range(121)] == [200] * 120 + [429]
    assert client.get("/kringen/").status_code == 200
    assert browse(lid).get("/kringen/?zoek=waas").status_code == 200
    caches["memory"].clear()
    with CaptureQueriesContext(connection) as captured:
        assert browse().get(feed).status_code == 200
        assert browse().get("/kringen/?zoek=waas").status_code == 200
    assert [query["sql"] for query in captured.captured_queries if "kenniskring_cache" in query["sql"]] == []


def test_the_page_that_asks_to_wait_is_dutch_and_sets_no_cookie_on_a_link(waasland, lid, monkeypatch):
    monkeypatch.setitem(limits.WRITES, "answer-by-letter", "1/m/key")
    with acting_as(SYSTEM):
        where = path_of_letter(make.meeting(waasland), lid)
    client = Client()
    client.post(where, {"answer": "no"})
    page = client.post(where, {"answer": "yes"})
    assert (page.status_code, dict(page.cookies)) == (429, {})
    assert "<h1>Te veel pogingen</h1>" in page.text
    assert 'name="answer" value="yes"' in page.text
    assert 1 <= int(page["Retry-After"]) <= 60


def test_counts_are_not_pushed_out_by_who_comes_from_everywhere(settings, house):
    """Django's own cache forgets a third of it at 300 entries."""
    for _ in range(5):
        log_in("iemand@temse.example", "verkeerd")
    for number in range(400):
        cache.set(f"elders-{number}", [1.0], 300)
    assert log_in("iemand@temse.example", "verkeerd") == 429


def test_in_the_demo_only_the_doors_are_limited(settings, stranger, browse, monkeypatch):
    settings.RATE_LIMITS = False
    monkeypatch.setitem(limits.WRITES, "renew-the-feed", "1/h/user")
    assert [browse(stranger).post("/mijn/agenda/").status_code for _ in range(3)] == [302] * 3
    assert [log_in(stranger, "verkeerd") for _ in range(6)] == [422] * 5 + [429]
