"""The admin: every page works for a community manager, through the wall, and opens to nobody else."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from kenniskring import beheer
from mailroom.models import Delivery
from meetings.models import Meeting, Talk
from members.models import Member
from regions.models import Circle
from regions.wall import SYSTEM, acting_as, walled_models
from tests.wall import world

HIDDEN = {
    "mailroom.Letter",  # holds personal links; the system alone reads it
    "mailroom.Wording",
    "mailroom.Channel",  # its address is a key, kept on a page of the circle
    "members.FeedAddress",  # the member's own
    "meetings.AlwaysComes",  # the member's own, as the next one
    "meetings.Excuse",
    "meetings.Attendance",  # noted on a page of the meeting
    "meetings.Need",  # for who receives people, on pages of the meeting, and soon gone
    # What colleagues tell each other is read on the pages of their circle, as is who asked for what.
    "meetings.Case",
    "meetings.Contribution",
    "meetings.PressingQuestion",
    "meetings.QuestionSupport",
    "meetings.Report",
    "meetings.ReportPart",
    "meetings.TalkProposal",  # holds the address of whoever proposes; read by the trekker who answers
    "meetings.Evaluation",  # marks one by one are for nobody; a page shows them together, from five on
    "meetings.EvaluationGiven",
    "meetings.DatePoll",  # kept on pages of the planning, as the next ones
    "meetings.DateOption",
    "meetings.DateVote",
    "meetings.HostTask",
    "meetings.Hosting",
    "meetings.PreparedPeriod",  # what the clock did
    "meetings.Asking",  # rows on the page of what they belong to, as the next ones
    "meetings.JoinLink",
    "meetings.MeetingTopic",
    "meetings.SpeakerContact",
    "meetings.SpeakerTopic",
}


@pytest.fixture
def cast(house):
    return world.build()


@pytest.fixture
def desk(cast, browse):
    return browse(cast["manager"])


assert beheer.urlpatterns  # which takes out what is not ours to administer
DESKS = list(admin.site._registry.values())


def desks():
    return DESKS


def address(desk, page, *args):
    return reverse(f"admin:{desk.opts.app_label}_{desk.opts.model_name}_{page}", args=args)


def test_every_table_has_a_desk_or_a_reason():
    assert {model._meta.label for model in walled_models()} - {desk.opts.label for desk in desks()} == HIDDEN


def test_every_list_and_every_row_opens_for_the_manager(cast, desk):
    for each in desks():
        with acting_as(SYSTEM):
            rows = list(each.model.objects.order_by("pk")[:1])
        listing = desk.get(address(each, "changelist"))
        assert listing.status_code == 200, each
        assert rows, each
        assert desk.get(address(each, "changelist"), {"q": "waas"}).status_code == 200, each
        for row in rows:
            assert desk.get(address(each, "change", row.pk)).status_code == 200, each
            assert desk.get(address(each, "history", row.pk)).status_code == 200, each
        assert desk.get(address(each, "add")).status_code == (
            200 if each.has_add_permission(listing.wsgi_request) else 403
        )


def test_the_admin_opens_to_nobody_else(cast, browse):
    pages = [reverse("admin:index"), *(address(each, page) for each in desks() for page in ("changelist", "add"))]
    for name, status in [("trekker", 403), ("member", 403), ("deactivated manager", 302)]:
        client = browse(cast[name])
        assert {client.get(page).status_code for page in pages} == {status}, name
    for page in pages:
        response = browse().get(page)
        assert response.status_code == 302
        assert response["Location"].startswith("/account/login/")


def test_the_policy_of_the_pages_is_relaxed_below_beheer_alone(cast, desk):
    assert "unsafe-eval" in desk.get("/beheer/")["Content-Security-Policy"]
    for page in ("/", "/kringen/", "/account/email/"):
        assert "unsafe" not in desk.get(page)["Content-Security-Policy"]


def test_a_change_is_saved_through_the_wall_and_noted(cast, desk):
    with acting_as(SYSTEM):
        circle = Circle.objects.get(slug="waasland")
    page = reverse("admin:regions_circle_change", args=[circle.pk])
    form = desk.get(page).context["adminform"].form
    rows = {"participations-TOTAL_FORMS": 0, "participations-INITIAL_FORMS": 0}
    data = {name: form[name].value() or "" for name in form.fields} | rows | {"about": "Over ons"}
    response = desk.post(page, data)
    assert response.status_code == 302, response.context["errors"]
    with acting_as(SYSTEM):
        circle.refresh_from_db()
        noted = LogEntry.objects.exclude(object_repr="iets").get()
    assert circle.about == "Over ons"
    assert noted.user_id == cast["manager"].pk


def test_someone_new_gets_no_password_and_no_letter(cast, desk):
    with acting_as(SYSTEM):
        letters = Delivery.objects.count()
    rows = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    data = {"name": "Nieuwe Naam", "email": "Nieuw@Demo.example", "is_active": "on"} | rows
    response = desk.post(reverse("admin:members_member_add"), data)
    assert response.status_code == 302, response.context["errors"]
    with acting_as(SYSTEM):
        made = Member.objects.get(email="nieuw@demo.example")
        assert Delivery.objects.count() == letters
    assert not made.has_usable_password()


@pytest.mark.parametrize("state", ["draft", "published"])
def test_what_actions_rule_is_not_touched_here(cast, desk, state):
    with acting_as(SYSTEM):
        meeting = Meeting.objects.filter(state=state).earliest("pk")
        before = Meeting.objects.values().get(pk=meeting.pk)
    page = reverse("admin:meetings_meeting_change", args=[meeting.pk])
    names = set(desk.get(page).context["adminform"].form.fields)
    assert names == {"title", "about", "route", "audience"}
    rows = {
        f"{prefix}-{name}": 0
        for prefix in ("agenda", "meetingtopic_set", "registrations")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    sly = {"state": "cancelled", "starts_at": "2030-01-01", "sequence": 9, "circle": 1, "uid": "x"}
    data = {"title": "Nieuw", "about": "", "route": "", "audience": "circle"} | rows | sly
    assert desk.post(page, data).status_code == 302
    with acting_as(SYSTEM):
        after = Meeting.objects.values().get(pk=meeting.pk)
    changed = {name for name, value in after.items() if dict(before)[name] != value}
    assert changed <= {"title", "changed_at", "audience"}
    for each in ("meetings_meeting", "members_member", "regions_circle", "mailroom_delivery"):
        assert desk.post(reverse(f"admin:{each}_delete", args=[meeting.pk]), {"post": "yes"}).status_code in (
            302,
            403,
        )
    with acting_as(SYSTEM):
        assert Meeting.objects.filter(pk=meeting.pk).exists()


def test_a_point_that_a_speaker_may_count_on_is_not_thrown_away_here(cast, desk):
    with acting_as(SYSTEM):
        item = Talk.objects.earliest("pk").item
    page = reverse("admin:meetings_agendaitem_delete", args=[item.pk])
    assert desk.post(page, {"post": "yes"}).status_code == 403
    with acting_as(SYSTEM):
        assert Talk.objects.filter(item=item).exists()


def test_failed_letters_are_tried_again(cast, desk):
    with acting_as(SYSTEM):
        failed = Delivery.objects.earliest("pk")
        Delivery.objects.filter(pk=failed.pk).update(state="failed", attempts=5)
    data = {"action": "send_again", "_selected_action": [failed.pk]}
    assert desk.post(reverse("admin:mailroom_delivery_changelist"), data).status_code == 302
    with acting_as(SYSTEM):
        failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("queued", 0)


def test_the_door_of_the_admin_is_the_one_of_the_portal(cast, desk):
    assert desk.get("/beheer/login/").headers["Location"] == "/beheer/"
    assert desk.get("/beheer/password_change/").headers["Location"] == "/account/password/change/"
    assert desk.post("/beheer/logout/").status_code == 302
    assert desk.get("/beheer/").status_code == 302
