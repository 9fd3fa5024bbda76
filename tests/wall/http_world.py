"""The world of ``world.py`` for tests that go through HTTP: nine people with open sessions, and a word in every row.

Each row that is not everybody's carries a word of its own in each of its texts, ``zzmeeting12zz``. Whoever finds that
word in an answer was shown that row; whether they might is what the oracle says. The world is built once per module,
in a transaction that is taken back; a test works in a savepoint.
"""

import copy
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse

from mailroom.links import make_token
from meetings.models import (
    AgendaItem,
    DateOption,
    DatePoll,
    Hosting,
    HostTask,
    Material,
    Meeting,
    Speaker,
    SpeakerCall,
    Talk,
    TalkProposal,
)
from meetings.talks import address_of
from members.models import FeedAddress, JoinRequest, Member, Membership
from regions.models import Circle, LocalGovernment, Participation
from regions.wall import SYSTEM, VISITOR, Actor, acting_as, member
from tests import make
from tests.house.test_urls import pages

from . import oracle, world

ACTORS = {  # as the columns of the tables, and who that is in world.py
    "visitor": None,
    "member": "member",
    "elsewhere": "member elsewhere",
    "both": "member of both",
    "former": "former member",
    "trekker": "trekker",
    "trekker elsewhere": "trekker elsewhere",
    "manager": "manager",
    "deactivated": "deactivated trekker",
}
STATES = {  # which meeting of Waasland a line of the table is about
    "draft": {"state": "draft", "audience": "public"},
    "circle": {"state": "published", "audience": "circle"},
    "network": {"state": "published", "audience": "network"},
    "public": {"state": "published", "audience": "public"},
    "cancelled": {"state": "cancelled", "audience": "circle"},
    "held": {"state": "held", "audience": "circle"},
    "asked-day": {"state": "draft", "audience": "network"},  # members are asked which day suits
    "follows": {"state": "draft", "audience": "circle"},  # the speaker is
}

# --- A word in every row --------------------------------------------------------------------------------------------

EVERYONES = {label for label, rule in oracle.RULES.items() if rule is oracle.everyone}
KEPT = {"password", "kind", "file", "content_type", "calendar_method", "own_calendar_method", "task", "dedupe_key"}
"""Texts that say nothing, or that the portal reads itself."""
MODELS = {model._meta.model_name for model in oracle.walled().values()}
WORD = re.compile(r"zz([a-z]+)(\d+)zz", re.IGNORECASE)
COMMON = "gedeelde term"  # stands in every row, to search by


def texts(model: type[models.Model]) -> list[models.Field]:
    """The fields of a model in which people write."""
    found = [f for f in model._meta.concrete_fields if isinstance(f, (models.CharField, models.TextField))]
    return [
        f for f in found if not f.choices and f.name not in KEPT and f"{model.__name__}.{f.name}" != "Delivery.about"
    ]


def word_in(model: type[models.Model], text: models.Field) -> str:
    """SQL of a text with the row's word that the field takes."""
    key = "user_id" if model._meta.label == "account.EmailAddress" else model._meta.pk.column
    name = "member" if model._meta.label == "account.EmailAddress" else model._meta.model_name
    word = f"'zz{name}' || {key} || 'zz'"
    if isinstance(text, models.EmailField):
        return f"{word} || '@demo.example'"
    if isinstance(text, models.URLField):
        return f"'https://video.example/' || {word}"
    if text.unique or (text.max_length or 99) < 60:
        return word
    return f"{word} || ' {COMMON}'"


def put_words() -> None:
    """Into every text of every row that is not everybody's."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for label, model in oracle.walled().items():
            table = model._meta.db_table
            cursor.execute("SELECT has_table_privilege(%s, 'UPDATE')", [table])  # some rows are never changed
            if label in EVERYONES or not texts(model) or not cursor.fetchone()[0]:
                continue
            said = ", ".join(f'"{text.column}" = {word_in(model, text)}' for text in texts(model))
            cursor.execute(f"UPDATE {table} SET {said}")
        cursor.execute(
            "UPDATE mailroom_delivery d SET about = 'meeting:' || (SELECT max(id) FROM meetings_meeting m "
            "WHERE m.circle_id = d.circle_id AND m.state = 'draft') WHERE circle_id IS NOT NULL"
        )
        for each in Material.objects.all():
            default_storage.delete(f"material/words-{each.pk}")
            content = f"zzmaterial{each.pk}zz".encode()
            path = default_storage.save(f"material/words-{each.pk}", ContentFile(content))
            Material.objects.filter(pk=each.pk).update(file=path, size=len(content))


def words(response: Any) -> set[tuple[str, int]]:
    """The rows whose words an answer holds: in its body, unpacked and unfolded, and in its headers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    for close in response._resource_closers:  # the file behind an answer; closing the answer would close the database
        close()
    if body[:2] == b"PK":
        packed = zipfile.ZipFile(io.BytesIO(body))
        body = b"\n".join(packed.read(name) for name in packed.namelist())
    if response.get("Content-Type", "").startswith("text/calendar"):
        body = re.sub(rb"\r?\n[ \t]", b"", body)
    text = body.decode(errors="replace") + "\n" + "\n".join(map(str, response.headers.values()))
    return {(name.lower(), int(pk)) for name, pk in WORD.findall(text) if name.lower() in MODELS}


