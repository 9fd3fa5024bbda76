"""A circle's Teams channel: who sees where it is, what is posted there, and that a post is kept like a letter."""

import json

import pytest

from mailroom import postman, webhooks
from mailroom.channels import post_to_channel, set_channel
from mailroom.models import Channel, Delivery, Letter
from meetings.actions import planning
from meetings.models import Meeting
from regions.wall import SYSTEM, acting_as, member
from tests import make
from tests.mailroom.test_webhooks import HOST, Server, teams  # noqa: F401

State = Delivery.State
URL = "https://waasland.webhook.office.com/webhookb2/geheim"
PAGE = "/kringen/waasland/teams/"


@pytest.fixture
def channel(waasland):
    with acting_as(SYSTEM):
        return Channel.objects.create(circle=waasland, url=URL)


def posts():
    """What was promised to channels: kind, subject and state."""
    with acting_as(SYSTEM):
        rows = Delivery.objects.exclude(channel=None).order_by("pk")
        return [(row.kind, row.subject, row.state) for row in rows]


# --- The address ----------------------------------------------------------------------------------------------------


def test_only_who_leads_the_circle_sees_the_address(channel, browse, lid, trekker, neighbour_trekker, manager):
    seen = {}
    for person in (lid, trekker, neighbour_trekker, manager):
        page = browse(person).get(PAGE)
        seen[person.name] = (page.status_code, URL in page.text)
        with acting_as(member(person.pk)):
            assert Channel.objects.exists() is (URL in page.text)
    assert seen == {
        "Lies Lid": (403, False),
        "Tom Trekker": (200, True),
        "Tine Trekker": (403, False),
        "Mia Manager": (200, True),
    }


def test_a_trekker_says_where_the_channel_is_and_takes_it_away(waasland, trekker, browse):
    client = browse(trekker)
    assert client.post(PAGE, {"url": URL}).url == PAGE
    with acting_as(SYSTEM):
        assert [(each.circle, each.url) for each in Channel.objects.all()] == [(waasland, URL)]
    assert client.post(PAGE, {"url": ""}).status_code == 302
    with acting_as(SYSTEM):
        assert [each.url for each in Channel.objects.all()] == [""]


@pytest.mark.parametrize("url", ["https://127.0.0.1/x", "http://x.webhook.office.com/", "https://evil.example/", "x"])
def test_an_address_that_is_not_of_teams_is_refused_with_what_was_typed(waasland, trekker, browse, url):
    page = browse(trekker).post(PAGE, {"url": url})
    assert page.status_code == 422
    assert f'value="{url}"' in page.text
    with acting_as(SYSTEM):
        assert not Channel.objects.exists()
    with pytest.raises(webhooks.AddressRefused), acting_as(member(trekker.pk)):
        set_channel(waasland, by=trekker, url=url)


# --- What is posted -------------------------------------------------------------------------------------------------


def test_publishing_moving_and_cancelling_are_told_once_each(channel, waasland, trekker, temse):
    with acting_as(member(trekker.pk)):
        meeting = make.meeting(waasland, "Camera's [in](http://evil.example) de stad", state="draft", host=temse)
        planning.publish(meeting, by=trekker)
        with pytest.raises(planning.AlreadyPublished):
            planning.publish(meeting, by=trekker)
        planning.move(meeting, by=trekker, venue="Het stadhuis")
        planning.cancel(Meeting.objects.get(pk=meeting.pk), by=trekker, because="De zaal is dicht")
    title = "Camera's [in](http://evil.example) de stad"
    assert posts() == [
        ("teams/published", f"Nieuwe bijeenkomst: {title}", "queued"),
        ("teams/moved", f"Gewijzigd: {title}", "queued"),
        ("teams/cancelled", f"Gaat niet door: {title}", "queued"),
    ]
    with acting_as(SYSTEM):
        last = json.loads(Letter.objects.latest("delivery_id").text)
    card = last["attachments"][0]["content"]
    lines = ["".join(run["text"] for run in block["inlines"]) for block in card["body"]]
    assert lines[0] == f"Gaat niet door: {title}"
    assert "Waar: Temse, Het stadhuis" in lines
    assert lines[-1] == "Waarom: De zaal is dicht"
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}  # what people type is shown as it is
    assert [action["url"] for action in card["actions"]] == [f"http://testserver/bijeenkomsten/{meeting.pk}/"]


