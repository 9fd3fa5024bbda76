"""A trekker plans in one sitting: the desk says what is next, and a draft is one form away."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from meetings import desk, programmes
from meetings.actions import planning as actions
from meetings.models import Invitation, JoinLink, Meeting, Registration
from regions.wall import SYSTEM, acting_as, member
from tests import make

BRUSSELS = timezone.get_default_timezone()


def at(year, month, day, hour=14, minute=0):
    return dt.datetime(year, month, day, hour, minute, tzinfo=BRUSSELS)


def in_a_month():
    """14.00 to 16.00, thirty days from now."""
    day = timezone.localdate() + dt.timedelta(days=30)
    return {"starts_at": at(day.year, day.month, day.day), "ends_at": at(day.year, day.month, day.day, 16)}


@pytest.fixture
def draft(waasland, temse):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Ontwerp", state="draft", host=temse, **in_a_month())


@pytest.fixture
def published(waasland, temse):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Op til", host=temse, venue="Stadhuis", **in_a_month())


def the(meeting):
    with acting_as(SYSTEM):
        return Meeting.objects.select_related("host").get(pk=meeting.pk)


# --- Locks ------------------------------------------------------------------------------------------


@pytest.fixture
def pages(waasland, published):
    with acting_as(SYSTEM):
        item = published.agenda.create(position=1, kind="welcome", title="Onthaal")
    of = f"/bijeenkomsten/{published.pk}"
    point = f"/programmapunten/{item.pk}"
    return {
        "get": [
            "/kringen/waasland/planning/",
            "/kringen/waasland/bijeenkomsten/nieuw/",
            *[
                f"{of}/{page}/"
                for page in ["bewerken", "programma", "uitnodigen", "verplaatsen", "annuleren", "post"]
            ],
            f"{point}/",
        ],
        "post": [f"{of}/publiceren/", f"{point}/verplaatsen/", f"{point}/verwijderen/"],
    }


def statuses(client, pages):
    return {client.get(page).status_code for page in pages["get"]} | {
        client.post(page).status_code for page in pages["post"]
    }


def test_a_trekker_and_a_manager_see_each_page(browse, pages, trekker, manager):
    for person in [trekker, manager]:
        client = browse(person)
        assert {page: client.get(page).status_code for page in pages["get"]} == dict.fromkeys(pages["get"], 200)
        assert {client.get(page).status_code for page in pages["post"]} == {405}


def test_a_member_of_the_circle_may_not_plan(browse, pages, lid):
    assert statuses(browse(lid), pages) == {403}


def test_a_visitor_is_sent_to_log_in_where_the_circle_is_and_finds_no_meeting(browse, pages):
    client = browse()
    assert {client.get(page).status_code for page in pages["get"]} == {302}
    assert {client.post(page).status_code for page in pages["post"]} == {302}


def test_another_circles_trekker_finds_no_meeting_of_ours(browse, pages, neighbour_trekker):
    client = browse(neighbour_trekker)
    for page in pages["get"]:
        assert client.get(page).status_code == (403 if page.startswith("/kringen/") else 404), page
    for page in pages["post"]:
        assert client.post(page).status_code == 404, page


# --- Planning ------------------------------------------------------------------------------------------


def test_sending_the_proposal_unchanged_gives_a_good_draft(browse, waasland, trekker, temse):
    with acting_as(SYSTEM):
        last = in_a_month()
        make.meeting(
            waasland, "Vorige", form="online", **{name: value - dt.timedelta(90) for name, value in last.items()}
        )
    client = browse(trekker)
    form = client.get("/kringen/waasland/bijeenkomsten/nieuw/").context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    response = client.post("/kringen/waasland/bijeenkomsten/nieuw/", typed)
    with acting_as(SYSTEM):
        made = Meeting.objects.get(state="draft")
        assert response["Location"] == f"/kringen/waasland/planning/?bijeenkomst={made.pk}"
        assert (made.form, made.host.name, made.audience) == ("in_person", "Lokeren", "circle")
        assert made.title.startswith("Bijeenkomst ")
        items = list(made.agenda.all())
        assert [item.position for item in items] == list(range(1, len(items) + 1))
        assert sum(item.minutes for item in items) == 120
        pillars = {"news_round", "peer_consultation", "deep_dive", "site_visit"}
        assert {item.kind for item in items} >= pillars


def test_the_proposed_title_follows_the_date(browse, waasland, trekker):
    client = browse(trekker)
    form = client.get("/kringen/waasland/bijeenkomsten/nieuw/").context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"date": "2031-03-13"}
    client.post("/kringen/waasland/bijeenkomsten/nieuw/", typed)
    with acting_as(SYSTEM):
        assert Meeting.objects.get().title == "Bijeenkomst maart 2031"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"date": "2020-01-06"}, "date"),
        ({"date": "gisteren"}, "date"),
        ({"end": "13:00"}, "end"),
        ({"date": "2031-03-30", "start": "02:30", "end": "04:00"}, "start"),
        ({"title": ""}, "title"),
        ({"host": "999999"}, "host"),
        ({"form": "telepathie"}, "form"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_kept(browse, waasland, trekker, typed, field):
    good = {
        "title": "Met zorg getypt",
        "date": "2031-03-13",
        "start": "14.00",
        "end": "16:00",
        "form": "in_person",
        "host": "",
        "programme": "classic",
    }
    response = browse(trekker).post("/kringen/waasland/bijeenkomsten/nieuw/", good | typed)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    if field != "title":
        assert "Met zorg getypt" in response.content.decode()
    with acting_as(SYSTEM):
        assert not Meeting.objects.exists()


def test_an_online_meeting_is_nobodys_turn(browse, waasland, trekker, temse):
    typed = {"title": "Web", "date": "2031-03-13", "start": "14:00", "end": "15:00", "form": "online"}
    browse(trekker).post("/kringen/waasland/bijeenkomsten/nieuw/", typed | {"host": temse.pk, "programme": "webinar"})
    with acting_as(SYSTEM):
        assert Meeting.objects.get().host is None


def test_two_clicks_at_once_make_one_draft(committed, together, waasland, trekker):
    def click(_number):
        with acting_as(member(trekker.pk)):
            return actions.plan(waasland, by=trekker, title="Eén", **in_a_month())

    made = together(4, click)
    with acting_as(SYSTEM):
        assert made == [Meeting.objects.get()] * 4


def test_a_meeting_in_the_past_is_not_planned(as_, waasland, trekker):
    now = timezone.now()
    with as_(trekker), pytest.raises(actions.MeetingInThePast):
        actions.plan(waasland, by=trekker, title="Te laat", starts_at=now - dt.timedelta(1), ends_at=now)


@pytest.mark.parametrize("minutes", [5, 20, 60, 90, 120, 122, 150, 181, 240, 480])
@pytest.mark.parametrize("template", [each for each in programmes.Template if each != "empty"])
def test_a_programme_fills_the_meeting(template, minutes):
    items = programmes.write(template, minutes)
    lengths = [item.minutes for item in items]
    assert min(lengths) >= 5
    assert sum(lengths) == max(minutes, 5 * len(items))


def test_an_empty_programme_has_no_points():
    assert programmes.write("empty", 120) == []


# --- Editing ------------------------------------------------------------------------------------------


def words_of(client, meeting):
    """What the edit page would send back unchanged."""
    context = client.get(f"/bijeenkomsten/{meeting.pk}/bewerken/").context
    forms = [form for form in (context["form"], context["place"]) if form]
    typed = {name: form[name].value() for form in forms for name in form.fields}
    clocks = {name: f"{typed[name]:%H:%M}" for name in ("start", "end") if name in typed}
    return {name: value for name, value in (typed | clocks).items() if value not in (None, [])}


def test_a_draft_is_edited_in_full_on_one_page(browse, trekker, draft, geel):
    client = browse(trekker)
    typed = words_of(client, draft) | {
        "form": "hybrid",
        "venue": "De Zaat",
        "online_link": "https://teams.example/1",
        "seats_in_person": "20",
        "audience": "network",
    }
    assert client.post(f"/bijeenkomsten/{draft.pk}/bewerken/", typed).status_code == 302
    after = the(draft)
    assert (after.form, after.venue, after.seats_in_person, after.audience) == ("hybrid", "De Zaat", 20, "network")
    assert (after.starts_at, after.ends_at) == (draft.starts_at, draft.ends_at)
    with acting_as(SYSTEM):
        assert JoinLink.objects.get().url == "https://teams.example/1"


def test_what_people_act_upon_is_not_edited_in_silence(browse, as_, trekker, published):
    client = browse(trekker)
    page = client.get(f"/bijeenkomsten/{published.pk}/bewerken/")
    assert page.context["place"] is None
    assert f"/bijeenkomsten/{published.pk}/verplaatsen/" in page.content.decode()
    typed = words_of(client, published) | {"title": "Nieuwe titel", "date": "2031-01-01", "venue": "Elders"}
    client.post(f"/bijeenkomsten/{published.pk}/bewerken/", typed)
    after = the(published)
    assert (after.title, after.starts_at, after.venue) == ("Nieuwe titel", published.starts_at, "Stadhuis")
    with as_(trekker), pytest.raises(actions.NotADraft):
        actions.edit(published, by=trekker, venue="Elders")


def test_more_seats_go_to_who_waits(browse, trekker, lid, published):
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=published.pk).update(seats_in_person=1)
        published.registrations.create(member=trekker, answer="yes", attending="in_person")
        published.registrations.create(member=lid, answer="yes", attending="in_person", waiting=True)
    client = browse(trekker)
    client.post(f"/bijeenkomsten/{published.pk}/bewerken/", words_of(client, published) | {"seats_in_person": "2"})
    with acting_as(SYSTEM):
        assert not Registration.objects.get(member=lid).waiting


def test_no_fewer_seats_than_are_taken(browse, trekker, lid, published):
    with acting_as(SYSTEM):
        for person in [trekker, lid]:
            published.registrations.create(member=person, answer="yes", attending="in_person")
    client = browse(trekker)
    response = client.post(
        f"/bijeenkomsten/{published.pk}/bewerken/", words_of(client, published) | {"seats_in_person": "1"}
    )
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"seats_in_person"}


# --- The desk ------------------------------------------------------------------------------------------


def states(meeting, reader):
    with acting_as(SYSTEM):
        (planned,) = [each for each in desk.to_plan(meeting.circle) if each.pk == meeting.pk]
        return [step.state for step in desk.steps(planned, reader=reader)]


def test_the_desk_says_what_is_next_until_all_is_done(as_, waasland, trekker, lid, draft):
    assert states(draft, trekker) == ["done", "next", "to_do", "done", "to_do", "to_do"]
    with as_(trekker):
        actions.edit(draft, by=trekker, venue="Stadhuis")
    assert states(draft, trekker) == ["done", "lacking", "next", "done", "to_do", "to_do"]  # nobody asked Temse yet
    with acting_as(SYSTEM):
        item = draft.agenda.create(position=1, kind="deep_dive", title="Verdieping")
    assert states(draft, trekker) == ["done", "lacking", "done", "next", "to_do", "to_do"]
    with acting_as(SYSTEM):
        from meetings.models import Speaker

        item.talks.create(speaker=Speaker.objects.create(name="Els Expert", kind="colleague"))
    assert states(draft, trekker) == ["done", "lacking", "done", "waiting", "next", "to_do"]
    with as_(trekker):
        actions.publish(draft, by=trekker)
    assert states(draft, trekker) == ["done", "done", "done", "waiting", "done", "next"]
    with as_(trekker):
        actions.invite(draft, by=trekker)
    assert states(draft, trekker) == ["done", "done", "done", "waiting", "done", "done"]
    with acting_as(SYSTEM):
        make.person("Nina Nieuw", waasland)
    assert states(draft, trekker)[-1] == "next"


def test_the_desk_of_a_circle_without_meetings_offers_to_plan_one(browse, waasland, trekker):
    page = browse(trekker).get("/kringen/waasland/planning/")
    assert page.context["chosen"] is None
    assert "/kringen/waasland/bijeenkomsten/nieuw/" in page.content.decode()


def test_once_all_is_done_the_desk_turns_to_what_comes_after(browse, as_, trekker, waasland, published):
    client = browse(trekker)
    with acting_as(SYSTEM):
        published.agenda.create(position=1, kind="news_round", title="Rondje")
        later = make.meeting(waasland, "Daarna", state="draft", in_days=100)
    assert client.get("/kringen/waasland/planning/").context["chosen"] == published
    with as_(trekker):
        actions.invite(published, by=trekker)
    assert client.get("/kringen/waasland/planning/").context["chosen"] == later
    asked = client.get(f"/kringen/waasland/planning/?bijeenkomst={published.pk}").context
    assert (asked["chosen"], asked["all_done"]) == (published, True)


def test_the_desk_counts_answers_and_silence(as_, waasland, trekker, published):
    with acting_as(SYSTEM):
        people = [make.person(f"Persoon {n}", waasland) for n in range(6)]
        for person, answer in zip(people, ["yes", "yes", "maybe", "no"], strict=False):
            attending = "" if answer == "no" else "in_person"
            published.registrations.create(member=person, answer=answer, attending=attending)
        published.registrations.create(member=people[4], answer="yes", attending="in_person", waiting=True)
        Invitation.objects.bulk_create([Invitation(meeting=published, member=each) for each in people])
        assert desk.totals([published]) == {published.pk: desk.Totals(yes=2, waiting=1, maybe=1, no=1, silent=1)}


@pytest.mark.parametrize("n", [1, 3, 30])
def test_the_desk_costs_the_same_however_full(browse, waasland, trekker, temse, django_assert_num_queries, n):
    with acting_as(SYSTEM):
        for day in range(n):
            meeting = make.meeting(waasland, in_days=10 + day, host=temse)
            meeting.agenda.create(position=1, kind="news_round", title="Rondje")
            make.meeting(waasland, in_days=-10 - day, host=temse)
    client = browse(trekker)
    with django_assert_num_queries(DESK_QUERIES):
        assert client.get("/kringen/waasland/planning/").status_code == 200


DESK_QUERIES = 17


# --- Publishing ------------------------------------------------------------------------------------------


def test_publishing_shows_it_to_the_audience_and_sends_nothing(browse, as_, trekker, lid, neighbour, draft):
    from mailroom.models import Delivery

    with as_(lid):
        assert list(Meeting.objects.all()) == []
    response = browse(trekker).post(f"/bijeenkomsten/{draft.pk}/publiceren/")
    assert response["Location"] == f"/kringen/waasland/planning/?bijeenkomst={draft.pk}"
    with as_(lid):
        assert [meeting.title for meeting in Meeting.objects.all()] == ["Ontwerp"]
    with as_(neighbour):
        assert list(Meeting.objects.all()) == []
    with acting_as(SYSTEM):
        assert not Delivery.objects.exists()


def test_publishing_twice_is_harmless(browse, as_, trekker, draft):
    client = browse(trekker)
    for _ in range(2):
        assert client.post(f"/bijeenkomsten/{draft.pk}/publiceren/").status_code == 302
    assert the(draft).state == "published"
    with as_(trekker), pytest.raises(actions.AlreadyPublished):
        actions.publish(draft, by=trekker)


def test_a_draft_whose_date_passed_is_not_published(browse, trekker, draft):
    with time_machine.travel(draft.starts_at + dt.timedelta(minutes=1)):
        response = browse(trekker).post(f"/bijeenkomsten/{draft.pk}/publiceren/")
    assert response["Location"] == f"/bijeenkomsten/{draft.pk}/bewerken/"
    assert the(draft).state == "draft"


def test_a_draft_is_thrown_away_and_a_published_meeting_is_not(browse, as_, trekker, draft, published):
    client = browse(trekker)
    assert client.get(f"/bijeenkomsten/{draft.pk}/annuleren/").status_code == 200
    client.post(f"/bijeenkomsten/{draft.pk}/annuleren/")
    with acting_as(SYSTEM):
        assert [meeting.title for meeting in Meeting.objects.all()] == ["Op til"]
    with as_(trekker), pytest.raises(actions.NotADraft):
        actions.discard(published, by=trekker)
