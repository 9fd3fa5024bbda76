"""Local governments, circles and partners, for community managers."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from .desks import Desk, KeptDesk, Rows
from .models import Circle, FormerGovernment, LocalGovernment, Participation, Partner


class ParticipationRows(Rows):
    model = Participation
    fields = ["government", "circle", "since", "until"]
    autocomplete_fields = ["government", "circle"]


class PredecessorRows(Rows):
    model = FormerGovernment
    fields = ["name", "nis_code", "merged_on", "kbo_number"]


@admin.register(LocalGovernment)
class LocalGovernmentDesk(KeptDesk):
    list_display = ["name", "nis_code", "kind", "province", "reference_region", "population", "circle_count"]
    list_filter = ["province", "reference_region", "kind"]
    search_fields = ["name", "nis_code", "postal_code", "mail_domains"]
    prepopulated_fields = {"slug": ["name"]}
    ordering = ["name"]
    inlines = [ParticipationRows, PredecessorRows]

    def get_queryset(self, request):
        current = Q(participations__until=None)
        return super().get_queryset(request).annotate(circle_count=Count("participations", filter=current))

    @admin.display(description=_("circles"), ordering="circle_count")
    def circle_count(self, government):
        return government.circle_count


@admin.register(FormerGovernment)
class FormerGovernmentDesk(Desk):
    list_display = ["name", "nis_code", "successor", "merged_on"]
    list_filter = ["merged_on"]
    list_select_related = ["successor"]
    search_fields = ["name", "nis_code", "successor__name"]
    autocomplete_fields = ["successor"]
    ordering = ["name"]


@admin.register(Partner)
class PartnerDesk(KeptDesk):
    list_display = ["name", "kind", "website"]
    list_filter = ["kind"]
    search_fields = ["name", "mail_domains"]
    ordering = ["name"]


@admin.register(Circle)
class CircleDesk(KeptDesk):
    list_display = ["name", "kind", "region", "rhythm", "joining", "state", "government_count"]
    list_filter = ["kind", "state", "rhythm", "joining"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    ordering = ["name"]
    inlines = [ParticipationRows]

    def get_queryset(self, request):
        current = Q(participations__until=None)
        return super().get_queryset(request).annotate(government_count=Count("participations", filter=current))

    @admin.display(description=_("local governments"), ordering="government_count")
    def government_count(self, circle):
        return circle.government_count


@admin.register(Participation)
class ParticipationDesk(Desk):
    list_display = ["government", "circle", "since", "until", "willing"]
    list_filter = ["circle"]
    list_select_related = ["government", "circle"]
    search_fields = ["government__name", "circle__name"]
    autocomplete_fields = ["government", "circle"]
    ordering = ["circle__name", "government__name"]
