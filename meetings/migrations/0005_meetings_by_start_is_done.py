"""The index that the one before replaces; and the rule of a week is looked at for the rows that are there."""

from django.contrib.postgres.operations import RemoveIndexConcurrently, ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('meetings', '0004_meetings_in_time'),
    ]

    operations = [
        RemoveIndexConcurrently(
            model_name='meeting',
            name='meetings_by_start',
        ),
        ValidateConstraint(
            model_name='meeting',
            name='meeting_lasts_a_week_at_most',
        ),
    ]
