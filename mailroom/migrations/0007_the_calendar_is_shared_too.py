from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mailroom', '0006_what_letters_share'),
    ]

    operations = [
        migrations.AlterField(
            model_name='letter',
            name='calendar',
            field=models.TextField(blank=True, db_column='calendar', db_default='', default=''),
        ),
        migrations.RenameField(
            model_name='letter',
            old_name='calendar',
            new_name='own_calendar',
        ),
        migrations.AlterField(
            model_name='letter',
            name='calendar_method',
            field=models.CharField(blank=True, db_column='calendar_method', db_default='', default='', max_length=12),
        ),
        migrations.RenameField(
            model_name='letter',
            old_name='calendar_method',
            new_name='own_calendar_method',
        ),
        migrations.AlterField(
            model_name='letter',
            name='own_html',
            field=models.TextField(blank=True, db_column='html', db_default='', default=''),
        ),
        migrations.AddField(
            model_name='wording',
            name='calendar',
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list, help_text='An .ics, sent as a text/calendar part.'),
        ),
        migrations.AddField(
            model_name='wording',
            name='calendar_method',
            field=models.CharField(blank=True, db_default='', default='', max_length=12),
        ),
    ]
