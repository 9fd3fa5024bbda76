"""What was sent, to whom and when, for community managers. Not what it said: letters hold personal links."""

from __future__ import annotations

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from regions.desks import AccountDesk, Desk

from .actions import try_again
from .models import Delivery, Silence, Slot


@admin.register(Delivery)
class DeliveryDesk(AccountDesk):
    list_display = ["subject", "to", "state", "posted_at", "sent_at", "attempts", "maybe_double", "circle"]
    list_filter = ["state", "kind", "circle", "maybe_double"]
    list_select_related = ["circle"]
    search_fields = ["to", "subject", "about", "error"]
    ordering = ["-posted_at", "-id"]
    actions = ["send_again"]

    @admin.action(description=_("Try the failed ones again"), permissions=["view"])
    def send_again(self, request, deliveries):
        count = try_again(deliveries, by=request.user)
        told = ngettext("%(count)d e-mail waits to be sent.", "%(count)d e-mails wait to be sent.", count)
        self.message_user(request, told % {"count": count}, messages.SUCCESS if count else messages.WARNING)


@admin.register(Silence)
class SilenceDesk(Desk):
    list_display = ["address", "circle", "reason", "since"]
    list_filter = ["reason", "circle"]
    list_select_related = ["circle"]
    search_fields = ["address"]
    autocomplete_fields = ["circle"]
    ordering = ["-since"]


@admin.register(Slot)
class SlotDesk(AccountDesk):
    list_display = ["task", "slot", "taken_at"]
    list_filter = ["task"]
    search_fields = ["task", "slot"]
    ordering = ["-taken_at"]
