"""The parts of the workbench's left side: what each shows."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dossiers.actions.opinions import may_ask
from dossiers.axes import axes
from dossiers.clockdays import both_dates, day_rows
from dossiers.corrections import label_of, value_text
from dossiers.detours import detours_of
from dossiers.history import timeline
from dossiers.models import AnswerChange, Answers, FeeLine, IssuedDocument
from dossiers.reasons import why_this_agency
from dossiers.stagerows import stage_rows
from dossiers.states import Verb
from dossiers.views.officer.frame import Opened
from portal.core.money import format_vnd
from portal.core.workcalendar import local
from procedures.formschema.answers import read_back

SECTIONS: tuple[tuple[str, str | Promise], ...] = (
    ("to-khai", gettext_lazy("Declaration")),
    ("tien-trinh", gettext_lazy("Timeline")),
    ("thoi-han", gettext_lazy("Legal time")),
    ("tham-quyen", gettext_lazy("Why this agency")),
    ("le-phi", gettext_lazy("Fees")),
    ("van-ban", gettext_lazy("Documents issued")),
    ("bo-sung", gettext_lazy("Supplements")),
    ("y-kien", gettext_lazy("Opinions")),
    ("trao-doi", gettext_lazy("Messages")),
)


def _declaration(at_hand: Opened) -> dict[str, Any]:
    content = Answers.objects.filter(dossier=at_hand.dossier).values_list("content", flat=True).first() or {}
    form = at_hand.dossier.case.form
    language = get_language() or "vi"
    told = read_back(form, content, language) if form else []
    changed = AnswerChange.objects.filter(dossier=at_hand.dossier).order_by("-at", "pk") if form else []
    parties = at_hand.dossier.parties.order_by("pk")
    return {
        "answers": [(title, [{"label": label, "value": value} for label, value in lines]) for title, lines in told],
        "changes": [
            {
                "label": label,
                "before": value_text(form, each.field_key, each.before, language),
                "after": value_text(form, each.field_key, each.after, language),
                "at": f"{local(each.at):%d/%m/%Y %H:%M}",
            }
            for each in changed
            if (label := label_of(form, each.field_key, language))
        ],
        "parties": [(str(party.get_role_display()), party) for party in parties],
    }


def _timeline(at_hand: Opened) -> dict[str, Any]:
    lines = timeline(at_hand.dossier, internal=True)
    return {
        "events": [
            {"title": line.title, "at": f"{line.at} · {line.who}", "text": line.text, "kind": line.kind or "past"}
            for line in reversed(lines)
        ]
    }


def _clock(at_hand: Opened) -> dict[str, Any]:
    return {
        "days": day_rows(at_hand.dossier),
        "dates": both_dates(at_hand.dossier, at_hand.at),
        "axes": axes(at_hand.dossier),
        "stages": stage_rows(at_hand.dossier, at_hand.at),
    }


def _why(at_hand: Opened) -> dict[str, Any]:
    return {"whys": why_this_agency(at_hand.dossier), "detours": detours_of(at_hand.dossier, at_hand.at)}


def _fees(at_hand: Opened) -> dict[str, Any]:
    lines = list(at_hand.dossier.fee_lines.order_by("pk"))
    is_unknown = any(line.state == FeeLine.State.UNKNOWN for line in lines) and Verb.SET_FEE in at_hand.steps
    return {
        "amount_url": reverse("dossiers:officer-fee", args=[at_hand.dossier.code]) if is_unknown else "",
        "fees": [
            (line.name, str(line.get_kind_display()), _amount(line.amount_vnd), str(line.get_state_display()), line.exemption or line.basis)
            for line in lines
        ],
    }


def _amount(amount_vnd: int | None) -> str:
    return _("Amount set by the provincial People's Council") if amount_vnd is None else format_vnd(amount_vnd)


def _documents(at_hand: Opened) -> dict[str, Any]:
    issued = IssuedDocument.objects.filter(dossier=at_hand.dossier).defer("html").order_by("-issued_at", "-pk")
    superseded = set(issued.exclude(supersedes=None).values_list("supersedes_id", flat=True))
    return {
        "documents": [
            (
                each.title_vi,
                each.number,
                f"{local(each.issued_at):%d/%m/%Y %H:%M}",
                reverse("dossiers:document", args=[each.verification_code]),
                each.pk in superseded,
            )
            for each in issued
        ]
    }


def _supplements(at_hand: Opened) -> dict[str, Any]:
    rounds = at_hand.dossier.supplement_requests.select_related("asked_by").prefetch_related("items__papers").order_by("-asked_at", "-pk")
    return {"rounds": list(rounds)}


def _messages(at_hand: Opened) -> dict[str, Any]:
    return {"thread_url": reverse("dossiers:officer-message", args=[at_hand.dossier.code])}


def _opinions(at_hand: Opened) -> dict[str, Any]:
    return {"may_ask": at_hand.is_mine and may_ask(at_hand.dossier)}


SHOWN: dict[str, Callable[[Opened], dict[str, Any]]] = {
    "to-khai": _declaration,
    "tien-trinh": _timeline,
    "thoi-han": _clock,
    "tham-quyen": _why,
    "le-phi": _fees,
    "van-ban": _documents,
    "bo-sung": _supplements,
    "y-kien": _opinions,
    "trao-doi": _messages,
}
