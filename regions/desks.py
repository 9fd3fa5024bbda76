"""What the admin pages of all apps share: what may be done there by hand, and what only an action does."""

from __future__ import annotations

from unfold.admin import ModelAdmin, TabularInline


class Desk(ModelAdmin):
    """A table that a community manager keeps by hand."""

    list_per_page = 50
    show_full_result_count = False  # counting all behind a filter costs more than it tells
    warn_unsaved_form = True
    compressed_fields = True
    list_filter_submit = True


class KeptDesk(Desk):
    """Rows that are changed by hand and stay: what hangs on them would go along. Actions end or cancel them."""

    def has_delete_permission(self, request, obj=None):
        return False


class AccountDesk(KeptDesk):
    """What actions wrote: looked at, searched, and changed in the portal, where people are told of it."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class Rows(TabularInline):
    """Rows that belong to the one above them."""

    extra = 0
    tab = True


class RowsToRead(Rows):
    """Rows that actions wrote."""

    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False
