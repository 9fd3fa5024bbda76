"""How django-allauth does things here."""

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """allauth's letters go through the mailroom; a proven address opens a circle."""
