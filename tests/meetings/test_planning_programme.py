"""The points of a programme: in order, with times that follow, worked with buttons alone."""

import datetime as dt

import pytest
from django.utils import timezone

from meetings.models import AgendaItem, Meeting, Speaker
from regions.wall import SYSTEM, acting_as
from tests import make

BRUSSELS = timezone.get_default_timezone()


def at(hour):
    return dt.datetime(2031, 3, 13, hour, tzinfo=BRUSSELS)


@pytest.fixture
def draft(waasland):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Ontwerp", state="draft")


def titles(meeting):
    with acting_as(SYSTEM):
        return [item.title for item in AgendaItem.objects.filter(meeting=meeting)]


def test_points_are_added_moved_changed_and_taken_out(browse, trekker, draft):
    client = browse(trekker)
    for title in ["Een", "Twee", "Drie"]:
        typed = {"kind": "news_round", "title": title, "minutes": "30", "about": ""}
        assert client.post(f"/bijeenkomsten/{draft.pk}/programma/", typed).status_code == 302
    assert titles(draft) == ["Een", "Twee", "Drie"]
    with acting_as(SYSTEM):
        one, two, three = AgendaItem.objects.filter(meeting=draft)
    client.post(f"/programmapunten/{three.pk}/verplaatsen/", {"to": "up"})
    client.post(f"/programmapunten/{one.pk}/verplaatsen/", {"to": "up"})  # is first already
    assert titles(draft) == ["Een", "Drie", "Twee"]
    client.post(f"/programmapunten/{one.pk}/verplaatsen/", {"to": "down"})
    assert titles(draft) == ["Drie", "Een", "Twee"]
    typed = {"kind": "break", "title": "Koffie", "minutes": "15", "about": ""}
    client.post(f"/programmapunten/{two.pk}/", typed)
    client.post(f"/programmapunten/{one.pk}/verwijderen/")
    assert titles(draft) == ["Drie", "Koffie"]
    client.post(f"/bijeenkomsten/{draft.pk}/programma/", typed | {"title": "Slot"})
    assert titles(draft) == ["Drie", "Koffie", "Slot"]


def test_the_times_follow_and_a_programme_that_is_too_long_says_so(browse, trekker, draft):
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=draft.pk).update(starts_at=at(14), ends_at=at(15), state="draft")
        for position, minutes in enumerate([10, 40, 25], start=1):
            draft.agenda.create(position=position, kind="news_round", title="Punt", minutes=minutes)
    page = browse(trekker).get(f"/bijeenkomsten/{draft.pk}/programma/")
    assert [f"{row.starts:%H.%M}-{row.ends:%H.%M}" for row in page.context["rows"]] == [
        "14.00-14.10",
        "14.10-14.50",
        "14.50-15.15",
    ]
    assert page.context["too_long"] == 15


def test_a_point_that_makes_no_sense_is_refused_and_kept(browse, trekker, draft):
    typed = {"kind": "news_round", "title": "Rondje", "minutes": "1", "about": ""}
    response = browse(trekker).post(f"/bijeenkomsten/{draft.pk}/programma/", typed)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"minutes"}
    assert "Rondje" in response.content.decode()


def test_a_point_with_a_speaker_stays(browse, trekker, draft):
    with acting_as(SYSTEM):
        item = draft.agenda.create(position=1, kind="deep_dive", title="Verdieping")
        item.talks.create(speaker=Speaker.objects.create(name="Els Expert", kind="vendor"), state="asked")
    browse(trekker).post(f"/programmapunten/{item.pk}/verwijderen/")
    assert titles(draft) == ["Verdieping"]
