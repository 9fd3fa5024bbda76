"""The daily round past mandates that ran out."""

import datetime as dt

from django.utils import timezone

from mailroom.models import Delivery
from members.models import Membership
from members.tasks import tell_ended_mandates
from regions.wall import SYSTEM, acting_as


def test_the_round_is_made_once_a_day(waasland, trekker, lid, manager):
    def run_out(person):
        with acting_as(SYSTEM):
            Membership.objects.filter(member=person).update(
                role="trekker",
                mandate_start=dt.date(2024, 1, 1),
                mandate_end=timezone.localdate() - dt.timedelta(days=1),
            )

    run_out(lid)
    tell_ended_mandates()
    run_out(trekker)
    tell_ended_mandates()  # the same day: the beat was started twice
    with acting_as(SYSTEM):
        assert [(row.kind, row.to) for row in Delivery.objects.all()] == [("mandate_ended", lid.email)]
