"""The one page on which a walk-in is taken: four forms over one draft."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from counters.preview import choice_at, fees_of
from dossiers import filing_inputs
from dossiers.actions.file import Filing
from dossiers.forms import FilingForm, PapersForm, PartiesForm, typed
from dossiers.lawfulchoice import PICKED, Choice, ChoiceForm
from dossiers.matters import grounds_for, requirements_of
from dossiers.models import Draft, DraftFile
from portal.accounts.models import User
from portal.core.templatetags.kit import error_anchor
from portal.core.workcalendar import local
from procedures.formschema.answers import answers, clean_partial, prefill, validate_answers
from procedures.formschema.compile import DeclarationForm, build_form
from procedures.formschema.conditions import is_asked
from procedures.formschema.finder import placed
from procedures.models import ProcedureCase, Requirement
from procedures.queries import grounds_of

PARTIES_PREFIX = "p"


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """One entry of the error summary."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One component: what to tick, how many, which files have arrived, and whether it is asked now."""

    requirement: Requirement
    has: forms.BoundField
    originals: forms.BoundField
    copies: forms.BoundField
    files: list[DraftFile]
    show: str
    is_shown: bool
    is_missing: bool


@dataclass(slots=True)
class Intake:
    """The forms of one draft, unbound for a first look or bound to what was posted."""

    draft: Draft
    office_answers: dict[str, Any]
    parties: PartiesForm
    declaration: DeclarationForm
    papers: PapersForm
    filing: FilingForm
    requirements: list[Requirement]
    files: list[DraftFile]
    choice: Choice
    choosing: ChoiceForm | None = None
    is_quiet: bool = False

    @property
    def forms(self) -> tuple[forms.Form, ...]:
        every = self.parties, self.declaration, self.papers, self.filing
        return every if self.choosing is None else (*every, self.choosing)

    def is_valid(self) -> bool:
        """Whether all forms are, and every required component is there."""
        verdicts = [form.is_valid() for form in self.forms]
        return all(verdicts) and not self.missing()

    def forget_errors(self) -> None:
        """What was typed stands again without complaints: the person only asked for one more row."""
        self.is_quiet = True
        for form in self.forms:
            form.errors.clear()

    def missing(self) -> list[Requirement]:
        """Required components, asked under the present answers, that were neither seen nor scanned."""
        scanned = {file.requirement_key for file in self.files}
        required = [each for each in self.requirements if each.is_needed and self.asks(each)]
        return [each for each in required if each.key not in scanned and not self.has_seen(each)]

    def asks(self, requirement: Requirement) -> bool:
        """Whether the component's condition holds for what was answered so far."""
        return is_asked(requirement.show, self.office_answers | {"exemption": self.exemption})

    def has_seen(self, requirement: Requirement) -> bool:
        """Whether its box is ticked."""
        return bool(self.papers[f"has-{requirement.key}"].value()) if self.papers.is_bound else False

    def counts(self) -> dict[str, tuple[int, int]]:
        """Originals and copies of each component that was seen; a tick without a number is one original."""
        seen = [each for each in self.requirements if self.papers.cleaned_data.get(f"has-{each.key}") and self.asks(each)]
        found = {each.key: self.papers.count(each.key) for each in seen}
        return {key: count if any(count) else (1, 0) for key, count in found.items()}

    def rows(self) -> list[PaperRow]:
        """The checklist as the page shows it."""
        missing = {each.key for each in self.missing()} if self.papers.is_bound and not self.is_quiet else set()
        return [self._row(each, missing) for each in self.requirements]

    def _row(self, each: Requirement, missing: set[str]) -> PaperRow:
        return PaperRow(
            requirement=each,
            has=self.papers[f"has-{each.key}"],
            originals=self.papers[f"originals-{each.key}"],
            copies=self.papers[f"copies-{each.key}"],
            files=[file for file in self.files if file.requirement_key == each.key],
            show=_condition_text(each),
            is_shown=self.asks(each),
            is_missing=each.key in missing,
        )

    def loose_files(self) -> list[DraftFile]:
        """Files that belong to no component of the present case."""
        known = {each.key for each in self.requirements}
        return [file for file in self.files if file.requirement_key not in known]

    def errors(self) -> list[ErrorLine]:
        """All errors of all forms in the order of the page, then what is missing."""
        lines = [line for form in self.forms for line in _form_errors(form)]
        told = _("Still missing: %(name)s")
        return lines + [ErrorLine(f"id_has-{each.key}", told % {"name": each.name}) for each in self.missing()]

    def typed(self) -> dict[str, Any]:
        """Everything but the declaration's answers, as typed, to be kept on the draft."""
        chosen = self.choosing.typed() if self.choosing is not None else {}
        return typed(self.parties) | typed(self.papers) | typed(self.filing) | chosen

    @property
    def exemption(self) -> str:
        """The ground of exemption that is claimed, if the procedure knows it."""
        return str(self.filing["exemption"].value() or "") if "exemption" in self.filing.fields else ""


