"""Walls around allauth's addresses and the admin's log."""

from django.db import migrations

from members.borrowed import borrowed

TABLES = ["account_emailaddress", "account_emailconfirmation", "django_admin_log"]


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]
    operations = [migrations.RunSQL(borrowed[table].sql(table), migrations.RunSQL.noop) for table in TABLES]
