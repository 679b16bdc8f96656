"""Results as documents: which template, which title, which values; and a preview before anybody signs."""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from dossiers.documents import wording
from dossiers.documents.letterhead import letterhead_of
from dossiers.documents.occasion import parties_of
from dossiers.documents.render import render_html
from dossiers.documents.result_fields import RESULT_FIELDS, FieldSpec, result_fields
from dossiers.models import Answers, Dossier, Party, Result
from portal.accounts.models import Membership, Role
from portal.core.errors import DomainError
from procedures.formschema.answers import as_schema
from procedures.formschema.kinds import read_out
from procedures.models import ResultType
from procedures.result_templates import GENERAL_TITLE, TITLES

__all__ = ["NoResult", "initial_details", "render_result", "result_fields", "template_of", "template_path", "title_of", "values"]

BLANK = "………"
"""Where a required value is missing, the paper shows that."""


class NoResult(DomainError):
    """There is nothing to sign."""

    def __init__(self) -> None:
        super().__init__(_("This dossier has no proposed result."))


def template_of(kind: ResultType) -> str:
    """The key of the template that a result of this type is rendered with."""
    if kind.outcome == ResultType.Outcome.REFUSAL:
        return "refusal"
    return kind.template if kind.template in RESULT_FIELDS else "notice"


def template_path(result: Result) -> str:
    """The template's file; a signed upload only needs a page that names it."""
    name = "attached" if result.upload_key else template_of(result.type)
    return f"documents/results/{name}.html"


def title_of(result: Result) -> str:
    """What stands above the result."""
    if result.upload_key:
        return result.type.name_vi
    return TITLES.get(template_of(result.type), GENERAL_TITLE)


def values(result: Result) -> dict[str, object]:
    """What a result template prints besides what every document has."""
    template = template_of(result.type)
    details = _printable(result.details)
    return {
        "result": result,
        "result_name": result.type.name_vi,
        "number": result.number,
        "summary": result.summary,
        "serial": result.serial,
        "fields": {spec.key: details.get(spec.key) or (BLANK if spec.required else "") for spec in result_fields(template)},
        "signer_name": result.signed_by.full_name if result.signed_by else "",
        "signer_title": _signer_title(result),
        "signed_on": wording.day_in_words(result.signed_at) if result.signed_at else "",
        "upload_sha256": result.upload_sha256,
        "upload_signatures": [_signature(each) for each in result.upload_signature.get("signatures", [])],
    }


def render_result(result: Result) -> str:
    """The page as it would be issued, without number, code and signature: what the signer reads first."""
    dossier, letterhead = result.dossier, letterhead_of(result.agency)
    owner = parties_of(dossier).get(Party.Role.OWNER)
    common = {
        "title": title_of(result),
        "letterhead": letterhead,
        "date_line": f"{letterhead.place}, ngày … tháng … năm …",
        "dossier": dossier,
        "procedure_name": dossier.version.name_vi,
        "procedure_code": dossier.procedure.code,
        "owner": owner,
        "owner_name": owner.name if owner else dossier.owner_name,
        "is_preview": True,
    }
    return render_html(template_path(result), common | values(result))


def initial_details(dossier: Dossier, template: str) -> dict[str, str]:
    """The template's values as far as the answers give them, readable, under the keys of `result_fields`."""
    content = Answers.objects.filter(dossier=dossier).values_list("content", flat=True).first() or {}
    readable = _readable_answers(dossier.case.form, content)
    found = {spec.key: _first(spec, readable) for spec in result_fields(template)}
    return {key: text for key, text in found.items() if text}


def _first(spec: FieldSpec, readable: Mapping[str, str]) -> str:
    return next((readable[key] for key in spec.initial_from if readable.get(key)), "")


def _readable_answers(form: Mapping[str, object], content: Mapping[str, object]) -> dict[str, str]:
    if not form:
        return {}
    items = {item.key: item for _section, item in as_schema(form).fields()}  # type: ignore[arg-type]
    return {key: read_out(items[key], value, "vi") for key, value in content.items() if key in items and items[key].type != "repeat"}  # type: ignore[arg-type]


def _printable(details: Mapping[str, object]) -> dict[str, str]:
    """The values as text; an ISO date as it is written here."""
    return {key: _as_text(value) for key, value in details.items()}


def _as_text(value: object) -> str:
    text = "" if value is None else str(value).strip()
    try:
        return wording.day(date.fromisoformat(text))
    except ValueError:
        return text


def _signature(kept: Mapping[str, str]) -> dict[str, str]:
    """Who signed the uploaded file, as the page prints it."""
    told = kept.get("signed_at")
    at = wording.moment(datetime.fromisoformat(told)) if told else ""
    return {"signer": kept.get("signer", ""), "issuer": kept.get("issuer", ""), "at": at}


def _signer_title(result: Result) -> str:
    """The signer's office in the agency, as their membership names it."""
    if result.signed_by_id is None or result.signed_at is None:
        return ""
    held = Membership.objects.on(result.signed_at.date()).filter(user_id=result.signed_by_id, agency_id=result.agency_id, role=Role.LEADER)
    return held.exclude(title="").order_by("pk").values_list("title", flat=True).first() or "Thủ trưởng cơ quan"
