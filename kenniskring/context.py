"""What every page may need. Lazy: a page that shows no navigation asks nothing."""

from functools import lru_cache, partial
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regions.permissions import Rights

PLANNING = {
    *("plan", "edit_meeting", "move_meeting", "publish_meeting", "cancel_meeting", "invite", "answers"),
    *("agenda", "edit_item", "ask_speaker", "add_material", "meeting_post"),
}
"""Pages that belong to a trekker's desk, wherever their address lies."""


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
    user = getattr(request, "user", None)
    is_member = user is not None and user.is_authenticated
    links = _places(get_language(), *((rights.desks, bool(rights.led), rights.is_manager) if is_member else ()))
    inside = _desk(request, rights) or max(
        # The desk of a circle lies under the circles: only the nearest place is where one is.
        (link.address for link in links if request.path.startswith(link.address)),
        key=len,
        default="",
    )
    here = "page" if request.path == inside else "true"
    return [link._replace(here=here) if link.address == inside else link for link in links]


@lru_cache(maxsize=256)
def _places(
    language: str | None, desks: tuple[tuple[str, str], ...] = (), leads: bool = False, manages: bool = False
) -> list[Link]:
    """The same for who leads the same circles, on every page."""
    places: list[tuple[str, str, list[str]]] = [
        (_("Meetings"), "meetings", []),
        (_("Circles"), "circles", []),
        (_("Governments"), "governments", []),
    ]
    places += [
        (_("Planning %(circle)s") % {"circle": name} if len(desks) > 1 else _("Planning"), "desk", [slug])
        for slug, name in desks
    ]
    if leads:
        places.append((_("Speakers"), "speakers", []))
    if manages:
        places.append((_("Administration"), "admin:index", []))
    return [Link(label, reverse(name, args=args)) for label, name, args in places]


def _desk(request, rights: Rights) -> str:
    """The desk that this page is worked at from. Whoever leads several circles and works on a meeting gets none."""
    match = getattr(request, "resolver_match", None)
    if match is None or match.url_name not in PLANNING:
        return ""
    slug = match.kwargs.get("slug")
    own = [each for each, _name in rights.desks if slug in (None, each)]
    return reverse("desk", args=own) if len(own) == 1 else ""
