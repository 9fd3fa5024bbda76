"""People and their places, for community managers.

What people must be told of (a role, a decision) is done in the portal: a link leads there.
"""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from regions.desks import AccountDesk, KeptDesk, RowsToRead

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
        "name", "email", "job_title", "government", "partner", "works_elsewhere",
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
