"""The workbench: answers and papers side by side, and everything that is known about the dossier."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from dossiers.documents import pageimages
from dossiers.history import timeline
from dossiers.models import Paper, Result
from dossiers.states import State, Verb
from dossiers.views.officer.frame import Opened, opened, page
from dossiers.views.officer.sections import SECTIONS, SHOWN
from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.core.workcalendar import local
from procedures.wording import time_text

STEP_LINKS: tuple[tuple[Verb, str, str | Promise, str], ...] = (
    (Verb.PROPOSE, "propose", gettext_lazy("Propose the result"), "file-check"),
    (Verb.SIGN, "sign", gettext_lazy("Read and sign"), "pencil"),
    (Verb.ASK_SUPPLEMENT, "supplement", gettext_lazy("Ask for papers"), "file-plus"),
    (Verb.SEND_BACK, "send-back", gettext_lazy("Send back"), "undo-2"),
    (Verb.REASSIGN, "reassign", gettext_lazy("Give to an officer"), "users-round"),
    (Verb.EXTEND, "extend", gettext_lazy("Extend"), "calendar-clock"),
    (Verb.RETURN_NOT_COMPETENT, "return", gettext_lazy("Not our competence"), "landmark"),
    (Verb.REQUIRE_PAYMENT, "obligation", gettext_lazy("Financial obligation"), "banknote"),
    (Verb.STOP, "stop", gettext_lazy("Stop handling"), "ban"),
    (Verb.RESUME_STOPPED, "resume", gettext_lazy("Resume handling"), "play"),
    (Verb.REOPEN, "reopen", gettext_lazy("Correct an issued result"), "rotate-ccw"),
)


@dataclass(frozen=True, slots=True)
class StepLink:
    """A step that can be taken now. The first one is the main one."""

    label: str | Promise
    url: str
    icon: str
    is_main: bool


@staff(Role.OFFICER, Role.LEADER)
@require_safe
def workbench(request: HttpRequest, code: str) -> HttpResponse:
    """The dossier with one section open on the left and the papers on the right."""
    at_hand = opened(request, code)
    section = request.GET.get("muc", "")
    section = section if section in dict(SECTIONS) else "to-khai"
    papers = list(Paper.objects.filter(dossier=at_hand.dossier).order_by("pk"))
    context = {
        "at_hand": at_hand,
        "dossier": at_hand.dossier,
        "facts": _facts(at_hand),
        "steps": _step_links(at_hand),
        "can_claim": Verb.CLAIM in at_hand.steps,
        "can_release": Verb.RELEASE in at_hand.steps,
        "section": section,
        "sections": [(key, label, f"{at_hand.url}?muc={key}", key == section) for key, label in SECTIONS],
        "result": _result(at_hand),
        "sent_back": _sent_back(at_hand),
        **SHOWN[section](at_hand),
        **_papers(request, at_hand, papers, section),
    }
    return page(request, "dossiers/officer/workbench.html", context)


def _facts(at_hand: Opened) -> list[dict[str, str]]:
    dossier = at_hand.dossier
    accepted = f"{local(dossier.accepted_at):%d/%m/%Y %H:%M}" if dossier.accepted_at else ""
    first = f"{local(dossier.first_due_at):%d/%m/%Y}" if dossier.first_due_at and dossier.extensions else ""
    rows = (
        (_("Dossier owner"), dossier.owner_name),
        (_("Filed at"), dossier.receiving_office.name),
        (_("Accepted"), accepted),
        (_("First return date"), first),
        (_("Statutory time"), time_text(dossier.case)),
        (_("Held by"), dossier.assigned_to.full_name if dossier.assigned_to else _("Nobody yet")),
    )
    return [{"label": label, "value": value} for label, value in rows if value]


def _step_links(at_hand: Opened) -> list[StepLink]:
    links = []
    for verb, name, label, icon in STEP_LINKS:
        if verb in at_hand.steps:
            is_main = verb in {Verb.PROPOSE, Verb.SIGN}
            links.append(StepLink(label, reverse(f"dossiers:officer-{name}", args=[at_hand.dossier.code]), icon, is_main))
    return links


def _result(at_hand: Opened) -> dict[str, Any] | None:
    """The live proposal or result and where it is."""
    result = (
        Result.objects.filter(dossier=at_hand.dossier, withdrawn_at__isnull=True)
        .select_related("type", "document", "proposed_by", "signed_by")
        .first()
    )
    if result is None:
        return None
    where = ""
    if result.signed_at:
        where = _("Issued as a file; any counter can print it.") if result.is_electronic else at_hand.pill.label
        office = at_hand.dossier.returning_office
        if office and not result.is_electronic:
            where = f"{where}: {office.name}"
    code = result.document.verification_code if result.document else ""
    return {
        "name": result.type.name,
        "summary": result.summary,
        "number": result.number,
        "serial": result.serial,
        "proposed_by": result.proposed_by.full_name,
        "signed_by": result.signed_by.full_name if result.signed_by else "",
        "where": where,
        "url": reverse("dossiers:document", args=[code]) if code else "",
        "preview_url": "" if code else reverse("dossiers:officer-preview", args=[at_hand.dossier.code]),
    }


def _sent_back(at_hand: Opened) -> str:
    """The approver's reason, while the officer has the dossier back."""
    if State(at_hand.dossier.state) is not State.ASSIGNED:
        return ""
    last = timeline(at_hand.dossier, internal=True, after=at_hand.dossier.event_seq - 1)
    return last[0].text if last and last[0].kind == "bad" else ""


def _papers(request: HttpRequest, at_hand: Opened, papers: list[Paper], section: str) -> dict[str, Any]:
    """The list of papers and the pages of the one that is open: the asked one, else the first that was scanned."""
    scanned = [paper for paper in papers if paper.storage_key]
    asked = request.GET.get("giay", "")
    shown = next((paper for paper in scanned if str(paper.pk) == asked), scanned[0] if scanned else None)
    rows = [
        (paper, f"{at_hand.url}?muc={section}&giay={paper.pk}#giay-to" if paper.storage_key else "", paper == shown) for paper in papers
    ]
    return {"papers": rows, "shown_paper": shown, "paper_pages": _pages(shown) if shown else []}


def _pages(paper: Paper) -> list[str]:
    try:
        count = pageimages.page_count(paper.storage_key, paper.content_type)
    except FileNotFoundError:
        return []
    return [reverse("dossiers:paper_page", args=[paper.pk, number]) for number in range(1, count + 1)]
