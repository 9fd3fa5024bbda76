"""What a password must be like: Django's rules, with messages that Django 6.1 lacks in good Dutch."""

from django.contrib.auth.password_validation import MinimumLengthValidator, UserAttributeSimilarityValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """At least as many characters as the settings say."""

    def get_error_message(self) -> str:
        return _("This password is too short: it needs at least %(number)d characters.") % {"number": self.min_length}


class NotAboutYou(UserAttributeSimilarityValidator):
    """Not nearly one's own name or address."""

    def get_error_message(self) -> str:
        return _("This password looks too much like your name or your e-mail address.")
