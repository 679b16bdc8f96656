"""Linked procedures filed as one matter, and its first dossier brought to where a test needs it."""

from datetime import datetime
from typing import Any

from dossiers.actions.file import Filing
from dossiers.actions.matters import FiledMatter, file_matter
from dossiers.models import Dossier, Matter
from portal.accounts.models import Role, User
from portal.agencies.models import Agency, Office
from portal.core.db import acting_as
from procedures.formschema.answers import CHOICE, as_schema, with_computed
from procedures.formschema.library import form_for, sample_answers
from tests.factories import MONDAY, centre, filing, routed, staff, staffed, who

BIRTH, DEATH = "3.000722", "2.002913"
CHILD_ID = "079326001234"


def linked_answers(code: str = BIRTH, **changes: Any) -> dict[str, Any]:
    """The one form, filled with its sample."""
    given = sample_answers(code) | changes
    chosen = {CHOICE: given[CHOICE]} if CHOICE in given else {}
    return with_computed(as_schema(form_for(code)), given) | chosen


def matter_filing(clerk: User, office: Office, code: str = BIRTH, **changes: Any) -> Filing:
    """A walk-in for linked procedures."""
    return filing(clerk, office, **({"procedure": code, "answers": linked_answers(code), "papers": []} | changes))


def filed_matter(clerk: User | None = None, office: Office | None = None, code: str = BIRTH, **changes: Any) -> FiledMatter:
    """The matter is filed at the Hồ Chí Minh City centre, under the scope of whoever files."""
    office = office or centre()
    clerk = clerk or staff(Role.CLERK, office)
    with acting_as(who(clerk).scope):
        return file_matter(matter_filing(clerk, office, code, **changes))


def dossiers_of(matter: Matter) -> list[Dossier]:
    """The dossiers that have started, in their order."""
    return list(Dossier.objects.filter(matter_step__matter=matter).select_related("agency", "procedure").order_by("matter_step__seq"))


def deciders(dossier: Dossier) -> tuple[User, User]:
    """An officer and an approver of the agency that the registry found for it."""
    assert dossier.agency_id is not None
    return staffed(Agency.objects.get(pk=dossier.agency_id))


def under_way(dossier: Dossier, at: datetime = MONDAY) -> tuple[Dossier, tuple[User, User]]:
    """The dossier is with its agency, where these two work."""
    people = deciders(dossier)
    return routed(dossier, at), people
