"""Walls around allauth's second factors, sessions and profiles elsewhere."""

from django.db import migrations

from members.borrowed import borrowed

TABLES = [
    "mfa_authenticator",
    "usersessions_usersession",
    "socialaccount_socialaccount",
    "socialaccount_socialapp",
    "socialaccount_socialtoken",
]


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0002_borrowed_walls"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]
    operations = [migrations.RunSQL(borrowed[table].sql(table), migrations.RunSQL.noop) for table in TABLES]
