"""Meetings, programmes, speakers and answers, for community managers.

What people must be told of (another day, another place, a cancellation) is done in the portal: a link leads there.
"""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline

from regions.desks import AccountDesk, KeptDesk, Rows, RowsToRead

from .models import (
    ActionPoint,
    AgendaItem,
    Asking,
    Decision,
    Invitation,
    Material,
    Meeting,
    MeetingTopic,
    Registration,
    Speaker,
    SpeakerCall,
    SpeakerContact,
    SpeakerTopic,
    Talk,
)

TOLD = ["circle", "starts_at", "ends_at", "form", "host", "venue", "address", "seats_in_person", "seats_online"]
"""What people are told, speakers already of a draft: once the meeting is there, only actions change it."""


class TopicRows(Rows):
    model = MeetingTopic
    autocomplete_fields = ["topic"]
    verbose_name_plural = _("topics")


class AgendaRows(Rows):
    model = AgendaItem
    fields = ["position", "kind", "title", "minutes"]
    ordering = ["position"]
    can_delete = False  # a speaker may count on it: the portal looks


class RegistrationRows(RowsToRead):
    model = Registration
    fields = ["member", "answer", "attending", "waiting", "answered_at"]


@admin.register(Meeting)
class MeetingDesk(KeptDesk):
    list_display = ["title", "circle", "starts_at", "host", "form", "audience", "state", "invited_at"]
    list_filter = ["state", "circle", "form", "audience", "starts_at"]
    list_select_related = ["circle", "host"]
    search_fields = ["title", "about", "circle__name", "host__name"]
    autocomplete_fields = ["circle", "host"]
    date_hierarchy = "starts_at"
    ordering = ["-starts_at", "-id"]
    inlines = [AgendaRows, TopicRows, RegistrationRows]
    fields = [
        "in_the_portal", "state", "circle", "title", "about", "starts_at", "ends_at", "form", "host", "venue",
        "address", "route", "seats_in_person", "seats_online", "audience", "cancelled_because", "invited_at",
        "uid", "sequence",
    ]  # fmt: skip
    readonly_fields = ["in_the_portal", "state", "cancelled_because", "invited_at", "uid", "sequence"]

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, *(TOLD if obj else [])]

    @admin.display(description=_("in the portal"))
    def in_the_portal(self, meeting):
        if meeting.pk is None:
            return "–"
        links = {"meeting": _("View"), "edit_meeting": _("Change"), "meeting_post": _("E-mails")}
        return format_html(
            '<a href="{}">{}</a> · <a href="{}">{}</a> · <a href="{}">{}</a>',
            *[part for name, label in links.items() for part in (reverse(name, args=[meeting.pk]), label)],
        )


@admin.register(AgendaItem)
class AgendaItemDesk(KeptDesk):
    list_display = ["title", "meeting", "position", "kind", "minutes"]
    list_filter = ["kind", "meeting__circle"]
    list_select_related = ["meeting"]
    search_fields = ["title", "about", "meeting__title"]
    autocomplete_fields = ["meeting"]
    ordering = ["-meeting__starts_at", "meeting_id", "position"]


class ContactRows(StackedInline):
    model = SpeakerContact
    extra = 0


class SpeakerTopicRows(Rows):
    model = SpeakerTopic
    autocomplete_fields = ["topic"]
    verbose_name_plural = _("topics")


class TalkRows(RowsToRead):
    model = Talk
    fields = ["item", "state", "asked_at", "answered_at"]


@admin.register(Speaker)
class SpeakerDesk(KeptDesk):
    list_display = ["name", "organisation", "kind"]
    list_filter = ["kind", "topics"]
    search_fields = ["name", "organisation", "bio", "contact__email"]
    ordering = ["name"]
    inlines = [ContactRows, SpeakerTopicRows, TalkRows]


class AskingRows(RowsToRead):
    model = Asking
    fields = ["by", "message", "reply"]


@admin.register(Talk)
class TalkDesk(AccountDesk):
    inlines = [AskingRows]
    list_display = ["speaker", "item", "meeting", "state", "asked_at", "answered_at"]
    list_filter = ["state", "item__meeting__circle"]
    list_select_related = ["speaker", "item__meeting"]
    search_fields = ["speaker__name", "item__title", "item__meeting__title"]
    ordering = ["-asked_at"]

    @admin.display(description=_("meeting"))
    def meeting(self, talk):
        return talk.item.meeting


@admin.register(Invitation)
class InvitationDesk(AccountDesk):
    list_display = ["member", "meeting", "invited_at"]
    list_filter = ["meeting__circle"]
    list_select_related = ["member", "meeting"]
    search_fields = ["member__name", "meeting__title"]
    ordering = ["-invited_at", "-id"]


@admin.register(Registration)
class RegistrationDesk(AccountDesk):
    list_display = ["member", "meeting", "answer", "attending", "waiting", "answered_at"]
    list_filter = ["answer", "attending", "waiting", "meeting__circle"]
    list_select_related = ["member", "meeting"]
    search_fields = ["member__name", "meeting__title"]
    ordering = ["-answered_at", "-id"]


@admin.register(Material)
class MaterialDesk(AccountDesk):
    list_display = ["name", "meeting", "content_type", "size", "uploaded_at"]
    list_filter = ["content_type", "meeting__circle"]
    list_select_related = ["meeting"]
    search_fields = ["name", "meeting__title"]
    fields = ["name", "meeting", "item", "talk", "content_type", "size", "uploaded_at"]
    ordering = ["-uploaded_at"]


@admin.register(SpeakerCall)
class SpeakerCallDesk(AccountDesk):
    list_display = ["circle", "topic", "made_at", "closed_at"]
    list_filter = ["circle", ("closed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["circle", "topic"]
    search_fields = ["text", "circle__name", "topic__title"]
    ordering = ["-made_at", "-id"]


@admin.register(Decision)
class DecisionDesk(AccountDesk):
    list_display = ["text", "meeting"]
    list_filter = ["meeting__circle"]
    list_select_related = ["meeting"]
    search_fields = ["text", "meeting__title"]
    ordering = ["-meeting__starts_at", "id"]


@admin.register(ActionPoint)
class ActionPointDesk(AccountDesk):
    list_display = ["what", "owner", "government", "due_on", "done_at", "meeting"]
    list_filter = [("done_at", admin.EmptyFieldListFilter), "meeting__circle"]
    list_select_related = ["owner", "government", "meeting"]
    search_fields = ["what", "owner__name", "government__name", "meeting__title"]
    ordering = ["due_on", "id"]
