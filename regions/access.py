"""The locks of views, and the only ones. Every URL names its lock; tests walk all URLs.

What is behind the wall is 404, what is visible but not yours to do is 403, who is not logged in is sent to log in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django_htmx.http import HttpResponseClientRedirect

from .models import Circle

View = Callable[..., Any]


class SecondFactorMissing(PermissionDenied):
    """Whoever asks has a role, but not in this session: it has shown no second factor. The page says what to do."""


def refusal(request, verb: str = "plan") -> PermissionDenied:
    """Why someone may not do ``verb``, to be raised."""
    return SecondFactorMissing() if request.rights.might_do(verb) else PermissionDenied()


def _named(view: View, lock: str) -> View:
    view.lock = lock  # type: ignore[attr-defined]
    return view


def open_to_all(view: View) -> View:
    """Anyone; the wall decides what is on the page."""
    return _named(view, "open_to_all")


def by_link(view: View) -> View:
    """Whoever holds a signed link. The view reads it with ``mailroom.links``, which refuses what is forged or old."""
    return _named(view, "by_link")


def _to_login(request: Any) -> HttpResponse:
    """And then back to where one was. For htmx that is the page that is open: the address is of a part of it."""
    if request.htmx:
        return HttpResponseClientRedirect(redirect_to_login(request.htmx.current_url_abs_path or "/").url)
    return redirect_to_login(request.get_full_path())


def members_only(view: View) -> View:
    """Anyone who is logged in."""

    @wraps(view)
    def locked(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return _to_login(request)
        return view(request, *args, **kwargs)

    return _named(locked, "members_only")


def any_trekker(view: View) -> View:
    """Whoever leads some circle; for what all trekkers share, such as the pool of speakers."""

    @wraps(view)
    def locked(request, *args, **kwargs):
        if not request.rights.led:
            raise refusal(request)
        return view(request, *args, **kwargs)

    return _named(members_only(locked), "any_trekker")


def circle_id_of(thing: Any) -> int:
    """The circle that a thing belongs to: a circle itself, or through ``circle``, ``meeting`` or ``item``."""
    if isinstance(thing, Circle):
        return thing.pk
    if hasattr(thing, "circle_id"):
        return thing.circle_id
    return circle_id_of(thing.meeting if hasattr(thing, "meeting") else thing.item)


def who_may(verb: str, model: type[Model], *, or_host: bool = False) -> Callable[[View], View]:
    """Whoever may do ``verb`` (permissions.py) in the circle of the thing that the URL names by ``pk`` or ``slug``.

    ``or_host``: and who was asked to receive the meeting that the thing is, or hangs on, and did not say no.
    Hands the thing to the view in the place of that key: ``@who_may("plan", Meeting) def edit(request, meeting): …``.
    """

    def lock(view: View) -> View:
        @wraps(view)
        def locked(request, **kwargs):
            key = "slug" if "slug" in kwargs else "pk"
            try:
                thing = get_object_or_404(model, **{key: kwargs.pop(key)})
            except Http404:
                if request.rights.might_do(verb):  # a draft, for one, is there only for who shows a second factor
                    raise SecondFactorMissing from None
                raise
            receives = or_host and getattr(thing, "meeting_id", thing.pk) in request.rights.hosting
            if not (receives or request.rights.may(verb, circle_id_of(thing))):
                raise refusal(request, verb)
            try:
                return view(request, thing, **kwargs)
            except model.DoesNotExist as gone:  # type: ignore[attr-defined]  # taken away by someone else meanwhile
                raise Http404 from gone

        return _named(members_only(locked), f"who_may {verb}{' or host' if or_host else ''}")

    return lock
