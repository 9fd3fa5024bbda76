"""The map of this app."""

from django.urls import path

from . import views

urlpatterns = [
    path("kringen/<slug:slug>/lid-worden/", views.join, name="join"),
    path("kringen/<slug:slug>/verlaten/", views.leave, name="leave"),
    path("kringen/<slug:slug>/leden/", views.circle_members, name="circle_members"),
    path("kringen/<slug:slug>/leden/vragen/", views.ask_member, name="ask_member"),
    path("aanvragen/<int:pk>/beslissen/", views.decide_request, name="decide_request"),
    path("aanvragen/<int:pk>/antwoord/", views.answer_asking, name="answer_asking"),
    path("lidmaatschappen/<int:pk>/rol/", views.give_role, name="give_role"),
    path("mijn/", views.mine, name="mine"),
    path("mijn/gegevens/", views.profile, name="profile"),
    path("taal/", views.language, name="language"),
    path("mijn/gegevens/aangemeld/", views.sessions, name="sessions"),
]
