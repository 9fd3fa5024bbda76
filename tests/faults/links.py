"""Links in letters: looking at them changes nothing, whoever follows them; and one click stops letters at once."""

from __future__ import annotations

import datetime as dt
import html
import importlib
import inspect
import os
import pkgutil
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import psycopg
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from mailroom import actions, postman
from mailroom.links import absolute
from mailroom.models import Delivery, Letter
from mailroom.outgoing import Outgoing
from mailroom.relay import Relay
from meetings import calendar
from meetings import letters as of_meetings
from meetings.letters import planning
from meetings.models import (
    ActionPoint,
    Case,
    DateOption,
    DatePoll,
    Hosting,
    HostTask,
    Meeting,
    PressingQuestion,
    Registration,
    Report,
    SpeakerCall,
    Talk,
    TalkProposal,
)
from members import account_letters, askings, letters
from members.models import JoinRequest, Member, Membership
from regions.wall import SYSTEM, acting_as, member
from tests import make
from tests.faults.relays import mailers
from tests.faults.stage import a_circle, states
from tests.mailroom.letters import outgoing
from tests.servers import empty_tables
from tests.smtp import QuickRelay

Line = tuple[str, str, bool]
State = Delivery.State

SESSIONS = "django_session"
"""A link for a new password moves its key from the address into a session, where no Referer tells it on."""
COUNTERS = "kenniskring_cache"
"""allauth counts a HEAD of the pages on which one logs in as a try."""


def writers(module: ModuleType) -> Iterator[Callable[..., Outgoing]]:
    """The functions of this module that write a letter."""
    for name, function in inspect.getmembers(module, inspect.isfunction):
        is_ours = function.__module__ == module.__name__ and not name.startswith("_")
        if is_ours and inspect.signature(function).return_annotation == "Outgoing":
            yield function


def rooms() -> list[ModuleType]:
    """Every module that says what letters say."""
    found = [info.name for info in pkgutil.iter_modules(of_meetings.__path__, f"{of_meetings.__name__}.")]
    return [*map(importlib.import_module, found), letters]


def every_letter() -> list[Outgoing]:
    """One of each, to and about people of one circle. A letter that asks for something new is a KeyError here."""
    trekker, meeting = a_circle(3, online_link="https://meet.example/kamer")
    with acting_as(SYSTEM):
        known = _what_letters_are_about(trekker, meeting)
        written = []
        for module in rooms():
            for write in writers(module):
                asked = [
                    name for name, each in inspect.signature(write).parameters.items() if each.default is each.empty
                ]
                written.append(write(**{name: known[name] for name in asked}))
        context = _account(trekker)
        written += [
            account_letters.compose(f"account/email/{name}", trekker.email, context)
            for name in account_letters.LETTERS
        ]
        return written


def _what_letters_are_about(trekker: Member, meeting: Meeting) -> dict[str, Any]:
    circle = meeting.circle
    lid, manager = (
        Member.objects.get(email="lid0@temse.example"),
        make.person("Mia Manager", is_community_manager=True),
    )
    stranger = make.person("Stef Stranger")
    membership = Membership.objects.get(member=trekker)
    membership.mandate_end = timezone.localdate() + dt.timedelta(days=30)
    membership.save()
    request = JoinRequest.objects.create(member=stranger, circle=circle, asked_by=trekker, message="Mag ik erbij?")
    talk = make.talk(meeting.agenda.all()[0], make.speaker(), asked_by=trekker)
    return {
        **_of_the_quarter(meeting, lid, talk),
        "meeting": meeting,
        "member": lid,
        "registration": Registration.objects.create(meeting=meeting, member=lid, answer="yes", attending="online"),
        "files": calendar.LetterFiles(meeting, "REQUEST"),
        "changes": [planning.Change("Waar", "Temse", "Lokeren")],
        "lost": False,
        "talk": talk,
        "trekker": trekker,
        "request": request,
        "decider": trekker,
        "circle": circle,
        "to": "nieuw@temse.example",
        "by": trekker,
        "message": "Kom erbij.",
        "name": "Nina Nieuw",
        "link": absolute(askings.registration_link(circle, by_id=trekker.pk, address="nieuw@temse.example")),
        "membership": membership,
        "manager": manager,
    }


def _of_the_quarter(meeting: Meeting, lid: Member, talk: Talk) -> dict[str, Any]:
    """What hangs on a meeting before and after: hosts, a poll, a question, a case, a report, an action."""
    circle, government, item = meeting.circle, lid.government, meeting.agenda.all()[1]
    assert government
    draft = make.meeting(circle, "Ontwerp", in_days=90, state="draft")
    hosts = [
        Hosting.objects.create(meeting=each, government=government, contact=lid, state="accepted")
        for each in (meeting, draft)
    ]
    about = {"government": government, "owner": lid}
    poll = DatePoll.objects.create(
        meeting=draft, circle=circle, title="Ontwerp", form="online", open_until=timezone.localdate(draft.starts_at)
    )
    DateOption.objects.create(poll=poll, starts_at=draft.starts_at, ends_at=draft.ends_at)
    Report.objects.create(meeting=meeting, state="published", published_at=timezone.now())
    call = SpeakerCall.objects.create(circle=circle, text="Wie vertelt over camera's?")
    proposal = {"title": "Camera's", "about": "Wat mag.", "name": "Nora Nieuw", "kind": "external"}
    action = ActionPoint.objects.create(
        meeting=meeting, item=item, what="Bel de leverancier", due_on=timezone.localdate(), **about
    )
    return {
        "hosting": hosts[0],
        "first": hosts[0],
        "second": hosts[1],
        "other": hosts[1],
        "late": [HostTask.objects.create(meeting=meeting, what="room")],
        "accepted": True,
        "poll": poll,
        "proposal": TalkProposal.objects.create(call=call, email="nora@spreker.example", **proposal),
        "question": PressingQuestion.objects.create(
            circle=circle, member=lid, government=government, text="Wie meet dit?", item=item
        ),
        "case": Case.objects.create(item=item, text="Een camera hing scheef.", **about),
        "action_point": action,
        "mine": [action],
        "until": meeting.ends_at + dt.timedelta(days=14),
        "said": ["Helder verteld."],
        **dict.fromkeys(("reader", "owner", "asker", "substitute"), lid),
    }


