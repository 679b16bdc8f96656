"""The catalogue in the files becomes version 1 in the database.

Runs as the owner of the tables: in this transaction only, the guard of published rows lets the loader correct them,
and it does so only while no draft or dossier of another app points at the version.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from django.apps import apps
from django.db import connection, models, transaction

from portal.agencies.actions.upsert import upsert
from portal.agencies.models import AdministrativeUnit
from procedures.actions.load_rules import load_links, load_rules
from procedures.catalogue_load.content import Content, content_of
from procedures.catalogue_load.files import OURS, Row, Source, read_source
from procedures.catalogue_load.money import fee_rows
from procedures.catalogue_load.report import ImportReport
from procedures.formschema.library import form_of, print_template
from procedures.formschema.schema import RawSchema
from procedures.models import (
    FeeConcession,
    FeeRule,
    PilotDecision,
    Procedure,
    ProcedureCase,
    ProcedureVersion,
    Requirement,
    ResultType,
)
from procedures.queries.search import key_of

EFFECTIVE_FROM = date(2025, 7, 1)
Ruled = TypeVar("Ruled", FeeRule, FeeConcession)


@transaction.atomic
def load_catalogue(path: Path = OURS) -> ImportReport:
    """Every procedure of the file is published as version 1, with its rules and fees. Raises UnknownFormat."""
    source, report = read_source(path), ImportReport()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.catalogue_load', 'on', true)")
    report.read = len(source.rows)
    procedures = {row["code"]: _procedure(row, source, report) for row in source.rows}
    for row in source.rows:
        _version(procedures[row["code"]], row, content_of(row, source, report), form_of(row["code"], source.competence), report)
    load_rules(procedures, source, report)
    load_links(procedures)
    _load_fees(procedures, source, report)
    _load_pilot_decision(source, report)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.catalogue_load', 'off', true)")
    return report


def _procedure(row: Row, source: Source, report: ImportReport) -> Procedure:
    code, choices = row["code"], source.choices
    keywords = list(dict.fromkeys([*(row.get("keywords") or []), *choices["keywords"].get(code, [])]))
    end = next((each for each in choices["ended"] if code in each["codes"]), None)
    if end:
        report.note(code, "ended", f"hết hiệu lực từ {end['ended_on']}, thay bằng {end['replaced_by']} ({end['source']})")
    procedure, _ = Procedure.objects.update_or_create(
        code=code,
        defaults={
            "field_vi": row["field"],
            "field_en": choices["fields_en"].get(row["field"], ""),
            "keywords": keywords,
            "ended_on": end["ended_on"] if end else None,
            "replaced_by_code": end["replaced_by"] if end else "",
            "replaced_by": Procedure.objects.filter(code=end["replaced_by"]).first() if end else None,
        },
    )
    return procedure


def _version(procedure: Procedure, row: Row, content: Content, form: RawSchema, report: ImportReport) -> None:
    for case in content.cases:
        case["form"] = form
        case["declaration"] = print_template(row["code"])
    procedure.search_key = key_of(procedure, ProcedureVersion(**content.version))
    procedure.save(update_fields=["search_key"])
    version = ProcedureVersion.objects.filter(procedure=procedure, number=1).first()
    if version is None:
        version = ProcedureVersion.objects.create(procedure=procedure, number=1, effective_from=EFFECTIVE_FROM, **content.version)
        _write_children(version, content)
        version.state = ProcedureVersion.State.PUBLISHED
        version.save(update_fields=["state"])
        report.created.append(procedure.code)
        return
    if _same(version, content):
        report.unchanged += 1
    elif _in_use(version):
        report.kept_in_use.append(procedure.code)
    else:
        version.results.all().delete()
        version.cases.all().delete()
        ProcedureVersion.objects.filter(pk=version.pk).update(**content.version)
        _write_children(version, content)
        report.updated.append(procedure.code)


def _write_children(version: ProcedureVersion, content: Content) -> None:
    ResultType.objects.bulk_create(ResultType(version=version, **result) for result in content.results)
    cases = ProcedureCase.objects.bulk_create(ProcedureCase(version=version, **case) for case in content.cases)
    Requirement.objects.bulk_create(Requirement(case=case, **wanted) for case in cases for wanted in content.requirements)


def _same(version: ProcedureVersion, content: Content) -> bool:
    if _values(version, content.version) != content.version:
        return False
    if [_values(each, content.results[0]) for each in version.results.order_by("pk")] != content.results:
        return False
    cases = list(version.cases.order_by("pk"))
    if [_values(case, content.cases[0]) for case in cases] != content.cases:
        return False
    papers = [[_values(each, content.requirements[0]) for each in case.requirements.order_by("pk")] for case in cases]
    return all(found == content.requirements for found in papers)


def _values(row: models.Model, wanted: Row) -> Row:
    return {name: getattr(row, name) for name in wanted}


def _in_use(version: ProcedureVersion) -> bool:
    """Whether a row of another app points at the version, such as a draft or a dossier."""
    pointers = [
        field
        for model in apps.get_models()
        if model._meta.app_label != "procedures"
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is ProcedureVersion
    ]
    return any(field.model._default_manager.filter(**{field.name: version}).exists() for field in pointers)


def _load_fees(procedures: dict[str, Procedure], source: Source, report: ImportReport) -> None:
    rules, concessions = fee_rows(source, report)
    provinces = {unit.code: unit for unit in AdministrativeUnit.objects.on(EFFECTIVE_FROM).provinces()}
    fees = [
        FeeRule(**row | {"procedure": procedures[row["procedure"]], "province": provinces.get(row["province"])})
        for row in rules
        if row["procedure"] in procedures and (not row["province"] or row["province"] in provinces)
    ]
    report.fee_rules = len(fees)
    fees = left_to_the_catalogue(fees)
    fields = ("kind", "name_vi", "name_en", "amount_vnd", "basis", "tiers", "cap_vnd", "legal_basis", "valid_to")
    _sync(FeeRule, fees, ("procedure_id", "code", "channel", "province_id", "valid_from"), fields)
    grants = [FeeConcession(**row | {"procedure": procedures[row["procedure"]]}) for row in concessions if row["procedure"] in procedures]
    terms = ("percent", "since_answer", "within_days", "name_vi", "name_en", "legal_basis", "valid_to")
    _sync(FeeConcession, grants, ("procedure_id", "fee_code", "ground", "condition", "valid_from"), terms)


def left_to_the_catalogue(rules: Sequence[FeeRule]) -> list[FeeRule]:
    """Those rules of the file whose fee, way to file and place no published set of fees has set or ended."""

    def fee(rule: FeeRule) -> tuple[object, ...]:
        return (rule.procedure_id, rule.code, rule.channel, rule.province_id)

    taken = {fee(rule) for rule in FeeRule.objects.exclude(fee_set=None, ended_by=None)}
    return [rule for rule in rules if fee(rule) not in taken]


def _sync(model: type[Ruled], wanted: Sequence[Ruled], key: tuple[str, ...], fields: tuple[str, ...]) -> None:
    """The rows of the loaded procedures are the wanted ones; one that nobody wants is deleted, or closed while dossiers cite it.

    What a published set of fees has set or ended stays as it is.
    """
    needed = {tuple(getattr(row, name) for name in key) for row in wanted}
    for row in model._default_manager.filter(procedure__in={row.procedure_id for row in wanted}):
        if isinstance(row, FeeRule) and (row.fee_set_id or row.ended_by_id):
            continue
        if tuple(getattr(row, name) for name in key) not in needed:
            try:
                row.delete()
            except models.ProtectedError:
                model._default_manager.filter(pk=row.pk).update(valid_to=EFFECTIVE_FROM)
    upsert(model, wanted, key=key, fields=fields)


def _load_pilot_decision(source: Source, report: ImportReport) -> None:
    entry = source.choices["pilot_decision"]
    PilotDecision.objects.update_or_create(
        number=entry["number"],
        defaults={"title_vi": entry["title"], "source": entry["source"], "valid_from": entry["valid_from"], "valid_to": None},
    )
    report.note("", "pilot", f"{entry['number']}: {entry['title']} – {entry['source']}")
