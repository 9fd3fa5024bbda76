"""The umbrella circle has an index, made beside the traffic; functions that one look at who asks took the place of, go."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

GONE = "SET ROLE kenniskring_wall; DROP FUNCTION IF EXISTS app.mandates(), app.is_held_back(); RESET ROLE"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('regions', '0006_willing_hosts'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='circle',
            index=models.Index(condition=models.Q(('kind', 'umbrella')), fields=['id'], name='umbrella_circles'),
        ),
        migrations.RunSQL(GONE, migrations.RunSQL.noop),
    ]
