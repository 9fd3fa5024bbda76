"""All trekkers keep the pool of speakers together; the letters about a talk are of one circle alone."""

import pytest

from mailroom.models import Delivery
from meetings.actions import planning
from meetings.models import SpeakerContact
from regions.wall import SYSTEM, acting_as, member
from tests import make


@pytest.fixture
def talk(item, sofie, trekker):
    with acting_as(SYSTEM):
        return make.talk(item, sofie, asked_by=trekker)


def write_to(client, sofie, address):
    typed = {"name": sofie.name, "kind": sofie.kind, "email": address}
    assert client.post(f"/sprekers/{sofie.pk}/", typed).status_code == 302
    with acting_as(SYSTEM):
        assert SpeakerContact.objects.get(speaker=sofie).email == address


def told_of_a_move(trekker, talk):
    with acting_as(member(trekker.pk)):
        planning.move(talk.item.meeting, by=trekker, venue="Elders")
    with acting_as(SYSTEM):
        return set(Delivery.objects.filter(kind="speaker_told_of_change").values_list("to", flat=True))


def test_another_address_in_the_pool_brings_no_letters_of_another_circle_there(
    browse, trekker, neighbour_trekker, sofie, talk
):
    write_to(browse(neighbour_trekker), sofie, "meelezer@elders.example")
    assert told_of_a_move(trekker, talk) == {"sofie.spreker@spreker.example"}


def test_who_leads_the_circle_of_the_talk_says_where_its_letters_go(browse, trekker, sofie, talk):
    write_to(browse(trekker), sofie, "sofie@nieuw.example")
    assert told_of_a_move(trekker, talk) == {"sofie@nieuw.example"}
