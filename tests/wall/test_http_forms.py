"""Every form of the portal, sent with every other field of every model: only what the form is for has changed."""

import pytest
import time_machine
from django.utils import timezone

from library.models import Topic
from meetings.models import AgendaItem, Material, Meeting, Talk
from members.models import JoinRequest, Membership
from regions.models import Circle, LocalGovernment
from regions.wall import SYSTEM, acting_as
from tests import sample

from . import http_table
from .http_form_list import ASKS_FOR_A_KEY, FORMS, NEW, NOT_NOTED, NOT_SENT, slides
from .http_forms import Ledger, filled_in, rows_written, same_numbers, smuggled, summary, with_query
from .http_world import address, taken_back


@pytest.fixture(scope="module")
def foreign(built):
    """Rows of Kempen, by kind: what a forged field points at."""
    with acting_as(SYSTEM):
        kempen = Circle.objects.get(slug="kempen")
        meeting = Meeting.objects.get(circle=kempen, state="published", audience="circle")
        found = [
            kempen,
            meeting,
            AgendaItem.objects.get(meeting=meeting, position=1),
            Talk.objects.filter(item__meeting=meeting).earliest("pk"),
            Material.objects.filter(meeting=meeting).earliest("pk"),
            Membership.objects.filter(circle=kempen).earliest("pk"),
            JoinRequest.objects.filter(circle=kempen).earliest("pk"),
            LocalGovernment.objects.get(slug="geel"),
            built.person("elsewhere"),
            Topic.objects.earliest("pk"),
        ]
    return {row._meta.label: row.pk for row in found}


def send(stage, form, who, ledger, smuggle=lambda own: {}):
    """Status, changes and how many fields were smuggled; ``smuggle`` makes them of the names that the form has."""
    jars = dict(stage.jars)
    with taken_back(), same_numbers():
        ledger.start()
        typed = form.typed if isinstance(form.typed, dict) else form.typed(stage)
        path = address(stage, form.page, form.of)
        data = filled_in(stage.ask(who, "get", path), having=next(iter(typed), "")) if form.has_page else {}
        data |= typed
        if form.is_shown_first:
            data = filled_in(stage.ask(who, "post", path, data), having="shown")
            assert data, "the page did not show who is told"
        extra = smuggle(set(data))
        ready = ledger.from_now_on()
        response = stage.ask(who, "post", with_query(path, extra) if extra else path, extra | data)
        stage.jars = jars
        return response.status_code, ready.changes(), len(extra)


def expected(touches):
    words = touches.replace("LETTER", "mailroom_delivery+ mailroom_letter+").replace("NOTED", "regions_journalentry+")
    return set(words.split())


SENDERS = sorted({who for form in FORMS for who in form.who.split(",")})


@pytest.mark.parametrize("who", SENDERS)
def test_a_form_changes_what_it_is_for_and_nothing_else(stage, who, foreign, figure):
    ledger, wrong, count, tried = Ledger(None if who == "visitor" else stage.person(who).pk), [], 0, 0
    for form in (each for each in FORMS if who in each.who.split(",") and sample.is_in(f"{who} {each.page}", 6)):
        with time_machine.travel(timezone.now(), tick=False):
            status, changes, _ = send(stage, form, who, ledger)
            *forged, fields = send(stage, form, who, ledger, lambda own: smuggled(own, foreign))
        if summary(changes) != expected(form.touches):
            wrong.append((form.page, form.of, status, summary(changes) ^ expected(form.touches)))
        if forged != [status, changes]:
            wrong.append((form.page, form.of, forged[0], forged[1] ^ changes))
        count, tried = count + 1, tried + fields
    assert wrong == []
    figure(f"forms as {who}: forms / fields smuggled / unintended changes", f"{count} / {tried} / 0")


def test_every_address_that_takes_a_post_is_a_form_here():
    sent = {
        line.name
        for line in http_table.lines()
        for get, post in line.answers.values()
        if post == 422 or (post == 302 and get in (200, 405))
    }
    keyed = {line.name for line in http_table.lines() if line.name.startswith(ASKS_FOR_A_KEY)}
    ours = {name for name in sent if not name.startswith("admin:")} | keyed
    assert ours == {form.page for form in FORMS} | set(NOT_SENT)


def test_every_form_that_writes_something_writes_a_line_in_the_journal():
    silent = {form.page for form in FORMS if form.touches and "NOTED" not in form.touches.split()}
    assert silent == set(NOT_NOTED)


# --- A choice that is not on the page -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "field", "kind"),
    [
        (("add_material", "circle"), "item", "meetings.AgendaItem"),  # of Kempen
        (("plan", "-"), "host", "regions.LocalGovernment"),  # takes part in Kempen alone
        (("edit_meeting", "draft"), "host", "regions.LocalGovernment"),
        (("move_meeting", "circle"), "host", "regions.LocalGovernment"),
        (("edit_meeting", "draft"), "topics", None),  # there is none with this number
        (("ask_speaker", "draft"), "speaker", None),
        (("ask_host", "network"), "whom", None),
    ],
)
def test_a_choice_of_another_circle_is_refused(stage, foreign, form, field, kind):
    form = next(each for each in FORMS if (each.page, each.of) == form)
    typed = form.typed if isinstance(form.typed, dict) else form.typed(stage)
    path = address(stage, form.page, form.of)
    data = filled_in(stage.ask("trekker", "get", path), having=next(iter(typed))) | typed
    data |= {field: str(foreign[kind]) if kind else "999999"}
    before = rows_written()
    response = stage.ask("trekker", "post", path, data)
    assert response.status_code == 422
    assert rows_written() == before


def test_a_point_of_another_meeting_of_the_own_circle_is_refused_too(stage):
    path = address(stage, "add_material", "circle")
    other = stage.things["draft"]["programmapunten"]
    assert stage.ask("trekker", "post", path, slides(stage) | {"item": other}).status_code == 422


def test_nobody_takes_away_or_prefers_the_address_of_another(stage):
    ledger = Ledger(stage.person("member").pk)
    for action in ("action_remove", "action_primary", "action_send"):
        data = {"email": stage.person("trekker").email, action: ""}
        stage.ask("member", "post", address(stage, "account_email"), data)
    assert summary(ledger.changes()) <= {"django_session+", "django_session.session_data"}


def test_where_one_says_to_work_is_a_claim(stage, foreign):
    """A place in a circle follows from a proven address; the form of registering gives none."""
    ledger = Ledger(None)
    where = {"where": str(foreign["regions.LocalGovernment"])}
    assert stage.ask("visitor", "post", address(stage, "account_signup"), NEW | where).status_code == 302
    assert not {"members_membership+", "members_joinrequest+"} & summary(ledger.changes())
