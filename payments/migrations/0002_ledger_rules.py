"""The ledger and the callbacks are append-only, and every booking balances at commit."""

from django.db import migrations

RULES = """
CREATE FUNCTION payments_check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount_vnd) FROM payments_ledgerentry WHERE booking = NEW.booking) <> 0 THEN
        RAISE EXCEPTION 'booking % does not balance', NEW.booking USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_balances';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER booking_balances AFTER INSERT ON payments_ledgerentry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_balance();
"""
TABLES = ("payments_ledgerentry", "payments_callback")
GUARDS = "\n".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {t} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();\n"
    f"CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {t} EXECUTE FUNCTION core_refuse_change();\n"
    f"REVOKE UPDATE, DELETE, TRUNCATE ON {t} FROM portal_web, portal_worker;"
    for t in TABLES
)
UNDO = "DROP TRIGGER booking_balances ON payments_ledgerentry; DROP FUNCTION payments_check_balance();" + "".join(
    f"DROP TRIGGER append_only ON {t}; DROP TRIGGER append_only_whole ON {t}; GRANT UPDATE, DELETE ON {t} TO portal_web, portal_worker;"
    for t in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("dossiers", "0002_invariants")]
    operations = [migrations.RunSQL(RULES + GUARDS, UNDO)]
