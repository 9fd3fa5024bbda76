"""Every form of the portal: who sends it, what they type, and which columns that is for."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from meetings.check_in import code_of
from meetings.models import DateOption, Evaluation, Meeting, Speaker, Talk
from regions.models import LocalGovernment
from regions.wall import SYSTEM, acting_as
from tests import make

from . import http_keys


@dataclass(frozen=True)
class Form:
    """One form: who sends it, what they type into the page as they find it, and which columns that is for."""

    page: str
    of: str
    who: str  # separated by commas
    typed: dict[str, Any] | Callable[..., dict[str, Any]]
    touches: str
    has_page: bool = True  # whether a GET shows the form
    is_shown_first: bool = False  # sent twice: first the page shows who gets a letter


def first_speaker(stage):
    with acting_as(SYSTEM):
        asked = Talk.objects.filter(item=stage.things["draft"]["programmapunten"]).values("speaker")
        return {"speaker": str(Speaker.objects.exclude(pk__in=asked).earliest("pk").pk), "message": "Graag."}


def slides(stage):
    return {"file": SimpleUploadedFile("dia.pdf", b"%PDF-1.4\nOnze dia\n%%EOF", "application/pdf")}


def by_telephone(stage):
    with acting_as(SYSTEM):
        return {"whom": f"{LocalGovernment.objects.get(slug='temse').pk}-"}


def on_the_screen(stage):
    """The code of the meeting, which begins this very moment."""
    with acting_as(SYSTEM):
        meeting = Meeting.objects.get(pk=stage.things["circle"]["aanwezig"])
        soon = timezone.now() + dt.timedelta(hours=1)
        Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now(), ends_at=soon)
    return {"code": code_of(meeting), "attending": "in_person"}


def on_the_draft(stage):
    return {"place": f"meeting:{stage.things['draft']['bijeenkomsten']}"}


def somebodys_case(stage):
    return {"text": "Onze casus", "owner": str(stage.person("member").pk)}


def own_address(stage):
    return stage.person("member").email


def passed_on(stage):
    """What somebody agreed to; undone with the rest when the form was tried."""
    with acting_as(SYSTEM):
        Evaluation.objects.filter(meeting=stage.things["held"]["bijeenkomsten"]).update(text="Mooi", for_speaker=True)
    return {}


def first_meeting(stage):
    with acting_as(SYSTEM):
        ahead = Meeting.objects.get(circle__slug="waasland", state="published", audience="circle")
    return {"doen": "plaatsen", "meeting": str(ahead.pk), "message": "Graag."}


LONG = "een-heel-lang-wachtwoord"
MOMENT = {"date": "2030-03-12", "start": "14:00", "end": "16:00"}
CARD = {"name": "Sofie", "organisation": "Stad", "bio": "Kort."}
QUESTION = {"text": "Wie weet raad?", "context": "Wij niet."}
SPEAKER = CARD | {"email": "s@demo.example", "kind": "vendor"}
PROPOSAL = {"title": "Ons plan", "about": "Kort."}
ITEM = {"kind": "deep_dive", "title": "Ons punt", "minutes": "40", "about": "Kort."}
NEW = {"email": "nieuw@demo.example", "name": "Nieuw", "password1": LONG, "where": ""}


def says_of_days(stage):
    with acting_as(SYSTEM):
        options = DateOption.objects.filter(poll=stage.things["asked-day"]["datumprikkers"])
        return {f"day_{option.pk}": "no" for option in options}


def suiting_day(stage):
    with acting_as(SYSTEM):
        option = DateOption.objects.filter(poll=stage.things["follows"]["datumprikkers"]).earliest("pk")
        return {"doen": "dagen", "days": [str(option.pk)]}


DAYS = {"asks": "members", "date_1": "2030-03-12", "date_2": "2030-03-14", "date_3": ""}
# In ``touches``: "table+" is a row more, "table-" a row less, "table.column" another value; LETTER is a delivery and
# its text, NOTED a line in the journal.
DECIDED = "members_joinrequest.accepted members_joinrequest.decided_at members_joinrequest.decided_by_id"
ANSWERED = "meetings_registration.answer meetings_registration.attending meetings_registration.answered_at"
NAMED = "meetings_speaker.name meetings_speaker.organisation meetings_speaker.bio"
MOVED = "meetings_meeting.starts_at meetings_meeting.ends_at meetings_meeting.sequence meetings_meeting.changed_at"
SHOWN = "django_session.session_data"
USED = "mfa_authenticator.last_used_at"
CAME_IN = "django_session+ django_session- usersessions_usersession+ usersessions_usersession-"  # dead ones go

FORMS = [
    Form("join", "-", "elsewhere,former", {"message": "Graag"}, "members_joinrequest+ LETTER NOTED"),
    Form("leave", "-", "member", {}, "members_membership.ended_at NOTED"),
    Form("ask_member", "-", "trekker,manager", {"address": "nieuw@demo.example", "message": "Kom"}, "LETTER NOTED"),
    Form("decide_request", "-", "trekker,manager", {"accepted": "yes", "reason": "Welkom"},
         f"{DECIDED} members_joinrequest.reason members_membership+ LETTER NOTED"),
    Form("answer_asking", "asked", "member", {"accepted": "yes"},
         f"{DECIDED} members_joinrequest.reason members_membership+ LETTER NOTED"),
    Form("give_role", "-", "trekker,manager", {"do": "give", "mandate_start": "2026-01-01", "mandate_end": ""},
         "members_membership.role members_membership.mandate_start LETTER NOTED"),
    Form("channel", "-", "trekker,manager", {"url": "https://x.webhook.office.com/y"},
         "mailroom_channel.url mailroom_channel.since NOTED"),
    Form("profile", "-", "member,trekker,manager", {"name": "Nieuw", "job_title": "IT", "language": "en"},
         "members_member.name members_member.job_title members_member.language NOTED"),
    Form("language", "-", "member,trekker,manager", {"language": "en"}, "members_member.language NOTED",
         has_page=False),
    Form("language", "-", "visitor", {"language": "en"}, "", has_page=False),
    Form("sessions", "-", "member", {"session": ""}, "usersessions_usersession- NOTED"),
    Form("answer_meeting", "circle", "member", {"answer": "no", "attending": "in_person"}, f"{ANSWERED} NOTED",
         has_page=False),
    Form("answer_meeting", "network", "elsewhere", {"answer": "maybe", "attending": "in_person"},
         "meetings_registration+ NOTED", has_page=False),
    Form("always", "-", "trekker,both", {"attending": "online"}, "meetings_alwayscomes.attending NOTED"),
    Form("excuse", "public", "both", {"reason": "Verlof"}, "meetings_excuse+ NOTED"),
    Form("presence", "held", "trekker,manager", {"form-0-name": "Gust Gast", "form-0-government": "Lokeren"},
         "meetings_attendance+ NOTED"),
    Form("answer_by_letter", "circle", "visitor,elsewhere", {"answer": "no", "attending": "in_person"},
         f"{ANSWERED} NOTED"),
    Form("plan", "-", "trekker,manager", MOMENT | {"title": "Ons plan"},
         "meetings_meeting+ meetings_agendaitem+ NOTED"),
    Form("edit_meeting", "draft", "trekker,manager", {"title": "Anders", "online_link": "https://video.example/nieuw"},
         f"meetings_meeting.title meetings_joinlink.url {MOVED} LETTER NOTED"),  # the page knows no seconds
    Form("edit_meeting", "circle", "trekker,manager", {"title": "Anders", "about": "Nieuw", "route": "Links"},
         "meetings_meeting.title meetings_meeting.about meetings_meeting.route meetings_meeting.changed_at NOTED"),
    Form("agenda", "draft", "trekker,manager", ITEM, "meetings_agendaitem+ NOTED"),
    Form("edit_item", "draft", "trekker,manager", ITEM,
         "meetings_agendaitem.title meetings_agendaitem.minutes meetings_agendaitem.about NOTED"),
    Form("shift_item", "draft", "trekker,manager", {"to": "down"}, "meetings_agendaitem.position NOTED",
         has_page=False),
    Form("remove_item", "coffee", "trekker,manager", {}, "meetings_agendaitem- NOTED", has_page=False),
    Form("edit_item", "case", "trekker,manager", somebodys_case,
         "meetings_case.text meetings_case.owner_id LETTER NOTED"),
    Form("apply_template", "draft", "trekker,manager", {"template": "classic"}, "", has_page=False),  # is not empty
    Form("pressing_questions", "-", "member,trekker,manager", QUESTION, "meetings_pressingquestion+ NOTED"),
    Form("edit_question", "-", "member", QUESTION,
         "meetings_pressingquestion.text meetings_pressingquestion.context NOTED"),
    Form("withdraw_question", "-", "member", {}, "meetings_pressingquestion.withdrawn_at NOTED", has_page=False),
    Form("support_question", "-", "both", {"to": "on"}, "meetings_questionsupport+ NOTED", has_page=False),
    Form("support_question", "-", "trekker", {"to": "off"}, "meetings_questionsupport- NOTED", has_page=False),
    Form("take_question", "-", "trekker,manager", on_the_draft,
         "meetings_pressingquestion.item_id meetings_agendaitem+ LETTER NOTED"),
    Form("round", "circle", "member", {"text": "Wij werken aan wifi."},
         "meetings_contribution.text meetings_contribution.version meetings_contribution.changed_at NOTED"),
    Form("publish_meeting", "draft", "trekker,manager", {},
         "meetings_meeting.state meetings_meeting.changed_at meetings_agendaitem+ meetings_agendaitem.position "
         "meetings_agendaitem.minutes LETTER NOTED", has_page=False),  # to Teams; open actions begin the programme
    Form("invite", "public", "trekker", {}, "meetings_invitation+ meetings_meeting.invited_at LETTER NOTED"),
    Form("move_meeting", "circle", "trekker", MOMENT,
         f"{MOVED} meetings_registration.answer meetings_registration.attending meetings_registration.waiting "
         "LETTER NOTED", is_shown_first=True),  # some had answered for a way that an on-site meeting does not offer
    Form("cancel_meeting", "draft", "trekker", {},
         "meetings_meeting- meetings_agendaitem- meetings_meetingtopic- meetings_joinlink- meetings_material- "
         "meetings_invitation- meetings_talk- meetings_asking- meetings_hosting- meetings_hosttask- meetings_case- "
         "meetings_contribution- meetings_attendance- meetings_pressingquestion.item_id LETTER NOTED",
         has_page=False),  # with all that hangs on it; a question waits again
    Form("ask_dates", "draft", "trekker,manager", DAYS, "meetings_datepoll+ meetings_dateoption+ LETTER NOTED"),
    Form("poll", "asked-day", "member,both", says_of_days, "meetings_datevote+ meetings_datevote- NOTED"),
    Form("choose_date", "asked-day", "trekker,manager", {},
         f"meetings_dateoption.chosen meetings_datepoll.decided_at {MOVED} LETTER NOTED", has_page=False),
    Form("stop_asking", "asked-day", "trekker,manager", {},
         "meetings_datepoll- meetings_dateoption- meetings_datevote- NOTED", has_page=False),
    Form("talk_by_link", "follows", "visitor", suiting_day, "meetings_datevote+ LETTER NOTED", has_page=False),
    Form("write_report", "circle", "trekker,manager", {"introduction": "Anders"},
         "meetings_report.introduction meetings_report.version meetings_report.written_at "
         "meetings_report.written_by_id NOTED"),
    Form("edit_action", "held", "trekker,manager", {"what": "Anders", "due_on": "2030-01-01"},
         "meetings_actionpoint.what meetings_actionpoint.due_on meetings_actionpoint.government_id "
         "NOTED"),  # where the owner works
    Form("tick_action", "held", "member,trekker,manager", {"done": "on", "note": "Klaar"},
         "meetings_actionpoint.done_at meetings_actionpoint.note NOTED", has_page=False),
    Form("remove_action", "held", "trekker,manager", {}, "meetings_actionpoint- NOTED", has_page=False),
    Form("edit_decision", "held", "trekker,manager", {"text": "Anders"}, "meetings_decision.text NOTED"),
    Form("remove_decision", "held", "trekker,manager", {}, "meetings_decision- NOTED", has_page=False),
    Form("evaluate", "held", "member", {"useful": "4", "form": "3", "text": "Goed"},
         "meetings_evaluation+ meetings_evaluationgiven+ NOTED"),
    Form("cancel_meeting", "circle", "trekker", {"because": "Ziek"},
         "meetings_meeting.state meetings_meeting.cancelled_because meetings_meeting.sequence "
         "meetings_meeting.changed_at meetings_hosting.state meetings_hosttask- LETTER NOTED",
         is_shown_first=True),  # who was asked to receive it does not any more
    Form("renew_feed", "-", "member,manager", {}, "members_feedaddress.secret members_feedaddress.made_at NOTED",
         has_page=False),
    Form("choose_cancelled", "-", "member", {"keeps": "nee"}, "members_feedaddress.keeps_cancelled NOTED",
         has_page=False),
    Form("add_speaker", "-", "trekker,trekker elsewhere", SPEAKER,
         "meetings_speaker+ meetings_speakercontact+ NOTED"),
    Form("speaker", "draft", "trekker", SPEAKER, f"{NAMED} meetings_speakercontact.email meetings_asking.to NOTED"),
    Form("speaker", "draft", "trekker elsewhere", SPEAKER, f"{NAMED} meetings_speakercontact.email NOTED"),
    Form("ask_speaker", "draft", "trekker,manager", first_speaker, "meetings_talk+ meetings_asking+ LETTER NOTED"),
    Form("withdraw_talk", "draft", "trekker,manager", {}, "meetings_talk.state LETTER NOTED", has_page=False),
    Form("talk_by_link", "circle", "visitor,member", CARD | {"doen": "kaart"}, f"{NAMED} NOTED", has_page=False),
    Form("talk_by_link", "circle", "visitor", {"doen": "nee", "reply": "Jammer"},
         "meetings_talk.state meetings_talk.answered_at meetings_asking.reply LETTER NOTED", has_page=False),
    Form("talk_by_link", "circle", "visitor", lambda stage: slides(stage) | {"doen": "dias"},
         "meetings_material+ NOTED", has_page=False),
    Form("set_willing", "-", "trekker,manager", {"willing": "no"}, "regions_participation.willing NOTED",
         has_page=False),
    Form("ask_host", "network", "trekker,manager", by_telephone,
         "meetings_hosting+ meetings_hosttask+ meetings_hosttask- NOTED"),
    Form("withdraw_hosting", "draft", "trekker,manager", {},
         "meetings_hosting.state meetings_hosttask- LETTER NOTED", has_page=False),
    Form("host", "circle", "trekker,manager", {"route": "Links"},
         "meetings_meeting.route meetings_meeting.changed_at NOTED"),
    Form("answer_host", "draft", "member,trekker", {"answer": "yes", "reply": "Graag"},
         "meetings_hosting.state meetings_hosting.answered_at meetings_hosting.reply meetings_hosttask+ "
         "meetings_hosttask- meetings_meeting.host_id meetings_meeting.sequence meetings_meeting.changed_at "
         "LETTER NOTED", has_page=False),
    Form("propose_swap", "draft", "member,trekker", {"other": "1"}, "", has_page=False),  # nobody agreed yet
    Form("answer_swap", "draft", "member,trekker", {"offered": "1", "answer": "yes"}, "", has_page=False),
    Form("check_task", "draft", "member,trekker", {"done": "on", "note": "Klaar"},
         "meetings_hosttask.done_at meetings_hosttask.note NOTED", has_page=False),
    Form("tell_visit", "draft", "member,trekker", {"title": "Ons project", "about": "Kort."},
         "meetings_agendaitem.title meetings_agendaitem.about NOTED"),
    Form("talk_by_link", "circle", "visitor", {"doen": "toestemming", "may_record": "ja", "may_publish": "nee"},
         "meetings_talk.may_record meetings_talk.consented_at NOTED", has_page=False),
    Form("propose_talk", "-", "visitor", PROPOSAL | {"email": "s@demo.example", "name": "Sofie", "kind": "vendor"},
         "meetings_talkproposal+ LETTER NOTED"),
    Form("propose_talk", "-", "member", PROPOSAL, "meetings_talkproposal+ LETTER NOTED"),
    Form("confirm_proposal", "-", "visitor,elsewhere", {}, "meetings_talkproposal.confirmed_at LETTER NOTED",
         has_page=False),
    Form("talk_proposals", "-", "trekker,manager", {"topic": "", "text": "Wie?"}, "meetings_speakercall+ NOTED"),
    Form("pass_on", "held", "trekker,manager", passed_on, "LETTER NOTED", has_page=False),
    Form("close_call", "-", "trekker,manager", {}, "meetings_speakercall.closed_at NOTED", has_page=False),
    Form("talk_proposal", "-", "trekker,manager", first_meeting,
         "meetings_agendaitem+ meetings_talk+ meetings_asking+ meetings_speaker+ meetings_speakercontact+ "
         "meetings_speakertopic+ meetings_talkproposal.talk_id LETTER NOTED", has_page=False),
    Form("talk_proposal", "-", "trekker", {"doen": "afwijzen", "reason": "Later"},
         "meetings_talkproposal.declined_at meetings_talkproposal.email LETTER NOTED", has_page=False),
    Form("add_material", "circle", "trekker,manager", slides, "meetings_material+ NOTED"),
    Form("remove_material", "circle", "trekker,manager", {}, "meetings_material- NOTED", has_page=False),
    Form("channel", "-", "trekker,manager", {"url": "https://temse.webhook.office.com/x"},
         "mailroom_channel.url mailroom_channel.since NOTED"),
    Form("unsubscribe", "-", "visitor,elsewhere", {}, "mailroom_silence+ NOTED", has_page=False),
    Form("account_login", "-", "visitor", lambda s: {"login": own_address(s), "password": make.PASSWORD},
         "django_session+"),
    Form("account_logout", "-", "member", {}, "django_session-", has_page=False),
    Form("account_signup", "-", "visitor", NEW,
         "members_member+ account_emailaddress+ django_session+ LETTER NOTED"),
    Form("account_email", "-", "member,trekker", {"email": "anders@demo.example", "action_add": ""},
         "account_emailaddress+ LETTER NOTED", has_page=False),
    Form("account_change_password", "-", "member,manager",
         {"oldpassword": make.PASSWORD, "password1": LONG, "password2": LONG},
         "members_member.password django_session+ django_session- usersessions_usersession+ LETTER NOTED"),
    Form("account_reset_password", "-", "visitor", lambda s: {"email": own_address(s)}, "LETTER"),
    Form("check_in", "circle", "trekker,both", on_the_screen, "meetings_attendance+ NOTED"),
    Form("account_reset_password_from_key", "key", "visitor", http_keys.link_for_a_password,
         "members_member.password LETTER NOTED"),
    Form("account_confirm_email", "key", "visitor,member", http_keys.link_of_an_address,
         "account_emailaddress.verified account_emailaddress.primary account_emailaddress- members_member.email "
         "LETTER NOTED"),
    Form("account_reauthenticate", "-", "member", http_keys.only_a_password, f"{SHOWN} django_session.expire_date"),
    Form("mfa_authenticate", "-", "visitor", http_keys.password_then_code, f"{USED} {CAME_IN}"),
    Form("mfa_reauthenticate", "-", "member", http_keys.own_app, f"{USED} {SHOWN} django_session.expire_date"),
    Form("mfa_activate_totp", "-", "member", http_keys.first_code, f"mfa_authenticator+ {SHOWN} LETTER NOTED",
         has_page=False),
    Form("mfa_deactivate_totp", "-", "member", http_keys.own_app_shown,
         f"mfa_authenticator- usersessions_usersession- {SHOWN} LETTER NOTED"),  # and logged out elsewhere
    Form("mfa_generate_recovery_codes", "-", "member", http_keys.own_app_shown,
         "mfa_authenticator+ mfa_authenticator- LETTER NOTED"),
    Form("mfa_add_webauthn", "-", "member", http_keys.new_passkey, f"mfa_authenticator+ {SHOWN} LETTER NOTED",
         has_page=False),
    Form("mfa_edit_webauthn", "key", "member", http_keys.new_name, "mfa_authenticator.data"),
    Form("mfa_remove_webauthn", "key", "member", http_keys.own_passkey,
         f"mfa_authenticator- usersessions_usersession- {SHOWN} LETTER NOTED"),
    Form("mfa_reauthenticate_webauthn", "-", "member", http_keys.passkey_again, f"{USED} {SHOWN}", has_page=False),
    Form("mfa_login_webauthn", "-", "visitor", http_keys.passkey_at_the_door, f"{USED} {CAME_IN}", has_page=False),
    Form("secure", "-", "member", {"going": "/mijn/"}, "", has_page=False),
    Form("go_on", "-", "member", {}, "", has_page=False),
    Form("socialaccount_connections", "-", "member", http_keys.linked_login,
         "socialaccount_socialaccount- LETTER NOTED", has_page=False),
]  # fmt: skip
ASKS_FOR_A_KEY = ("account_reauthenticate", "mfa_", "outside_", "socialaccount_", "secure", "go_on")
"""Pages that begin so send everyone elsewhere who did not show a key or a code, so the table cannot tell whether they
take a form."""
NOT_SENT = {
    "mfa_index": "is read",
    "mfa_view_recovery_codes": "is read",
    "mfa_list_webauthn": "is read",
    "outside_come_in": "is read",
    "outside_come_back": "is read",
    "outside_leave_for": "goes to a provider: tests/members/test_oidc.py",
    "socialaccount_signup": "comes from a provider: tests/members/test_oidc.py",
}
"""Pages that are not in the list above, each with the reason."""
NOT_NOTED = {
    "account_login": "coming and going changes nothing",
    "account_logout": "coming and going changes nothing",
    "mfa_authenticate": "coming and going changes nothing",
    "mfa_login_webauthn": "coming and going changes nothing",
    "account_reauthenticate": "shows who one is",
    "mfa_reauthenticate": "shows who one is",
    "mfa_reauthenticate_webauthn": "shows who one is",
    "account_reset_password": "anybody may ask, and gets a letter at most",
    "mfa_edit_webauthn": "a word for oneself",
}
"""Forms that leave no line in the journal though something is written, each with the reason."""
