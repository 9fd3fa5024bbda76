"""What is typed about choosing a day: the days that are offered, and what somebody says of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings import words
from meetings.models import DateOption, DatePoll, DateVote, Meeting
from meetings.rhythm import is_holiday

from .planning import LATEST, DateField, TimeField

OFFERED = 5
"""Days in one question: with more of them people stop reading."""
TIME_TO_ANSWER = dt.timedelta(days=10)


class DaysForm(forms.Form):
    """Up to five days, each from and until; an empty row is no day."""

    asks = forms.ChoiceField(label=_("Who is asked"), choices=DatePoll.Asks.choices, widget=forms.RadioSelect)
    open_until = DateField(
        label=_("Answer by"),
        help_text=_("Three days before, whoever has not answered gets one reminder. You may choose a day earlier."),
    )

    def __init__(self, meeting: Meeting, data: Any = None, *, asks: str = DatePoll.Asks.MEMBERS) -> None:
        today, draft = timezone.localdate(), timezone.localtime(meeting.starts_at).date()
        times = timezone.localtime(meeting.starts_at).time(), timezone.localtime(meeting.ends_at).time()
        latest = max(today + dt.timedelta(days=1), draft - dt.timedelta(days=7))
        initial: dict[str, Any] = {"asks": asks, "open_until": min(today + TIME_TO_ANSWER, latest)}
        proposed = days_around(draft)
        for number in range(1, OFFERED + 1):
            day = proposed[number - 1] if number <= len(proposed) else None
            initial |= {f"date_{number}": day, f"start_{number}": times[0], f"end_{number}": times[1]}
        super().__init__(data, initial=initial)
        for number in range(1, OFFERED + 1):
            self.fields[f"date_{number}"] = DateField(
                label=gettext("Day %(number)s") % {"number": number}, required=number <= 2
            )
            self.fields[f"start_{number}"] = TimeField(label=_("From"), required=number <= 2)
            self.fields[f"end_{number}"] = TimeField(label=_("Until"), required=number <= 2)
        self.order_fields([*(name for name in self.fields if name != "open_until"), "open_until"])

    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each day."""
        return [[self[f"{name}_{number}"] for name in ("date", "start", "end")] for number in range(1, OFFERED + 1)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        moments = [found for number in range(1, OFFERED + 1) if (found := self._moment(cleaned, number))]
        starts = [start for start, _end in moments]
        if len(set(starts)) < len(starts):
            self.add_error(None, _("Two of these days are the same."))
        until = cleaned.get("open_until")
        if until and until < timezone.localdate():
            self.add_error("open_until", _("This day has passed. Choose a later one."))
        elif until and starts and until >= timezone.localdate(min(starts)):
            self.add_error("open_until", _("This is not before the first of the days. Choose an earlier one."))
        return cleaned | {"moments": moments}

    def _moment(self, cleaned: dict[str, Any], number: int) -> tuple[dt.datetime, dt.datetime] | None:
        day = cleaned.get(f"date_{number}")
        if day is None:
            return None
        start, end = cleaned.get(f"start_{number}"), cleaned.get(f"end_{number}")
        if start is None or end is None or end <= start:
            self.add_error(f"end_{number}", _("The end must come after the start."))
            return None
        try:
            moment = tuple(from_current_timezone(dt.datetime.combine(day, clock)) for clock in (start, end))
        except forms.ValidationError:
            self.add_error(
                f"start_{number}", _("The clock changes that night, so this time is not clear. Choose another.")
            )
            return None
        if not timezone.now() < moment[0] < timezone.now() + LATEST:
            self.add_error(f"date_{number}", _("This moment has passed. Choose a later date."))
            return None
        return moment[0], moment[1]

    @property
    def for_action(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("asks", "open_until", "moments")}


def days_around(day: dt.date) -> list[dt.date]:
    """The day of the draft, two days later and a week later; none on a weekend or a holiday: then the day after."""
    found: list[dt.date] = []
    for days in (0, 2, 7):
        each = day + dt.timedelta(days=days)
        while each.weekday() >= 5 or is_holiday(each) or each in found:
            each += dt.timedelta(days=1)
        found.append(each)
    return found


class VoteForm(forms.Form):
    """Yes, if need be or no, for each day."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, options: Iterable[DateOption], data: Any = None, *, said: Iterable[DateVote] = (), seen: str = ""
    ) -> None:
        answers = {vote.option_id: vote.answer for vote in said}
        initial = {f"day_{pk}": answer for pk, answer in answers.items()}
        super().__init__(data, initial=initial | {"seen": seen})
        for option in options:
            self.fields[f"day_{option.pk}"] = forms.ChoiceField(
                label=words.moment(option.starts_at, option.ends_at),
                choices=DateVote.Answer.choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("Say something of this day too.")},
            )

    @property
    def for_action(self) -> dict[str, Any]:
        answers = {
            int(name.removeprefix("day_")): answer
            for name, answer in self.cleaned_data.items()
            if name.startswith("day_")
        }
        return {"answers": answers, "seen": self.cleaned_data["seen"]}


class SpeakerDaysForm(forms.Form):
    """Which of the days suit a speaker; none is an answer too."""

    days = forms.TypedMultipleChoiceField(
        label=_("Which days suit you?"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, files: Any = None, *, days: Iterable[tuple[int, str, bool]] = ()) -> None:
        days = list(days)
        super().__init__(data, initial={"days": [pk for pk, _label, suits in days if suits]})
        field: Any = self.fields["days"]
        field.choices = [(pk, label) for pk, label, _suits in days]
