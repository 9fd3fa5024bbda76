"""Pieces of pages and events that are kept (decision 26): nobody is given what was put together for somebody else."""

import re

from django.core.cache import caches
from django.urls import reverse

from meetings.models import Meeting
from meetings.views import browse
from members.models import FeedAddress
from regions.wall import SYSTEM, acting_as

from .http_world import ACTORS

KEPT = ("memory", "template_fragments", "events", "visitors")
OF_THIS_ANSWER = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|DTSTAMP:\w+')


def forget():
    for name in KEPT:
        caches[name].clear()
    browse._row.cache_clear()


def addresses():
    """Of pages with pieces that are kept, and of feeds."""
    with acting_as(SYSTEM):
        meetings = [*Meeting.objects.filter(circle__slug="waasland").order_by("pk").values_list("pk", flat=True)]
        secret = FeedAddress.objects.earliest("pk").secret
    found = [reverse("meeting", args=[pk]) for pk in meetings]
    found += [reverse("meeting_calendar", args=[pk]) for pk in meetings if pk % 3 == 0]
    return [*found, reverse("meetings"), f"{reverse('meetings')}?vorm=online", reverse("feed", args=[secret])]


def seen(stage, who, path):
    answer = stage.ask(who, "get", path)
    return answer.status_code, OF_THIS_ANSWER.sub("", answer.content.decode())


def test_a_page_does_not_hang_on_who_looked_before(stage):
    """Each page alone, and then by everyone, the last first."""
    paths, alone = addresses(), {}
    for path in paths:
        for who in ACTORS:
            forget()
            alone[who, path] = seen(stage, who, path)
    assert len({text for _status, text in alone.values()}) > 2 * len(paths)
    forget()
    after = {(who, path): seen(stage, who, path) for path in paths for who in [*ACTORS][::-1]}
    assert [key for key in alone if alone[key] != after[key]] == []
