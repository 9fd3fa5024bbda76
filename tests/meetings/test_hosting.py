"""A host is asked, answers, arranges, tells its own part, and exchanges its turn with another."""

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from mailroom.models import Delivery
from meetings.actions import hosting as actions
from meetings.actions import planning
from meetings.models import AgendaItem, Hosting, HostTask, Meeting
from members.models import Membership
from regions.models import LocalGovernment
from regions.wall import SYSTEM, acting_as
from tests import make

State = Hosting.State
NOW = timezone.now()


def _system(act):
    with acting_as(SYSTEM):
        return act()


@pytest.fixture
def lokeren(house):
    return _system(lambda: LocalGovernment.objects.get(slug="lokeren"))


@pytest.fixture
def lena(waasland, lokeren):
    """Works for Lokeren, and is in Waasland."""
    return _system(lambda: make.person("Lena Lokeren", waasland, government=lokeren))


@pytest.fixture
def draft(waasland):
    return _system(lambda: make.meeting(waasland, "Ontwerp", state="draft", in_days=60))


@pytest.fixture
def asked(draft, as_, trekker, lid, temse):
    """Temse was asked through Lies."""
    with as_(trekker):
        return actions.ask_host(draft, by=trekker, government=temse, contact=lid)


@pytest.fixture
def agreed(asked, as_, lid):
    with as_(lid):
        return actions.answer_hosting(asked, by=lid, accept=True)


def now_is(hosting):
    with acting_as(SYSTEM):
        return Hosting.objects.select_related("meeting__host", "government").get(pk=hosting.pk)


def letters(kind=None):
    """(kind, to) of what was posted, in order."""
    with acting_as(SYSTEM):
        rows = Delivery.objects.order_by("pk").values_list("kind", "to")
        return [row for row in rows if kind in (None, row[0])]


# --- Asking ------------------------------------------------------------------------------------------------------


def test_the_first_of_the_rota_is_proposed_and_asked_with_one_button(browse, draft, trekker, lena, lid):
    with acting_as(SYSTEM):
        make.meeting(draft.circle, state="held", in_days=-90, host=lid.government)
    client, page = browse(trekker), f"/bijeenkomsten/{draft.pk}/gastbestuur/"
    form = client.get(page).context["form"]
    assert (form.proposed.name, form.initial["whom"]) == ("Lokeren", f"{lena.government_id}-{lena.pk}")
    for _click in range(2):
        assert client.post(page, {"whom": form.initial["whom"], "message": "Graag."}).status_code == 302
    with acting_as(SYSTEM):
        assert list(Hosting.objects.values_list("government__name", "contact", "state")) == [
            ("Lokeren", lena.pk, "asked")
        ]
        letter = Delivery.objects.get()
    assert (letter.kind, letter.to, letter.only_while_member) == ("host_asked", lena.email, True)
    day = date_format(timezone.localtime(draft.starts_at), "j F")
    assert letter.subject == f"[RKK Waasland] Wilt u gastbestuur zijn? {day}, locatie volgt"


def test_agreed_by_telephone_needs_no_letter_and_starts_the_list(as_, draft, trekker, temse):
    with as_(trekker):
        hosting = actions.ask_host(draft, by=trekker, government=temse)
        assert hosting.state == State.ACCEPTED
        assert Meeting.objects.get(pk=draft.pk).host == temse
        assert HostTask.objects.filter(meeting=draft).count() == 6
    assert letters() == []


def test_while_one_is_asked_nobody_else_is(as_, asked, trekker, lena, lokeren):
    with as_(trekker), pytest.raises(actions.HostAsked):
        actions.ask_host(asked.meeting, by=trekker, government=lokeren, contact=lena)


def test_only_someone_of_the_circle_who_works_there_is_asked(as_, draft, trekker, temse, lena, neighbour, waasland):
    vendor = _system(lambda: make.person("Vic", waasland, partner=make.vendor()))
    for wrong in (lena, neighbour, vendor):
        with as_(trekker), pytest.raises(actions.NotOfTheCircle):
            actions.ask_host(draft, by=trekker, government=temse, contact=wrong)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"form": "online"}, actions.NoHostNeeded),
        ({"state": "cancelled"}, actions.MeetingNotOpen),
        ({"starts_at": NOW - dt.timedelta(hours=1), "ends_at": NOW + dt.timedelta(hours=1)}, actions.MeetingNotOpen),
    ],
)
def test_what_needs_no_host_any_more_gets_none(as_, draft, trekker, temse, change, refusal):
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=draft.pk).update(**change)
    with as_(trekker), pytest.raises(refusal):
        actions.ask_host(draft, by=trekker, government=temse)


