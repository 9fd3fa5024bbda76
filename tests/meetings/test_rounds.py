"""The round of the governments: a few lines each, side by side, and beside those of last time."""

import re

import pytest

from meetings.actions import rounds as actions
from meetings.models import Contribution, Meeting
from regions.models import LocalGovernment
from regions.wall import SYSTEM, acting_as, member
from tests import make


def seen(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def meeting(waasland):
    with acting_as(SYSTEM):
        made = make.meeting(waasland, "Kwartaal", audience="public")
        make.item(made, "Rondje", kind="news_round")
        return made


@pytest.fixture
def lokeren(house):
    with acting_as(SYSTEM):
        return LocalGovernment.objects.get(slug="lokeren")


def told(meeting, government, text):
    with acting_as(SYSTEM):
        return Contribution.objects.create(meeting=meeting, government=government, text=text)


def texts(meeting):
    with acting_as(SYSTEM):
        return dict(Contribution.objects.filter(meeting=meeting).values_list("government__name", "text"))


def address(meeting):
    return f"/bijeenkomsten/{meeting.pk}/rondje/"


def states(response):
    return {row.government.name: row.state for row in response.context["rows"]}


def test_a_colleague_writes_for_the_own_government_and_changes_it(browse, lid, meeting):
    client = browse(lid)
    assert client.post(address(meeting), {"text": "MFA.", "version": "0"}).status_code == 302
    assert client.post(address(meeting), {"text": "MFA en wifi.", "version": "1"}).status_code == 302
    assert texts(meeting) == {"Temse": "MFA en wifi."}
    with acting_as(SYSTEM):
        assert Contribution.objects.get().member_id == lid.pk


@pytest.mark.parametrize("text", ["", "x" * 601])
def test_nothing_or_too_much_is_refused_and_kept(browse, lid, meeting, text):
    response = browse(lid).post(address(meeting), {"text": text, "version": "0"})
    assert response.status_code == 422
    assert text in response.content.decode()
    assert texts(meeting) == {}


def test_nobody_writes_for_another_government_but_the_trekker(browse, lid, trekker, meeting):
    other = f"{address(meeting)}?bestuur=lokeren"
    assert browse(lid).get(other).status_code == 403
    assert browse(lid).post(other, {"text": "Glasvezel.", "version": "0"}).status_code == 403
    assert browse(trekker).post(other, {"text": "Glasvezel.", "version": "0"}).status_code == 302
    assert texts(meeting) == {"Lokeren": "Glasvezel."}
    assert browse(trekker).get(f"{address(meeting)}?bestuur=geel").status_code == 404


def test_side_by_side_with_last_time_and_who_is_silent_is_named(browse, lid, waasland, temse, lokeren, meeting):
    with acting_as(SYSTEM):
        beveren = make.government("Beveren")
        long_ago = make.meeting(waasland, "Lang geleden", in_days=-200, state="held")
        last = make.meeting(waasland, "Vorige", in_days=-90, state="held")
    told(long_ago, temse, "Oud."), told(last, temse, "MFA."), told(long_ago, lokeren, "Wifi.")
    assert states(browse(lid).get(address(meeting))) == {"Lokeren": "silent", "Temse": "silent"}
    told(meeting, temse, "MFA."), told(meeting, lokeren, "Glasvezel."), told(meeting, beveren, "Nieuw hier.")
    page = browse(lid).get(address(meeting))
    assert states(page) == {"Beveren": "new", "Lokeren": "changed", "Temse": "unchanged"}
    assert {row.government.name: row.before and row.before.text for row in page.context["rows"]} == {
        "Beveren": None,
        "Lokeren": "Wifi.",
        "Temse": "MFA.",
    }
    assert "nieuw" in seen(page)
    assert "ongewijzigd" in seen(page)
    assert "Oud." not in seen(page)


def test_two_who_write_at_once_lose_nothing(browse, lid, trekker, meeting, temse):
    assert browse(trekker).post(address(meeting), {"text": "Van Tom.", "version": "0"}).status_code == 302
    response = browse(lid).post(address(meeting), {"text": "Van Lies.", "version": "0"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "Van Tom." in page
    assert "Van Lies.</textarea>" in page
    assert texts(meeting) == {"Temse": "Van Tom."}
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    assert browse(lid).post(address(meeting), {"text": "Van ons beiden.", "version": version}).status_code == 302
    assert texts(meeting) == {"Temse": "Van ons beiden."}


def test_an_emptied_text_is_taken_back_and_others_see_it_go(browse, lid, trekker, waasland, temse, meeting):
    with acting_as(SYSTEM):
        before, after = (make.meeting(waasland, name, in_days=days) for name, days in [("Vorige", 9), ("Latere", 99)])
    told(before, temse, "Wifi."), told(meeting, temse, "MFA.")
    client = browse(lid)
    assert "Maak de tekst leeg" in client.get(address(meeting)).text
    assert client.post(address(meeting), {"text": "", "version": "1"}).status_code == 302
    page = browse(trekker).get(address(meeting))
    assert states(page)["Temse"] == "silent"
    assert page.context["spoke"] == 0
    assert "MFA." not in page.text
    assert "Maak de tekst leeg" not in page.text
    last = {row.government.name: row.before and row.before.text for row in client.get(address(after)).context["rows"]}
    assert last["Temse"] == "Wifi."
    assert client.post(address(meeting), {"text": "Toch MFA.", "version": "2"}).status_code == 302
    assert texts(meeting) == {"Temse": "Toch MFA."}


def test_a_government_that_only_took_back_what_it_told_is_not_named(browse, lid, trekker, meeting):
    with acting_as(SYSTEM):
        beveren = make.government("Beveren")
    told(meeting, beveren, "Nieuw hier.")
    assert "Beveren" in states(browse(lid).get(address(meeting)))
    other = f"{address(meeting)}?bestuur={beveren.slug}"
    assert browse(trekker).post(other, {"text": "", "version": "1"}).status_code == 302
    assert "Beveren" not in states(browse(lid).get(address(meeting)))


def test_who_empties_over_a_newer_text_or_writes_over_an_emptied_one_is_told(browse, lid, trekker, meeting, temse):
    told(meeting, temse, "MFA.")
    browse(trekker).post(address(meeting), {"text": "MFA en wifi.", "version": "1"})
    emptied = browse(lid).post(address(meeting), {"text": "", "version": "1"})
    assert emptied.status_code == 409
    assert "MFA en wifi." in emptied.text
    assert texts(meeting) == {"Temse": "MFA en wifi."}
    assert browse(lid).post(address(meeting), {"text": "", "version": "2"}).status_code == 302
    late = browse(trekker).post(address(meeting), {"text": "Glasvezel.", "version": "2"})
    assert late.status_code == 409
    assert "Iemand nam de tekst terug" in late.text
    assert "Glasvezel.</textarea>" in late.text
    assert texts(meeting) == {"Temse": ""}
    assert browse(trekker).post(address(meeting), {"text": "Glasvezel.", "version": "3"}).status_code == 302
    assert texts(meeting) == {"Temse": "Glasvezel."}


def test_the_first_lines_of_two_colleagues_at_the_same_moment(committed, lid, trekker, meeting, temse, together):
    def write(number):
        who = (lid, trekker)[number]
        with acting_as(member(who.pk)):
            return actions.contribute(meeting, by=who, government=temse, text=f"Van {who.name}.", version=0)

    answers = together(2, write)
    assert {type(each) for each in answers} == {Contribution, actions.WrittenMeanwhile}
    (kept,) = [each for each in answers if isinstance(each, Contribution)]
    (refused,) = [each for each in answers if isinstance(each, actions.WrittenMeanwhile)]
    assert texts(meeting) == {"Temse": kept.text}
    assert refused.current.text == kept.text


@pytest.mark.parametrize(
    ("days", "state", "is_open"),
    [(30, "published", True), (-13, "held", True), (-16, "held", False), (30, "cancelled", False)],
)
def test_written_before_during_and_two_weeks_after(browse, lid, waasland, days, state, is_open):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, in_days=days, state=state)
    response = browse(lid).post(address(meeting), {"text": "MFA.", "version": "0"})
    assert response.status_code == 302
    assert texts(meeting) == ({"Temse": "MFA."} if is_open else {})
    assert ("<textarea" in browse(lid).get(address(meeting)).content.decode()) is is_open
    if not is_open:
        with acting_as(member(lid.pk)), pytest.raises(actions.RoundClosed):
            actions.contribute(meeting, by=lid, government=lid.government, text="MFA.", version=0)


def test_suppliers_other_circles_and_visitors_do_not_listen(browse, lid, neighbour, waasland, meeting, temse):
    told(meeting, temse, "MFA.")
    with acting_as(SYSTEM):
        vendor = make.person("Vic Vendor", waasland, partner=make.vendor())
    assert "MFA." in seen(browse(lid).get(address(meeting)))
    for person in (vendor, neighbour):
        assert browse(person).get(f"/bijeenkomsten/{meeting.pk}/").status_code == 200
        assert browse(person).get(address(meeting)).status_code == 403
        with acting_as(member(person.pk)):
            assert not Contribution.objects.exists()
    assert browse().get(address(meeting)).status_code == 302


def test_the_meeting_leads_colleagues_to_its_round(browse, lid, neighbour, waasland, meeting):
    page = f"/bijeenkomsten/{meeting.pk}/"
    assert address(meeting) in browse(lid).get(page).content.decode()
    assert address(meeting) not in browse(neighbour).get(page).content.decode()
    with acting_as(SYSTEM):
        without = make.meeting(waasland)
    assert address(without) not in browse(lid).get(f"/bijeenkomsten/{without.pk}/").content.decode()


def test_who_works_for_no_government_reads_along(browse, waasland, meeting):
    with acting_as(SYSTEM):
        partner = make.person("Pia Partner", waasland)
    page = browse(partner).get(address(meeting))
    assert page.status_code == 200
    assert "<textarea" not in page.content.decode()


@pytest.mark.parametrize("n", [1, 20])
def test_the_round_costs_the_same_however_many_speak(browse, lid, waasland, meeting, n, django_assert_num_queries):
    with acting_as(SYSTEM):
        last = make.meeting(waasland, "Vorige", in_days=-90, state="held")
        for number in range(n):
            government = make.government(f"Stad {number}")
            for each in (meeting, last):
                Contribution.objects.create(meeting=each, government=government, text="MFA.")
        Meeting.objects.filter(pk=last.pk).update(state="held")
    client = browse(lid)
    client.get(address(meeting))
    with django_assert_num_queries(12):
        client.get(address(meeting))
