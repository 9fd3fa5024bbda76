from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("regions", "0001_initial")]
    operations = [migrations.RunSQL("ALTER TABLE regions_circle ADD COLUMN late integer", migrations.RunSQL.noop)]
