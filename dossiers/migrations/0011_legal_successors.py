"""A dossier stays in its state when its agency's legal successor takes it over."""

from django.db import migrations

STATES = (
    "submitted", "awaiting_reception", "accepted", "in_transfer_to_agency", "assigned", "awaiting_signature", "supplement_requested",
    "payment_required", "issued", "in_transfer_to_counter", "ready_for_collection",
)  # fmt: skip
STEPS = f"INSERT INTO dossiers_allowed_step VALUES {', '.join(f'({state!r}, {state!r})' for state in STATES)} ON CONFLICT DO NOTHING;"


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0010_on_the_way_to_the_agency"), ("agencies", "0004_new_province_by_code")]
    operations = [migrations.RunSQL(STEPS, migrations.RunSQL.noop)]
