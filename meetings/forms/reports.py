"""What a trekker writes down after a meeting: the report, and the decisions and actions that came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings.actions.reports import Outcome
from meetings.models import ActionPoint, AgendaItem, Decision, Meeting, Report, ReportPart
from members.models import Member
from regions.models import Circle, LocalGovernment, Participation, Partner

from .planning import DateField

NOTHING_SAID = Q(kind=AgendaItem.Kind.BREAK, reported=None, decisions=None, action_points=None)
"""A break asks for no text; one in which something was noted before keeps it."""
WHOLE = 0
"""Stands for the meeting as a whole, in the place of the id of a point."""


class OwnerField(forms.ModelChoiceField):
    """A colleague in the circle, with where they work."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.government})" if obj.government else obj.name


def owners(circle: Circle) -> Any:
    """Who can take on an action: suppliers do not read it."""
    colleagues = Member.objects.in_circle(circle).exclude(partner__kind=Partner.Kind.VENDOR)
    return colleagues.select_related("government").order_by("name", "pk")


def governments(circle: Circle) -> Any:
    taking_part = Participation.objects.current().filter(circle=circle).values("government")
    return LocalGovernment.objects.filter(pk__in=taking_part).order_by("name")


@dataclass(frozen=True)
class Block:
    """A point of the programme in the form, with what is there already; ``theirs`` is what somebody else saved while
    this was being typed. ``item`` is None for the meeting as a whole."""

    item: AgendaItem | None
    text: BoundField | None
    outcome: list[BoundField]
    decisions: list[Decision]
    actions: list[ActionPoint]
    theirs: str = ""

    @property
    def is_opened(self) -> bool:
        """Something new was typed, so it is not folded away."""
        return any(field.data for field in self.outcome if field.form.is_bound)


class OnPoint(BoundField):
    """A field that knows its point of the programme, where its label does not say it: a summary of errors does."""

    @property
    def point(self) -> str:
        name, _dash, key = self.name.rpartition("-")
        return cast("ReportForm", self.form).titles.get(key, "") if name != "text" else ""


