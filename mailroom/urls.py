"""The map of this app."""

from django.urls import path

from . import views

urlpatterns = [
    path("kringen/<slug:slug>/teams/", views.channel, name="channel"),
    path("afmelden/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