# --- The stage ------------------------------------------------------------------------------------------------------


@dataclass(repr=False)
class Stage:
    """Everyone with an open session, and what there is to open."""

    cast: dict[str, Member]
    clients: dict[str, Client] = field(default_factory=dict)
    jars: dict[str, SimpleCookie] = field(default_factory=dict)
    known: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    everything: oracle.World | None = None

    def person(self, who: str) -> Member:
        return self.cast[ACTORS[who] or ""]

    def actor(self, who: str) -> Actor:
        return member(self.person(who).pk) if ACTORS[who] else VISITOR

    def ask(self, who: str, method: str, path: str, data: Any = None) -> Any:
        """What is answered to the open session of this person, as it was at the start."""
        client = self.clients[who]
        client.cookies = copy.deepcopy(self.jars[who])
        return getattr(client, method)(path, data or {})


def log_in(person: Member | None) -> Client:
    client = Client(raise_request_exception=False)
    if person:
        with acting_as(member(person.pk)):
            client.force_login(person)
    return client


def words_known_to(everything: oracle.World, actor: Actor) -> set[tuple[str, int]]:
    """The words of all rows that exist for this actor, as the oracle says."""
    return {
        (str(model._meta.model_name), pk)
        for label, model in oracle.walled().items()
        if label in oracle.RULES
        for pk in oracle.visible(everything, actor, label)
    }


IN_THE_POOL = {"confirmed_at__isnull": False, "talk": None, "declined_at": None}


def things_of(circle: Circle, state: dict[str, str], cast: dict[str, Member]) -> dict[str, Any]:
    """By the first part of an address, or its name: what fills the rest, all of one meeting of this circle."""
    meeting = Meeting.objects.get(circle=circle, **state)
    item = AgendaItem.objects.get(meeting=meeting, position=1)
    wishes = JoinRequest.objects.filter(circle=circle)
    accepted = Talk.objects.get(item=item, state="accepted")
    material = Material.objects.filter(meeting=meeting, item=None).earliest("pk").pk
    reader = cast["member"].pk
    call = SpeakerCall.objects.get(circle=circle, closed_at=None)
    return {
        "kringen": circle.slug,
        "besturen": LocalGovernment.objects.earliest("pk").slug,
        "bijeenkomsten": meeting.pk,
        "aanvragen": wishes.filter(decided_at=None).earliest("pk").pk,
        "lidmaatschappen": Membership.objects.get(circle=circle, member=cast["member of both"]).pk,
        "programmapunten": item.pk,
        "prangende-vragen": circle.pressing_questions.filter(item=None, member=cast["member"]).earliest("pk").pk,
        "spreekbeurten": accepted.pk,
        "deelnames": Participation.objects.filter(circle=circle).earliest("pk").pk,
        "gastbeurten": getattr(Hosting.objects.standing().filter(meeting=meeting).first(), "pk", 0),
        "gastheertaken": HostTask.objects.get(meeting=meeting).pk,
        "tell_visit": {"pk": AgendaItem.objects.get(meeting=meeting, kind="site_visit").pk},
        "sprekers": Speaker.objects.get(talks=Talk.objects.get(item=item, state="asked")).pk,
        "oproepen": call.pk,
        "propose_talk": {"pk": call.pk},
        "sprekersvoorstellen": TalkProposal.objects.get(call=call, **IN_THE_POOL).pk,
        "spreekvoorstel": make_token("proposal", TalkProposal.objects.get(call=call, confirmed_at=None).pk),
        "materiaal": material,
        "acties": getattr(meeting.action_points.order_by("pk").first(), "pk", 0),
        "besluiten": getattr(meeting.decisions.first(), "pk", 0),
        "material_by_link": {"pk": material, "token": make_token("material", [material, reader])},
        "agenda": FeedAddress.objects.get(member=reader).secret,
        "aanwezig": meeting.pk,
        "antwoord": make_token("answer", [meeting.pk, reader]),
        "spreker": address_of(accepted).rstrip("/").rpartition("/")[2],
        "afmelden": make_token("unsubscribe", [cast["member"].email, circle.pk]),
        "demo": "geen-brief",
        "datumprikkers": getattr(DatePoll.objects.filter(meeting=meeting).first(), "pk", None),
        "voorgestelde-datums": getattr(DateOption.objects.filter(poll__meeting=meeting).last(), "pk", None),
        "-": accepted,
    }


