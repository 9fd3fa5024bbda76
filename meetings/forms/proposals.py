"""Calls for speakers, talks that somebody proposes, and what a trekker does with them."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings import words
from meetings.models import Meeting, Speaker, SpeakerCall, TalkProposal
from members.models import Member
from regions.models import Partner

KINDS = {
    Partner.Kind.VENDOR: Speaker.Kind.VENDOR,
    Partner.Kind.FLEMISH: Speaker.Kind.GOVERNMENT,
    Partner.Kind.FEDERAL: Speaker.Kind.GOVERNMENT,
}


class CallForm(forms.ModelForm):
    """On what a circle looks for speakers."""

    class Meta:
        model = SpeakerCall
        fields: ClassVar = ["topic", "text"]
        labels: ClassVar = {"text": _("What would you like to hear?")}
        help_texts: ClassVar = {"topic": "", "text": _("Everyone can read this, also without a profile.")}
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topic: Any = self.fields["topic"]
        topic.empty_label = _("any topic")


class ProposalForm(forms.ModelForm):
    """What someone would tell, and who they are as far as we do not know that."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("We send you an e-mail to confirm your proposal.")
    )

    class Meta:
        model = TalkProposal
        fields: ClassVar = ["title", "about", "name", "organisation", "kind", "email"]
        labels: ClassVar = {"kind": _("You are")}
        widgets: ClassVar = {"about": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, person: Member | None, data: Any = None) -> None:
        super().__init__(data)
        self.known = _known_of(person) if person else {}
        for name in self.known:
            del self.fields[name]

    @property
    def card(self) -> dict[str, Any]:
        return self.cleaned_data | self.known


def _known_of(person: Member) -> dict[str, str]:
    """Who is logged in is not asked for what the profile says; a supplier is one here too."""
    known = {"email": person.email, "name": person.name}
    if person.organisation:
        known["organisation"] = str(person.organisation)
    kind = KINDS.get(Partner.Kind(person.partner.kind)) if person.partner else None
    if person.is_community_manager:
        kind = Speaker.Kind.V_ICT_OR
    elif person.government:
        kind = Speaker.Kind.COLLEAGUE
    return known | ({"kind": kind} if kind else {})


class MeetingAheadField(forms.ModelChoiceField):
    """A meeting to come, as a trekker knows it: by day and place."""

    def label_from_instance(self, meeting: Any) -> str:
        return f"{words.day(meeting)}, {words.place(meeting)}: {meeting.title}"


class PlaceForm(forms.Form):
    """At which meeting, and what to say to the speaker."""

    meeting = MeetingAheadField(Meeting.objects.none(), label=_("Meeting"), empty_label=None)
    message = forms.CharField(
        label=_("Your message"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("This goes into the e-mail that asks the speaker to confirm."),
    )

    def __init__(self, proposal: TalkProposal, data: Any = None) -> None:
        super().__init__(data)
        ahead = Meeting.objects.upcoming().filter(
            circle=proposal.circle_id, state__in=[Meeting.State.DRAFT, Meeting.State.PUBLISHED]
        )
        field: Any = self.fields["meeting"]
        field.queryset = ahead.select_related("host")


class DeclineForm(forms.Form):
    """Why not, in a friendly word."""

    reason = forms.CharField(
        label=_("Your reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("This goes into the e-mail, below our thanks."),
    )
