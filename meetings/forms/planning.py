"""What a trekker fills in about a meeting: planning, editing, moving, cancelling, a point of the programme."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db import models
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from library.models import Topic
from meetings import programmes, rhythm, rota
from meetings.models import AgendaItem, Attending, Form, JoinLink, Meeting
from meetings.words import title_for
from regions.models import Circle, LocalGovernment

LATEST = dt.timedelta(days=5 * 366)
"""How far ahead one plans: further is a slip of the keys, and nothing can be added to the last day of 9999."""


class DateField(forms.DateField):
    """A day, typed the Belgian way or picked."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, **kwargs)


class TimeField(forms.TimeField):
    """A time on the Belgian clock, typed or picked."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(widget=widget, **kwargs)


class HostField(forms.ModelChoiceField):
    """A government of the circle, in the order of the rota, each with when it last received the circle."""

    def __init__(self, circle: Circle, *, meeting: Meeting | None = None) -> None:
        turns = rota.turns(circle, besides=meeting)
        self.last = {turn.government.pk: turn.last for turn in turns}
        chosen = [meeting.host_id] if meeting and meeting.host_id else []
        governments = LocalGovernment.objects.filter(pk__in=[*self.last, *chosen])
        super().__init__(
            governments,
            required=False,
            label=_("Host"),
            empty_label=_("Still to be decided"),
            help_text=_(
                "First those who were never host, then those who were host longest ago. "
                "An online meeting has no host."
            ),
        )
        order = {pk: place for place, pk in enumerate(self.last)}
        labels = [(each.pk, self.label_from_instance(each)) for each in governments]
        labels.sort(key=lambda choice: order.get(choice[0], len(order)))
        self.choices = [("", self.empty_label), *labels]

    def label_from_instance(self, obj: Any) -> str:
        last = self.last.get(obj.pk)
        if last is None:
            return _("%(name)s (not a host yet)") % {"name": obj}
        month = date_format(timezone.localtime(last), "F Y")
        return _("%(name)s (host in %(month)s)") % {"name": obj, "month": month}


class MomentForm(forms.Form):
    """Day and hours on the Belgian clock; gives ``starts_at`` and ``ends_at``."""

    date = DateField(label=_("Date"))
    start = TimeField(label=_("From"))
    end = TimeField(label=_("Until"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not {"date", "start", "end"} <= set(cleaned):
            return cleaned
        if cleaned["end"] <= cleaned["start"]:
            self.add_error("end", _("The end must come after the start."))
            return cleaned
        for moment, clock in [("starts_at", "start"), ("ends_at", "end")]:
            try:
                cleaned[moment] = from_current_timezone(dt.datetime.combine(cleaned["date"], cleaned[clock]))
            except forms.ValidationError:  # the hour that a night leaves out, or has twice
                self.add_error(clock, _("The clock changes that night, so this time is not clear. Choose another."))
        if cleaned.get("starts_at", timezone.now() + dt.timedelta(1)) <= timezone.now():
            self.add_error("date", _("This moment has passed. Choose a later date."))
        if cleaned.get("starts_at", timezone.now()) > timezone.now() + LATEST:
            self.add_error("date", _("This is more than five years from now. Check the year."))
        return cleaned

    @property
    def for_action(self) -> dict[str, Any]:
        """What was filled in, with moments instead of a date and hours."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"date", "start", "end"}}


def moment_of(meeting: Meeting) -> dict[str, Any]:
    """A meeting's day and hours as this form shows them."""
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    return {"date": starts.date(), "start": starts.time(), "end": ends.time()}


def no_host_online(cleaned: dict[str, Any]) -> None:
    """An online meeting takes place nowhere, so it is nobody's turn."""
    if cleaned.get("form") == Form.ONLINE:
        cleaned["host"] = None


class DateBy(models.TextChoices):
    """How a draft comes by its day."""

    FIXED = "fixed", _("this is the date")
    POLL = "poll", _("I ask the circle which day suits")
    SPEAKER = "speaker", _("the date follows the speaker, who says which days suit")


