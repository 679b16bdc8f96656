"""Every page that a person can open, with the role that opens it. A URL is in one of the two tables, or a test fails."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from dossiers.views.applicant.frame import schema_of
from portal.accounts.checks import routes
from portal.agencies.models import Holiday
from tests.access import registry
from tests.e2e.world import DRAFTED, FIRST_DAY, MARITAL_STATUS, World

Arguments = Callable[[World], Mapping[str, Any]]


@dataclass(frozen=True)
class Visit:
    """One look at a page."""

    name: str
    role: str = "anonymous"
    arguments: Arguments | None = None
    query: str = ""
    is_html: bool = True
    is_paper: bool = False
    status: int = 200

    def url(self, world: World) -> str:
        """Its address in the world."""
        return reverse(self.name, kwargs=dict(self.arguments(world)) if self.arguments else {}) + self.query.format_map(
            {name: found.dossier.code for name, found in world.dossiers.items()}
        )

    def __str__(self) -> str:
        return f"{self.name}{self.query} as {self.role}"


def _dossier(name: str) -> Arguments:
    return lambda world: {"code": world.dossier(name).code}


def _object(name: str, key: str, attribute: str = "pk", **more: Any) -> Arguments:
    return lambda world: {key: getattr(world.objects[name], attribute), **more}


def _section(world: World) -> Mapping[str, Any]:
    draft = world.objects["citizen_draft"]
    return {"draft_id": draft.pk, "key": schema_of(draft).sections[0].key}


def _followed_document(world: World) -> Mapping[str, Any]:
    return {"code": world.dossier("supplement").code, "verification_code": world.objects["followed_slip"].verification_code}


def _holiday(_world: World) -> Mapping[str, Any]:
    return {"pk": Holiday.objects.filter(on__gt=FIRST_DAY.date()).order_by("on")[:1].get().pk}


def _registry(name: str) -> Arguments:
    return lambda _world: getattr(registry, name)()


PROCEDURE: Arguments = lambda _world: {"code": MARITAL_STATUS}  # noqa: E731
_CITIZEN_DRAFT = _object("citizen_draft", "draft_id")

VISITS = (
    Visit("site:home"),
    Visit("site:home", "citizen"),
    Visit("site:help"),
    Visit("site:shortcuts"),
    Visit("site:accessibility"),
    Visit("site:privacy"),
    Visit("site:kit"),
    Visit("site:completeness"),
    Visit("site:differences", "national"),
    Visit("site:differences", "national", query="?loc=da-dong&loai=stale"),
    Visit("site:inspections", "national"),
    Visit("site:inspection", "national", _object("inspection", "draw_id")),
    Visit("agencies:counters_near"),
    Visit("agencies:counters_near", query="?q=H%E1%BA%A3i+Ch%C3%A2u"),
    Visit("accounts:sign_in"),
    Visit("procedures:catalogue"),
    Visit("procedures:catalogue", query="?q=khai+sinh"),
    Visit("procedures:catalogue", query="?q=zzzz"),
    Visit("procedures:procedure", arguments=PROCEDURE),
    Visit("procedures:procedure", arguments=lambda _world: {"code": "1.012753"}),
    Visit("procedures:blank", arguments=PROCEDURE, is_paper=True),
    Visit("procedures:blank", arguments=lambda _world: {"code": "1.012753"}, is_paper=True),
    Visit("procedures:keep_all", "editor"),
    Visit("procedures:keep", "editor", PROCEDURE),
    Visit("procedures:keep", "approver", PROCEDURE),
    Visit("procedures:keep", "editor", lambda _world: {"code": DRAFTED}),
    Visit("procedures:edit", "editor", lambda _world: {"code": DRAFTED}),
    Visit("procedures:keep", "editor", _registry("new_draft")),
    Visit("procedures:edit", "editor", _registry("new_draft")),
    Visit("procedures:new", "editor"),
    Visit("procedures:draft_results", "editor", lambda _world: {"code": DRAFTED}),
    Visit("procedures:draft_form", "editor", lambda _world: {"code": DRAFTED}),
    Visit("procedures:draft_form", "editor", _registry("new_draft")),
    Visit("procedures:draft_form_preview", "approver", _registry("new_draft")),
    Visit("procedures:draft_question_new", "editor", _registry("new_draft"), query="?phan=request"),
    Visit("procedures:draft_question", "editor", _registry("question")),
    Visit("procedures:fee_sets", "approver"),
    Visit("procedures:fee_set_new", "editor"),
    Visit("procedures:fee_set", "editor", _registry("fee_set")),
    Visit("procedures:fee_set_describe", "editor", _registry("fee_set")),
    Visit("procedures:fee_set_discard", "editor", _registry("fee_set")),
    Visit("procedures:fee_set_publish", "approver", _registry("fee_set_in_review")),
    Visit("procedures:fee_add", "editor", _registry("fee_set")),
    Visit("procedures:fee_add", "editor", _registry("fee_set"), query="?thu_tuc=2.000815"),
    Visit("procedures:fee_edit", "editor", _registry("fee_change")),
    Visit("procedures:rules", "editor"),
    Visit("procedures:rules", "approver", query="?q=khai+sinh&ngay=01%2F12%2F2026"),
    Visit("procedures:rule", "editor", _registry("rule")),
    Visit("procedures:trial", "editor"),
    Visit("procedures:trial", "editor", query="?thu_tuc=1.000656&noi=Ph%C6%B0%E1%BB%9Dng+Ba+%C4%90%C3%ACnh%2C+H%C3%A0+N%E1%BB%99i"),
    Visit("procedures:rule_sets", "approver"),
    Visit("procedures:rule_set_new", "editor"),
    Visit("procedures:rule_set", "editor", _registry("rule_set")),
    Visit("procedures:rule_set_describe", "editor", _registry("rule_set")),
    Visit("procedures:rule_set_discard", "editor", _registry("rule_set")),
    Visit("procedures:rule_set_publish", "approver", _registry("rule_set")),
    Visit("procedures:dry_run", "approver", _registry("rule_set")),
    Visit("procedures:change_choose", "editor", _registry("rule_set")),
    Visit("procedures:change_add", "editor", _registry("rule_set")),
    Visit("procedures:change_add", "editor", _registry("rule_set"), query="?loai=applicant_choice"),
    Visit("procedures:change_replace", "editor", _registry("rule_in_set")),
    Visit("procedures:change_end", "editor", _registry("rule_in_set")),
    Visit("procedures:change_edit", "editor", _registry("rule_change")),
    Visit("procedures:delegations", "approver"),
    Visit("procedures:delegation_new", "editor"),
    Visit("procedures:delegation_end", "editor", _registry("delegation")),
    Visit("procedures:capacities", "approver"),
    Visit("procedures:completeness", "editor"),
    Visit("procedures:completeness", "editor", query="?xem=nobody"),
    Visit("dossiers:reorganisations", "editor"),
    Visit("dossiers:reorganisation_new", "editor"),
    Visit("dossiers:reorganisation", "approver", _object("reorganisation", "pk")),
    Visit("dossiers:reorganisation_edit", "editor", _object("reorganisation", "pk")),
    Visit("dossiers:holidays", "editor"),
    Visit("dossiers:holiday", "editor", _holiday),
    Visit("dossiers:verification_form"),
    Visit("dossiers:verification", arguments=_object("result", "code", "verification_code")),
    Visit("dossiers:verification", arguments=lambda _world: {"code": "ZZZZ-ZZZZ-ZZZZ"}, status=404),
    Visit("dossiers:document", "clerk", _object("slip", "code", "verification_code"), is_paper=True),
    Visit("dossiers:document", "officer", _object("result", "code", "verification_code"), is_paper=True),
    Visit("dossiers:paper", "officer", _object("paper", "paper_id"), is_html=False),
    Visit("dossiers:paper_page", "officer", _object("paper", "paper_id", number=1), is_html=False),
    Visit("dossiers:draft_file", "citizen", _object("citizen_file", "file_id"), is_html=False),
    Visit("dossiers:draft_file_page", "citizen", _object("citizen_file", "file_id", number=1), is_html=False),
    Visit("dossiers:start_online", arguments=PROCEDURE),
    Visit("dossiers:start_online", "citizen", PROCEDURE),
    Visit("dossiers:draft", "citizen", _CITIZEN_DRAFT),
    Visit("dossiers:draft_parties", "citizen", _CITIZEN_DRAFT),
    Visit("dossiers:draft_section", "citizen", _section),
    Visit("dossiers:draft_papers", "citizen", _CITIZEN_DRAFT),
    Visit("dossiers:check_online", "citizen", _CITIZEN_DRAFT),
    Visit("dossiers:filed_online", "citizen", _dossier("online")),
    Visit("dossiers:filed_online", "citizen", _dossier("payment")),
    Visit("dossiers:mine", "citizen"),
    *(Visit("dossiers:my_dossier", "citizen", _dossier(state)) for state in ("online", "supplement", "payment", "signed", "ready")),
    Visit("dossiers:my_supplement", "citizen", _dossier("supplement")),
    Visit("dossiers:my_matter", "citizen", lambda world: {"code": world.objects["matter"].code}),
    Visit("dossiers:followed_matter", "citizen", lambda world: {"code": world.objects["matter"].code}),
    Visit("dossiers:my_messages", "citizen", _dossier("online")),
    Visit("dossiers:my_messages", "citizen", _dossier("ready")),
    Visit("dossiers:officer-dossier", "officer", _dossier("assigned"), query="?muc=trao-doi"),
    Visit("dossiers:officer-dossier", "officer", _dossier("assigned"), query="?muc=y-kien"),
    Visit("dossiers:officer-ask-opinion", "officer", _dossier("assigned")),
    Visit("dossiers:officer-opinions", "officer"),
    Visit("dossiers:officer-opinion", "officer", _object("opinion", "opinion_id")),
    Visit("dossiers:my_withdrawal", "citizen", _dossier("online")),
    Visit("dossiers:follow"),
    Visit("dossiers:followed", "follower", _dossier("supplement")),
    Visit("dossiers:followed_supplement", "follower", _dossier("supplement")),
    Visit("dossiers:followed_document", "follower", _followed_document, is_paper=True),
    Visit("payments:fees", "citizen", _dossier("payment")),
    Visit("dossiers:officer-queue", "officer"),
    Visit("dossiers:officer-queue", "leader"),
    Visit("dossiers:officer-reminders", "officer"),
    Visit("dossiers:officer-views", "officer"),
    Visit("dossiers:officer-absences", "officer"),
    Visit("dossiers:officer-absences", "leader"),
    Visit("dossiers:officer-team", "leader"),
    Visit("dossiers:officer-team-member", "leader", _object("officer", "user_id")),
    Visit("dossiers:officer-reassign", "leader", _dossier("assigned")),
    *(
        Visit("dossiers:officer-dossier", "officer", _dossier(state))
        for state in ("queued", "assigned", "supplement", "signature", "signed")
    ),
    Visit("dossiers:officer-dossier", "leader", _dossier("signature")),
    *(
        Visit(f"dossiers:officer-{step}", "officer", _dossier("assigned"))
        for step in ("release", "supplement", "propose", "extend", "stop", "obligation", "fee", "return")
    ),
    Visit("dossiers:officer-sign", "leader", _dossier("signature")),
    Visit("dossiers:officer-bulk", "leader", _object("bulk_batch", "token", "token")),
    Visit("dossiers:officer-bulk-review", "leader", _object("bulk_batch", "token", "token", seq=1)),
    Visit("dossiers:officer-send-back", "leader", _dossier("signature")),
    Visit("dossiers:officer-preview", "leader", _dossier("signature"), is_paper=True),
    Visit("counters:home", "clerk"),
    Visit("counters:drafts", "clerk"),
    Visit("counters:detours", "supervisor"),
    Visit("counters:place_questions", "supervisor"),
    Visit("counters:place_question", "supervisor", _object("question", "question_id")),
    Visit("counters:reroutings", "supervisor"),
    Visit("counters:rerouting", "supervisor", _object("rerouting", "run_id")),
    Visit("site:operations", "national"),
    Visit("site:operations_parked", "national"),
    Visit("site:questions", "clerk"),
    Visit("procedures:imports", "editor"),
    Visit("dossiers:calendar-change", "approver", _object("calendar_change", "pk")),
    Visit("dossiers:officer-reopen", "leader", _dossier("signed")),
    Visit("dossiers:officer-resume", "leader", _dossier("stopped")),
    Visit("counters:register", "clerk", query="?tu=02/11/2026&den=20/12/2026"),
    Visit("counters:register_sheet", "clerk", query="?tu=02/11/2026&den=20/12/2026", is_paper=True),
    Visit("counters:start", "clerk"),
    Visit("counters:start", "clerk", query="?q=khai"),
    Visit("counters:intake", "clerk", _object("clerk_draft", "draft_id")),
    Visit("counters:inbox", "agency_clerk"),
    Visit("counters:reception", "agency_clerk", _dossier("reception")),
    Visit("counters:return_reception", "agency_clerk", _dossier("reception")),
    *(Visit("counters:dossier", "clerk", _dossier(state)) for state in ("queued", "supplement", "payment", "ready", "signed")),
    Visit("counters:filed", "clerk", _dossier("queued")),
    Visit("counters:supplement", "clerk"),
    Visit("counters:supplement", "clerk", query="?ma={supplement}"),
    Visit("counters:results", "clerk"),
    Visit("counters:hand_back", "clerk", _dossier("ready")),
    Visit("counters:till", "clerk", _dossier("queued")),
    Visit("counters:watch", "clerk"),
    Visit("counters:reminders", "clerk"),
    Visit("counters:calls", "clerk"),
    Visit("counters:oversight", "supervisor"),
    Visit("counters:alerts", "supervisor"),
    Visit("counters:alerts", "national", query="?co-quan=1&loai=late"),
    Visit("counters:oversight", "national"),
    Visit("counters:watched", "supervisor", _dossier("assigned")),
    Visit("counters:unrouted", "supervisor"),
    Visit("counters:decide_agency", "supervisor", _dossier("unrouted")),
)

SANDBOX = (
    "/",
    "/faults/",
    "/calls/",
    "/npsp/",
    "/npsp/dossiers/{code}/",
    "/npsp/file/",
    "/npsp/procedures/",
    "/npsp/procedures/1.004873/",
    "/population/",
    "/pay/",
    "/inbox/",
    "/vneid/dang-nhap/",
)
"""The pages of the simulated services that a person can open; the gateway's and the identity provider's own are reached by the flows."""

NO_PAGE: Mapping[str, str] = {
    "site:healthz": "for machines",
    "site:readyz": "for machines",
    "site:find": "leads on",
    "site:preferences": "POST, leads back",
    "agencies:place_suggestions": "a fragment",
    "accounts:sign_out": "POST",
    "accounts:desk": "leads to the desk of the role",
    "accounts:national_start": "leads to the identity provider",
    "accounts:national_callback": "the identity provider's answer",
    "": "doors of the library that are closed",
    "dossiers:document_print": "POST, leads to the page of the document",
    "counters:undo_rerouting": "POST",
    "counters:answer_urging": "POST",
    "procedures:end": "POST",
    "site:answer_question": "POST",
    "site:inspection_ask": "POST",
    "site:inspection_draw": "POST",
    "site:inspection_judge": "POST",
    "site:repeat_difference": "POST",
    "site:operations_channel": "POST",
    "site:operations_replay": "POST",
    "site:operations_replay_range": "POST",
    "procedures:start": "POST",
    "procedures:draft_question_move": "POST",
    "procedures:draft_question_remove": "POST",
    "procedures:fee_remove": "POST",
    "procedures:fee_set_submit": "POST",
    "procedures:fee_set_back": "POST",
    "procedures:rule_set_submit": "POST",
    "procedures:rule_set_back": "POST",
    "procedures:change_remove": "POST",
    "procedures:delegation_decide": "POST",
    "procedures:completeness_start": "POST",
    "procedures:completeness_places": "a table for a spreadsheet",
    "procedures:procedure_suggestions": "a fragment",
    "procedures:agency_suggestions": "a fragment",
    "procedures:submit": "POST",
    "procedures:send_back": "POST",
    "procedures:discard": "POST",
    "procedures:approve": "POST",
    "dossiers:reorganisation_approve": "POST",
    "dossiers:reorganisation_cancel": "POST",
    "dossiers:calendar-apply": "POST",
    "dossiers:calendar-discard": "POST",
    "dossiers:holiday_delete": "POST",
    "dossiers:document_pdf": "a PDF, made by the worker",
    "dossiers:national-inbound": "for machines",
    "dossiers:draft_autosave": "POST",
    "dossiers:draft_upload": "POST; shown as dossiers:draft_papers",
    "dossiers:draft_remove_file": "POST",
    "dossiers:draft_sort_file": "POST",
    "dossiers:draft_discard": "POST",
    "dossiers:draft_move": "POST",
    "dossiers:begin_online": "POST",
    "dossiers:my_result": "POST",
    "dossiers:followed_result": "POST",
    "dossiers:officer-claim-many": "POST",
    "dossiers:officer-editing": "POST",
    "dossiers:officer-agencies": "a fragment",
    "dossiers:officer-opinion-file": "a file",
    "dossiers:officer-opinion-withdraw": "POST",
    "dossiers:officer-message": "POST; shown as dossiers:officer-dossier",
    "dossiers:officer-note": "POST; shown as dossiers:officer-dossier",
    "dossiers:officer-given-seen": "POST",
    "dossiers:officer-alerts-seen": "POST",
    "dossiers:officer-standing-deputy": "POST",
    "dossiers:officer-bulk-choose": "POST",
    "dossiers:officer-bulk-run": "POST",
    "dossiers:officer-bulk-file": "a PDF of what was printed",
    "dossiers:officer-view": "POST",
    "dossiers:officer-absence-end": "POST",
    "dossiers:officer-claim-next": "POST",
    "dossiers:officer-answer-reminder": "POST",
    "dossiers:officer-claim": "POST",
    "counters:find": "leads on",
    "counters:change_office": "POST",
    "counters:discard": "POST",
    "counters:withdraw": "POST",
    "counters:new_secret": "POST",
    "counters:remind": "POST",
    "counters:arrivals": "POST",
    "counters:till_qr": "POST",
    "counters:till_ask": "POST",
    "counters:called": "POST",
    "counters:urge": "POST",
    "counters:allow_request": "POST",
    "counters:register_bind": "POST",
    "counters:register_book": "a PDF to save",
    "payments:pay": "POST, leads to the gateway",
    "payments:back": "the gateway's answer",
    "payments:callback": "for machines",
}


def names_of_urls() -> Iterator[str]:
    """Every name of the URL table; the closed doors of the sign-in library are one."""
    for route, name, _view in routes():
        yield "" if route.startswith("accounts/") and not name.startswith("accounts:") else name
