"""The second wall: answers and papers can be read by the deciding agency, its own counter while it decides on
acceptance, the receiving office until hand-over, and the applicant. Forced, so that not even the owner passes."""

from django.db import migrations

TABLES = {"dossiers_answers": "false", "dossiers_paper": "added_by_id = app_id('app.user')"}

FUNCTIONS = """
CREATE FUNCTION app_id(setting text) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting(setting, true), '')::bigint $$;
CREATE FUNCTION app_ids(setting text) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(string_to_array(nullif(current_setting(setting, true), ''), ',')::bigint[], '{}') $$;
CREATE FUNCTION dossiers_may_read(wanted bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM dossiers_dossier d LEFT JOIN agencies_agency a ON a.id = d.agency_id
        WHERE d.id = wanted AND (
            d.agency_id = ANY(app_ids('app.agencies'))
            OR d.applicant_id = app_id('app.user')
            OR (d.state IN ('submitted', 'accepted', 'payment_required') AND d.receiving_office_id = ANY(app_ids('app.offices')))
            OR (d.state IN ('submitted', 'awaiting_reception', 'supplement_requested', 'accepted') AND a.reception_office_id = ANY(app_ids('app.offices')))
        )) $$;
"""


def policies(table: str, own: str) -> str:
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY web_reads ON {table} FOR SELECT TO portal_web USING ({own} OR dossiers_may_read(dossier_id));
CREATE POLICY web_adds ON {table} FOR INSERT TO portal_web WITH CHECK (app_id('app.user') IS NOT NULL);
CREATE POLICY web_changes ON {table} FOR UPDATE TO portal_web USING ({own} OR dossiers_may_read(dossier_id));
CREATE POLICY worker_works ON {table} TO portal_worker USING (true) WITH CHECK (true);
"""


def undo(table: str) -> str:
    return (
        "".join(f"DROP POLICY {name} ON {table};" for name in ("web_reads", "web_adds", "web_changes", "worker_works"))
        + f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;"
    )


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0002_invariants"), ("agencies", "0001_initial")]
    operations = [
        migrations.RunSQL(
            FUNCTIONS + "".join(policies(*item) for item in TABLES.items()),
            "".join(undo(t) for t in TABLES)
            + "DROP FUNCTION dossiers_may_read(bigint); DROP FUNCTION app_ids(text); DROP FUNCTION app_id(text);",
        )
    ]
