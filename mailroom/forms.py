"""The address of a Teams channel, held against what ``webhooks`` allows."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from . import webhooks


class ChannelForm(forms.Form):
    """For a trekker."""

    url = forms.CharField(
        label=_("Address of the channel"),
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
        help_text=_(
            "In Teams: the three dots beside the channel, Workflows, “Post to a channel when a webhook request "
            "is received”. Copy the address that you get. Leave this empty to stop posting."
        ),
    )

    def clean_url(self) -> str:
        url = self.cleaned_data["url"]
        if url:
            try:
                webhooks.checked(url)
            except webhooks.AddressRefused as refusal:
                raise forms.ValidationError(str(refusal), "refused") from refusal
        return url