class ReportForm(forms.Form):
    """The skeleton of a report: a text per point of the programme, and below each a decision and an action more."""

    bound_field_class = OnPoint

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    introduction = forms.CharField(
        label=_("Introduction"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In a few sentences, for who was not there. An empty line starts a new paragraph."),
    )

    def __init__(self, meeting: Meeting, data: Any = None, *, theirs: Report | None = None) -> None:
        self.meeting, self.theirs = meeting, theirs
        self.items = list(meeting.agenda.exclude(NOTHING_SAID).order_by("position"))
        self.written = dict(ReportPart.objects.filter(item__meeting=meeting).values_list("item", "text"))
        report = Report.objects.filter(meeting=meeting).first() or Report(meeting=meeting)
        initial: dict[str, Any] = {"version": report.version, "introduction": report.introduction}
        initial |= {f"text-{pk}": text for pk, text in self.written.items()}
        if data is not None and theirs is not None:  # to save once more is to choose one's own
            data = data.copy()
            data["version"] = theirs.version
        super().__init__(data, initial=initial)
        self._choices = list(owners(meeting.circle)), list(governments(meeting.circle))
        for item in self.items:
            self.fields[f"text-{item.pk}"] = forms.CharField(
                label=gettext("What was said about “%(item)s”") % {"item": item.title},
                max_length=20_000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 6}),
            )
        for key in [*(item.pk for item in self.items), WHOLE]:
            self._add_outcome(key)

    def _add_outcome(self, key: int) -> None:
        people, places = self._choices
        self.fields[f"decision-{key}"] = forms.CharField(label=_("Decision"), max_length=500, required=False)
        self.fields[f"what-{key}"] = forms.CharField(label=_("Action: what"), max_length=300, required=False)
        owner = OwnerField(Member.objects.filter(pk__in=[each.pk for each in people]), label=_("Who"), required=False)
        owner.choices = [("", "—"), *((each.pk, owner.label_from_instance(each)) for each in people)]
        self.fields[f"owner-{key}"] = owner
        place = forms.ModelChoiceField(
            LocalGovernment.objects.filter(pk__in=[each.pk for each in places]),
            label=_("Local government"),
            required=False,
        )
        place.choices = [("", "—"), *((each.pk, each.name) for each in places)]
        self.fields[f"government-{key}"] = place
        self.fields[f"due_on-{key}"] = DateField(label=_("By"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for key in [*(item.pk for item in self.items), WHOLE]:
            who = cleaned.get(f"owner-{key}") or cleaned.get(f"government-{key}")
            when = cleaned.get(f"due_on-{key}")
            if cleaned.get(f"what-{key}"):
                if not who and not self.errors.get(f"owner-{key}"):
                    self.add_error(f"owner-{key}", _("Say who does this: a person or a local government."))
                if not when and not self.errors.get(f"due_on-{key}"):
                    self.add_error(f"due_on-{key}", _("Say by when this is done."))
            elif who or when:
                self.add_error(f"what-{key}", _("Say what is to be done."))
        return cleaned

    @property
    def titles(self) -> dict[str, str]:
        """Of the points, by the end of the names of their fields."""
        return {str(item.pk): item.title for item in self.items} | {str(WHOLE): gettext("Of the whole meeting")}

    @property
    def for_action(self) -> dict[str, Any]:
        """What was filled in, as ``write_report`` takes it."""
        cleaned = self.cleaned_data
        return {
            "version": cleaned["version"],
            "introduction": cleaned["introduction"],
            "parts": {item.pk: cleaned[f"text-{item.pk}"] for item in self.items},
            "outcomes": [new for item in [*self.items, None] for new in self._outcomes(item)],
        }

    def _outcomes(self, item: AgendaItem | None) -> list[Outcome]:
        key, cleaned = item.pk if item else WHOLE, self.cleaned_data
        found = []
        if text := cleaned[f"decision-{key}"]:
            found.append(Outcome(item, text))
        if what := cleaned[f"what-{key}"]:
            owner, place = cleaned[f"owner-{key}"], cleaned[f"government-{key}"]
            found.append(Outcome(item, what, owner, place, cleaned[f"due_on-{key}"]))
        return found

    @property
    def blocks(self) -> list[Block]:
        """Per point what is to be filled in, the meeting as a whole last."""
        decisions = list(Decision.objects.filter(meeting=self.meeting))
        actions = list(ActionPoint.objects.filter(meeting=self.meeting).select_related("owner", "government"))
        found = []
        for item in [*self.items, None]:
            key = item.pk if item else WHOLE
            outcome = [self[f"{name}-{key}"] for name in ("decision", "what", "owner", "government", "due_on")]
            found.append(
                Block(
                    item,
                    self[f"text-{key}"] if item else None,
                    outcome,
                    [each for each in decisions if (each.item_id or WHOLE) == key],
                    [each for each in actions if (each.item_id or WHOLE) == key],
                    self._what_they_wrote(item) if item else "",
                )
            )
        return found

    def _what_they_wrote(self, item: AgendaItem) -> str:
        """Of somebody else, where it is not what was typed here."""
        theirs = self.written.get(item.pk, "")
        typed = self.data.get(f"text-{item.pk}", "") if self.theirs else theirs
        return theirs if _same(typed) != _same(theirs) else ""

    @property
    def their_introduction(self) -> str:
        if self.theirs is None or _same(self.data.get("introduction", "")) == _same(self.theirs.introduction):
            return ""
        return self.theirs.introduction


def _same(text: str) -> str:
    """Browsers end lines in a way of their own."""
    return text.replace("\r\n", "\n").strip()


class ActionForm(forms.ModelForm):
    """An action that was noted before."""

    due_on = DateField(label=_("By"))

    class Meta:
        model = ActionPoint
        fields = ["what", "owner", "government", "due_on"]
        field_classes = {"owner": OwnerField}

    def __init__(self, data: Any = None, *, instance: ActionPoint) -> None:
        super().__init__(data, instance=instance)
        circle, fields = instance.meeting.circle, cast("dict[str, forms.ModelChoiceField]", self.fields)
        # Who left keeps the action until somebody else takes it.
        people = Q(pk__in=owners(circle).values("pk")) | Q(pk=instance.owner_id)
        places = Q(pk__in=governments(circle).values("pk")) | Q(pk=instance.government_id)
        fields["owner"].queryset = Member.objects.filter(people).select_related("government").order_by("name", "pk")
        fields["government"].queryset = LocalGovernment.objects.filter(places).order_by("name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("owner") and not cleaned.get("government"):
            self.add_error("owner", _("Say who does this: a person or a local government."))
        return cleaned


class DecisionForm(forms.ModelForm):
    """A decision that was noted before."""

    class Meta:
        model = Decision
        fields = ["text"]


class TickForm(forms.Form):
    """Done or not, and what came of it."""

    done = forms.BooleanField(required=False)
    note = forms.CharField(max_length=300, required=False)
