"""A mark that is another one after every change of what decides competence, so that a process knows when what it keeps is out of date.

Set in the transaction that makes the change: who reads the new mark sees the new rows. It is random and no number, because a
number would come again after a transaction that was rolled back.
"""

from django.db import migrations

TABLES = (
    "agencies_administrativeunit",
    "agencies_unitsuccession",
    "agencies_agency",
    "agencies_servicearea",
    "agencies_office",
    "procedures_procedure",
    "procedures_competencerule",
    "procedures_delegation",
)

CREATE = """
CREATE TABLE procedures_registryversion (id boolean PRIMARY KEY DEFAULT true CHECK (id), mark uuid NOT NULL);
INSERT INTO procedures_registryversion (mark) VALUES (gen_random_uuid());
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON procedures_registryversion FROM portal_web, portal_worker;
CREATE FUNCTION procedures_registry_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE procedures_registryversion SET mark = gen_random_uuid();
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER registry_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION procedures_registry_changed();\n"
    for table in TABLES
)

PUBLISHED = """
CREATE TRIGGER registry_changed AFTER UPDATE OF state ON procedures_procedureversion
    FOR EACH STATEMENT EXECUTE FUNCTION procedures_registry_changed();
"""

UNDO = "".join(f"DROP TRIGGER registry_changed ON {table};\n" for table in (*TABLES, "procedures_procedureversion")) + (
    "DROP FUNCTION procedures_registry_changed(); DROP TABLE procedures_registryversion;"
)


class Migration(migrations.Migration):
    dependencies = [("procedures", "0006_published_rules_are_immutable"), ("agencies", "0003_reorganisations")]

    operations = [migrations.RunSQL(CREATE + PUBLISHED, UNDO)]
