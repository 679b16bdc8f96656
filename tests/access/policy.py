"""Who gets what: one line for each URL name and kind of object. A URL without a line fails the build.

    Line(name, kind, get=…, post=…, foreign=…)

`kind` names the object in the path (`tests/access/world.py`): `-` none, `dossier/<state>`, `paper`, `slip`, `desk_draft`, …
A rule is "roles=status …", read from left to right, and every role must be covered. Status `ok` is admitted (any answer below
500 that is neither a refusal nor the sign-in page), `login` the way to the sign-in page, else the number.
Unless a rule names anonymous or `all`, anonymous is `login`. Roles and groups: GROUPS.

Lines are about the side to which the people belong. For the foreign side everything admitted becomes 404, unless
`foreign` says otherwise: it is put before the rules of both methods.
"""

from dataclasses import dataclass

ROLES = (
    "anonymous", "owner", "other_citizen", "clerk", "agency_clerk", "other_clerk", "officer", "leader", "other_officer", "other_leader",
    "supervisor", "agency_supervisor", "other_supervisor", "national", "editor", "approver",
)  # fmt: skip
"""`clerk` sits in the receiving office, `agency_clerk` at the competent agency's own counter, `supervisor` in the province of
the receiving office, `agency_supervisor` in that of the agency, `other_*` in a third province, `national` watches the country."""

GROUPS = {
    "all": ROLES,
    "rest": ROLES[1:],
    "citizens": ("owner", "other_citizen"),
    "clerks": ("clerk", "agency_clerk", "other_clerk"),
    "officers": ("officer", "other_officer"),
    "leaders": ("leader", "other_leader"),
    "deciders": ("officer", "leader", "other_officer", "other_leader"),
    "supervisors": ("supervisor", "agency_supervisor", "other_supervisor", "national"),
    "catalogue": ("editor", "approver"),
}


@dataclass(frozen=True)
class Line:
    name: str
    kind: str = "-"
    get: str = "all=405"
    post: str = "all=405"
    foreign: str = ""


def expected(rule: str, role: str) -> str:
    """The status that the rule gives to the role."""
    for part in rule.split():
        names, _equals, status = part.rpartition("=")
        if any(role in GROUPS.get(name, (name,)) for name in names.split(",")):
            return status
    if role == "anonymous":
        return "login"
    raise AssertionError(f"'{rule}' says nothing about {role}")


def page(name: str, kind: str = "-") -> Line:
    """A page for everybody."""
    return Line(name, kind, get="all=ok")


def of(who: str, name: str, kind: str = "-", *, get: str = "ok", post: str = "405", within: str = "", foreign: str = "") -> Line:
    """For the roles `who`; others of the group `within` get 404 where there is an object, and all the rest 403."""
    unrelated = f"{within}=404 " if within else ""

    def rule(status: str) -> str:
        if status == "405":
            return f"{within or who}=405 rest=403"
        return f"{who}={status} {unrelated}rest=403"

    return Line(name, kind, get=rule(get), post=rule(post), foreign=foreign)


AGENCY = "officer,leader"

