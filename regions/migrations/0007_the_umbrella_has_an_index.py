"""Each look at who asks looks for the umbrella circle. Made beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


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
    ]
