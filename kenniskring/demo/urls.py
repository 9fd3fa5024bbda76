"""The demo's post, /demo/post/, and its components, /demo/stijl/. These addresses do not exist outside the demo."""

from django.urls import path

from . import views

urlpatterns = [
    path("stijl/", views.demo_style, name="demo_style"),
    path("post/", views.demo_post, name="demo_post"),
    path("post/<slug:key>/", views.demo_letter, name="demo_letter"),
    path("post/<slug:key>/html/", views.demo_letter_html, name="demo_letter_html"),
    path("post/<slug:key>/agenda.ics", views.demo_letter_calendar, name="demo_letter_calendar"),
]