def test_two_trekkers_who_ask_at_once_ask_one(together, draft, trekker, temse, lokeren, lid, lena, as_):
    whom = [(temse, lid), (lokeren, lena)]

    def ask(number):
        government, contact = whom[number]
        with as_(trekker):
            return actions.ask_host(draft, by=trekker, government=government, contact=contact)

    done = together(2, ask)
    assert sorted(type(each).__name__ for each in done) == ["HostAsked", "Hosting"]
    assert len(letters("host_asked")) == 1


# --- Answering ---------------------------------------------------------------------------------------------------


def test_a_yes_makes_them_the_host_of_the_draft_and_tells_the_trekker_once(browse, asked, lid, trekker):
    client, page = browse(lid), f"/bijeenkomsten/{asked.meeting_id}/gastheer/"
    assert client.get(page).status_code == 200
    for _click in range(2):
        assert client.post(f"{page}antwoord/", {"answer": "yes", "reply": "Zaal is vrij"})["Location"] == page
    after = now_is(asked)
    assert (after.state, after.reply, after.meeting.host) == ("accepted", "Zaal is vrij", lid.government)
    assert letters("host_answered") == [("host_answered", trekker.email)]
    with acting_as(SYSTEM):
        assert HostTask.objects.filter(meeting=asked.meeting).count() == 6


def test_after_a_no_the_next_in_line_is_proposed_and_the_first_stays_first(browse, asked, lid, trekker, lena, draft):
    assert browse(lid).post(f"/bijeenkomsten/{draft.pk}/gastheer/antwoord/", {"answer": "no"}).status_code == 302
    client = browse(trekker)
    form = client.get(f"/bijeenkomsten/{draft.pk}/gastbestuur/").context["form"]
    assert form.initial["whom"] == f"{lena.government_id}-{lena.pk}"
    page = client.get(f"/kringen/waasland/planning/?bijeenkomst={draft.pk}")
    step = next(each for each in page.context["steps"] if each.address.endswith("/gastbestuur/"))
    assert "Temse" in step.about and "Lokeren" in step.about
    # The next meeting asks them first again, before who never refused.
    with acting_as(SYSTEM):
        later = make.meeting(draft.circle, state="draft", in_days=150)
        Meeting.objects.filter(pk=draft.pk).update(host=lena.government)
    assert client.get(f"/bijeenkomsten/{later.pk}/gastbestuur/").context["form"].proposed == lid.government
    assert browse(lid).get(f"/bijeenkomsten/{draft.pk}/gastheer/").status_code == 404  # the draft is not theirs to see


def test_a_yes_that_becomes_a_no_leaves_the_draft_without_a_host(as_, agreed, lid):
    with as_(lid):
        actions.answer_hosting(agreed, by=lid, accept=False, reply="Zaal bezet")
    after = now_is(agreed)
    assert (after.state, after.meeting.host) == ("declined", None)
    with acting_as(SYSTEM):
        assert not HostTask.objects.exists()
    with as_(lid), pytest.raises(actions.HostingClosed):
        actions.answer_hosting(agreed, by=lid, accept=True)


def test_a_published_meeting_is_moved_there_by_its_trekker_and_by_nobody_else(as_, browse, waasland, trekker, lid, temse):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
    with as_(trekker):
        hosting = actions.ask_host(meeting, by=trekker, government=temse, contact=lid)
    with as_(lid):
        actions.answer_hosting(hosting, by=lid, accept=True)
    assert now_is(hosting).meeting.host is None
    steps = browse(trekker).get(f"/kringen/waasland/planning/?bijeenkomst={meeting.pk}").context["steps"]
    assert [step.address for step in steps if "Temse" in step.about] == [
        f"/bijeenkomsten/{meeting.pk}/verplaatsen/#id_host"
    ]
    with as_(lid), pytest.raises(actions.PlaceIsKnown):
        actions.tell_place(meeting, by=lid, venue="Stadhuis", route="Links")
    with as_(lid):
        actions.tell_place(meeting, by=lid, route="Links")


