"""The map of this app."""

from django.urls import path

from . import views

urlpatterns = [
    path("kringen/", views.circles, name="circles"),
    path("kringen/<slug:slug>/", views.circle, name="circle"),
    path("besturen/", views.governments, name="governments"),
    path("besturen/zonder-kring/", views.governments_in_no_circle, name="governments_in_no_circle"),
    path("besturen/<slug:slug>/", views.government, name="government"),
]
