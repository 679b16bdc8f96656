from django.db import migrations


class Migration(migrations.Migration):
    """The table of Django's database cache, which holds authorisation codes; made here so that `migrate` is enough."""

    dependencies = [("sandbox_identity", "0001_initial")]

    operations = [
        migrations.RunSQL(
            [
                "CREATE TABLE sandbox_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL)",
                "CREATE INDEX sandbox_cache_expires ON sandbox_cache (expires)",
            ],
            "DROP TABLE sandbox_cache",
        ),
    ]