def test_taking_back_tells_the_contact_once_and_empties_the_draft(browse, agreed, trekker, lid):
    for _click in range(2):
        response = browse(trekker).post(f"/gastbeurten/{agreed.pk}/intrekken/")
        assert response["Location"] == f"/bijeenkomsten/{agreed.meeting_id}/gastbestuur/"
    assert (now_is(agreed).state, now_is(agreed).meeting.host) == ("withdrawn", None)
    assert letters("host_released") == [("host_released", lid.email)]


@pytest.mark.parametrize("what", ["another host", "online", "thrown away", "cancelled"])
def test_who_is_no_longer_needed_is_told(as_, agreed, trekker, lid, lokeren, what):
    meeting = agreed.meeting
    with as_(trekker):
        if what == "another host":
            planning.edit(meeting, by=trekker, host=lokeren)
        elif what == "online":
            planning.edit(meeting, by=trekker, form="online", host=None)
        elif what == "thrown away":
            planning.discard(meeting, by=trekker)
        else:
            planning.publish(meeting, by=trekker)
            planning.cancel(meeting, by=trekker, because="Sneeuw")
    assert letters("host_released") == [("host_released", lid.email)]
    with acting_as(SYSTEM):
        assert not Hosting.objects.standing().exists()


def test_another_title_takes_no_host_away(as_, agreed, trekker):
    with as_(trekker):
        planning.edit(agreed.meeting, by=trekker, title="Anders", host=agreed.government)
    assert now_is(agreed).state == "accepted"


# --- The host's own page -----------------------------------------------------------------------------------------


def test_the_host_edits_its_own_part_of_the_programme_and_nothing_else(browse, agreed, lid, as_):
    with acting_as(SYSTEM):
        visit = make.item(agreed.meeting, "Bezoek", kind="site_visit")
        dive = make.item(agreed.meeting, "Verdieping")
    client = browse(lid)
    sent = {"title": "Onze camera's", "about": "Op de markt", "minutes": "5", "kind": "break", "position": "9"}
    assert client.post(f"/programmapunten/{visit.pk}/gastheer/", sent).status_code == 302
    assert client.post(f"/programmapunten/{dive.pk}/gastheer/", sent).status_code == 404
    for address in (f"/programmapunten/{visit.pk}/", f"/bijeenkomsten/{agreed.meeting_id}/programma/"):
        assert client.get(address).status_code == 403
    for verb in ("verplaatsen", "verwijderen"):
        assert client.post(f"/programmapunten/{visit.pk}/{verb}/").status_code == 403
    with acting_as(SYSTEM):
        rows = AgendaItem.objects.filter(meeting=agreed.meeting).values_list("title", "about", "minutes", "kind")
        assert list(rows) == [("Onze camera's", "Op de markt", 45, "site_visit"), ("Verdieping", "", 45, "deep_dive")]


def test_the_host_says_where_it_is_while_it_is_a_draft(browse, agreed, lid):
    page = f"/bijeenkomsten/{agreed.meeting_id}/gastheer/"
    sent = {"venue": "Stadhuis", "address": "Markt 1", "route": "Bus 81", "title": "Gekaapt", "state": "published"}
    assert browse(lid).post(page, sent).status_code == 302
    meeting = now_is(agreed).meeting
    assert (meeting.venue, meeting.address, meeting.route) == ("Stadhuis", "Markt 1", "Bus 81")
    assert (meeting.title, meeting.state) == ("Ontwerp", "draft")


def test_tasks_are_counted_back_from_the_meeting_and_seen_by_the_trekker(browse, agreed, lid, trekker):
    with acting_as(SYSTEM):
        tasks = {task.what: task for task in HostTask.objects.select_related("meeting")}
        day = timezone.localdate(agreed.meeting.starts_at)
    due = {what: (day - task.due_on).days for what, task in tasks.items()}
    assert due == {"room": 42, "accessible_route": 42, "screen": 14, "camera": 14, "parking": 14, "catering": 14}
    client = browse(lid)
    assert client.post(f"/gastheertaken/{tasks['room'].pk}/", {"done": "on", "note": "Raadzaal"}).status_code == 302
    shown = client.get(f"/bijeenkomsten/{agreed.meeting_id}/gastheer/")
    assert [task.what for task, _ in shown.context["tasks"]] == [
        *("room", "accessible_route", "screen", "parking", "catering")  # no camera: nobody joins online
    ]
    desk = browse(trekker).get(f"/kringen/waasland/planning/?bijeenkomst={agreed.meeting_id}")
    assert any("1 van 5" in step.about for step in desk.context["steps"])
    client.post(f"/gastheertaken/{tasks['room'].pk}/", {"note": "Toch niet"})
    with acting_as(SYSTEM):
        task = HostTask.objects.get(what="room")
    assert (task.done_at, task.note) == (None, "Toch niet")


