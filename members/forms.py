"""Text into clean values."""

from __future__ import annotations

from allauth.core import context
from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mailroom.links import LinkExpired, LinkForged
from regions.models import LocalGovernment

from . import actions
from .askings import AskingLink, read_asking
from .models import JoinRequest, Member, Membership

ELSEWHERE = "elsewhere"


def workplaces() -> list[tuple[str, str]]:
    """The choices of where one works: by address, elsewhere, or one of the local governments."""
    return [
        ("", str(_("My e-mail address shows it"))),
        (ELSEWHERE, str(_("I work for another organisation"))),
        *((str(pk), name) for pk, name in LocalGovernment.objects.values_list("pk", "name")),
    ]


class SignupExtras(forms.Form):
    """What we ask beside address and password; allauth builds its registration form on this."""

    name = forms.CharField(
        label=_("First name and surname"), max_length=80, widget=forms.TextInput({"autocomplete": "name"})
    )
    where = forms.ChoiceField(
        label=_("Where you work"),
        choices=workplaces,
        required=False,
        help_text=_("Leave this as it is if you register with the address of your local government."),
    )
    asked = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ("email", "name", "password1", "where")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("Your work address, if you have one: it shows where you work.")
        self.asking: AskingLink | None = None
        self.asking_expired = self.asking_forged = False
        token = (self.data if self.is_bound else context.request.GET).get("asked", "")
        if token:
            try:
                self.asking = read_asking(token)
            except LinkExpired:
                self.asking_expired = True
            except LinkForged:
                self.asking_forged = True
        if self.asking:
            self.initial.update(asked=token, email=self.asking.address)

    def signup(self, request, user: Member) -> None:
        """allauth calls this once the member is saved."""
        if self.asking:
            actions.remember_asking(user, self.asking)


class JoinForm(forms.ModelForm):
    """A word with a request."""

    class Meta:
        model = JoinRequest
        fields = ("message",)
        help_texts = {"message": _("What you do and why you would like to join. The trekkers read this.")}
        widgets = {"message": forms.Textarea({"rows": 4})}


class DecisionForm(forms.Form):
    """Yes or no to a request, by the button that was pressed."""

    accepted = forms.TypedChoiceField(
        choices=[("yes", _("Accept")), ("no", _("Decline"))],
        coerce=lambda value: value == "yes",
        widget=forms.HiddenInput,
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("This goes into the e-mail to the person who asked."),
    )


class AnswerForm(forms.Form):
    """Yes or no to being asked."""

    accepted = forms.TypedChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))], coerce=lambda value: value == "yes", widget=forms.HiddenInput
    )


class AskForm(forms.Form):
    """Whom a trekker would like to have in the circle."""

    address = forms.EmailField(label=_("E-mail address"), max_length=254, help_text=_("Preferably the work address."))
    message = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("This goes into the e-mail."),
    )


class DateInput(forms.DateInput):
    """The browser's own picker; dates travel as 2026-11-21."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MandateForm(forms.ModelForm):
    """From when until when somebody leads the circle."""

    class Meta:
        model = Membership
        fields = ("mandate_start", "mandate_end")
        widgets = {"mandate_start": DateInput(), "mandate_end": DateInput()}
        help_texts = {"mandate_end": _("Last day of the mandate. Leave empty if it has no end yet.")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mandate_start"].required = True
        if self.instance.role != Membership.Role.TREKKER:
            self.initial.update(mandate_start=timezone.localdate(), mandate_end=None)

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        start, end = cleaned.get("mandate_start"), cleaned.get("mandate_end")
        if end and start and end < start:
            self.add_error("mandate_end", _("The last day cannot be before the first."))
        elif end and end < timezone.localdate():
            self.add_error("mandate_end", _("This day has passed. To end the mandate, use the button below."))
        return cleaned


class ProfileForm(forms.ModelForm):
    """What people say about themselves."""

    class Meta:
        model = Member
        fields = ("name", "job_title", "language")
        labels = {"name": _("First name and surname")}
        help_texts = {"job_title": _("For example: IT manager, GIS officer. Fellow members see this.")}

    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Of the portal, and of the e-mails that you get."),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["language"] = self.instance.language or get_language()


class EndSessionForm(forms.Form):
    """One session, or all others."""

    session = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
