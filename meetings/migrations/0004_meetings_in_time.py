"""An index with all that the wall looks at, made beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('meetings', '0003_meetings_last_a_week_at_most'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='meeting',
            index=models.Index(fields=['starts_at', 'id'], include=('ends_at', 'state', 'audience', 'circle'), name='meetings_in_time'),
        ),
    ]