def test_a_circle_without_a_channel_posts_nothing_and_no_other_circle_hears(channel, kempen, neighbour_trekker):
    with acting_as(member(neighbour_trekker.pk)):
        planning.publish(make.meeting(kempen, state="draft"), by=neighbour_trekker)
    assert posts() == []


def test_the_link_to_join_stays_out_of_the_channel(channel, waasland, trekker):
    from meetings.models import JoinLink

    with acting_as(member(trekker.pk)):
        meeting = make.meeting(waasland, state="draft", form="online")
        JoinLink.objects.create(meeting=meeting, url="https://teams.example/geheime-vergadering")
        planning.publish(meeting, by=trekker)
    with acting_as(SYSTEM):
        assert "geheime-vergadering" not in Letter.objects.get(delivery__channel__isnull=False).text


def test_a_test_message_is_promised_and_shown(channel, browse, trekker):
    client = browse(trekker)
    assert client.post(PAGE, {"try": "1"}).status_code == 302
    assert posts() == [("teams/test", "Dit is een proefbericht van RKK Waasland", "queued")]
    page = client.get(PAGE).text
    assert "Dit is een proefbericht van RKK Waasland" in page
    assert '<td data-label="Aan">Teams</td>' in page


# --- Through the postman --------------------------------------------------------------------------------------------


@pytest.fixture
def reach(teams, mailbox, monkeypatch):  # noqa: F811
    """The way of production leads to the server of this test, instead of to Microsoft."""
    monkeypatch.setattr(postman, "Teams", lambda address: webhooks.Teams(address, teams.reach))
    return teams


def promised(waasland, url):
    with acting_as(SYSTEM):
        Channel.objects.update_or_create(circle=waasland, defaults={"url": url})
        assert post_to_channel(waasland, kind="test", thing="circle:1", version=1, title="Proef")
        assert not post_to_channel(waasland, kind="test", thing="circle:1", version=1, title="Proef")


def outcome():
    postman.work(1)
    with acting_as(SYSTEM):
        row = Delivery.objects.exclude(channel=None).get()
        return row.state, row.attempts, row.error


def test_the_postman_posts_what_was_promised_once(committed, waasland, reach):
    promised(waasland, reach.address)
    assert outcome() == ("sent", 1, "")
    assert outcome() == ("sent", 1, "")
    assert [json.loads(body)["type"] for _, _, body in reach.posts] == ["message"]


def test_what_teams_does_not_take_is_seen_or_tried_again(committed, waasland, reach):
    reach.status = 404
    promised(waasland, reach.address)
    state, attempts, error = outcome()
    assert (state, attempts) == ("failed", 1)
    assert "404 Teams: Not Found" in error
    assert "geheim" not in error


def test_a_teams_that_is_busy_is_tried_later(committed, waasland, reach):
    reach.status = 429
    promised(waasland, reach.address)
    assert outcome()[:2] == ("queued", 1)
    assert len(reach.posts) == 1


def test_an_address_that_leads_inside_today_fails_in_sight(committed, waasland, mailbox):
    inside = webhooks.Reach(look_up=lambda host: ["10.0.0.1"])
    line = webhooks.Teams(URL, inside)
    with pytest.raises(webhooks.AddressRefused):
        line.announce()
    promised(waasland, "https://127.0.0.1/x")  # as if it came in past the form
    state, _, error = outcome()
    assert (state, error) == ("failed", "Dit is niet het adres van een Teams-kanaal.")


def test_a_channel_that_was_taken_away_gets_nothing_more(committed, waasland, reach):
    promised(waasland, reach.address)
    with acting_as(SYSTEM):
        Channel.objects.update(url="")
    state, _, error = outcome()
    assert (state, error) == ("withdrawn", "De kring heeft geen Teams-kanaal meer.")
    assert reach.posts == []


def test_the_name_of_the_server_of_the_tests_is_no_host_of_teams():
    with pytest.raises(webhooks.AddressRefused):
        webhooks.checked(f"https://{HOST}/x")
    assert Server.__init__  # the one of test_webhooks
