"""Topics, for community managers."""

from django.contrib import admin

from regions.desks import KeptDesk

from .models import Topic


@admin.register(Topic)
class TopicDesk(KeptDesk):
    list_display = ["title", "category", "slug"]
    list_filter = ["category"]
    search_fields = ["title", "category", "description"]
    prepopulated_fields = {"slug": ["title"]}
    ordering = ["title"]