def test_who_says_yes_late_has_a_week_but_never_longer_than_the_meeting(as_, waasland, trekker, temse):
    with acting_as(SYSTEM):
        soon, sooner = (make.meeting(waasland, in_days=days) for days in (20, 3))
    for meeting, days in ((soon, 7), (sooner, 3)):
        with as_(trekker):
            actions.ask_host(meeting, by=trekker, government=temse)
            due = {task.due_on for task in HostTask.objects.filter(meeting=meeting, what="room")}
        assert due == {timezone.localdate(timezone.now() + dt.timedelta(days=days))}


def test_a_host_is_reminded_once_of_each_thing_that_is_late(agreed, lid):
    def later(days):
        with acting_as(SYSTEM):
            starts = timezone.now() + dt.timedelta(days=days)
            Meeting.objects.filter(pk=agreed.meeting_id).update(
                starts_at=starts, ends_at=starts + dt.timedelta(hours=2)
            )
            HostTask.objects.update(made_at=timezone.now() - dt.timedelta(days=30))
            return actions.remind_hosts(), actions.remind_hosts()

    with acting_as(SYSTEM):
        HostTask.objects.filter(what="accessible_route").update(done_at=timezone.now())
    assert later(43) == (0, 0)
    assert later(30) == (1, 0)  # the room
    assert later(10) == (1, 0)  # screen, parking and catering, and not the room again
    assert letters("host_reminded") == [("host_reminded", lid.email)] * 2
    with acting_as(SYSTEM):
        actions.withdraw_hosting(agreed, by=lid)
    assert later(5) == (0, 0)


def test_who_is_silent_for_a_week_is_asked_once_more_and_who_said_no_never(asked, lid, as_):
    with acting_as(SYSTEM):
        assert actions.remind_hosts() == 0
        Hosting.objects.update(asked_at=timezone.now() - dt.timedelta(days=8))
        assert (actions.remind_hosts(), actions.remind_hosts()) == (1, 0)
    with as_(lid):
        actions.answer_hosting(asked, by=lid, accept=False)
    with acting_as(SYSTEM):
        assert actions.remind_hosts() == 0


# --- For whom it is ----------------------------------------------------------------------------------------------


def test_the_page_is_for_who_was_asked_and_for_trekkers(browse, agreed, lid, trekker, manager, lena, neighbour):
    pages = [f"/bijeenkomsten/{agreed.meeting_id}/gastheer/"]
    statuses = {who: [browse(who).get(page).status_code for page in pages] for who in (lid, trekker, manager)}
    assert list(statuses.values()) == [[200], [200], [200]]
    for who in (lena, neighbour):
        assert browse(who).get(pages[0]).status_code == 404  # a draft
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=agreed.meeting_id).update(state="published")
    assert browse(lena).get(pages[0]).status_code == 403
    assert browse(neighbour).get(pages[0]).status_code == 404


def test_who_was_the_contact_and_who_is_the_contact_of_another_meeting_change_nothing(
    browse, agreed, lid, lena, as_, trekker, lokeren, waasland
):
    with acting_as(SYSTEM):
        other = make.meeting(waasland, "Andere", state="draft", in_days=150)
        visit = make.item(agreed.meeting, "Bezoek", kind="site_visit")
        task = HostTask.objects.filter(meeting=agreed.meeting).earliest("pk")
    with as_(trekker):
        actions.ask_host(other, by=trekker, government=lokeren, contact=lena)
    forms = [
        f"/gastheertaken/{task.pk}/",
        f"/programmapunten/{visit.pk}/gastheer/",
        f"/bijeenkomsten/{agreed.meeting_id}/gastheer/antwoord/",
    ]
    assert [browse(lena).post(each, {"answer": "no"}).status_code for each in forms] == [404, 404, 404]
    with acting_as(SYSTEM):
        Membership.objects.filter(member=lid).update(ended_at=timezone.now())
    assert [browse(lid).post(each, {"answer": "no"}).status_code for each in forms] == [404, 404, 404]
    assert now_is(agreed).state == "accepted"


# --- Exchanging --------------------------------------------------------------------------------------------------


