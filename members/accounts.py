"""How django-allauth does things here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.socialaccount.models import SocialAccount
from django.core.validators import MaxLengthValidator
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from mailroom import actions as mailroom

from . import account_letters, actions
from .forms import ELSEWHERE
from .language import chosen_here, speak
from .models import Member
from .second_factor import was_shown


class Adapter(DefaultAccountAdapter):
    """allauth's letters go through the mailroom; a proven address opens a circle."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This profile is not active. Ask V-ICT-OR why."),
        "duplicate_email": _("You already use this address. Fill in another one."),
        "email_password_mismatch": _("The e-mail address or the password is not correct. Check both and try again."),
        "email_taken": _("This address is already in use. Fill in another one."),
        "enter_current_password": _("This is not your current password. Try again."),
        "incorrect_password": _("The password is not correct. Try again."),
        "invalid_password_reset": _("This link to choose a new password no longer works. Ask for a new one."),
        "rate_limited": _("You are going too fast. Wait a moment and try again."),
        "too_many_login_attempts": _("Logging in failed too often. Wait five minutes and try again."),
    }

    def save_user(self, request: HttpRequest, user: Member, form, commit: bool = True) -> Member:
        """A new profile, with what the person says about themselves. What that opens is for ``welcome`` to judge."""
        super().save_user(request, user, form, commit=False)
        user.name, user.language = form.cleaned_data["name"], chosen_here(request)
        where = form.cleaned_data["where"]
        user.works_elsewhere = where == ELSEWHERE
        user.government_id = int(where) if where and where != ELSEWHERE else None
        if commit:
            user.save()
        return user

    def post_login(self, request: HttpRequest, user: Member, **how: Any) -> HttpResponse:
        """What was chosen in this browser is kept for who never chose; for who did, that counts."""
        if chosen_here(request) and not user.language:
            user.language = chosen_here(request)
            actions.choose_language(user, by=user, language=user.language)
        speak(request, user.language)
        return super().post_login(request, user, **how)

    def clean_email(self, email: str) -> str:
        """One at a time per address: who clicks twice on Register is told the same twice, and registered once.

        allauth would cut off what does not fit, and what is left is an address of somebody else.
        """
        MaxLengthValidator(Member._meta.get_field("email").max_length)(email)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [email.lower()])
        return super().clean_email(email)

    # --- Logging in too often ------------------------------------------------------------------------------------

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """The account from this line: who guesses elsewhere keeps nobody out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{ratelimit.get_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Many lines together may try one account some more, and then all wait: five minutes, or a new password."""
        super().pre_authenticate(request, **credentials)
        anywhere = super()._get_login_attempts_cache_key(request, **credentials)
        usage = ratelimit.consume(request, app="allauth.account", action="login_failed_anywhere", key=anywhere)
        if not usage:
            raise self.validation_error("too_many_login_attempts")
        self._login_failed_rl_usage.usage += usage.usage  # a login that succeeds takes all of it back

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """A new password opens the door at once."""
        super()._delete_login_attempts_cached_email(request, **credentials)
        anywhere = super()._get_login_attempts_cache_key(request, **credentials)
        ratelimit.clear(request, app="allauth.account", action="login_failed_anywhere", key=anywhere)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Takes as long as making the profile would, so that waiting tells nobody who has one."""
        Member().set_password(get_random_string(12))
        super().send_account_already_exists_mail(email)

    def set_password(self, user: Member, password: str) -> None:
        """A new password by letter also closes what somebody opened who never proved to own the address."""
        if not EmailAddress.objects.filter(user=user, verified=True).exists():
            SocialAccount.objects.filter(user=user).delete()
        super().set_password(user, password)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """An address was proven: the first opens circles, a later one is looked at for what it no longer proves."""
        before = EmailAddress.objects.filter(user_id=email_address.user_id, verified=True).first()
        if not super().confirm_email(request, email_address):
            return False
        member = email_address.user
        if before is None:
            actions.welcome(member)
        else:
            actions.address_changed(member, before=before.email)
        return True

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Promised in the transaction of the request, like every letter; allauth's own way of sending is not used."""
        request = self.request
        user = request.user if request.user.is_authenticated else None
        mailroom.post(account_letters.compose(template_prefix, email, {"user": user, "email": email} | context))

    def send_notification_mail(self, template_prefix: str, user, context=None, email: str | None = None) -> None:
        """What happens to second factors is told in the transaction itself (second_factor.py), not after it."""
        if not template_prefix.startswith("mfa/"):
            super().send_notification_mail(template_prefix, user, context, email)

    def add_message(self, request, level, message_template=None, message_context=None, *args, **kwargs) -> None:
        """Not after registering: the page itself says that a letter is on its way, also to who has a profile already,
        and a message to the others alone would tell them apart."""
        is_sent = message_template == "account/messages/email_confirmation_sent.txt"
        if not (is_sent and (message_context or {}).get("signup")):
            super().add_message(request, level, message_template, message_context, *args, **kwargs)

    def get_reauthentication_methods(self, user) -> list[dict[str, Any]]:
        """The ways to show that it is you. Who has a second factor shows that before a password helps."""
        words = {
            "reauthenticate": _("Fill in your password"),
            "mfa_reauthenticate": _("Fill in a code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        ways = [way | {"description": words[way["id"]]} for way in super().get_reauthentication_methods(user)]
        with_factor = [way for way in ways if way["id"] != "reauthenticate"]
        return with_factor if with_factor and not was_shown(self.request.session) else ways

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mine")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("profile" if self.request.user.is_authenticated else "account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("profile")
