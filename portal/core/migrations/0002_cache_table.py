"""The table of Django's database cache (`CACHES["default"]`), as `createcachetable` would make it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """CREATE TABLE core_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
            CREATE INDEX core_cache_expires ON core_cache (expires);
            INSERT INTO core_demo_clock (id, offset_seconds) VALUES (1, 0);""",
            "DROP TABLE core_cache; DELETE FROM core_demo_clock;",
        )
    ]
