"""The dossiers of linked matters as every page lists them: one line each, with what it waits for, or why it was not started."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from dossiers.documents.access import documents_for
from dossiers.history import Pill, state_pill
from dossiers.models import Dossier, Matter, MatterStep, Result
from dossiers.models.dossier import CLOSED_STATES, DossierQuerySet
from portal.accounts.identity import Identity
from portal.core.workcalendar import local

_STATE = MatterStep.State
UrlOf = Callable[[Dossier], str]


@dataclass(frozen=True, slots=True)
class StepRow:
    """One dossier of a matter. `url` empty: the reader may not open it. `text` says what it waits for, or why it was not started."""

    seq: int
    name: str
    procedure: str
    pill: Pill
    text: str
    code: str
    url: str
    agency: str
    filed: str
    due: str
    state: str
    """That of its dossier; empty while there is none."""


def own_matters(who: Identity) -> "QuerySet[Matter]":
    """The citizen's own matters."""
    matters = Matter.objects.select_related("version__procedure")
    return matters.filter(applicant_id=who.user_id) if who.is_citizen else matters.none()


def matter_of(dossier: Dossier) -> Matter | None:
    """The linked matter to which the dossier belongs."""
    return Matter.objects.select_related("version__procedure").filter(steps__dossier=dossier).first()


def still_alive() -> Exists:
    """For a first dossier: whether any dossier of its matter is open or still to be started."""
    steps = MatterStep.objects.filter(matter=OuterRef("matter_step__matter"))
    return Exists(steps.filter(Q(state=_STATE.WAITING) | (Q(dossier__isnull=False) & ~Q(dossier__state__in=CLOSED_STATES))))


def steps_by_matter(matters: Collection[int], url_of: UrlOf) -> dict[int, list[StepRow]]:
    """The lines of all these matters, in one query."""
    found: dict[int, list[StepRow]] = {pk: [] for pk in matters}
    steps = MatterStep.objects.filter(matter__in=matters).select_related(
        "version__procedure", "dossier__agency", "after__version", "after__dossier"
    )
    for step in steps.order_by("matter_id", "seq"):
        found[step.matter_id].append(_row(step, url_of))
    return found


def steps_of_matter(matter: Matter, url_of: UrlOf) -> list[StepRow]:
    """The lines of one matter."""
    return steps_by_matter([matter.pk], url_of)[matter.pk]


def _row(step: MatterStep, url_of: UrlOf) -> StepRow:
    dossier = step.dossier
    return StepRow(
        seq=step.seq,
        name=step.version.short_name,
        procedure=step.version.procedure.code,
        pill=state_pill(dossier.state) if dossier else _PILLS[_STATE(step.state)](),
        text="" if dossier else _why(step),
        code=dossier.code if dossier else "",
        url=url_of(dossier) if dossier else "",
        agency=dossier.agency.name if dossier and dossier.agency else "",
        filed=_day(dossier.filed_at) if dossier else "",
        due=_day(dossier.due_at) if dossier else "",
        state=dossier.state if dossier else "",
    )


_PILLS: dict[str, Callable[[], Pill]] = {
    _STATE.WAITING: lambda: Pill(_("Starts later"), "clock", ""),
    _STATE.NOT_STARTED: lambda: Pill(_("Not started"), "ban", "bad"),
}


def _why(step: MatterStep) -> str:
    """In a sentence: what starts it, or what kept it from starting."""
    before = step.after.version.short_name if step.after else ""
    if step.state == _STATE.WAITING:
        return _("It starts by itself once “%(before)s” is decided in your favour; the result is taken over.") % {"before": before}
    reasons = {
        MatterStep.Reason.NOT_RECEIVED: _("“%(before)s” was not received, and this needs its result."),
        MatterStep.Reason.REFUSED: _("“%(before)s” was decided against, and this needs its result."),
        MatterStep.Reason.WITHDRAWN: _("“%(before)s” was withdrawn, and this needs its result."),
        MatterStep.Reason.STOPPED: _("Handling of “%(before)s” was stopped, and this needs its result."),
        MatterStep.Reason.NOT_BEFORE: _("“%(before)s” was not started, and this needs its result."),
        MatterStep.Reason.ENDED: _("This procedure can no longer be filed."),
    }
    return reasons[MatterStep.Reason(step.reason)] % {"before": before}


def _day(moment: datetime | None) -> str:
    return f"{local(moment):%d/%m/%Y}" if moment else ""


@dataclass(frozen=True, slots=True)
class Belongs:
    """The matter of a dossier, for whoever works on one of its dossiers."""

    code: str
    name: str
    steps: list[StepRow]
    result_name: str
    result_url: str


def belonging(dossier: Dossier, who: Identity, seen: DossierQuerySet, page: str) -> Belongs | None:
    """The matter with a link on `page` to each of its dossiers that is among those `seen`, and to the result that started this one."""
    step = MatterStep.objects.select_related("matter__version__procedure", "after__dossier").filter(dossier=dossier).first()
    if step is None:
        return None
    matter = step.matter
    open_to = set(seen.filter(matter_step__matter=matter).order_by().values_list("pk", flat=True)) - {dossier.pk}
    rows = steps_of_matter(matter, lambda each: reverse(page, args=[each.code]) if each.pk in open_to else "")
    before = step.after.dossier if step.after is not None else None
    result = _result_of(before) if before is not None else None
    issued = result.document if result is not None else None
    document = issued if issued is not None and documents_for(who).filter(pk=issued.pk).exists() else None
    return Belongs(
        code=matter.code,
        name=matter.version.short_name,
        steps=rows,
        result_name=f"{result.type.name} {result.number}" if result else "",
        result_url=reverse("dossiers:document", args=[document.verification_code]) if document else "",
    )


def _result_of(dossier: Dossier) -> Result | None:
    """The signed decision that holds now."""
    results = dossier.results.filter(withdrawn_at__isnull=True, document__isnull=False)
    found: Result | None = results.select_related("type", "document").first()
    return found
