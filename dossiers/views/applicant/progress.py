"""How far a draft is: which of its parts are done, begun or missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dossiers.matters import requirements_of
from dossiers.models import Draft, DraftFile
from dossiers.views.applicant.acting import Person, parties_form
from dossiers.views.applicant.frame import DECLARATION_PREFIX, schema_of
from portal.core.clock import business_today
from procedures.formschema import conditions
from procedures.formschema.answers import post_data
from procedures.formschema.compile import DeclarationForm, build_form
from procedures.formschema.conditions import holds, is_filled
from procedures.formschema.schema import Schema, Section
from procedures.models import Requirement

DONE, STARTED, TODO = "done", "started", "todo"


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the task list."""

    title: str
    url: str
    state: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One component with the files that have arrived for it."""

    requirement: Requirement
    files: tuple[DraftFile, ...]
    is_required: bool

    @property
    def is_missing(self) -> bool:
        return self.is_required and not self.files


def section_form(
    schema: Schema, section: str, answers: Mapping[str, Any], today: date, data: Mapping[str, Any] | None = None
) -> DeclarationForm:
    """The form of one section over the answers kept so far."""
    return build_form(schema, data=data, initial=dict(answers), today=today, sections=[section], prefix=DECLARATION_PREFIX)


def checked_section(schema: Schema, section: str, answers: Mapping[str, Any], today: date) -> DeclarationForm:
    """The form of one section, bound to the kept answers as if they had just been typed."""
    data = post_data(schema, dict(answers), prefix=DECLARATION_PREFIX, sections=[section])
    return section_form(schema, section, answers, today, data)


def asked_sections(schema: Schema, answers: Mapping[str, Any]) -> list[Section]:
    """The sections that are asked under the present answers."""
    return [section for section in schema.sections if holds(section.show, dict(answers))]


def section_state(schema: Schema, section: Section, answers: Mapping[str, Any], today: date) -> str:
    """Done when it could be sent as it is and something was answered, begun when anything was."""
    begun = any(is_filled(answers.get(item.key)) for item in section.fields)
    if checked_section(schema, section.key, answers, today).is_valid():
        return DONE if begun or not any(item.required for item in section.fields) else TODO
    return STARTED if begun else TODO


def paper_rows(draft: Draft) -> list[PaperRow]:
    """The components that are asked now; the declaration is not one of them, our form replaces it."""
    answers = draft.answers | {"exemption": draft.parties.get("exemption")}
    asked = [each for each in requirements_of(draft, business_today()) if is_asked(each, answers)]
    files = list(DraftFile.objects.filter(draft=draft).order_by("arrived_at", "pk"))
    return [PaperRow(each, tuple(file for file in files if file.requirement_key == each.key), each.is_needed) for each in asked]


def is_asked(requirement: Requirement, answers: Mapping[str, Any]) -> bool:
    """Whether this component is to be uploaded under these answers."""
    if requirement.is_declaration or requirement.kind == Requirement.Kind.PRESENT_ONLY:
        return False
    return conditions.is_asked(requirement.show, dict(answers))


def unsorted_files(draft: Draft, rows: list[PaperRow]) -> list[DraftFile]:
    """Files that arrived without a component, or for one that is no longer asked."""
    known = [row.requirement.key for row in rows]
    return list(DraftFile.objects.filter(draft=draft).exclude(requirement_key__in=known).order_by("arrived_at", "pk"))


def tasks_of(draft: Draft, person: Person, today: date) -> list[Task]:
    """The task list without its last line."""
    schema = schema_of(draft)
    tasks = [
        Task(
            _("Who files for whom"),
            reverse("dossiers:draft_parties", args=[draft.pk]),
            DONE if parties_form(draft, person).is_valid() else TODO,
        )
    ]
    tasks += [
        Task(
            str(section.title),
            reverse("dossiers:draft_section", args=[draft.pk, section.key]),
            section_state(schema, section, draft.answers, today),
        )
        for section in asked_sections(schema, draft.answers)
    ]
    rows = paper_rows(draft)
    missing = sum(row.is_missing for row in rows)
    state = DONE if not missing else STARTED if any(row.files for row in rows) else TODO
    hint = ngettext("%(count)d paper still missing", "%(count)d papers still missing", missing) % {"count": missing} if missing else ""
    return [*tasks, Task(_("Papers"), reverse("dossiers:draft_papers", args=[draft.pk]), state, hint)]


def next_section(draft: Draft, after: str) -> str:
    """The address of the page that follows this section."""
    keys = [section.key for section in asked_sections(schema_of(draft), draft.answers)]
    position = keys.index(after) + 1 if after in keys else 0
    if position < len(keys):
        return reverse("dossiers:draft_section", args=[draft.pk, keys[position]])
    return reverse("dossiers:draft_papers", args=[draft.pk])
