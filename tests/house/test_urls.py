"""Every address: its lock, its name, and what it answers to who is not in the table of tests/wall/http_table.py."""

import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from mailroom.links import make_token
from meetings.models import (
    ActionPoint,
    AgendaItem,
    DateOption,
    DatePoll,
    Decision,
    Hosting,
    HostTask,
    Material,
    Meeting,
    PressingQuestion,
    Speaker,
    SpeakerCall,
    Talk,
    TalkProposal,
)
from members.models import JoinRequest, Member, Membership
from regions.models import Circle, LocalGovernment, Participation
from regions.permissions import LEAST_ROLE
from regions.wall import SYSTEM, acting_as
from tests.wall import world

KINDS = {"open_to_all", "by_link", "members_only", "any_trekker", "doorkeeper"} | {f"who_may {v}" for v in LEAST_ROLE}
KINDS.add("who_may plan or host")


def pages(patterns=None, prefix=""):
    """Every address of the portal: (route, pattern)."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from pages(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern


def lock_of(route: str, pattern: URLPattern) -> str | None:
    """The admin locks its own pages: ``admin_view`` lets in community managers alone; tests/admin proves it."""
    return "admin" if route.startswith("beheer/") else getattr(pattern.callback, "lock", None)


def our_pages():
    return [(r, p) for r, p in pages() if not r.startswith(("beheer/", "account/", "demo/"))]


def test_every_address_names_its_lock():
    assert {route for route, pattern in pages() if lock_of(route, pattern) not in KINDS | {"admin"}} == set()


OURS = {
    *("secure", "go_on", "mfa_list_webauthn", "outside_come_in", "outside_leave_for", "outside_come_back"),
    "account_confirm_email",  # allauth's, but for what it does to who is logged in
}


def modules_of(view):
    """Where a view and those that it wraps were written."""
    while view:
        yield view.__module__
        view = getattr(view, "__wrapped__", None)


def test_the_doorkeeper_stands_below_account_only_and_opens_to_allauth_and_a_few_pages_of_ours():
    at_the_door = {route: pattern for route, pattern in pages() if lock_of(route, pattern) == "doorkeeper"}
    assert {route for route, _ in pages() if route.startswith("account/")} == set(at_the_door)
    of_allauth = {
        pattern.name
        for pattern in at_the_door.values()
        if any(module.startswith("allauth.") for module in modules_of(pattern.callback))
    }
    assert {pattern.name for pattern in at_the_door.values()} - of_allauth == OURS


def test_view_name_is_url_name_and_there_is_one_of_each():
    names = [pattern.name for _, pattern in our_pages()]
    assert len(names) == len(set(names))
    assert {(p.name, p.callback.__name__) for _, p in our_pages() if p.name != p.callback.__name__} == set()


# --- What each answers ----------------------------------------------------------------------------------------------


@pytest.fixture
def cast(house):
    return world.build()


def draft_of(slug: str, *, unknown_to: Member | None = None) -> dict:
    """What hangs on a draft that only a trekker of this circle knows, and what else is the circle's."""
    with acting_as(SYSTEM):
        circle = Circle.objects.get(slug=slug)
        draft = Meeting.objects.get(circle=circle, state="draft", audience="circle")
        speaker = Speaker.objects.filter(talks__item__meeting=draft).earliest("pk")
        return {
            "kringen": circle.slug,
            "besturen": LocalGovernment.objects.earliest("pk").slug,
            "bijeenkomsten": draft.pk,
            "aanvragen": JoinRequest.objects.filter(circle=circle).exclude(member=unknown_to).earliest("pk").pk,
            "lidmaatschappen": Membership.objects.filter(circle=circle, role="member").earliest("pk").pk,
            "programmapunten": AgendaItem.objects.get(meeting=draft, position=1).pk,
            "spreekbeurten": Talk.objects.filter(item__meeting=draft).earliest("pk").pk,
            "materiaal": Material.objects.filter(meeting=draft).earliest("pk").pk,
            "deelnames": Participation.objects.filter(circle=circle).earliest("pk").pk,
            "gastbeurten": Hosting.objects.standing().get(meeting=draft).pk,
            "gastheertaken": HostTask.objects.get(meeting=draft).pk,
            "sprekers": speaker.pk,
            "oproepen": SpeakerCall.objects.get(circle=circle, closed_at=None).pk,
            "sprekersvoorstellen": TalkProposal.objects.filter(call__circle=circle).earliest("pk").pk,
            "spreekvoorstel": make_token("nothing", 1),
            "agenda": "geen-geheim",
            "aanwezig": draft.pk,
            "acties": ActionPoint.objects.filter(meeting__circle=circle).earliest("pk").pk,
            "prangende-vragen": PressingQuestion.objects.filter(circle=circle).earliest("pk").pk,
            "datumprikkers": DatePoll.objects.filter(meeting__circle=circle).earliest("pk").pk,
            "voorgestelde-datums": DateOption.objects.filter(poll__meeting__circle=circle).earliest("pk").pk,
            "besluiten": Decision.objects.filter(meeting__circle=circle).earliest("pk").pk,
            "antwoord": make_token("nothing", 1),
            "spreker": make_token("nothing", 1),
            "afmelden": make_token("nothing", 1),
        }


