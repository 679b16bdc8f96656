"""The declaration that came in, and the result that goes out."""

from dossiers.documents import results, wording
from dossiers.documents.letterhead import letterhead_of
from dossiers.documents.occasion import Content, Occasion, parties_of
from dossiers.documents.render import completed
from dossiers.documents.signed import signed_at
from dossiers.models import Answers, Party, Result
from portal.core.clock import LOCAL
from procedures.declarations import DossierInfo, declaration_html
from procedures.queries import claimed_ground

GENERIC = "documents/declaration.html"
_CHANNELS = {"online": "Nộp trực tuyến", "direct": "Nộp trực tiếp", "postal": "Nộp qua bưu chính"}


def declaration(occasion: Occasion) -> Content:
    """The answers on the paper of the procedure; for a case without a form, the parties alone."""
    dossier = occasion.dossier
    addressee = dossier.agency.name if dossier.agency else dossier.receiving_office.name
    filed_at = wording.moment(dossier.filed_at)
    if not dossier.case.form:
        return Content("Tờ khai", occasion.receiving, GENERIC, {"filed_at": filed_at, "addressee": addressee})
    answers = Answers.objects.filter(dossier=dossier).values_list("content", flat=True).first() or {}
    submitter = parties_of(dossier).get(Party.Role.SUBMITTER)
    corrected = dossier.answer_changes.order_by("-at").values_list("at", flat=True).first()
    told = f" Đã sửa theo yêu cầu bổ sung lúc {wording.moment(corrected)}." if corrected else ""
    info = DossierInfo(
        agency=addressee,
        code=dossier.code,
        procedure=dossier.version.name_vi,
        place=letterhead_of(occasion.receiving).place,
        on=dossier.filed_at.astimezone(LOCAL).date(),
        signer=submitter.name if submitter else "",
        exemption=claimed_ground(dossier.version.procedure, dossier.fee_lines.values_list("exemption", flat=True)),
        origin=f"{_CHANNELS.get(dossier.channel, 'Nộp')} lúc {filed_at}.{told} Mã kiểm tra văn bản: {occasion.code}.",
    )
    page = completed(declaration_html(dossier.case.form, answers, info, is_standalone=True))
    return Content("Tờ khai", occasion.receiving, GENERIC, html=page)


def result(occasion: Occasion) -> Content:
    """The signed result. Extra: result (else the live one). An uploaded signed file is the document itself."""
    given = occasion.extra.get("result")
    live = given if isinstance(given, Result) else occasion.dossier.results.filter(withdrawn_at__isnull=True).order_by("-pk").first()
    if live is None:
        raise results.NoResult
    return Content(
        title=results.title_of(live)[:300],
        body=live.agency,
        template=results.template_path(live),
        context=results.values(live),
        number=live.number,
        storage_key=live.upload_key,
        sha256=live.upload_sha256,
        sealed_at=signed_at(live.upload_signature) or live.signed_at if live.upload_key else None,
    )
