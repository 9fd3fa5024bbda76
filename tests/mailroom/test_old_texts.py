"""Texts of a month ago are thrown away; the account of what was sent to whom stays."""

import datetime as dt

import pytest
from django.utils import timezone

from mailroom import actions, postman
from mailroom.models import Delivery, Letter, Wording
from regions.wall import SYSTEM, acting_as

from .letters import fresh, outgoing, posted

State = Delivery.State
pytestmark = pytest.mark.usefixtures("committed", "mailbox")


def test_old_texts_are_thrown_away_and_the_account_stays(mailbox):
    old, new, waiting = posted(), posted("tom@temse.example"), posted("wacht@temse.example")
    postman.work()
    month = timezone.now() - dt.timedelta(days=31)
    with acting_as(SYSTEM):
        Delivery.objects.filter(pk=old.pk).update(sent_at=month, posted_at=month)
        Delivery.objects.filter(pk=waiting.pk).update(state=State.QUEUED, sent_at=None, posted_at=month)
        assert actions.throw_away() == 1
        assert set(Letter.objects.values_list("delivery", flat=True)) == {new.pk, waiting.pk}
        assert Delivery.objects.count() == 3


def test_what_old_texts_shared_goes_with_the_last_of_them(mailbox, house):
    month = timezone.now() - dt.timedelta(days=31)
    with acting_as(SYSTEM):
        actions.post(outgoing("een@temse.example"), outgoing("twee@temse.example"))
    postman.work()
    assert [str(letter["To"]) for letter in mailbox.letters] == ["een@temse.example", "twee@temse.example"]
    for gone, left in [("een@temse.example", 1), ("twee@temse.example", 0)]:
        with acting_as(SYSTEM):
            Delivery.objects.filter(to=gone).update(sent_at=month)
            assert actions.throw_away() == 1
            assert Letter.objects.count() == Wording.objects.count() == left


def test_a_failed_letter_whose_text_was_thrown_away_stays_as_it_is(mailbox):
    delivery = posted()
    mailbox.replies("RCPT", "550 full")
    postman.work()
    with acting_as(SYSTEM):
        Delivery.objects.update(posted_at=timezone.now() - dt.timedelta(days=31))
        assert actions.throw_away() == 1
        assert actions.try_again([fresh(delivery)], by=None) == 0
        assert fresh(delivery).state == State.FAILED
