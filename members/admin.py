"""People and their places, for community managers.

What people must be told of (a role, a decision) is done in the portal: a link leads there.
"""

from __future__ import annotations

from django.contrib import admin
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from regions.desks import AccountDesk, KeptDesk, RowsToRead
from regions.models import JournalEntry

from .models import JoinRequest, Member, Membership


class MembershipRows(RowsToRead):
    model = Membership
    fields = ["circle", "role", "mandate_start", "mandate_end", "joined_at", "ended_at"]


@admin.register(Member)
class MemberDesk(KeptDesk):
    list_display = ["name", "email", "government", "partner", "is_active", "is_community_manager", "registered_at"]
    list_filter = ["is_active", "is_community_manager", "memberships__circle", "partner__kind"]
    list_select_related = ["government", "partner"]
    search_fields = ["name", "email", "government__name", "partner__name"]
    autocomplete_fields = ["government", "partner"]
    fields = [
        "name", "email", "job_title", "government", "partner", "works_elsewhere", "language",
        "is_active", "is_community_manager", "registered_at",
    ]  # fmt: skip
    readonly_fields = ["registered_at"]
    ordering = ["name"]
    inlines = [MembershipRows]

    def get_readonly_fields(self, request, obj=None):
        """An address is changed by its owner, who proves it; nobody closes the door behind themselves."""
        own = ["is_active", "is_community_manager"] if obj == request.user else []
        return [*self.readonly_fields, *(["email"] if obj else []), *own]

    def save_model(self, request, member, form, change):
        """Someone new has no password: "I forgot my password" gives one, to who reads the mail of this address."""
        if not change:
            member.email = member.email.lower()
            member.set_unusable_password()
        super().save_model(request, member, form, change)


@admin.register(Membership)
class MembershipDesk(AccountDesk):
    list_display = ["member", "circle", "role", "mandate_start", "mandate_end", "ended_at", "in_the_portal"]
    list_filter = ["circle", "role", ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["member", "circle"]
    search_fields = ["member__name", "member__email", "circle__name"]
    ordering = ["circle__name", "member__name"]

    @admin.display(description=_("in the portal"))
    def in_the_portal(self, membership):
        if membership.ended_at:
            return "–"
        return format_html('<a href="{}">{}</a>', reverse("give_role", args=[membership.pk]), _("Change the role"))


@admin.register(JoinRequest)
class JoinRequestDesk(AccountDesk):
    list_display = ["member", "circle", "asked_at", "asked_by", "accepted", "decided_by", "in_the_portal"]
    list_filter = ["circle", ("decided_at", admin.EmptyFieldListFilter), "accepted"]
    list_select_related = ["member", "circle", "asked_by", "decided_by"]
    search_fields = ["member__name", "member__email", "circle__name"]
    ordering = ["asked_at"]

    @admin.display(description=_("in the portal"))
    def in_the_portal(self, wish):
        if wish.decided_at or wish.asked_by_id:
            return "–"
        return format_html('<a href="{}">{}</a>', reverse("decide_request", args=[wish.pk]), _("Decide"))


@admin.register(JournalEntry)
class JournalDesk(AccountDesk):
    """Who did what, for whom: read, never changed."""

    list_display = ["at", "who", "what", "about", "circle", "whom"]
    list_filter = ["circle", "what"]
    list_select_related = ["circle"]
    search_fields = ["what", "about"]
    search_help_text = _("Part of a name, of an action, or of a thing such as meeting:12")
    date_hierarchy = "at"

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(by_name=_name_of("by_id"), whom_name=_name_of("whom_id"))

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if search_term:
            people = Q(by_name__icontains=search_term) | Q(whom_name__icontains=search_term)
            found |= queryset.filter(people)
        return found, may_repeat

    @admin.display(description=_("who"), ordering="by_name")
    def who(self, line):
        return line.by_name or line.by_id or line.actor

    @admin.display(description=_("for"), ordering="whom_name")
    def whom(self, line):
        return line.whom_name or line.whom_id


def _name_of(column: str) -> Subquery:
    return Subquery(Member.objects.filter(pk=OuterRef(column)).values("name"))
