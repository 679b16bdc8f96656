"""The walls that every test stands behind: whose connection, which database, what a role may not do."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from portal.devtools import roles


@pytest.mark.django_db
def test_tests_run_as_the_web_role_on_their_own_clone():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")

        assert cursor.fetchone() == ("portal_web", settings.DATABASES["default"]["NAME"])
    assert settings.DATABASES["default"]["NAME"].startswith("test_motcua_")


def test_no_role_is_a_superuser_or_passes_row_security(owner_connection):
    found = owner_connection.execute(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = ANY(%s) ORDER BY 1",
        [list(roles.ROLE_SETTINGS)],
    ).fetchall()

    assert found == [(name, False, False, False, False) for name in sorted(roles.ROLE_SETTINGS)]


@pytest.mark.parametrize("role", [roles.WEB, roles.WORKER])
def test_only_the_owner_creates_tables(as_role, role):
    with as_role(role) as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute("CREATE TABLE intruder (id int)")


def test_the_sandbox_cannot_connect_to_the_portals_database(as_role):
    with pytest.raises(psycopg.OperationalError, match="permission denied"), as_role(roles.SANDBOX):
        pass


def test_web_waits_for_nothing_for_ever(as_role):
    with as_role(roles.WEB) as raw:
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        found = {name: raw.execute(f"SHOW {name}").fetchone()[0] for name in names}

    assert found == {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "10s"}


def test_a_test_can_act_as_the_worker(acting_role):
    with acting_role(roles.WORKER), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("portal_worker",)

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("portal_web",)


def test_the_extensions_exist(owner_connection):
    found = {name for (name,) in owner_connection.execute("SELECT extname FROM pg_extension").fetchall()}

    assert found >= set(roles.EXTENSIONS)