def address(route: str, things: dict) -> str:
    """``bijeenkomsten/<int:pk>/`` with the thing of that name filled in."""
    first, *_ = route.split("/")
    parts = route.split("<")
    filled = parts[0] + "".join(str(things[first]) + part.partition(">")[2] for part in parts[1:])
    return f"/{filled}"


def answers(client, things) -> dict[str | None, tuple[str | None, int]]:
    """Lock and status by URL name, for a GET; a POST where GET is not for that page."""
    found = {}
    for route, pattern in our_pages():
        where = address(route, things)
        response = client.get(where)
        if response.status_code == 405:
            response = client.post(where)
        found[pattern.name] = (lock_of(route, pattern), response.status_code)
    return found


POLITE = {200, 302, 400, 403, 404, 405, 409, 410, 422}
HIDDEN = (
    "bijeenkomsten/<",
    "aanwezig/<",
    "acties/<",
    "besluiten/<",
    "aanvragen/<",
    "lidmaatschappen/<",
    "programmapunten/<",
    "spreekbeurten/<",
    "sprekersvoorstellen/<",
    "gastbeurten/<",
    "gastheertaken/<",
    "materiaal/<",
)


def test_what_is_of_another_circle_is_not_there(cast, browse):
    routes = {pattern.name: route for route, pattern in our_pages()}
    wrong = {}
    for who in ("stranger", "vendor"):
        things = draft_of("kempen" if who == "vendor" else "waasland", unknown_to=cast[who])
        for name, (_, status) in answers(browse(cast[who]), things).items():
            if status not in ({404} if routes[name].startswith(HIDDEN) else POLITE):
                wrong[who, name] = status
    assert wrong == {}


def test_no_page_falls_over_for_who_belongs_here(cast, browse):
    """An error page that says that it is our fault would come through as an exception."""
    things = draft_of("waasland")
    for who in ("vendor", "trekker no more"):
        for name, (_, status) in answers(browse(cast[who]), things).items():
            assert status in POLITE, (who, name, status)


def test_numbers_names_and_secrets_that_are_nobodys_are_refused_politely(cast, browse):
    client = browse(cast["manager"])
    things = draft_of("waasland")
    for odd in ("0", "999999999", "9" * 19, f"geen-{uuid.uuid4().hex}"):
        for route, pattern in our_pages():
            where = address(route, dict.fromkeys(things, odd))
            if "<" in route:
                response = client.get(where)
                status = client.post(where).status_code if response.status_code == 405 else response.status_code
                assert status in ({200, 404, 410} if pattern.callback.lock == "by_link" else {404}), (route, odd)
