"""Whoever scanned a paper reads it only while papers are being collected, not after the dossier went to its agency."""

from django.db import migrations

COLLECTING = """
CREATE FUNCTION dossiers_collects_papers(wanted bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = wanted
                   AND d.state IN ('submitted', 'accepted', 'payment_required', 'supplement_requested')) $$;
ALTER POLICY web_reads ON dossiers_paper
    USING ((added_by_id = app_id('app.user') AND dossiers_collects_papers(dossier_id)) OR dossiers_may_read(dossier_id));
ALTER POLICY web_changes ON dossiers_paper
    USING ((added_by_id = app_id('app.user') AND dossiers_collects_papers(dossier_id)) OR dossiers_may_read(dossier_id));
"""
UNDO = """
ALTER POLICY web_reads ON dossiers_paper USING (added_by_id = app_id('app.user') OR dossiers_may_read(dossier_id));
ALTER POLICY web_changes ON dossiers_paper USING (added_by_id = app_id('app.user') OR dossiers_may_read(dossier_id));
DROP FUNCTION dossiers_collects_papers(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0006_agency_versions")]
    operations = [migrations.RunSQL(COLLECTING, UNDO)]
