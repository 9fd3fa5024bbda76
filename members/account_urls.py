"""allauth's pages under our own rules: their lock has a name, and a form that was not accepted answers 422."""

from functools import wraps

from allauth.account.urls import urlpatterns as pages_of_allauth
from allauth.account.views import ConfirmEmailView
from allauth.mfa.urls import urlpatterns as second_factors
from allauth.socialaccount.views import connections, signup
from django.http import Http404
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path

from .logins import forget_internet_address
from .outside import come_back, come_in, leave_for
from .second_factor import go_on, guarded, secure, to_second_factors

CHANGES_SECOND_FACTORS = {
    *("mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn"),
    *("mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
}
NOT_HERE = {"mfa_list_webauthn", "mfa_download_recovery_codes"}  # one page shows all; codes are shown once


class ConfirmAddress(ConfirmEmailView):
    """Looking at the link changes nothing for anyone; allauth would log out a colleague to whom it was passed on."""

    def logout_other_user(self, confirmation) -> None:
        if self.request.method == "POST":
            super().logout_other_user(confirmation)


INSTEAD = {"account_confirm_email": ConfirmAddress.as_view()}


def at_the_door(view):
    """A page that lets people in; the doorkeeper is acting (middleware.py)."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            if request.method != "POST":
                raise
            return redirect(request.path)  # a second click on what worked the first time: the page says what to do
        if request.session.modified and request.user.is_authenticated:  # logged in, or another password
            forget_internet_address(request.session.session_key)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if request.method == "POST" and response.status_code == 200 and form is not None and form.errors:
            response.status_code = 422
            if "too_many_login_attempts" in {error.code for error in form.non_field_errors().as_data()}:
                response.status_code = 429
                response["Retry-After"] = "300"
        return response

    return named(answer)


def named(view):
    """The name of the lock. Alone it is for pages on which nobody acts, because they ask another server."""
    view.lock = "doorkeeper"
    return view


def page(pattern: URLPattern, prefix: str = "") -> URLPattern:
    """One of allauth's pages, at the door."""
    view = guarded(pattern.callback) if pattern.name in CHANGES_SECOND_FACTORS else pattern.callback
    return path(f"{prefix}{pattern.pattern}", at_the_door(view), pattern.default_args, pattern.name)


def pages(patterns, prefix: str = ""):
    """All of them, however deep they hang."""
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from pages(each.url_patterns, f"{prefix}{each.pattern}")
        elif each.name not in NOT_HERE:
            yield page(each, prefix)


urlpatterns = [
    *(
        URLPattern(own.pattern, at_the_door(INSTEAD.get(own.name, own.callback)), own.default_args, own.name)
        for own in pages_of_allauth
    ),
    *pages(second_factors, "2fa/"),
    path("2fa/webauthn/", at_the_door(to_second_factors), name="mfa_list_webauthn"),
    path("2fa/secure/", at_the_door(secure), name="secure"),
    path("2fa/go-on/", at_the_door(go_on), name="go_on"),
    path("outside/", at_the_door(connections), name="socialaccount_connections"),
    path("outside/signup/", at_the_door(signup), name="socialaccount_signup"),
    path("outside/come-in/", at_the_door(come_in), name="outside_come_in"),
    path("oidc/<slug:provider_id>/login/", named(leave_for), name="outside_leave_for"),
    path("oidc/<slug:provider_id>/login/callback/", named(come_back), name="outside_come_back"),
]
