"""A second factor: made, shown, lost; and what a trekker or community manager may do without one."""

import base64
import hashlib
import hmac
import json
import re
import struct
import time
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from mailroom.models import Delivery
from meetings.models import Meeting
from members.models import Membership
from members.second_factor import Adapter
from regions.models import JournalEntry
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.house.test_urls import lock_of, our_pages
from tests.make import PASSWORD

INDEX, APP, CODES = "/account/2fa/", "/account/2fa/totp/activate/", "/account/2fa/recovery-codes/"


@pytest.fixture(autouse=True)
def _nobody_was_counted(db):
    cache.clear()


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def code(secret: str, steps_ahead: int = 0) -> str:
    """What an app shows (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps_ahead)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def log_in(person, *, password=PASSWORD) -> Client:
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": password})
    return client


def say_password_again(client, going):
    """Follow to the page that asks the password once more, and fill it in."""
    page = client.get(going, follow=True)
    if page.request["PATH_INFO"] == "/account/reauthenticate/":
        page = client.post(
            f"/account/reauthenticate/?next={going}", {"password": PASSWORD, "next": going}, follow=True
        )
    return page


def link_an_app(client) -> tuple[str, list[str]]:
    """The secret, and the recovery codes that are shown once."""
    page = say_password_again(client, APP)
    secret = page.context["form"].secret
    assert page.context["totp_svg_data_uri"] in page.text
    shown = client.post(APP, {"code": code(secret)}, follow=True)
    assert shown.request["PATH_INFO"] == CODES
    return secret, shown.context["unused_codes"]


def letters() -> list[tuple[str, str]]:
    with acting_as(SYSTEM):
        return sorted((row.kind, row.to) for row in Delivery.objects.filter(kind__startswith="account/"))


# --- Making one, and logging in with it -----------------------------------------------------------------------------


def test_an_app_is_linked_and_its_code_asked_at_the_next_login(trekker):
    secret, codes = link_an_app(log_in(trekker))
    assert len(codes) == len(set(codes)) == 10
    assert letters() == [("account/totp_added", trekker.email)]
    client = log_in(trekker)
    assert client.get("/mijn/").status_code == 302  # the password alone lets nobody in
    wrong = client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert (wrong.status_code, wrong.context["form"].errors["code"]) == (
        422,
        ["Deze code of passkey klopt niet. Probeer opnieuw."],
    )
    assert client.post("/account/2fa/authenticate/", {"code": code(secret, 1)}).url == "/"
    assert client.get("/mijn/").status_code == 200


def test_a_code_works_once(trekker):
    secret, _ = link_an_app(log_in(trekker))
    assert log_in(trekker).post("/account/2fa/authenticate/", {"code": code(secret)}).status_code == 302
    assert log_in(trekker).post("/account/2fa/authenticate/", {"code": code(secret)}).status_code == 422


def test_codes_cannot_be_guessed(trekker):
    secret, codes = link_an_app(log_in(trekker))
    client = log_in(trekker)
    for number in range(5):
        assert client.post("/account/2fa/authenticate/", {"code": f"{number:06}"}).status_code == 422
    for right in (code(secret, 1), codes[0]):
        assert client.post("/account/2fa/authenticate/", {"code": right}).status_code == 422
    assert client.get("/mijn/").status_code == 302


def test_recovery_codes_are_shown_once_and_work_once(trekker):
    first = log_in(trekker)
    _, codes = link_an_app(first)
    again = first.get(CODES)
    assert not any(each in again.text for each in codes)
    assert log_in(trekker).post("/account/2fa/authenticate/", {"code": codes[3]}).status_code == 302
    assert log_in(trekker).post("/account/2fa/authenticate/", {"code": codes[3]}).status_code == 422


def test_new_recovery_codes_end_the_old_ones(trekker):
    client = log_in(trekker)
    _, old = link_an_app(client)
    new = client.post(f"{CODES}generate/", follow=True).context["unused_codes"]
    assert not set(old) & set(new)
    assert letters() == [("account/recovery_codes_renewed", trekker.email), ("account/totp_added", trekker.email)]
    assert log_in(trekker).post("/account/2fa/authenticate/", {"code": old[0]}).status_code == 422
    assert log_in(trekker).post("/account/2fa/authenticate/", {"code": new[0]}).status_code == 302


def test_secrets_are_kept_encrypted_and_survive_another_key(trekker, settings):
    secret, codes = link_an_app(log_in(trekker))
    with acting_as(SYSTEM):
        kept = {row.type: row.data for row in Authenticator.objects.all()}
    assert not any(each in json.dumps(kept) for each in [secret, *codes])
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"
    assert Adapter().decrypt(kept["totp"]["secret"]) == secret
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        Adapter().decrypt(kept["totp"]["secret"])


def test_without_a_session_of_ones_own_there_is_no_second_factor_to_look_at(lid):
    assert Client().get(INDEX).url == f"/account/login/?next={INDEX}"
    for path in (INDEX, APP, "/account/2fa/webauthn/add/"):
        page = say_password_again(log_in(lid), path)
        assert (page.status_code, page.text.count("<h1>"), 'lang="nl"' in page.text) == (200, 1, True)
        assert "allauth" not in "".join(template.name or "" for template in page.templates)


# --- Losing one -----------------------------------------------------------------------------------------------------


def test_unlinking_the_app_ends_other_sessions_and_what_this_one_was_worth(trekker, required):
    client = log_in(trekker)
    secret, _ = link_an_app(client)
    other = log_in(trekker)
    other.post("/account/2fa/authenticate/", {"code": code(secret, 1)})
    assert (client.get("/sprekers/").status_code, other.get("/sprekers/").status_code) == (200, 200)
    assert client.post("/account/2fa/totp/deactivate/").url == INDEX
    assert client.get("/mijn/").status_code == 200
    assert client.get("/sprekers/").status_code == 403
    assert other.get("/mijn/").status_code == 302
    with acting_as(SYSTEM):
        assert not Authenticator.objects.exists()  # recovery codes alone are no second factor
    assert letters() == [("account/totp_added", trekker.email), ("account/totp_removed", trekker.email)]


def test_a_session_that_never_showed_the_second_factor_cannot_change_it_with_the_password(trekker):
    old = log_in(trekker)
    secret, _ = link_an_app(log_in(trekker))
    for path in (APP, "/account/2fa/totp/deactivate/", "/account/2fa/webauthn/add/", f"{CODES}generate/"):
        for send in (old.get, old.post):
            assert send(path).url.startswith("/account/2fa/reauthenticate/?next=")
    page = old.get("/account/reauthenticate/?next=/mijn/")
    assert page.url.startswith("/account/2fa/reauthenticate/")  # the password is not even asked
    old.post("/account/2fa/reauthenticate/", {"code": code(secret, 1)})
    assert old.get(f"{CODES}generate/").status_code == 200


def test_someone_else_never_sees_or_removes_my_second_factor(trekker, lid):
    with acting_as(SYSTEM):
        passkey = Authenticator.objects.create(user=trekker, type="webauthn", data={"name": "mijn", "credential": {}})
    client = log_in(lid)
    link_an_app(client)
    for deed in ("edit", "remove"):
        path = f"/account/2fa/webauthn/keys/{passkey.pk}/{deed}/"
        assert client.get(path).status_code == 404
        client.post(path, {"name": "van mij"})
    with acting_as(SYSTEM):
        passkey.refresh_from_db()
    assert passkey.data["name"] == "mijn"


def test_who_lost_everything_has_it_taken_off_by_the_command(trekker):
    client = log_in(trekker)
    link_an_app(client)
    call_command("forget_second_factor", trekker.email.upper(), stdout=StringIO())
    assert client.get("/mijn/").status_code == 302
    assert log_in(trekker).get("/mijn/").status_code == 200
    assert letters() == [("account/forgotten", trekker.email), ("account/totp_added", trekker.email)]
    with acting_as(SYSTEM):
        assert list(JournalEntry.objects.values_list("what", "whom_id")) == [
            ("members.forget_second_factor", trekker.pk),
            ("members.totp_added", trekker.pk),
        ]
    with pytest.raises(CommandError):
        call_command("forget_second_factor", "niemand@temse.example")


# --- Required before a role -----------------------------------------------------------------------------------------


@pytest.fixture
def draft(waasland):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "In voorbereiding", state=Meeting.State.DRAFT)


def test_a_trekker_without_a_second_factor_reads_as_a_member(trekker, lid, draft, waasland, required):
    held_back, member = log_in(trekker), log_in(lid)
    for path in ("/", "/mijn/", "/kringen/waasland/", "/kringen/waasland/leden/", f"/bijeenkomsten/{draft.pk}/"):
        assert held_back.get(path).status_code == member.get(path).status_code, path
    assert held_back.get(f"/bijeenkomsten/{draft.pk}/").status_code == 404
    assert "/kringen/waasland/planning/" not in held_back.get("/").text.partition("<main")[0]
    assert "Beveilig mijn profiel" in held_back.get("/").text
    assert "Beveilig mijn profiel" not in member.get("/").text


def test_who_goes_to_work_first_secures_the_profile_and_comes_back(trekker, required):
    client = log_in(trekker)
    page = client.get("/kringen/waasland/planning/?toon=alles")
    assert (page.status_code, page.text.count("<h1>Beveilig eerst uw profiel</h1>")) == (403, 1)
    going = re.search(r'name="going" value="([^"]+)"', page.text.partition("<h1>")[2])[1]
    assert client.post("/account/2fa/secure/", {"going": going}).url == INDEX
    link_an_app(client)
    assert client.post("/account/2fa/go-on/").url == "/kringen/waasland/planning/?toon=alles"
    assert client.get("/kringen/waasland/planning/").status_code == 200


def test_who_has_one_shows_it_and_comes_back(trekker, required):
    old = log_in(trekker)
    secret, _ = link_an_app(log_in(trekker))
    assert old.get("/sprekers/").status_code == 403
    asked = old.post("/account/2fa/secure/", {"going": "/sprekers/"})
    assert asked.url == "/account/2fa/reauthenticate/?next=%2Fsprekers%2F"
    assert old.post(asked.url, {"code": code(secret, 1), "next": "/sprekers/"}).url == "/sprekers/"
    assert old.get("/sprekers/").status_code == 200


def test_one_comes_back_to_our_pages_only(trekker, required):
    client = log_in(trekker)
    client.post("/account/2fa/secure/", {"going": "https://elders.example/"})
    assert client.post("/account/2fa/go-on/").url == "/mijn/"


def test_a_manager_without_a_second_factor_manages_nothing(manager, required):
    client = log_in(manager)
    assert client.get("/beheer/").status_code == 403
    assert client.get("/kringen/waasland/planning/").status_code == 403
    link_an_app(client)
    assert client.get("/beheer/").status_code == 200
    assert client.get("/kringen/waasland/planning/").status_code == 200


def test_logging_in_with_a_code_is_enough(trekker, required):
    secret, _ = link_an_app(log_in(trekker))
    client = log_in(trekker)
    client.post("/account/2fa/authenticate/", {"code": code(secret, 1)})
    assert client.get("/sprekers/").status_code == 200


def test_what_another_person_showed_in_the_same_browser_counts_for_nothing(trekker, neighbour_trekker, required):
    client = log_in(trekker)
    link_an_app(client)
    client.post("/account/logout/")
    client.post("/account/login/", {"login": neighbour_trekker.email, "password": PASSWORD})
    assert client.get("/mijn/").status_code == 200
    assert client.get("/sprekers/").status_code == 403


def test_who_has_no_role_is_told_that_it_is_not_theirs(lid, neighbour, required):
    for person in (lid, neighbour):
        page = log_in(person).get("/sprekers/")
        assert (page.status_code, "Beveilig" in page.text) == (403, False)


ROLES = {"any_trekker", "admin"} | {
    f"who_may {verb}"
    for verb in ("plan", "invite", "ask speakers", "see post", "decide requests", "ask members", "give roles")
}


def test_nothing_that_asks_a_role_is_done_without_a_second_factor(trekker, manager, lid, draft, waasland, required):
    """Every address with such a lock, read and posted to; the database stays as it was."""
    with acting_as(SYSTEM):
        item = make.item(draft)
        talk = make.talk(item, make.speaker(), asked_by=trekker)
        things = {
            "kringen": waasland.slug,
            "bijeenkomsten": draft.pk,
            "programmapunten": item.pk,
            "spreekbeurten": talk.pk,
            "sprekers": talk.speaker_id,
            "materiaal": 1,
            "aanvragen": 1,
            "lidmaatschappen": Membership.objects.get(member=lid).pk,
        }
    locked = [(route, pattern) for route, pattern in our_pages() if lock_of(route, pattern) in ROLES]
    assert len(locked) > 20
    for person in (trekker, manager):
        client = log_in(person)
        for route, _pattern in locked:
            place = route.partition("/")[0]
            path = "/" + re.sub(r"<[^>]+>", str(things[place]) if place in things else "1", route)
            for send in (client.get, client.post):
                page = send(path)
                assert (page.status_code, "Beveilig eerst uw profiel" in page.text) == (403, True), (person, path)
    with acting_as(SYSTEM):
        assert list(Meeting.objects.values_list("pk", "state")) == [(draft.pk, "draft")]
        assert not Delivery.objects.exclude(kind__startswith="account/").exists()


def test_what_was_posted_in_vain_is_said_to_be_so(trekker, draft, required):
    page = log_in(trekker).post(f"/bijeenkomsten/{draft.pk}/publiceren/", HTTP_REFERER="http://testserver/mijn/")
    assert "Wat u verstuurde, is niet uitgevoerd." in page.text
    assert 'name="going" value="http://testserver/mijn/"' in page.text.partition("<h1>")[2]


def test_where_no_second_factor_is_required_nothing_changes(trekker, draft):
    assert log_in(trekker).get("/kringen/waasland/planning/").status_code == 200


def test_changing_the_address_still_works_with_a_second_factor(trekker):
    client = log_in(trekker)
    link_an_app(client)
    assert client.post("/account/email/", {"email": "tom@nieuw.example", "action_add": ""}).status_code == 302
    assert ("account/email_confirmation", "tom@nieuw.example") in letters()


def test_sessions_are_written_down_without_an_internet_address(lid):
    log_in(lid)
    with acting_as(SYSTEM):
        assert [row.ip for row in UserSession.objects.all()] == ["0.0.0.0"]
