"""Propose the result: its kind, the values that it prints, a look at the page as it would be issued."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers.actions.decide import Proposal, propose
from dossiers.documents.results import initial_details, template_of
from dossiers.documents.signed import verified_file
from dossiers.documents.uploads import UploadRefused, check_signed_document, store_upload
from dossiers.models import Result
from dossiers.states import Verb
from dossiers.views.officer.editing import editing, keep_typed, kept_draft, typed_before
from dossiers.views.officer.frame import Opened, opened, page
from dossiers.views.officer.paper import sheet_of
from dossiers.views.officer.resultforms import ResultForm
from dossiers.views.officer.steps import step_page
from portal.accounts.access import staff
from portal.accounts.models import Role
from procedures.models import ResultType

TEMPLATE = "dossiers/officer/propose.html"
SALT = "officer.signed-document"


@dataclass(frozen=True, slots=True)
class Kept:
    """A signed document that has arrived: kept in the store, carried through a refused form by a signed token."""

    key: str
    sha256: str
    name: str

    @property
    def token(self) -> str:
        return signing.dumps([self.key, self.sha256, self.name], salt=SALT)


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def propose_result(request: HttpRequest, code: str) -> HttpResponse:
    """The proposal waits for the approver."""
    at_hand = opened(request, code)
    kinds = list(at_hand.dossier.version.results.order_by("pk"))
    before = {} if request.method == "POST" else typed_before(kept_draft(at_hand, Verb.PROPOSE))
    kind = _chosen(kinds, request.POST.get("loai") or request.GET.get("loai") or before.get("loai", ""))
    kept, refused = _kept(request, before, at_hand.at)
    form = _form(request, at_hand, kind, kept)
    if refused:
        form.add_error("upload" if "upload" in form.fields else None, refused)
    context = {
        "kinds": [(each, f"?loai={each.pk}", each == kind) for each in kinds],
        "kind": kind,
        "kept": kept,
        "is_refusal": kind.outcome == ResultType.Outcome.REFUSAL,
    }
    if request.method == "POST" and request.POST.get("action") == "preview":
        shown = {"at_hand": at_hand, "dossier": at_hand.dossier, "form": form, "can_do": Verb.PROPOSE in at_hand.steps, **context}
        keep_typed(request, at_hand, Verb.PROPOSE)
        shown["editing"] = editing(at_hand, Verb.PROPOSE, None)
        is_valid = form.is_valid()
        if is_valid:
            shown["sheet"] = sheet_of(_draft(at_hand, kind, form.cleaned_data, kept))
        return page(request, TEMPLATE, shown, status=200 if is_valid else 422)

    def do(data: Any, version: int) -> str:
        upload = (kept.key, kept.sha256) if kept else None
        given = Proposal(kind, data["summary"], ResultForm.details(data), data.get("serial", ""), upload)
        propose(at_hand.dossier, by=at_hand.by, proposal=given, expected_version=version)
        return _("The proposal waits for the approver's signature.")

    return step_page(request, at_hand, form, verb=Verb.PROPOSE, template=TEMPLATE, do=do, context=context)


def _chosen(kinds: list[ResultType], asked: str) -> ResultType:
    """The asked kind, else the first that grants, else the first."""
    granting = [kind for kind in kinds if kind.outcome == ResultType.Outcome.GRANT]
    return next((kind for kind in kinds if str(kind.pk) == asked), (granting or kinds)[0])


def _form(request: HttpRequest, at_hand: Opened, kind: ResultType, kept: Kept | None) -> ResultForm:
    known = {f"d-{key}": value for key, value in initial_details(at_hand.dossier, template_of(kind)).items()}
    if request.method == "POST":
        return ResultForm(request.POST, request.FILES, kind=kind, known=known, has_upload=kept is not None)
    last = Result.objects.filter(dossier=at_hand.dossier, type=kind).order_by("-pk").first()
    initial: dict[str, Any] = dict(known)
    if last is not None:
        initial |= {f"d-{key}": value for key, value in last.details.items()} | {"summary": last.summary, "serial": last.serial}
    return ResultForm(kind=kind, known=known, initial=initial)


def _kept(request: HttpRequest, before: Mapping[str, str], at: datetime) -> tuple[Kept | None, str]:
    """The signed document, now arrived or kept from the attempt before, and why it was refused."""
    file = request.FILES.get("upload")
    if isinstance(file, UploadedFile):
        try:
            checked = check_signed_document(file, at=at)
        except UploadRefused as refused:
            return None, str(refused)
        return Kept(store_upload(checked), checked.sha256, checked.name), ""
    try:
        key, sha256, name = signing.loads(request.POST.get("kept") or before.get("kept", ""), salt=SALT, max_age=24 * 3600)
    except (signing.BadSignature, ValueError):
        return None, ""
    return Kept(key, sha256, name), ""


def _draft(at_hand: Opened, kind: ResultType, data: dict[str, Any], kept: Kept | None) -> Result:
    """The result as it would be, not stored."""
    return Result(
        dossier=at_hand.dossier,
        type=kind,
        agency=at_hand.dossier.agency,
        summary=data["summary"],
        details=ResultForm.details(data),
        serial=data.get("serial", ""),
        upload_key=kept.key if kept else "",
        upload_sha256=kept.sha256 if kept else "",
        upload_signature=verified_file(kept.key, kept.sha256, at=at_hand.at) if kept else {},
        proposed_by=at_hand.user,
        proposed_at=at_hand.at,
    )
