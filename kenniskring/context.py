"""What every page may need. Lazy: a page that shows no navigation asks nothing."""

from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from regions.permissions import Rights


class Link(NamedTuple):
    """A place in the navigation; ``here`` is the value of aria-current, or nothing."""

    label: str
    address: str
    here: str = ""


def portal(request):
    rights = getattr(request, "rights", Rights())  # not there when the request failed before we knew who asks
    return {
        "rights": rights,
        "base_url": settings.BASE_URL,
        "demo": settings.DEMO,
        "navigation": partial(navigation, request, rights),
    }


def navigation(request, rights: Rights) -> list[Link]:
    """The main navigation for whoever asks: what is there for all, then what they lead."""
    places: list[tuple[str, str, list[str]]] = [
        (_("Meetings"), "meetings", []),
        (_("Circles"), "circles", []),
        (_("Governments"), "governments", []),
    ]
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        many = len(rights.desks) > 1
        places += [
            (_("Planning %(circle)s") % {"circle": name} if many else _("Planning"), "desk", [slug])
            for slug, name in rights.desks
        ]
        if rights.led:
            places.append((_("Speakers"), "speakers", []))
        if rights.is_manager:
            places.append((_("Administration"), "admin:index", []))
    links = [Link(label, reverse(name, args=args)) for label, name, args in places]
    # The desk of a circle lies under the circles: only the nearest place is where one is.
    inside = max((link.address for link in links if request.path.startswith(link.address)), key=len, default="")
    here = "page" if request.path == inside else "true"
    return [link._replace(here=here) if link.address == inside else link for link in links]
