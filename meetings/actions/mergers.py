"""Two local governments become one: what the one did and promised is from then on the other's."""

from __future__ import annotations

import datetime as dt

from members.models import Member
from regions.journal import action
from regions.models import FormerGovernment, LocalGovernment, Participation


@action
def merge(former: LocalGovernment, *, into: LocalGovernment, on: dt.date, by: Member | None = None) -> None:
    """``former`` goes up in ``into``: its people, places in circles, meetings hosted and to host, and all else that
    points at it. Its name still finds the successor.

    All or nothing: what both have and only one can have raises IntegrityError, and somebody has to choose first.
    """
    for participation in former.participations.all():
        _join(participation, into)
    for relation in LocalGovernment._meta.related_objects:
        if relation.one_to_many and relation.related_model is not Participation:
            rows = relation.related_model._default_manager.filter(**{relation.field.name: former})
            rows.update(**{relation.field.name: into})
    FormerGovernment.objects.create(
        nis_code=former.nis_code,
        name=former.name,
        successor=into,
        merged_on=on,
        kbo_number=former.kbo_number,
    )
    into.mail_domains = [*into.mail_domains, *(each for each in former.mail_domains if each not in into.mail_domains)]
    into.save(update_fields=["mail_domains"])
    former.delete()


def _join(participation: Participation, into: LocalGovernment) -> None:
    """In a circle in which both take part the successor has one place, as old as the oldest; willing if one was."""
    theirs = Participation.objects.filter(circle=participation.circle_id, government=into, until=None).first()
    if participation.until is not None or theirs is None:
        participation.government = into
        participation.save(update_fields=["government"])
        return
    theirs.since = min(theirs.since, participation.since)
    theirs.willing = theirs.willing or participation.willing
    theirs.save(update_fields=["since", "willing"])
    participation.delete()
