"""app.asker() took the place of two functions that only others of the wall called."""
# squawk: allow ban-drop-function because functions.sql, applied before, no longer calls them, and nobody else did

from django.db import migrations

GONE = "SET LOCAL ROLE kenniskring_wall; DROP FUNCTION IF EXISTS app.mandates(), app.is_held_back(); RESET ROLE"


class Migration(migrations.Migration):

    dependencies = [
        ('regions', '0007_the_umbrella_has_an_index'),
    ]

    operations = [
        migrations.RunSQL(GONE, migrations.RunSQL.noop),
    ]
