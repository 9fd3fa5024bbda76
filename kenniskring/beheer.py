"""The admin behind our own lock: /beheer/, for community managers. Nobody logs in there: /account/ does that."""

from functools import wraps

from allauth.account.models import EmailAddress
from allauth.account.views import logout
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path
from django.utils.csp import CSP

from regions.access import View, members_only, refusal

# Alpine, which makes the admin's menus move, evaluates expressions; Unfold writes its colours in a style element.
RELAXED = settings.SECURE_CSP | {
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
}


def for_managers(view):
    """One page of the admin: logged in, and a community manager."""

    @wraps(view)
    def locked(request, *args, **kwargs):
        if not request.rights.is_manager:
            raise refusal(request, "administer")
        response = view(request, *args, **kwargs)
        response._csp_config = RELAXED
        return response

    page: View = members_only(locked)
    page.lock = "who_may administer"  # type: ignore[attr-defined]
    return page


def _to(name):
    return lambda request, **kwargs: redirect(name)


OURS = {"login": _to("admin:index"), "logout": logout, "password_change": _to("account_change_password")}
"""Pages of the admin that allauth does better."""


def behind_our_lock(patterns):
    """The same pages, each locked, however deep they hang."""
    for each in patterns:
        if isinstance(each, URLResolver):
            yield URLResolver(each.pattern, list(behind_our_lock(each.url_patterns)))
        else:
            view = OURS.get(each.name, each.callback)
            yield URLPattern(each.pattern, for_managers(view), each.default_args, each.name)


# Rights are in regions/permissions.py; addresses and ways to log in are their owners' own.
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken])
urlpatterns = [path("", include((list(behind_our_lock(admin.site.get_urls())), "admin"), namespace="admin"))]
