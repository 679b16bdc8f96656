"""The catalogue's first rules are in the registry. What a person has changed since, and what dossiers cite, stays as it is."""

from collections.abc import Mapping

from django.db import models

from portal.agencies.actions.upsert import upsert
from portal.core.db import require_transaction
from procedures.catalogue_load.files import Source
from procedures.catalogue_load.report import ImportReport
from procedures.catalogue_load.rules import CONTENT, competence_rows, linked_rows
from procedures.models import CompetenceRule, LinkedProcedure, Procedure

Ground = tuple[int, int]


def load_rules(procedures: Mapping[str, Procedure], source: Source, report: ImportReport) -> None:
    """Every rule of the file is loaded, except where a published rule set has taken over the ground."""
    require_transaction()
    wanted: dict[Ground, CompetenceRule] = {}
    for row in competence_rows(source, report):
        if row["procedure"] in procedures:
            rule = CompetenceRule(**row | {"procedure": procedures[row["procedure"]]})
            wanted[_ground(rule)] = rule
    report.competence_rules = len(wanted)
    present = CompetenceRule.objects.filter(procedure__in=procedures.values())
    taken = {_ground(rule) for rule in present if rule.rule_set_id or rule.ended_by_id}
    for rule in present:
        if rule.rule_set_id or rule.ended_by_id:
            continue
        new = wanted.get(_ground(rule))
        if new is not None and _says(new) == _says(rule):
            taken.add(_ground(rule))
        elif not _removed(rule):
            taken.add(_ground(rule))
            report.note(
                str(rule.procedure), "competence", f"quy tắc {rule.pk} đã được hồ sơ viện dẫn: chỉ thay bằng một bộ quy tắc được công bố"
            )
    CompetenceRule.objects.bulk_create(rule for ground, rule in wanted.items() if ground not in taken)


def _ground(rule: CompetenceRule) -> Ground:
    return (rule.procedure_id or 0, rule.rank)


def _says(rule: CompetenceRule) -> tuple[object, ...]:
    return tuple(getattr(rule, name) for name in CONTENT)


def _removed(rule: CompetenceRule) -> bool:
    try:
        rule.delete()
    except (models.ProtectedError, models.RestrictedError):
        return False
    return True


def load_links(procedures: Mapping[str, Procedure]) -> None:
    """Every link between two procedures of the catalogue is in the table."""
    rows = [row for row in linked_rows() if row["parent"] in procedures and row["child"] in procedures]
    links = [
        LinkedProcedure(
            **row
            | {
                "parent": procedures[row["parent"]],
                "child": procedures[row["child"]],
                "starts_after": procedures[row["starts_after"]] if row["starts_after"] else None,
            }
        )
        for row in rows
    ]
    fields = ("seq", "facts", "answers", "papers_from_result", "show", "starts_after_id", "is_optional", "legal_basis")
    upsert(LinkedProcedure, links, key=("parent_id", "child_id", "valid_from"), fields=fields)
