"""The workbench: answers and papers side by side, and everything that is known about the dossier."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from dossiers.actions.editing import lease_of
from dossiers.documents import pageimages
from dossiers.history import timeline
from dossiers.matterrows import belonging
from dossiers.models import Paper, Result
from dossiers.queries import of_agency
from dossiers.states import State, Verb
from dossiers.threads import NEW_TO_AGENCY
from dossiers.views.officer.alerted import deputy_of
from dossiers.views.officer.editing import lease_words
from dossiers.views.officer.frame import Opened, opened, page
from dossiers.views.officer.notes import NoteForm, notes_shown
from dossiers.views.officer.opinions import opinions_of
from dossiers.views.officer.sections import SECTIONS, SHOWN
from dossiers.views.thread import MessageForm, thread_shown
from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.core.clock import technical_now
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
    """The dossier with one section open on the left, and notes and papers on the right."""
    return show(request, opened(request, code))


def show(
    request: HttpRequest, at_hand: Opened, *, note: NoteForm | None = None, message: MessageForm | None = None, status: int = 200
) -> HttpResponse:
    """The page, with the note or message that was refused."""
    section = "trao-doi" if message else request.GET.get("muc", "")
    section = section if section in dict(SECTIONS) else "to-khai"
    papers = list(Paper.objects.filter(dossier=at_hand.dossier).order_by("pk"))
    context = {
        "at_hand": at_hand,
        "dossier": at_hand.dossier,
        "facts": _facts(at_hand),
        "steps": _step_links(at_hand),
        "can_claim": Verb.CLAIM in at_hand.steps,
        "can_release": Verb.RELEASE in at_hand.steps,
        "can_take_next": at_hand.who.has(Role.OFFICER) and not {Verb.CLAIM, Verb.PROPOSE} & at_hand.steps,
        "section": section,
        "sections": _tabs(at_hand, section),
        "result": _result(at_hand),
        "sent_back": _sent_back(at_hand),
        "matter": belonging(at_hand.dossier, at_hand.who, of_agency(at_hand.who), "dossiers:officer-workbench"),
        "edited": lease_words(lease_of(at_hand.dossier, now=technical_now()), at_hand.who.user_id),
        **SHOWN[section](at_hand),
        **_papers(request, at_hand, papers, section),
        **notes_shown(request, at_hand, note),
        "has_errors": status != 200,
    }
    if section == "y-kien":
        context |= opinions_of(at_hand.dossier.pk, at_hand.at, request.GET.get("y", ""))
    if section == "trao-doi":
        context |= thread_shown(at_hand.dossier, request.GET, for_agency=True, form=message)
    return page(request, "dossiers/officer/workbench.html", context, status=status)


def _tabs(at_hand: Opened, section: str) -> list[tuple[str | Promise, str, bool, str]]:
    """The parts of the dossier; beside the messages how many are new."""
    new = at_hand.dossier.thread.filter(NEW_TO_AGENCY).count()
    return [(label, f"{at_hand.url}?muc={key}", key == section, str(new) if new and key == "trao-doi" else "") for key, label in SECTIONS]


def _facts(at_hand: Opened) -> list[dict[str, str]]:
    dossier = at_hand.dossier
    accepted = f"{local(dossier.accepted_at):%d/%m/%Y %H:%M}" if dossier.accepted_at else ""
    is_other = dossier.first_due_at is not None and dossier.first_due_at != dossier.due_at
    first = f"{local(dossier.first_due_at):%d/%m/%Y}" if dossier.first_due_at and is_other else ""
    rows = (
        (_("Dossier owner"), dossier.owner_name),
        (_("Filed at"), dossier.receiving_office.name),
        (_("Accepted"), accepted),
        (_("First return date"), first),
        (_("Statutory time"), time_text(dossier.case)),
        (_("Held by"), dossier.assigned_to.full_name if dossier.assigned_to else _("Nobody yet")),
        (_("Named to take it"), deputy_of(dossier)),
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
