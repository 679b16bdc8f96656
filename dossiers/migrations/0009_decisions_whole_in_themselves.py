"""A decision about the agency keeps its names and sentences; a dossier can be moved to the agency that is competent now."""

from django.db import migrations, models

STEPS = """
INSERT INTO dossiers_allowed_step VALUES ('in_transfer_to_agency', 'in_transfer_to_agency'), ('assigned', 'in_transfer_to_agency'),
    ('awaiting_reception', 'awaiting_reception') ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0008_words_of_states")]

    operations = [
        migrations.AddField(model_name="routedecision", name="record", field=models.JSONField(default=dict)),
        migrations.RunSQL(STEPS, migrations.RunSQL.noop),
    ]
