"""What anyone may see asked twice whether somebody is asking."""

from django.db import migrations

SOMEBODY_ASKS = "(SELECT app.actor()) IS NOT NULL"
WALLS = {
    "governments_wall": "regions_localgovernment",
    "former_governments_wall": "regions_formergovernment",
    "partners_wall": "regions_partner",
    "circles_wall": "regions_circle",
    "participations_wall": "regions_participation",
}


class Migration(migrations.Migration):

    dependencies = [
        ("regions", "0008_one_look_at_who_asks"),
    ]

    operations = [
        migrations.RunSQL(f"ALTER POLICY {wall}_select ON {table} USING ({SOMEBODY_ASKS})", migrations.RunSQL.noop)
        for wall, table in WALLS.items()
    ]
