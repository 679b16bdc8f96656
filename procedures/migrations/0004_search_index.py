"""Whole words and their beginnings in the folded key of a procedure."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("procedures", "0003_published_is_immutable")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX procedure_search_words ON procedures_procedure USING gin (to_tsvector('simple', search_key))",
            "DROP INDEX procedure_search_words",
        )
    ]
