"""The map of this app."""

from django.urls import path

from . import views

urlpatterns = [
    path("afmelden/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
