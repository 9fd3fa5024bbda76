"""The map of the portal. Each app's own table is in its urls.py; the address says which."""

from django.conf import settings
from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.front, name="front"),
    path("healthz/live", views.live, name="live"),
    path("healthz/ready", views.ready, name="ready"),
    path("account/", include("allauth.account.urls")),
    path("", include("regions.urls")),
    path("", include("members.urls")),
    path("", include("meetings.urls")),
    path("", include("mailroom.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("kenniskring.demo.urls")))
