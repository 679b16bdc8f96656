"""Lists stay as fast as their indexes when the server plans them once for all agencies, as it does after a few requests."""

from collections.abc import Callable
from itertools import count

import pytest
from django.db import connection
from django.db.models import QuerySet

from dossiers import queries
from dossiers.models import Dossier
from dossiers.team import held_by
from portal.accounts.identity import Identity
from portal.accounts.models import Membership, Role, User
from tests import factories

pytestmark = pytest.mark.django_db
LISTS: dict[str, Callable[[Identity], "QuerySet[Dossier]"]] = {
    "dossier_agency_queue": queries.queue,
    "dossier_reception_inbox": queries.to_receive,
    "dossier_to_hand_back": queries.to_hand_back,
    "dossier_due_soon": lambda _identity: Dossier.objects.due_soon(factories.MONDAY),
    "dossier_held": lambda identity: held_by(identity.user_id or 0, identity.agency_ids),
}


def general_plan(rows: "QuerySet[Dossier]") -> str:
    """The plan for any parameters, as if the tables were large."""
    numbers = count(1)
    statement, parameters = rows.values("pk").query.sql_with_params()
    for _each in parameters:
        statement = statement.replace("%s", f"${next(numbers)}", 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_seqscan', 'off', true)")
        cursor.execute(f"EXPLAIN (GENERIC_PLAN, COSTS OFF) {statement}")
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("index", LISTS)
def test_a_list_uses_its_partial_index_whatever_the_parameters(index: str) -> None:
    user: User = factories.staff(Role.OFFICER, factories.committee())
    Membership.objects.create(user=user, role=Role.CLERK, office=factories.centre(), valid_from=factories.TODAY)

    plan = general_plan(LISTS[index](factories.who(user))[:50])

    assert index in plan


def test_constant_conditions_take_keys_only() -> None:
    with pytest.raises(ValueError, match="constant keys"):
        list(Dossier.objects.filter(state__one_of=["x' OR 'a'='a"]))
    with pytest.raises(ValueError, match="constant keys"):
        list(Dossier.objects.filter(state__one_of=[]))