@pytest.fixture
def later(agreed, as_, trekker, lena, lokeren, waasland):
    """Lokeren agreed to receive the draft after that of Temse."""
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, "Later", state="draft", in_days=150, venue="Kasteel", seats_in_person=80)
    with as_(trekker):
        hosting = actions.ask_host(meeting, by=trekker, government=lokeren, contact=lena)
    with as_(lena):
        return actions.answer_hosting(hosting, by=lena, accept=True)


def test_two_hosts_exchange_their_turns_and_their_houses(browse, agreed, later, lid, lena, trekker):
    with acting_as(SYSTEM):
        HostTask.objects.update(done_at=timezone.now())
    mine, theirs = (f"/bijeenkomsten/{each.meeting_id}/gastheer/" for each in (agreed, later))
    client = browse(lid)
    assert client.get(mine).context["swap"].fields["other"].choices[0][0] == str(later.pk)
    for _click in range(2):
        assert client.post(f"{mine}ruilen/", {"other": later.pk})["Location"] == mine
    assert letters("swap_asked") == [("swap_asked", lena.email)]
    assert b"Temse" in browse(lena).get(theirs).content
    yes = {"offered": agreed.pk, "answer": "yes"}
    assert browse(lena).post(f"{theirs}ruilantwoord/", yes)["Location"] == mine  # that one is hers now
    first, second = now_is(agreed), now_is(later)
    assert [(each.government.name, each.meeting.host.name, each.meeting.venue) for each in (first, second)] == [
        ("Lokeren", "Lokeren", "Kasteel"),
        ("Temse", "Temse", ""),
    ]
    assert (first.meeting.seats_in_person, second.meeting.seats_in_person) == (80, None)
    assert (first.contact_id, second.contact_id, first.swap_with_id) == (lena.pk, lid.pk, None)
    with acting_as(SYSTEM):
        assert not HostTask.objects.exclude(done_at=None).exists()
        assert HostTask.objects.count() == 12
    assert sorted(letters("swap_answered")) == [("swap_answered", lid.email), ("swap_answered", trekker.email)]
    browse(lena).post(f"{theirs}ruilantwoord/", yes)  # a second click finds nothing to answer
    assert now_is(agreed).government.name == "Lokeren"


def test_a_host_who_keeps_its_day_says_so(browse, agreed, later, lid, lena):
    with acting_as(SYSTEM):
        actions.propose_swap(agreed, by=lid, other=later.pk)
    no = {"offered": agreed.pk, "answer": "no"}
    assert browse(lena).post(f"/bijeenkomsten/{later.meeting_id}/gastheer/ruilantwoord/", no).status_code == 302
    assert (now_is(agreed).government.name, now_is(agreed).swap_with_id) == ("Temse", None)
    assert letters("swap_answered") == [("swap_answered", lid.email)]


def test_a_turn_is_exchanged_with_an_agreed_draft_of_the_own_circle_only(as_, agreed, later, lid, kempen, geel):
    with acting_as(SYSTEM):
        elsewhere = make.meeting(kempen, state="draft", host=geel)
        foreign = Hosting.objects.create(meeting=elsewhere, government=geel, state="accepted")
    with as_(lid), pytest.raises(actions.CannotExchange):
        actions.propose_swap(agreed, by=lid, other=foreign.pk)
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=later.meeting_id).update(state="published")
    with as_(lid), pytest.raises(actions.CannotExchange):
        actions.propose_swap(agreed, by=lid, other=later.pk)


def test_an_answer_to_what_is_no_longer_proposed_does_nothing(as_, agreed, later, lid, lena):
    with as_(lid):
        actions.propose_swap(agreed, by=lid, other=later.pk)
        actions.propose_swap(agreed, by=lid, other=None)
    with as_(lena), pytest.raises(actions.CannotExchange):
        actions.answer_swap(agreed, by=lena, accept=True)


def test_two_who_accept_each_others_proposal_at_once_exchange_once(together, as_, agreed, later, lid, lena):
    with acting_as(SYSTEM):
        actions.propose_swap(agreed, by=lid, other=later.pk)
        actions.propose_swap(later, by=lena, other=agreed.pk)

    def accept(number):
        offered, by = ((agreed, lena), (later, lid))[number]
        with as_(by):
            return actions.answer_swap(offered, by=by, accept=True)

    done = together(2, accept)
    assert sorted(type(each).__name__ for each in done) == ["CannotExchange", "NoneType"]
    assert now_is(agreed).government.name == "Lokeren"
