"""The letters of django-allauth go through the mailroom, in our own words."""

import re
from pathlib import Path

import allauth
import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from mailroom import postman
from members import account_letters
from members.models import Member
from regions.wall import SYSTEM, acting_as
from tests import make

TEMPLATES = Path(allauth.__file__).parent / "templates/account/email"


@pytest.fixture(autouse=True)
def real_post(committed, mailbox):
    """Real commits, a real relay."""


def one_letter(mailbox):
    postman.work()
    (letter,) = mailbox.letters
    mailbox.clear()
    return letter, letter.get_body(("plain",)).get_content()


def test_a_new_password_comes_by_letter(mailbox, browse, lid):
    browse().post(reverse("account_reset_password"), {"email": lid.email})
    letter, text = one_letter(mailbox)
    assert letter["To"] == lid.email
    assert letter["Subject"] == "[Kenniskring] Kies een nieuw wachtwoord"
    assert "Beste Lies Lid," in text
    assert re.search(r"http://testserver/account/password/reset/key/\S+", text)


def test_whoever_asks_does_not_choose_the_host_of_the_link(mailbox, browse, lid):
    browse().post(reverse("account_reset_password"), {"email": lid.email}, headers={"host": "testserver:6666"})
    _letter, text = one_letter(mailbox)
    assert "http://testserver/account/password/reset/key/" in text
    assert "6666" not in text


def test_asking_again_sends_again(mailbox, browse, lid):
    for _ in range(2):
        browse().post(reverse("account_reset_password"), {"email": lid.email})
    postman.work()
    assert len(mailbox.letters) == 2


def test_an_address_without_a_profile_is_told_so(mailbox, browse, house):
    browse().post(reverse("account_reset_password"), {"email": "niemand@x.example"})
    letter, text = one_letter(mailbox)
    assert letter["Subject"] == "[Kenniskring] Geen profiel met dit adres"
    assert text.startswith("Goedendag,")


def test_a_changed_password_is_told(mailbox, browse, lid):
    browse(lid).post(
        reverse("account_change_password"),
        {"oldpassword": make.PASSWORD, "password1": "iets-heel-anders-2026", "password2": "iets-heel-anders-2026"},
    )
    letter, text = one_letter(mailbox)
    assert letter["Subject"] == "[Kenniskring] Uw wachtwoord is gewijzigd"
    assert "IP-adres: 127.0.0.1" in text


def test_who_is_not_confirmed_gets_a_link_that_confirms_on_post_only(mailbox, browse, house):
    with acting_as(SYSTEM):
        member = Member.objects.create_user("nieuw@temse.example", "Nina Nieuw", make.PASSWORD)
        EmailAddress.objects.create(user=member, email=member.email, primary=True)
    browse().post(reverse("account_login"), {"login": member.email, "password": make.PASSWORD})
    letter, text = one_letter(mailbox)
    assert letter["Subject"] == "[Kenniskring] Bevestig uw e-mailadres"
    (path,) = re.findall(r"http://testserver(/account/confirm-email/\S+)", text)
    client = browse()
    client.get(path)
    with acting_as(SYSTEM):
        assert not EmailAddress.objects.get(user=member).verified
    client.post(path)
    with acting_as(SYSTEM):
        assert EmailAddress.objects.get(user=member).verified


def test_every_letter_of_allauth_has_words_of_ours_or_a_reason_not_to():
    by_code = {"login_code", "password_reset_code"}  # we use links, not codes
    theirs = {path.name.removesuffix("_subject.txt") for path in TEMPLATES.glob("*_subject.txt")}
    assert theirs - by_code <= set(account_letters.LETTERS)


def test_a_letter_unknown_to_us_leaves_in_the_words_of_allauth(rf, house):
    context = {"request": rf.get("/"), "code": "123456", "user": None, "email": "x@y.example"}
    letter = account_letters.compose("account/email/login_code", "x@y.example", context)
    assert letter.kind == "account/login_code"
    assert any("123456" in paragraph for paragraph in letter.paragraphs)
