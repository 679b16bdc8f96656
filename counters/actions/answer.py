"""A supplement is answered at any counter."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from counters.actions.take import note_visit
from counters.models import Visit
from dossiers.actions.supplement import answer_supplement
from dossiers.actions.transition import By
from dossiers.models import Dossier, IssuedDocument, Paper, SupplementItem


@transaction.atomic
def take_supplement(
    dossier: Dossier,
    *,
    by: By,
    answers: Mapping[int, str],
    seen: Mapping[SupplementItem, tuple[int, int]],
    values: Mapping[str, Any] | None = None,
) -> IssuedDocument | None:
    """The request is answered here; papers seen without a scan are noted with their numbers. Raises NotAllAnswered.

    Returns the slip with the new date, for the person to take along; None before acceptance.
    """
    assert by.user is not None and by.office is not None  # noqa: S101, PT018 -- a clerk's step
    for item, (originals, copies) in seen.items():
        Paper.objects.create(
            dossier=dossier,
            requirement_key=item.requirement_key,
            name=item.title[:400],
            originals=originals,
            copies=copies,
            supplement_item=item,
            added_by=by.user,
            added_at=by.at,
        )
    slip = answer_supplement(dossier, by=by, answers=answers, values=values)
    note_visit(dossier, office=by.office, clerk=by.user, purpose=Visit.Purpose.SUPPLEMENT, at=by.at)
    return slip