class PlanForm(MomentForm):
    """A new meeting. Everything is proposed, so that sending it unchanged gives a good draft."""

    title = forms.CharField(label=_("Title"), max_length=120)
    form = forms.ChoiceField(label=_("Form"), choices=Form.choices)
    programme = forms.ChoiceField(
        label=_("Programme"),
        choices=programmes.Template.choices,
        help_text=_("You can change the points and their order afterwards."),
    )
    date_by = forms.ChoiceField(
        label=_("How is the date fixed"),
        choices=DateBy.choices,
        initial=DateBy.FIXED,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, circle: Circle, data: Any = None) -> None:
        self.proposal = proposal = rhythm.propose(circle)
        host = rota.next_host(circle) if proposal.form != Form.ONLINE else None
        initial = {
            "title": title_for(proposal.date),
            "date": proposal.date,
            "start": proposal.start,
            "end": proposal.end,
            "form": proposal.form,
            "host": host.pk if host else None,
            "programme": programmes.template_for(proposal.form),
        }
        super().__init__(data, initial=initial)
        self.fields["host"] = HostField(circle)
        self.order_fields(["title", "date", "start", "end", "date_by", "form", "host", "programme"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        no_host_online(cleaned)
        if "title" not in self.changed_data and "date" in cleaned:
            cleaned["title"] = title_for(cleaned["date"])  # the proposed title follows the date
        return cleaned


class PlaceForm(MomentForm):
    """When, where and how: what people act upon."""

    form = forms.ChoiceField(label=_("Form"), choices=Form.choices)
    venue = forms.CharField(label=_("Building and room"), max_length=120, required=False)
    address = forms.CharField(label=_("Address"), max_length=160, required=False)
    online_link = forms.URLField(
        label=_("Online link"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_(
            "The members of the circle see the link. Others see it once they have a place. You may fill it in later."
        ),
    )

    def __init__(self, meeting: Meeting, data: Any = None) -> None:
        link = JoinLink.objects.filter(meeting=meeting).first()
        initial = moment_of(meeting) | {
            "form": meeting.form,
            "host": meeting.host_id,
            "venue": meeting.venue,
            "address": meeting.address,
            "online_link": link.url if link else "",
        }
        super().__init__(data, initial=initial)
        self.fields["host"] = HostField(meeting.circle, meeting=meeting)
        self.order_fields(["date", "start", "end", "form", "host", "venue", "address", "online_link"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        no_host_online(cleaned)
        return cleaned


class WordsForm(forms.ModelForm):
    """What a meeting is about, how many can come and who sees it: people need not be told when it changes."""

    topics = forms.ModelMultipleChoiceField(
        Topic.objects.all(), label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple
    )
    audience = forms.ChoiceField(
        label=_("Visible to"),
        choices=[
            (Meeting.Audience.CIRCLE, _("this circle: its members, and nobody else")),
            (Meeting.Audience.NETWORK, _("the network: also members of other circles, who can answer too")),
            (
                Meeting.Audience.PUBLIC,
                _("everyone: also visitors who are not logged in; to answer, people register first"),
            ),
        ],
        widget=forms.RadioSelect,
        help_text=_(
            "Who sees the title, date, place and programme once it is published. Only your circle is invited by "
            "e-mail, and only your circle sees who is coming."
        ),
    )

    class Meta:
        model = Meeting
        fields = ["title", "about", "topics", "route", "seats_in_person", "seats_online", "audience"]
        widgets = {"about": forms.Textarea(attrs={"rows": 5}), "route": forms.Textarea(attrs={"rows": 3})}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        meeting = Meeting.objects.with_seats_taken().get(pk=self.instance.pk)
        for way in Attending:
            field, taken = f"seats_{way.value}", getattr(meeting, f"taken_{way.value}")
            if cleaned.get(field) and cleaned[field] < taken:
                self.add_error(
                    field, _("%(taken)s seats are already taken. Choose a larger number.") % {"taken": taken}
                )
        return cleaned


class CancelForm(forms.Form):
    """Why: it is in the letter and stays on the page."""

    because = forms.CharField(
        label=_("Reason for cancelling"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everyone who sees the meeting reads this, in the e-mail and on the page."),
    )


class ItemForm(forms.ModelForm):
    """A point of the programme."""

    kind = forms.ChoiceField(label=_("Kind"), choices=AgendaItem.Kind.choices)

    class Meta:
        model = AgendaItem
        fields = ["kind", "title", "minutes", "about"]
        widgets = {"about": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.kind == AgendaItem.Kind.SITE_VISIT:
            about = self.fields["about"]
            about.label = _("The host's project")
            about.help_text = _("What can be seen, and what can others learn from it? The host can fill it in too.")