def _condition_text(requirement: Requirement) -> str:
    return json.dumps(requirement.show, ensure_ascii=False) if requirement.show is not None else ""


def _form_errors(form: forms.Form) -> Iterable[ErrorLine]:
    for text in form.non_field_errors():
        yield ErrorLine("", str(text))
    for field in form:
        for text in field.errors:
            yield ErrorLine(error_anchor(field), f"{field.label}: {text}" if field.label else str(text))


def intake_of(draft: Draft, *, on: date, data: QueryDict | None = None) -> Intake:
    """The forms of the draft; bound when `data` was posted. Answers known from the person are filled in beforehand."""
    kept = dict(draft.parties)
    parties = PartiesForm(data, prefix=PARTIES_PREFIX, initial=kept, today=on)
    if data is None:
        parties.fields["phone" if kept.get("owner_name") else "owner_name"].widget.attrs["autofocus"] = True
    requirements = [each for each in requirements_of(draft, on) if not each.is_declaration]
    first = placed(prefill(draft.case.form, filing_inputs.prefill_person(kept))) if not draft.answers else {}
    declaration = build_form(draft.case.form, data=data, initial={**first, **draft.answers}, today=on)
    known = clean_partial(declaration if data is not None else validate_answers(draft.case.form, {**first, **draft.answers}, today=on))
    choice = choice_at(draft, known, str((data or kept).get(PICKED) or ""), on=on)
    return Intake(
        draft=draft,
        office_answers=known,
        choice=choice,
        choosing=ChoiceForm(data, offers=choice.offers, kept=kept) if choice.offers else None,
        parties=parties,
        declaration=declaration,
        papers=PapersForm(data, initial=kept, requirements=requirements),
        filing=FilingForm(data, initial=kept, grounds=grounds_for(draft, on)),
        requirements=requirements,
        files=list(draft.files.order_by("arrived_at", "pk")),
    )


def filing_of(intake: Intake, *, clerk: User, at: datetime) -> Filing:
    """What a valid intake states, ready to be filed at the draft's own counter."""
    draft = intake.draft
    office = draft.office
    if office is None:
        raise ValidationError("a walk-in has an office")
    given = answers(intake.declaration)
    on = local(at).date()
    choice = intake.choice if given == intake.office_answers else choice_at(draft, given, intake.choice.picked, on=on)
    decision = choice.decision
    lines = fees_of(draft, office, given, decision, exemption=intake.exemption, at=at)
    grounds = dict(grounds_of(draft.version.procedure, on))
    asked = {each.key for each in intake.requirements if intake.asks(each)}
    return Filing(
        version=draft.version,
        case=draft.case,
        channel=draft.channel,
        office=office,
        actor=clerk,
        submit_token=draft.submit_token,
        at=at,
        answers=given | choice.kept,
        parties=filing_inputs.parties(intake.parties.cleaned_data),
        papers=filing_inputs.papers(
            intake.requirements, intake.counts(), [f for f in intake.files if f.requirement_key in asked or not f.requirement_key]
        ),
        fees=filing_inputs.fees(lines, grounds.get(intake.exemption, "")),
        phone=intake.parties.cleaned_data["phone"],
        email=intake.parties.cleaned_data["email"],
        originals_kept=intake.filing.cleaned_data["originals_kept"] == "kept",
        draft=draft,
        decision=decision,
    )


def parties_kept(draft: Draft, *, on: date) -> list[tuple[str, str]]:
    """Who was named on the draft, and how to reach them: label and text of every line that was filled in."""
    form = PartiesForm(initial=draft.parties, today=on)
    lines = [line for line in form if not isinstance(line.field, forms.ChoiceField)]
    return [(str(line.label), str(draft.parties[line.name])) for line in lines if draft.parties.get(line.name)]


def cases_of(draft: Draft) -> list[ProcedureCase]:
    """The cases to choose from; empty when there is only one."""
    cases = list(draft.version.cases.order_by("-is_default", "pk"))
    return cases if len(cases) > 1 else []


def posted(data: Mapping[str, Any], name: str) -> int:
    """A whole number from the request, 0 when it is none."""
    text = str(data.get(name, ""))
    return int(text) if text.isascii() and text.isdigit() else 0
