"""Published versions and what hangs on them cannot be changed, except while the table's owner loads the catalogue."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION procedures_is_loading(relation oid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('app.catalogue_load', true), '') = 'on'
       AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = relation)
$$;

CREATE FUNCTION procedures_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' AND NOT procedures_is_loading(TG_RELID) THEN
        RAISE EXCEPTION 'A published procedure version cannot be changed or deleted (version %).', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION procedures_child_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_version bigint;
    new_version bigint;
BEGIN
    IF procedures_is_loading(TG_RELID) THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_ARGV[0] = 'case' THEN
        IF TG_OP <> 'INSERT' THEN SELECT version_id INTO old_version FROM procedures_procedurecase WHERE id = OLD.case_id; END IF;
        IF TG_OP <> 'DELETE' THEN SELECT version_id INTO new_version FROM procedures_procedurecase WHERE id = NEW.case_id; END IF;
    ELSE
        IF TG_OP <> 'INSERT' THEN old_version := OLD.version_id; END IF;
        IF TG_OP <> 'DELETE' THEN new_version := NEW.version_id; END IF;
    END IF;
    IF EXISTS (SELECT FROM procedures_procedureversion WHERE id IN (old_version, new_version) AND state = 'published') THEN
        RAISE EXCEPTION 'The content of a published procedure version cannot be changed (version %).', coalesce(old_version, new_version)
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER published_is_immutable BEFORE UPDATE OR DELETE ON procedures_procedureversion
    FOR EACH ROW EXECUTE FUNCTION procedures_version_guard();
CREATE TRIGGER published_is_immutable BEFORE INSERT OR UPDATE OR DELETE ON procedures_procedurecase
    FOR EACH ROW EXECUTE FUNCTION procedures_child_guard('version');
CREATE TRIGGER published_is_immutable BEFORE INSERT OR UPDATE OR DELETE ON procedures_resulttype
    FOR EACH ROW EXECUTE FUNCTION procedures_child_guard('version');
CREATE TRIGGER published_is_immutable BEFORE INSERT OR UPDATE OR DELETE ON procedures_requirement
    FOR EACH ROW EXECUTE FUNCTION procedures_child_guard('case');
"""

REVERSE = """
DROP TRIGGER published_is_immutable ON procedures_requirement;
DROP TRIGGER published_is_immutable ON procedures_resulttype;
DROP TRIGGER published_is_immutable ON procedures_procedurecase;
DROP TRIGGER published_is_immutable ON procedures_procedureversion;
DROP FUNCTION procedures_child_guard();
DROP FUNCTION procedures_version_guard();
DROP FUNCTION procedures_is_loading(oid);
"""


class Migration(migrations.Migration):
    dependencies = [("procedures", "0002_fees_and_subjects")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