def arrange(cast: dict[str, Member]) -> AgendaItem:
    """What forms need: somebody to invite, an answer to change, one to give, and a point that nobody speaks at."""
    with acting_as(SYSTEM):
        of = {name: Meeting.objects.get(circle__slug="waasland", **state) for name, state in STATES.items()}
        of["public"].invitations.all().delete()
        of["network"].hostings.all().delete()  # and somebody to ask for it
        of["draft"].registrations.all().delete()  # nobody has answered what only trekkers know
        of["network"].registrations.filter(member=cast["member elsewhere"]).delete()
        Member.objects.filter(pk=cast["member"].pk).update(government=LocalGovernment.objects.get(slug="temse"))
        for name in ("circle", "public"):
            of[name].registrations.filter(answer="no").delete()
        of["public"].registrations.update_or_create(
            member=cast["member of both"], defaults={"answer": "no", "attending": "", "waiting": False}
        )  # and to say why
        said = {"answer": "yes", "attending": "in_person", "waiting": False}
        of["circle"].registrations.update_or_create(member=cast["member"], defaults=said)
        return AgendaItem.objects.create(meeting=of["draft"], position=4, kind="break", title="Koffie")


def build() -> Stage:
    """The world, with its words, and everyone logged in; one of them is deactivated after that."""
    with acting_as(SYSTEM):
        temse, lokeren = make.government("Temse"), make.government("Lokeren")
        make.circle("RKK Waasland", temse, lokeren, slug="waasland", region="waasland")
        make.circle("RKK Kempen", make.government("Geel", reference_region="kempen"), slug="kempen", region="kempen")
        make.circle("RKK Overkoepelend", slug="overkoepelend", kind="umbrella", joining="everyone")
    stage = Stage(world.build())
    coffee = arrange(stage.cast)
    put_words()
    with acting_as(SYSTEM):
        Member.objects.filter(pk=stage.person("deactivated").pk).update(is_active=True)
        stage.cast = {name: Member.objects.get(pk=person.pk) for name, person in stage.cast.items()}
    stage.clients = {who: log_in(stage.person(who) if name else None) for who, name in ACTORS.items()}
    stage.jars = {who: client.cookies for who, client in stage.clients.items()}
    with acting_as(SYSTEM):
        Member.objects.filter(pk=stage.person("deactivated").pk).update(is_active=False)
        waasland = Circle.objects.get(slug="waasland")
        stage.things = {state: things_of(waasland, which, stage.cast) for state, which in STATES.items()}
        asked = JoinRequest.objects.get(member=stage.person("member"), asked_by__isnull=False)
        stage.things["asked"] = {"aanvragen": asked.pk}
        case = AgendaItem.objects.get(meeting=stage.things["draft"]["bijeenkomsten"], kind="peer_consultation")
        stage.things["case"] = {"programmapunten": case.pk}
        stage.things["coffee"] = {"programmapunten": coffee.pk}
        slides = Material.objects.get(talk=stage.things["public"]["-"]).pk  # the speaker did not agree to publish
        token = make_token("material", [slides, stage.person("member").pk])
        stage.things["slides"] = {"materiaal": slides, "material_by_link": {"pk": slides, "token": token}}
        stage.everything = oracle.World()
    stage.known = {who: words_known_to(stage.everything, stage.actor(who)) for who in ACTORS}
    return stage


# --- Where everything is --------------------------------------------------------------------------------------------

FIRST = {"app_label": "meetings", "content_type_id": 1, "key": "geen", "uidb36": "a"}
"""What stands in addresses that are about no row of ours."""


def name_of(route: str, pattern: Any) -> str:
    """The name under which the table knows an address."""
    if not route.startswith("beheer/"):
        return pattern.name
    _, app, model, *_rest = [*route.split("/"), "", ""]
    if pattern.name is None:
        return f"admin:{app}_{model}_old" if "object_id" in route else "admin:everything-else"
    return f"admin:{pattern.name}"


ADDRESSES = {name_of(route, pattern): (route, pattern) for route, pattern in pages()}


def address(stage: Stage, page: str, of: str = "-") -> str:
    """Where a page is, for a meeting of Waasland (of) or a table of the admin; the query is kept."""
    name, _, query = page.partition("?")
    route, pattern = ADDRESSES[name]
    keys = pattern.pattern.regex.groupindex
    if name.startswith("admin:"):
        model = apps.get_model(of) if of != "-" else None
        with acting_as(SYSTEM):
            first = model.objects.order_by("pk").first() if model and keys else None
        pk = first.pk if first else 1
        if pattern.name is None:
            return "/" + route.replace("<path:object_id>", str(pk)).replace("(?P<url>.*)$", "geen/")
        path = reverse(name, kwargs={key: pk if key == "object_id" else FIRST[key] for key in keys})
    else:
        things = stage.things["circle" if of == "-" else of]
        thing, whole = things.get(route.partition("/")[0]), things.get(name)
        filled = {key: thing or FIRST.get(key, 1 if key == "pk" else "geen") for key in keys}
        path = reverse(name, kwargs=whole if isinstance(whole, dict) else filled)
    return f"{path}?{query}" if query else path


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens inside has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), taken_back():
        yield build()


@pytest.fixture
def stage(built):
    """The stage, as it was built, for one test."""
    with taken_back():
        yield built
