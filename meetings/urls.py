"""The map of this app."""

from django.urls import path

from .views import answers, browse, calendars, inviting, material, planning, programme, speakers, talks

urlpatterns = [
    path("bijeenkomsten/", browse.meetings, name="meetings"),
    path("kringen/<slug:slug>/bijeenkomsten/", browse.circle_meetings, name="circle_meetings"),
    path("bijeenkomsten/<int:pk>/", browse.meeting, name="meeting"),
    path("bijeenkomsten/<int:pk>/antwoord/", answers.answer_meeting, name="answer_meeting"),
    path("bijeenkomsten/<int:pk>/antwoorden/", answers.answers, name="answers"),
    path("bijeenkomsten/<int:pk>/antwoorden.xlsx", answers.answers_sheet, name="answers_sheet"),
    path("antwoord/<str:token>/", answers.answer_by_letter, name="answer_by_letter"),
    path("kringen/<slug:slug>/planning/", planning.desk, name="desk"),
    path("kringen/<slug:slug>/bijeenkomsten/nieuw/", planning.plan, name="plan"),
    path("bijeenkomsten/<int:pk>/bewerken/", planning.edit_meeting, name="edit_meeting"),
    path("bijeenkomsten/<int:pk>/programma/", programme.agenda, name="agenda"),
    path("programmapunten/<int:pk>/", programme.edit_item, name="edit_item"),
    path("programmapunten/<int:pk>/verplaatsen/", programme.shift_item, name="shift_item"),
    path("programmapunten/<int:pk>/verwijderen/", programme.remove_item, name="remove_item"),
    path("bijeenkomsten/<int:pk>/publiceren/", planning.publish_meeting, name="publish_meeting"),
    path("bijeenkomsten/<int:pk>/uitnodigen/", inviting.invite, name="invite"),
    path("bijeenkomsten/<int:pk>/verplaatsen/", planning.move_meeting, name="move_meeting"),
    path("bijeenkomsten/<int:pk>/annuleren/", planning.cancel_meeting, name="cancel_meeting"),
    path("bijeenkomsten/<int:pk>/post/", inviting.meeting_post, name="meeting_post"),
    path("bijeenkomsten/<int:pk>/agenda.ics", calendars.meeting_calendar, name="meeting_calendar"),
    path("kringen/<slug:slug>/agenda.ics", calendars.circle_feed, name="circle_feed"),
    path("agenda/<slug:secret>.ics", calendars.feed, name="feed"),
    path("mijn/agenda/", calendars.renew_feed, name="renew_feed"),
    path("sprekers/", speakers.speakers, name="speakers"),
    path("sprekers/nieuw/", speakers.add_speaker, name="add_speaker"),
    path("sprekers/<int:pk>/", speakers.speaker, name="speaker"),
    path("programmapunten/<int:pk>/spreker-vragen/", speakers.ask_speaker, name="ask_speaker"),
    path("spreekbeurten/<int:pk>/intrekken/", speakers.withdraw_talk, name="withdraw_talk"),
    path("spreker/<str:token>/", talks.talk_by_link, name="talk_by_link"),
    path("bijeenkomsten/<int:pk>/materiaal/", material.add_material, name="add_material"),
    path("materiaal/<int:pk>/", material.material, name="material"),
    path("materiaal/<int:pk>/adres/", material.material_address, name="material_address"),
    path("materiaal/<int:pk>/verwijderen/", material.remove_material, name="remove_material"),
    path("materiaal/<int:pk>/<str:token>/", material.material_by_link, name="material_by_link"),
]
