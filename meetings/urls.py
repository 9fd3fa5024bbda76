"""The map of this app."""

from django.urls import path

from .views import calendars

urlpatterns = [
    path("bijeenkomsten/<int:pk>/agenda.ics", calendars.meeting_calendar, name="meeting_calendar"),
    path("kringen/<slug:slug>/agenda.ics", calendars.circle_feed, name="circle_feed"),
    path("agenda/<slug:secret>.ics", calendars.feed, name="feed"),
    path("mijn/agenda/", calendars.renew_feed, name="renew_feed"),
]
