"""What a host arranges and tells on its own page, and the clock that reminds it; and whom that page is not for."""

import datetime as dt

from django.utils import timezone

from library.models import Topic
from mailroom.models import Delivery
from meetings.actions import hosting as actions
from meetings.models import AgendaItem, Hosting, HostTask, Meeting
from members.models import Membership
from regions.wall import SYSTEM, acting_as
from tests import make


def now_is(hosting):
    with acting_as(SYSTEM):
        return Hosting.objects.select_related("meeting__host", "government").get(pk=hosting.pk)


def letters(kind=None):
    """(kind, to) of what was posted, in order."""
    with acting_as(SYSTEM):
        rows = Delivery.objects.order_by("pk").values_list("kind", "to")
        return [row for row in rows if kind in (None, row[0])]


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


def test_the_trekker_who_takes_the_question_back_reads_what_it_was(browse, agreed, trekker):
    def told():
        return browse(trekker).post(f"/gastbeurten/{agreed.pk}/intrekken/", follow=True).text

    assert f"{agreed.government} is geen gastbestuur meer." in told()
    with acting_as(SYSTEM):
        Hosting.objects.update(state="asked")
    assert f"{agreed.government} is niet langer gevraagd als gastbestuur." in told()


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


def test_who_is_asked_finds_it_on_the_front_page_and_in_the_draft_and_nobody_else_does(
    browse, asked, lid, trekker, as_
):
    address = f'href="/bijeenkomsten/{asked.meeting_id}/gastheer/"'
    front = browse(lid).get("/").text
    assert "RKK Waasland vraagt of Temse de bijeenkomst van" in front
    assert address in front
    assert address not in browse(trekker).get("/").text
    draft = "Alleen de trekkers van de kring en het gastbestuur zien het."
    assert draft in browse(lid).get(f"/bijeenkomsten/{asked.meeting_id}/").text
    with as_(lid):
        actions.answer_hosting(asked, by=lid, accept=True)
    front = browse(lid).get("/").text
    assert "Temse ontvangt RKK Waasland op" in front
    assert address in front


def test_a_host_that_nobody_asked_is_not_arranged(browse, draft, trekker, temse):
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=draft.pk).update(host=temse, venue="Stadhuis")
    steps = browse(trekker).get(f"/kringen/waasland/planning/?bijeenkomst={draft.pk}").context["open_steps"]
    [place] = [step for step in steps if step.name == "Gastbestuur en plaats"]
    assert (place.state, place.about) == ("lacking", "Temse is nog niet gevraagd.")
    assert place.address == f"/bijeenkomsten/{draft.pk}/gastbestuur/?bestuur=temse"


def test_topics_of_a_draft_that_the_host_can_choose_are_not_kept_for_colleagues(browse, asked, lid, lena):
    with acting_as(SYSTEM):
        topic = Topic.objects.create(slug="geheim", title="Nog geheim", category="x")
        asked.meeting.topics.add(topic)
    for _time in range(2):
        assert 'value="geheim"' in browse(lid).get("/bijeenkomsten/").text
        assert 'value="geheim"' not in browse(lena).get("/bijeenkomsten/").text
