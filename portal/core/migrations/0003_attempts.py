"""How often something was tried in vain, by a keyed hash of what it was. See `portal.core.attempts`."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0002_cache_table")]
    operations = [
        migrations.RunSQL(
            """CREATE TABLE core_attempt (key varchar(64) PRIMARY KEY, count integer NOT NULL, until timestamptz NOT NULL);
            CREATE INDEX core_attempt_until ON core_attempt (until);""",
            "DROP TABLE core_attempt;",
        )
    ]
