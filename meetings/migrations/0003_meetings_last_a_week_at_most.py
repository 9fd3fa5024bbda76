"""So that what is not over yet can be looked for from a week ago on. Not looked at yet for the rows that are there."""

import datetime
import django.db.models.expressions
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('meetings', '0002_walls_that_look_up'),
    ]

    operations = [
        AddConstraintNotValid(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__lte', django.db.models.expressions.CombinedExpression(models.F('starts_at'), '+', models.Value(datetime.timedelta(days=7))))), name='meeting_lasts_a_week_at_most'),
        ),
    ]
