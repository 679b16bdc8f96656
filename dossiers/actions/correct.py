"""Answers of a filed declaration become others because a supplement request asked for it; the former ones stay on record."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dossiers.actions.recheck import stays_after
from dossiers.actions.route import decide_for, routing_day
from dossiers.actions.transition import By
from dossiers.corrections import Change, corrected, differences, label_of, opened
from dossiers.models import AnswerChange, Answers, Dossier, SupplementRequest
from portal.core.db import require_transaction
from portal.core.errors import DomainError, NotAllowed
from procedures.competence import Competent, Decision
from procedures.formschema.answers import place_facts


class NotAskedFor(NotAllowed):
    """A field that no item of the request names."""


class PlaceDecides(DomainError):
    """After acceptance the dossier cannot become another agency's by a correction."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What became different. `former` is who was competent before, where a place that decides is another one now."""

    changes: tuple[Change, ...] = ()
    note: str = ""
    former: Decision | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """For the event: which fields, and fingerprints of both values; never the values themselves."""
        if not self.changes:
            return {}
        return {"changed": [{"field": each.key, "before": _print(each.before), "after": _print(each.after)} for each in self.changes]}


def correct_answers(dossier: Dossier, request: SupplementRequest, *, keys: Collection[str], values: Mapping[str, Any], by: By) -> Corrected:
    """The declaration of the (locked) dossier has the new answers to the fields that the items name.

    `values` were checked by the form of these fields. Raises NotAskedFor, PlaceDecides.
    """
    require_transaction()
    if not values:
        return Corrected()
    held = dossier.answers = Answers.objects.select_for_update().get(dossier=dossier)
    schema, kept = dossier.case.form, held.content
    allowed = {item.key for _section, item in opened(schema, kept, keys).fields()}
    if not allowed.issuperset(values):
        raise NotAskedFor(_("Only what the request names can be changed."))
    now = corrected(schema, kept, values)
    changes = tuple(differences(kept, now))
    if not changes:
        return Corrected()
    former = decide_for(dossier, routing_day(dossier))[0] if place_facts(schema, kept) != place_facts(schema, now) else None
    held.content = now
    if former is not None and dossier.accepted_at is not None:
        _require_same_agency(dossier, former)
    held.save(update_fields=["content"])
    AnswerChange.objects.bulk_create(
        AnswerChange(
            dossier=dossier, request=request, field_key=each.key, before=each.before, after=each.after, changed_by=by.user, at=by.at
        )
        for each in changes
    )
    named = [label for label in (label_of(schema, each.key) for each in changes) if label]
    return Corrected(changes, "Đã sửa trong tờ khai: " + "; ".join(dict.fromkeys(named)) + "." if named else "", former)


def _require_same_agency(dossier: Dossier, former: Decision) -> None:
    """After acceptance a correction does not move the dossier. Raises PlaceDecides with the agency that would be competent."""
    decision, _known = decide_for(dossier, routing_day(dossier))
    if stays_after(dossier, former, decision):
        return
    agency = decision.agency.name if isinstance(decision, Competent) else _("another agency")
    raise PlaceDecides(
        _(
            "With this place %(agency)s would decide. After acceptance the dossier stays where it is: keep the place and explain in"
            " words, or withdraw and file again."
        )
        % {"agency": agency}
    )


def _print(value: Any) -> str:
    """A fingerprint of the value; empty where there is none."""
    if value is None:
        return ""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
