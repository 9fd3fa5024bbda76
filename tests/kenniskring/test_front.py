"""The front page: what there is for a visitor, and for a member first what is asked of them."""

import datetime as dt

import pytest
from django.urls import reverse

from meetings.models import DatePoll, Material, Registration
from members.models import JoinRequest, Membership
from regions.models import LocalGovernment
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.meetings.asking import ask
from tests.queries import queries_of


def shown(person_or_client, name, browse):
    """Titles of the meetings in one list of the front page."""
    return [meeting.title for meeting in browse(person_or_client).get("/").context[name]]


def test_a_visitor_sees_the_next_public_meetings(browse, waasland, kempen, lid):
    with acting_as(SYSTEM):
        make.meeting(waasland, "Openbaar, later", audience="public", in_days=20)
        make.meeting(kempen, "Openbaar, eerst", audience="public", in_days=10)
        make.meeting(kempen, "Openbaar, geannuleerd", audience="public", in_days=9, state="cancelled")
        make.meeting(waasland, "Voor de kring", in_days=5)
        make.meeting(waasland, "Voor het netwerk", audience="network", in_days=5)
    assert shown(lid, "awaiting", browse) == ["Voor de kring", "Voor het netwerk", "Openbaar, later"]
    assert shown(None, "meetings", browse) == ["Openbaar, eerst", "Openbaar, later"]


def test_a_visitor_sees_the_circles_with_true_numbers(browse, house):
    with acting_as(SYSTEM):
        make.government("Herstappe", province="limburg", reference_region="limburg")
    context = browse().get("/").context
    assert [(circle.slug, len(circle.nis_codes)) for circle in context["circles"]] == [("kempen", 1), ("waasland", 2)]
    assert (context["in_a_circle"], context["blind_spots"], context["governments"]) == (3, 1, 4)


def test_a_member_is_asked_about_meetings_without_an_answer(browse, waasland, kempen, lid, neighbour):
    with acting_as(SYSTEM):
        for title, answer in [("Ja", "yes"), ("Misschien", "maybe"), ("Neen", "no")]:
            how = "" if answer == "no" else "in_person"
            meeting = make.meeting(waasland, title)
            Registration.objects.create(meeting=meeting, member=lid, answer=answer, attending=how)
        make.meeting(waasland, "Nog niet", in_days=40)
        make.meeting(waasland, "Voorbij", in_days=-40)
        make.meeting(kempen, "Van hen")
        make.meeting(kempen, "Van hen, voor allen", audience="network")
    assert shown(lid, "awaiting", browse) == ["Nog niet"]
    assert shown(lid, "coming", browse) == ["Ja", "Misschien"]
    assert shown(lid, "elsewhere", browse) == ["Van hen, voor allen"]
    assert shown(neighbour, "awaiting", browse) == ["Van hen", "Van hen, voor allen"]


def test_who_is_asked_for_a_day_reads_for_what_and_until_when(browse, waasland, trekker, lid):
    with acting_as(SYSTEM):
        draft = make.meeting(waasland, "Geheim concept", in_days=60, state="draft")
    poll, _options = ask(draft, trekker, 0, 7)
    with acting_as(SYSTEM):
        DatePoll.objects.update(open_until=dt.date(2037, 3, 9))
    notice = browse(lid).get("/").text.partition('<div class="notice warning">')[2].partition("</div>")[0]
    assert "welke dag past uw organisatie voor “Geheim concept”?" in notice
    assert "Antwoord uiterlijk op 9 maart 2037." in notice
    assert reverse("poll", args=[poll.pk]) in notice


def test_a_community_manager_is_asked_for_the_own_circles_only(browse, waasland, kempen, manager):
    with acting_as(SYSTEM):
        Membership.objects.create(member=manager, circle=kempen)
        make.meeting(waasland, "Van Waasland")
        make.meeting(kempen, "Van Kempen")
    assert shown(manager, "awaiting", browse) == ["Van Kempen"]


def test_a_trekker_sees_who_wants_to_join_the_own_circle(browse, waasland, kempen, trekker, neighbour_trekker, lid):
    with acting_as(SYSTEM):
        asking = [make.person(f"Vrager {n}") for n in range(2)]
        JoinRequest.objects.create(member=asking[0], circle=waasland)
        JoinRequest.objects.create(member=asking[1], circle=kempen)
        JoinRequest.objects.create(member=asking[1], circle=waasland, asked_by=trekker)

    def wishes(person):
        return [(r.member.name, r.circle.slug) for r in browse(person).get("/").context["requests"]]

    assert wishes(trekker) == [("Vrager 0", "waasland")]
    assert wishes(neighbour_trekker) == [("Vrager 1", "kempen")]
    assert wishes(lid) == []


def test_who_is_asked_to_join_sees_that_first(browse, waasland, trekker, stranger):
    with acting_as(SYSTEM):
        asking = JoinRequest.objects.create(member=stranger, circle=waasland, asked_by=trekker)
    page = browse(stranger).get("/").text
    assert "RKK Waasland vraagt u om lid te worden." in page
    assert f'href="/aanvragen/{asking.pk}/antwoord/"' in page


def test_who_is_in_no_circle_is_helped_to_one(browse, stranger, lid):
    assert "U bent nog geen lid van een kring." in browse(stranger).get("/").text
    assert "U bent nog geen lid van een kring." not in browse(lid).get("/").text


def test_new_material_of_my_circles_is_shown_and_of_others_not(browse, waasland, kempen, lid, neighbour):
    with acting_as(SYSTEM):
        for circle in (waasland, kempen):
            meeting = make.meeting(circle, in_days=-10, state="held", audience="public")
            Material.objects.create(
                meeting=meeting, name=f"{circle.slug}.pdf", file="x", content_type="application/pdf", size=9
            )
    assert [m.name for m in browse(lid).get("/").context["materials"]] == ["waasland.pdf"]
    assert [m.name for m in browse(neighbour).get("/").context["materials"]] == ["kempen.pdf"]


@pytest.mark.parametrize("n", [1, 30])
def test_the_front_page_costs_the_same_however_much_there_is(browse, waasland, kempen, lid, trekker, manager, n):
    with acting_as(SYSTEM):
        temse = LocalGovernment.objects.get(slug="temse")
        for number in range(n):
            make.meeting(waasland, audience="public", host=temse)
            make.meeting(kempen, audience="network", host=temse)
            meeting = make.meeting(waasland, host=temse)
            Registration.objects.create(meeting=meeting, member=lid, answer="yes", attending="in_person")
            Material.objects.create(meeting=meeting, name="x.pdf", file="x", content_type="application/pdf", size=9)
            JoinRequest.objects.create(member=make.person(f"Vrager {number}"), circle=waasland)
            JoinRequest.objects.create(member=lid, circle=make.circle(f"Kring {number}"), asked_by=trekker)
    costs = {name: queries_of(browse(person), "/") for name, person in [("visitor", None), ("member", lid)]}
    costs |= {"trekker": queries_of(browse(trekker), "/"), "manager": queries_of(browse(manager), "/")}
    assert costs == {"visitor": 4, "member": 8, "trekker": 8, "manager": 7}
