"""What everything is compared with: a bare Django view. No middleware, one indexed query, 25 rows through a template.

Served by the same gunicorn command and asking the same PostgreSQL, as a role for which there is no wall.
"""

import os
from pathlib import Path

import dj_database_url
import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.configure(
    SECRET_KEY="bare",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
    DATABASES={"default": dj_database_url.parse(os.environ["BARE_DATABASE_URL"], conn_max_age=600)},
    LANGUAGE_CODE="nl",
    TIME_ZONE="Europe/Brussels",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).parent],  # compiled once, as everywhere where DEBUG is off
        }
    ],
)
django.setup()

from django.db import models  # noqa: E402  (Django must be set up first)
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402


class Meeting(models.Model):
    """The columns that the rows show."""

    title = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    venue = models.CharField(max_length=120)
    form = models.CharField(max_length=10)

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "meetings_meeting"


def rows(request):
    meetings = Meeting.objects.filter(starts_at__gte=timezone.now()).order_by("starts_at", "pk")[:25]
    return render(request, "bare.html", {"meetings": meetings})


urlpatterns = [path("", rows)]
application = get_wsgi_application()