def _account(person: Member) -> dict[str, Any]:
    """What django-allauth tells its letters, with links that work."""
    address = EmailAddress.objects.create(user=person, email="tom.ander@demo.example")
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    uid, _, token = key.partition("-")
    return {
        "user": person,
        "activate_url": absolute(reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key])),
        "password_reset_url": absolute(reverse("account_reset_password_from_key", args=[uid, token])),
        "signup_url": absolute(reverse("account_signup")),
        "provider": SimpleNamespace(name="ACM/IDM"),
        "timestamp": timezone.now(),
        "ip": "192.0.2.1",
        "user_agent": "Mozilla/5.0",
        "from_email": person.email,
        "to_email": address.email,
        "deleted_email": address.email,
    }


def links_of(letter: Letter) -> set[str]:
    """Every address of ours in its text, its HTML, its headers and its calendar."""
    unfolded = letter.calendar.replace("\r\n ", "").replace("\\n", "\n")
    everywhere = "\n".join([letter.text, html.unescape(letter.html), *letter.headers.values(), unfolded])
    return {found.rstrip(".,)") for found in re.findall(rf"{re.escape(settings.BASE_URL)}/[^\s\"'<>]*", everywhere)}


def snapshot(*without: str) -> dict[str, str]:
    """A fingerprint of every table."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"].replace("kenniskring_owner", "postgres")) as superuser:
        tables = superuser.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)",
            [[*without]],
        ).fetchall()
        every = " UNION ALL ".join(
            f"SELECT '{name}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} AS t" for (name,) in tables
        )
        return dict(superuser.execute(every).fetchall())


def changed_by(visit: Callable[..., Any], links: set[str], *without: str) -> tuple[set[str], Counter[int]]:
    """The tables that following these links changed, and what was answered."""
    before, answered = snapshot(*without), Counter[int]()
    for link in sorted(links):
        answered[visit(link.removeprefix(settings.BASE_URL), follow=True).status_code] += 1
    after = snapshot(*without)
    return {table for table in after if after[table] != before[table]}, answered


def looked_at() -> list[Line]:
    """Every link of every kind of letter, followed by a visitor, a member and the trekker."""
    written = every_letter()
    with acting_as(SYSTEM):
        actions.post_all(written)
        kinds = set(Delivery.objects.values_list("kind", flat=True))
        links: set[str] = set().union(*map(links_of, Letter.objects.all()))
        people = [None, *Member.objects.filter(email__in=["lid0@temse.example", "tom.trekker@demo.example"])]
    moves_key = {link for link in links if "/password/reset/key/" in link}
    changed: set[str] = set()
    answered: Counter[int] = Counter()
    for person in people:
        client = Client()
        if person is not None:
            with acting_as(member(person.pk)):
                client.force_login(person)
        by_get = [changed_by(client.get, links - moves_key), changed_by(client.get, moves_key, SESSIONS)]
        by_head, _statuses = changed_by(client.head, links - moves_key, COUNTERS)
        for tables, statuses in by_get:
            changed |= tables | by_head
            answered += statuses
    told = ", ".join(f"{count} × {status}" for status, count in sorted(answered.items()))
    return [
        (f"{len(links)} links of {len(kinds)} kinds of letters", told, set(answered) <= {200, 403, 404, 410}),
        ("tables that looking changed", ", ".join(sorted(changed)) or "none", not changed),
    ]


def stopped_at_once(waiting: int) -> list[Line]:
    """One click of a mail program, while letters wait and a postman holds some."""
    _trekker, meeting = a_circle(2)
    letters = [
        outgoing("lid0@temse.example", version=number, circle=meeting.circle, can_unsubscribe=True)
        for number in range(waiting)
    ]
    with acting_as(SYSTEM):
        actions.post_all([*letters, outgoing("tom@temse.example", circle=meeting.circle, can_unsubscribe=True)])
        address = Letter.objects.filter(delivery__to="lid0@temse.example")[0].headers["List-Unsubscribe"]
    held = postman.claim(10)
    began = time.monotonic()
    mail_program = Client(enforce_csrf_checks=True)
    path = address.strip("<>").removeprefix(settings.BASE_URL)
    status = mail_program.post(path, {"List-Unsubscribe": "One-Click"}).status_code
    took = time.monotonic() - began
    with QuickRelay() as relay, override_settings(MAILERS=mailers(relay)), Relay() as line:
        for delivery in held:
            postman.deliver(delivery, line, others=[])
        postman.work(60)
    left = len(relay.taken)
    return [
        (f"one-click unsubscribe, {waiting:,} letters waiting", f"{took:.2f} s", status == 200 and took < 1),
        ("letters that left afterwards, 1 to someone else", str(left), left == 1 == states()[State.SENT]),
    ]


def run(size: str) -> list[Line]:
    lines = looked_at()
    empty_tables()
    return lines + stopped_at_once(5000 if size == "full" else 200)