LINES = [
    # --- the site -------------------------------------------------------------------------------------------------
    *(page(f"site:{name}") for name in ("healthz", "readyz", "home", "find", "help", "shortcuts", "accessibility", "privacy")),
    Line("site:preferences", post="all=ok"),
    Line("site:kit", get="all=ok", post="all=ok"),
    # --- operations: who watches the country; questions of the national portal: who sees their dossier -----------
    Line("site:operations", get="national=ok rest=403", post="supervisors=405 rest=403"),
    Line("site:operations_parked", get="national=ok rest=403", post="supervisors=405 rest=403"),
    Line("site:operations_replay", get="supervisors=405 rest=403", post="national=ok rest=403"),
    Line("site:operations_replay_range", get="supervisors=405 rest=403", post="national=ok rest=403"),
    Line("site:operations_channel", "channel", get="supervisors=405 rest=403", post="national=ok rest=403"),
    page("site:completeness"),
    Line("site:differences", get="national=ok rest=403", post="supervisors=405 rest=403"),
    Line("site:repeat_difference", "difference", get="supervisors=405 rest=403", post="national=ok rest=403"),
    Line("site:inspections", get="national=ok rest=403", post="supervisors=405 rest=403"),
    Line("site:inspection_draw", get="supervisors=405 rest=403", post="national=ok rest=403"),
    Line("site:inspection", "inspection", get="national=ok rest=403", post="supervisors=405 rest=403"),
    Line("site:inspection_ask", "inspection", get="supervisors=405 rest=403", post="national=ok rest=403"),
    Line("site:inspection_judge", "inspected", get="supervisors=405 rest=403", post="national=ok rest=403"),
    Line("site:questions", get="clerks,deciders,supervisors=ok rest=403", post="clerks,deciders,supervisors=405 rest=403"),
    Line(
        "site:answer_question",
        "portal_question",
        get="clerks,deciders,supervisors=405 rest=403",
        post="clerk,agency_clerk,officer,leader,supervisor,agency_supervisor,national=ok clerks,deciders,supervisors=404 rest=403",
        foreign="national=open",
    ),
    page("agencies:place_suggestions"),
    page("agencies:counters_near"),
    # --- doors ----------------------------------------------------------------------------------------------------
    Line("accounts:sign_in", get="all=ok", post="all=ok"),
    Line("accounts:sign_out", get="all=ok", post="all=ok"),
    Line("accounts:desk", get="rest=ok", post="rest=405"),
    Line("accounts:national_start", get="all=login", post="all=503"),  # nobody answers at the provider's address here
    Line("accounts:national_callback", get="all=403"),
    # --- catalogue ------------------------------------------------------------------------------------------------
    page("procedures:catalogue"),
    page("procedures:procedure", "procedure"),
    page("procedures:blank", "procedure"),
    of("catalogue", "procedures:keep_all"),
    of("catalogue", "procedures:imports"),
    of("approver", "procedures:end", "procedure", get="405", post="422"),  # nothing proposes to end it
    of("catalogue", "procedures:keep", "procedure"),
    of("editor", "procedures:start", "procedure", get="405", post="ok"),
    of("editor", "procedures:edit", "procedure", get="404", post="404"),  # no draft yet
    of("editor", "procedures:submit", "procedure", get="405", post="404"),
    of("catalogue", "procedures:send_back", "procedure", get="405", post="404"),
    of("editor", "procedures:discard", "procedure", get="405", post="404"),
    of("approver", "procedures:approve", "procedure", get="404", post="404"),
    of("editor", "procedures:new", post="ok"),
    of("editor", "procedures:draft_results", "new_draft", post="ok"),
    of("editor", "procedures:draft_form", "new_draft"),
    of("catalogue", "procedures:draft_form_preview", "new_draft"),
    of("editor", "procedures:draft_question_new", "new_draft", get="404", post="404"),  # the address names the part of the form
    of("editor", "procedures:draft_question", "question_of_draft", post="ok"),
    of("editor", "procedures:draft_question_move", "question_of_draft", get="405", post="ok"),
    of("editor", "procedures:draft_question_remove", "question_of_draft", get="405", post="ok"),
    of("catalogue", "procedures:fee_sets"),
    of("catalogue", "procedures:fee_set", "fee_set"),
    of("editor", "procedures:fee_set_new", post="ok"),
    *(of("editor", f"procedures:{name}", "fee_set", post="ok") for name in ("fee_set_describe", "fee_add")),
    of("editor", "procedures:fee_edit", "fee_change", post="ok"),
    of("editor", "procedures:fee_remove", "fee_change", get="405", post="ok"),
    of("editor", "procedures:fee_set_submit", "fee_set", get="405", post="ok"),
    of("catalogue", "procedures:fee_set_back", "fee_set_in_review", get="405", post="ok"),
    of("catalogue", "procedures:fee_set_discard", "fee_set", post="ok"),
    of("approver", "procedures:fee_set_publish", "fee_set_in_review", post="ok"),
    of("catalogue", "dossiers:reorganisations"),
    of("editor", "dossiers:reorganisation_new", post="ok"),
    of("catalogue", "dossiers:reorganisation", "reorganisation"),
    of("editor", "dossiers:reorganisation_edit", "reorganisation", post="ok"),
    of("approver", "dossiers:reorganisation_approve", "reorganisation", get="405", post="ok"),
    of("catalogue", "dossiers:reorganisation_cancel", "reorganisation", get="405", post="ok"),
    of("catalogue", "dossiers:holidays", post="ok"),
    of("catalogue", "dossiers:calendar-change", "calendar_change"),
    of("approver", "dossiers:calendar-apply", "calendar_change", get="405", post="ok"),
    of("catalogue", "dossiers:calendar-discard", "calendar_change", get="405", post="ok"),
    of("editor", "dossiers:holiday", "holiday", post="ok"),
    of("editor", "dossiers:holiday_delete", "holiday", get="405", post="ok"),
    # --- the registry of competence -------------------------------------------------------------------------------
    *(
        of("catalogue", f"procedures:{name}")
        for name in ("rules", "trial", "procedure_suggestions", "agency_suggestions", "rule_sets", "delegations", "completeness")
    ),
    of("catalogue", "procedures:rule", "rule"),
    of("catalogue", "procedures:rule_set", "rule_set"),
    of("catalogue", "procedures:dry_run", "rule_set", post="ok"),
    of("catalogue", "procedures:rule_set_back", "rule_set", get="405", post="ok"),
    of("catalogue", "procedures:rule_set_discard", "rule_set", post="ok"),
    of("catalogue", "procedures:completeness_start", get="405", post="ok"),
    of("catalogue", "procedures:completeness_places", "completeness_report"),
    of("approver", "procedures:capacities", post="ok"),
    of("editor", "procedures:rule_set_new", post="ok"),
    of("editor", "procedures:rule_set_describe", "rule_set", post="ok"),
    of("editor", "procedures:rule_set_submit", "rule_set", get="405", post="ok"),
    of("editor", "procedures:change_choose", "rule_set"),
    of("editor", "procedures:change_add", "rule_set", post="ok"),
    of("editor", "procedures:change_replace", "rule_in_set", post="ok"),
    of("editor", "procedures:change_end", "rule_in_set", post="ok"),
    of("editor", "procedures:change_edit", "rule_change", get="404", post="404"),  # a rule that is ended keeps what it says
    of("editor", "procedures:change_remove", "rule_change", get="405", post="ok"),
    of("editor", "procedures:delegation_new", post="ok"),
    of("editor", "procedures:delegation_end", "delegation", post="ok"),
    of("approver", "procedures:rule_set_publish", "rule_set", post="ok"),
    of("approver", "procedures:delegation_decide", "delegation_request", get="405", post="ok"),
    # --- documents and papers -------------------------------------------------------------------------------------
    Line("dossiers:verification_form", get="all=ok", post="all=422"),
    Line("dossiers:verification", "slip", get="all=ok", post="all=422", foreign="all=open"),  # anybody may check a document
    Line(
        "dossiers:document",
        "slip",
        get="owner,clerk,agency_clerk,officer,leader,supervisor,agency_supervisor,national=ok rest=404",
        post="rest=405",
        foreign="national=open",
    ),
    Line(
        "dossiers:document",
        "printed_slip",  # issued at the third counter for somebody who came there
        get="owner,clerk,agency_clerk,other_clerk,officer,leader,supervisor,agency_supervisor,national=ok rest=404",
        post="rest=405",
        foreign="national,other_clerk=open",
    ),
    Line(
        "dossiers:document",
        "result",
        get="owner,officer,leader,clerk=ok rest=404",  # the clerk hands it back
        post="rest=405",
    ),
    Line(
        "dossiers:document_print",
        "slip",
        get="citizens,catalogue=403 rest=405",
        post="citizens,catalogue=403 clerk,agency_clerk,officer,leader,supervisor,agency_supervisor,national=ok rest=404",
        foreign="national=open",
    ),
    Line("dossiers:document_pdf", "slip", get="rest=404", post="rest=405"),  # pending: the worker has not rendered it yet
    Line("dossiers:paper", "paper", get="owner,officer,leader=ok rest=404", post="rest=405"),  # the clerk scanned it; it has left
    Line("dossiers:paper_page", "paper/page", get="owner,officer,leader=ok rest=404", post="rest=405"),
    Line("dossiers:draft_file", "citizen_draft_file", get="owner=ok rest=404", post="rest=405"),
    Line("dossiers:draft_file_page", "citizen_draft_file/page", get="owner=ok rest=404", post="rest=405"),
    Line("dossiers:draft_file", "desk_draft_file", get="clerk=ok rest=404", post="rest=405"),
    Line("dossiers:draft_file_page", "desk_draft_file/page", get="clerk=ok rest=404", post="rest=405"),
    # --- the agency -----------------------------------------------------------------------------------------------
    of("deciders", "dossiers:officer-queue"),
    of("officers", "dossiers:officer-claim-many", get="405", post="ok"),
    of("officers", "dossiers:officer-claim-next", get="405", post="ok"),
    of("deciders", "dossiers:officer-bulk-choose", get="405", post="ok"),
    of("leader", "dossiers:officer-bulk", "bulk_batch", within="deciders"),  # a person's own
    of("leader", "dossiers:officer-bulk-run", "bulk_batch", get="405", post="ok", within="deciders"),
    of("", "dossiers:officer-bulk-file", "bulk_batch", within="deciders"),  # nothing was printed with it
    of("leader", "dossiers:officer-bulk-review", "bulk_batch/item", post="ok", within="leaders"),
    of("deciders", "dossiers:officer-alerts-seen", get="405", post="ok"),
    of("leaders", "dossiers:officer-standing-deputy", get="405", post="404"),  # no agency is named
    of("deciders", "dossiers:officer-reminders"),
    of("deciders", "dossiers:officer-given-seen", get="405", post="ok"),
    of("deciders", "dossiers:officer-views", post="422"),  # a list without a name
    of("officer", "dossiers:officer-view", "saved_view", get="405", post="422", within="deciders"),  # a person's own
    of("leaders", "dossiers:officer-team"),
    of("leader", "dossiers:officer-team-member", "officer", post="422", within="leaders"),  # nothing is ticked
    of("deciders", "dossiers:officer-absences", post="422"),
    of(AGENCY, "dossiers:officer-absence-end", "absence", get="405", post="ok", within="deciders"),
    of(AGENCY, "dossiers:officer-answer-reminder", "reminder", get="405", post="ok", within="deciders"),
    of(AGENCY, "dossiers:officer-dossier", "dossier/assigned", within="deciders"),
    of(AGENCY, "dossiers:officer-note", "dossier/assigned", get="405", post="422", within="deciders"),  # nothing is written
    of(AGENCY, "dossiers:officer-ask-opinion", "dossier/assigned", post="ok", within="deciders"),
    of("deciders", "dossiers:officer-agencies"),
    of("deciders", "dossiers:officer-opinions"),
    of("other_officer,other_leader", "dossiers:officer-opinion", "opinion", post="422", within="deciders"),  # nothing is written
    of("", "dossiers:officer-opinion-file", "opinion", within="deciders"),  # nothing is answered yet
    of(AGENCY, "dossiers:officer-opinion-withdraw", "opinion", get="405", post="ok", within="deciders"),
    of(AGENCY, "dossiers:officer-message", "dossier/assigned", get="405", post="422", within="deciders"),  # nothing is written
    of("", "dossiers:officer-editing", "dossier/assigned", get="405", post="404", within="deciders"),  # no step is named
    of("", "dossiers:officer-preview", "dossier/assigned", within="deciders"),  # nothing is proposed yet
    of(AGENCY, "dossiers:officer-preview", "dossier/signature", within="deciders"),
    *(
        of(AGENCY, f"dossiers:officer-{step}", f"dossier/{state}", post="ok", within="deciders")
        for step, state in (
            ("claim", "queued"),
            ("release", "assigned"),
            ("reassign", "assigned"),
            ("supplement", "assigned"),
            ("propose", "assigned"),
            ("sign", "signature"),
            ("send-back", "signature"),
            ("extend", "assigned"),
            ("stop", "assigned"),
            ("resume", "assigned"),
            ("reopen", "assigned"),
            ("obligation", "assigned"),
            ("fee", "assigned"),
            ("return", "assigned"),
        )
    ),
    # --- the counter ----------------------------------------------------------------------------------------------
    *(of("clerks", f"counters:{name}") for name in ("home", "drafts", "inbox", "results", "watch", "reminders", "calls")),
    of("clerks", "counters:change_office", get="405", post="ok"),
    of("clerks", "counters:find", post="ok"),
    of("clerks", "counters:start", post="ok"),
    of("clerks", "counters:supplement", post="ok"),
    of("clerks", "counters:register"),
    of("clerks", "counters:register_sheet"),
    of("clerks", "counters:register_bind", get="405", post="ok"),
    of("clerk", "counters:register_book", "register_book", within="clerks"),
    of("clerks", "counters:arrivals", get="405", post="ok"),
    of("clerk", "counters:intake", "desk_draft", post="ok", within="clerks"),
    of("clerk", "counters:discard", "desk_draft", get="405", post="ok", within="clerks"),
    Line(
        "counters:reception",
        "dossier/reception",
        get="agency_clerk,clerk=ok clerks=404 rest=403",
        post="agency_clerk=ok clerks=404 rest=403",
    ),
    Line(
        "counters:return_reception",
        "dossier/reception",
        get="agency_clerk=ok clerks=404 rest=403",
        post="agency_clerk=ok clerks=404 rest=403",
    ),
    of("agency_clerk", "counters:answer_urging", "urging", get="405", post="ok", within="clerks"),
    of("clerk,agency_clerk", "counters:dossier", "dossier/queued", within="clerks"),
    of("clerk", "counters:filed", "dossier/queued", within="clerks"),
    of("clerk,agency_clerk", "counters:withdraw", "dossier/queued", get="405", post="ok", within="clerks"),
    of("clerks", "counters:new_secret", "dossier/queued", get="405", post="ok", foreign="clerks=open"),  # reissued at any counter
    of("clerk", "counters:remind", "dossier/queued", get="405", post="ok", within="clerks"),
    of("clerks", "counters:hand_back", "dossier/ready", post="ok", foreign="clerks=open"),  # any counter, by the whole code
    of("clerks", "counters:till", "dossier/queued", post="ok", foreign="clerks=open"),  # money is taken and given back anywhere
    of("clerks", "counters:till_qr", "dossier/queued", get="405", post="ok", foreign="clerks=open"),
    of("clerks", "counters:till_ask", "dossier/queued", get="405", post="ok", foreign="clerks=open"),
    of("clerk", "counters:called", "call", get="405", post="ok", within="clerks"),
    # --- supervision ----------------------------------------------------------------------------------------------
    of("supervisors", "counters:oversight"),
    of("supervisors", "counters:alerts"),
    of("supervisors", "counters:unrouted"),
    of("supervisor,agency_supervisor,national", "counters:watched", "dossier/queued", within="supervisors", foreign="national=open"),
    of(
        "supervisor,agency_supervisor,national",
        "counters:urge",
        "dossier/queued",
        get="405",
        post="ok",
        within="supervisors",
        foreign="national=open",
    ),
    of(
        "supervisor,agency_supervisor,national",
        "counters:allow_request",
        "dossier/queued",
        get="405",
        post="422",
        within="supervisors",
        foreign="national=open",
    ),
    of("supervisor,national", "counters:decide_agency", "dossier/unrouted", post="ok", within="supervisors", foreign="national=open"),
    of("clerks,supervisors", "counters:place_questions"),
    of("clerk,supervisor,national", "counters:place_question", "question", post="ok", within="clerks,supervisors", foreign="national=open"),
    of("supervisors", "counters:detours"),
    of("supervisors", "counters:reroutings", post="ok"),
    of("supervisor,national", "counters:rerouting", "rerouting", within="supervisors", foreign="national=open"),
    of("supervisor,national", "counters:undo_rerouting", "rerouting", get="405", post="ok", within="supervisors", foreign="national=open"),
    # --- the citizen ----------------------------------------------------------------------------------------------
    Line("dossiers:start_online", "procedure", get="all=ok"),
    of("citizens", "dossiers:begin_online", "procedure", get="ok", post="ok"),
    of("citizens", "dossiers:mine"),
    of("owner", "dossiers:filed_online", "dossier/payment", within="citizens"),
    of("owner", "dossiers:draft", "citizen_draft", within="citizens"),
    *(
        of("owner", f"dossiers:{name}", kind, get=get, post="ok", within="citizens")
        for name, kind, get in (
            ("draft_parties", "citizen_draft", "ok"),
            ("draft_section", "citizen_draft/section", "ok"),
            ("draft_autosave", "citizen_draft/section", "405"),
            ("draft_papers", "citizen_draft", "ok"),
            ("draft_upload", "citizen_draft/paper", "ok"),
            ("draft_remove_file", "citizen_draft/file", "405"),
            ("draft_sort_file", "citizen_draft/file", "405"),
            ("check_online", "citizen_draft", "ok"),
            ("draft_discard", "citizen_draft", "405"),
            ("draft_move", "citizen_draft", "405"),
        )
    ),
    of("owner", "dossiers:my_dossier", "dossier/queued", within="citizens"),
    of("owner", "dossiers:my_supplement", "dossier/supplement", post="ok", within="citizens"),
    of("owner", "dossiers:my_messages", "dossier/queued", post="422", within="citizens"),  # nothing is written
    of("owner", "dossiers:my_withdrawal", "dossier/queued", post="ok", within="citizens"),
    of("owner", "dossiers:my_result", "dossier/ready", get="405", post="ok", within="citizens"),
    of("owner", "dossiers:my_matter", "matter", within="citizens"),
    # Following needs the code and its secret in this browser session, whoever is signed in.
    Line("dossiers:follow", get="all=ok", post="all=ok"),
    Line("dossiers:followed", "dossier/queued", get="owner=ok all=302", foreign="all=302"),
    Line("dossiers:followed_matter", "matter", get="owner=ok all=302", foreign="all=302"),
    Line("dossiers:followed_document", "slip/followed", get="owner=ok all=404"),
    Line("dossiers:followed_supplement", "dossier/supplement", get="owner=ok all=404", post="owner=ok all=404"),
    Line("dossiers:followed_result", "dossier/ready", post="owner=ok all=404"),
    # --- money ----------------------------------------------------------------------------------------------------
    Line("payments:fees", "dossier/payment", get="owner=ok all=404"),
    Line("payments:pay", "dossier/payment", post="owner=503 all=404"),  # nobody answers at the gateway's address here
    Line("payments:back", "dossier/payment", get="owner=ok all=404"),
    # --- machines: the signature decides, not the session ---------------------------------------------------------
    Line("payments:callback", post="all=403"),
    Line("dossiers:national-inbound", post="all=403"),
]

CLOSED_PREFIX, CLOSED_BUT = "accounts/", "accounts/oidc/vneid/"
"""The sign-in library's own pages: closed, whoever asks."""
