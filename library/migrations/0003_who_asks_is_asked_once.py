"""What anyone may see asked twice whether somebody is asking."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("library", "0002_columns_of_the_desk"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER POLICY topics_wall_select ON library_topic USING ((SELECT app.actor()) IS NOT NULL)",
            migrations.RunSQL.noop,
        ),
    ]
