"""Text into clean values."""

from django import forms


class SignupExtras(forms.Form):
    """What we ask beside address and password."""

    def signup(self, request, user):
        pass
