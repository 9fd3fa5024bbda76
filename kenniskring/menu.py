"""The admin, /beheer/: a work list, then tables; its colours, and its menu."""

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _entry(title, icon: str, name: str) -> dict:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}")}


UNFOLD = {
    "SITE_TITLE": "Kenniskring",
    "SITE_HEADER": "Kenniskring",
    "SITE_SUBHEADER": _("Administration"),
    "SITE_SYMBOL": "hub",
    "SITE_FAVICONS": [{"rel": "icon", "href": lambda request: static("favicon.svg"), "type": "image/svg+xml"}],
    "SHOW_HISTORY": True,
    "DASHBOARD_CALLBACK": "kenniskring.worklist.dashboard",
    "COLORS": {  # the deep blue-green of static/css/foundation.css
        "primary": {
            "50": "oklch(97.5% .012 196)",
            "100": "oklch(94% .025 196)",
            "200": "oklch(88% .045 196)",
            "300": "oklch(80% .065 196)",
            "400": "oklch(70% .075 196)",
            "500": "oklch(56% .075 197)",
            "600": "oklch(43% .068 199)",
            "700": "oklch(37% .06 200)",
            "800": "oklch(32% .05 201)",
            "900": "oklch(27% .042 202)",
            "950": "oklch(21% .033 203)",
        },
    },
    "SIDEBAR": {
        "navigation": [
            {
                "title": _("Work"),
                "items": [
                    _entry(_("What needs your attention"), "checklist", "index"),
                    _entry(_("Requests to join"), "how_to_reg", "members_joinrequest_changelist"),
                    _entry(_("E-mails"), "mail", "mailroom_delivery_changelist"),
                ],
            },
            {
                "title": _("Circles"),
                "items": [
                    _entry(_("Circles"), "hub", "regions_circle_changelist"),
                    _entry(_("Local governments"), "location_city", "regions_localgovernment_changelist"),
                    _entry(_("Participations"), "handshake", "regions_participation_changelist"),
                    _entry(_("Former municipalities"), "history", "regions_formergovernment_changelist"),
                    _entry(_("Partners"), "domain", "regions_partner_changelist"),
                    _entry(_("Topics"), "sell", "library_topic_changelist"),
                ],
            },
            {
                "title": _("People"),
                "items": [
                    _entry(_("Members"), "group", "members_member_changelist"),
                    _entry(_("Memberships"), "badge", "members_membership_changelist"),
                ],
            },
            {
                "title": _("Meetings"),
                "items": [
                    _entry(_("Meetings"), "event", "meetings_meeting_changelist"),
                    _entry(_("Programme items"), "list_alt", "meetings_agendaitem_changelist"),
                    _entry(_("Speakers"), "record_voice_over", "meetings_speaker_changelist"),
                    _entry(_("Talks"), "mic", "meetings_talk_changelist"),
                    _entry(_("Calls for speakers"), "campaign", "meetings_speakercall_changelist"),
                    _entry(_("Invitations"), "outgoing_mail", "meetings_invitation_changelist"),
                    _entry(_("Registrations"), "event_available", "meetings_registration_changelist"),
                    _entry(_("Material"), "attach_file", "meetings_material_changelist"),
                    _entry(_("Decisions"), "gavel", "meetings_decision_changelist"),
                    _entry(_("Actions"), "task_alt", "meetings_actionpoint_changelist"),
                ],
            },
            {
                "title": _("E-mails"),
                "items": [
                    _entry(_("Addresses without e-mails"), "notifications_off", "mailroom_silence_changelist"),
                    _entry(_("Timed jobs"), "schedule", "mailroom_slot_changelist"),
                    _entry(_("Journal"), "history_edu", "regions_journalentry_changelist"),
                ],
            },
        ],
    },
}
