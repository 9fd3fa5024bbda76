"""The map of the portal. Each app's own table is in its urls.py; the address says which."""

from django.conf import settings
from django.urls import include, path

from . import views

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler429 = views.too_many_requests
handler500 = views.server_error

urlpatterns = [
    path("", views.front, name="front"),
    path("toegankelijkheid/", views.accessibility, name="accessibility"),
    path("healthz/live", views.live, name="live"),
    path("healthz/ready", views.ready, name="ready"),
    path("account/", include("members.account_urls")),
    path("beheer/", include("kenniskring.beheer")),
    path("", include("regions.urls")),
    path("", include("members.urls")),
    path("", include("meetings.urls")),
    path("", include("mailroom.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("kenniskring.demo.urls")))
