"""Small makers of rows. Plain functions; each gives what it made. Call them inside ``acting_as(SYSTEM)``."""

import datetime as dt
import itertools

from django.db.models import Max
from django.utils import timezone

from meetings.models import AgendaItem, Asking, Meeting, Speaker, SpeakerContact, Talk
from members.models import Member, Membership
from regions.models import Circle, LocalGovernment, Participation, Partner

PASSWORD = "een-lang-wachtwoord"
_count = itertools.count(1)


def government(name: str, **fields) -> LocalGovernment:
    number = next(_count)
    slug = name.lower().replace(" ", "-")
    return LocalGovernment.objects.create(
        **{
            "nis_code": f"{90000 + number}",
            "name": name,
            "slug": slug,
            "kind": "municipality",
            "province": "oost-vlaanderen",
            "reference_region": "waasland",
            "postal_code": "9100",
            "population": 20_000,
            "population_on": dt.date(2026, 1, 1),
            "latitude": 51.1,
            "longitude": 4.1,
            "mail_domains": [f"{slug}.example"],
        }
        | fields
    )


def circle(name: str, *governments: LocalGovernment, **fields) -> Circle:
    made = Circle.objects.create(
        **{"name": name, "slug": name.lower().replace(" ", "-"), "kind": Circle.Kind.REGIONAL} | fields
    )
    for each in governments:
        Participation.objects.create(circle=made, government=each, since=dt.date(2020, 1, 1))
    return made


def person(name: str, *circles: Circle, trekker_of: Circle | None = None, **fields) -> Member:
    """A member with a verified address, in ``circles``, and trekker of one more if asked."""
    from allauth.account.models import EmailAddress

    from regions.wall import as_system

    with as_system("tests make people"):
        address = fields.pop("email", f"{name.lower().replace(' ', '.')}@demo.example")
        made = Member.objects.create_user(address, name, PASSWORD, **fields)
        EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
        for each in circles:
            Membership.objects.create(member=made, circle=each)
        if trekker_of:
            Membership.objects.create(
                member=made,
                circle=trekker_of,
                role=Membership.Role.TREKKER,
                mandate_start=dt.date(2024, 1, 1),
            )
    return made


def vendor(name: str = "Softwarehuis") -> Partner:
    return Partner.objects.create(name=name, kind=Partner.Kind.VENDOR)


def meeting(circle: Circle, title: str = "Bijeenkomst", *, in_days: float = 30, **fields) -> Meeting:
    """A published meeting of two hours, ``in_days`` from now."""
    starts = timezone.now() + dt.timedelta(days=in_days)
    return Meeting.objects.create(
        **{
            "circle": circle,
            "title": title,
            "starts_at": starts,
            "ends_at": starts + dt.timedelta(hours=2),
            "form": "in_person",
            "state": Meeting.State.PUBLISHED,
        }
        | fields
    )


def item(meeting: Meeting, title: str = "Camera's in de stad", **fields) -> AgendaItem:
    """A point of 45 minutes, after the points that are there."""
    last = meeting.agenda.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    return AgendaItem.objects.create(
        **{"meeting": meeting, "title": title, "position": position, "kind": "deep_dive", "minutes": 45} | fields
    )


def speaker(name: str = "Sofie Spreker", *, email: str = "", **fields) -> Speaker:
    """In the pool, with an address."""
    made = Speaker.objects.create(**{"name": name, "organisation": "Softwarehuis", "kind": "vendor"} | fields)
    SpeakerContact.objects.create(speaker=made, email=email or f"{name.lower().replace(' ', '.')}@spreker.example")
    return made


def talk(
    item: AgendaItem,
    speaker: Speaker,
    state: str = Talk.State.ACCEPTED,
    *,
    asked_by=None,
    message="",
    reply="",
    **fields,
) -> Talk:
    made = Talk.objects.create(item=item, speaker=speaker, state=state, **fields)
    made.asking = Asking.objects.create(
        talk=made, by=asked_by, to=speaker.contact.email, message=message, reply=reply
    )
    return made
