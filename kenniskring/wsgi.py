"""What the web server imports. It refuses to start as a database role that could see through the wall."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kenniskring.settings")
application = get_wsgi_application()

from regions.wall import refuse_the_wrong_role  # noqa: E402  (Django must be set up first)

refuse_the_wrong_role()
