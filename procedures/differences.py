"""What changes between two versions, in plain sentences. Pure but for the language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Paper:
    """A component as people read it."""

    name: str
    kind: str
    originals: int
    copies: int
    condition: str
    form_files: tuple[str, ...] = ()
    needed: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the form as people read it."""

    label: str
    part: str
    kind: str
    required: str
    options: tuple[str, ...] = ()
    place: str = ""
    when: str = ""
    hint: str = ""


Row = TypeVar("Row", Paper, Asked)
ByCase = Mapping[str, Mapping[str, Row]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A version as people read it: labelled texts, lines of longer texts, results by name with what is said of each,
    and, by key, for each case (named by its key) its papers and the questions of its form."""

    texts: Mapping[str, str]
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    papers: Mapping[str, Mapping[str, Paper]] = field(default_factory=dict)
    cases: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, Mapping[str, Asked]] = field(default_factory=dict)


def differences(old: Snapshot, new: Snapshot) -> list[str]:
    """One sentence for each change; empty when nothing changes."""
    sentences = []
    for label in dict.fromkeys([*old.texts, *new.texts]):
        before, after = old.texts.get(label, ""), new.texts.get(label, "")
        if before != after:
            sentences.append(_text_change(label, before, after))
    for label in dict.fromkeys([*old.lists, *new.lists]):
        sentences += _list_changes(label, old.lists.get(label, ()), new.lists.get(label, ()))
    sentences += _result_changes(old.results, new.results)
    sentences += _changes_by_case(old.papers, new.papers, new.cases, _paper_changes)
    return sentences + _changes_by_case(old.questions, new.questions, new.cases, _question_changes)


def _text_change(label: str, before: str, after: str) -> str:
    if not before:
        return _("%(label)s is added: “%(after)s”.") % {"label": label, "after": after}
    if not after:
        return _("%(label)s is removed; it was “%(before)s”.") % {"label": label, "before": before}
    return _("%(label)s changes from “%(before)s” to “%(after)s”.") % {"label": label, "before": before, "after": after}


def _list_changes(label: str, before: Sequence[str], after: Sequence[str]) -> list[str]:
    added = [_("%(label)s gains: “%(item)s”.") % {"label": label, "item": item} for item in after if item not in before]
    lost = [_("%(label)s loses: “%(item)s”.") % {"label": label, "item": item} for item in before if item not in after]
    if not added and not lost and list(before) != list(after):
        return [_("The order changes in: %(label)s.") % {"label": label}]
    return lost + added


def _result_changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    lost = [_("The result “%(name)s” is no longer given.") % {"name": name} for name in before if name not in after]
    added = [_("A new result: “%(name)s”, %(details)s.") % {"name": name, "details": after[name]} for name in after if name not in before]
    changed = [name for name in after if name in before and before[name] != after[name]]
    return lost + added + [_("The result “%(name)s” is now: %(details)s.") % {"name": name, "details": after[name]} for name in changed]


def _changes_by_case(
    old: "ByCase[Row]", new: "ByCase[Row]", cases: Mapping[str, str], told: Callable[[Mapping[str, Row], Mapping[str, Row]], list[str]]
) -> list[str]:
    """What all cases have in common is said once; what only some of them change names the case."""
    by_case = {key: told(old.get(key, {}), rows) for key, rows in new.items()}
    sentences = []
    for sentence in dict.fromkeys(each for changes in by_case.values() for each in changes):
        concerned = [key for key, changes in by_case.items() if sentence in changes]
        if len(concerned) == len(by_case):
            sentences.append(sentence)
        else:
            sentences += [_("In the case “%(case)s”: %(change)s") % {"case": cases.get(key, key), "change": sentence} for key in concerned]
    return sentences


def _paper_changes(before: Mapping[str, Paper], after: Mapping[str, Paper]) -> list[str]:
    sentences = [_("The paper “%(name)s” is no longer asked for.") % {"name": before[key].name} for key in before if key not in after]
    sentences += [_("A new paper is asked for: “%(name)s”.") % {"name": after[key].name} for key in after if key not in before]
    for key in [key for key in after if key in before]:
        old, new = before[key], after[key]
        name = {"name": new.name}
        if old.name != new.name:
            sentences.append(_("The paper “%(before)s” is now called “%(name)s”.") % {**name, "before": old.name})
        if old.kind != new.kind:
            sentences.append(_("The paper “%(name)s” is now: %(kind)s.") % {**name, "kind": new.kind})
        if (old.originals, old.copies) != (new.originals, new.copies):
            counts = {"originals": new.originals, "copies": new.copies}
            sentences.append(
                _("Of the paper “%(name)s”, %(originals)s originals and %(copies)s copies are asked for.") % {**name, **counts}
            )
        if old.form_files != new.form_files:
            files = ", ".join(new.form_files) or "–"
            sentences.append(_("The blank forms of the paper “%(name)s” are now: %(files)s.") % {**name, "files": files})
        if old.needed != new.needed:
            sentences.append(_needed(new))
        if old.condition != new.condition:
            sentences.append(_("The condition of the paper “%(name)s” is now: “%(condition)s”.") % {**name, "condition": new.condition})
    return sentences


def _needed(paper: Paper) -> str:
    if not paper.needed:
        return _("No answer decides any more whether the paper “%(name)s” is needed.") % {"name": paper.name}
    return _("The paper “%(name)s” is now needed by the answer: %(answer)s.") % {"name": paper.name, "answer": paper.needed}


def _question_changes(before: Mapping[str, Asked], after: Mapping[str, Asked]) -> list[str]:
    sentences = [_("The question “%(label)s” is no longer asked.") % {"label": before[key].label} for key in before if key not in after]
    for key in [key for key in after if key not in before]:
        new = after[key]
        words = {"label": new.label, "part": new.part, "kind": new.kind, "required": new.required}
        sentences.append(_("A new question in “%(part)s”: “%(label)s” (%(kind)s, %(required)s).") % words)
    common = [key for key in after if key in before]
    if common != [key for key in before if key in after]:
        sentences.append(_("The questions are asked in another order."))
    return sentences + [sentence for key in common for sentence in _question_change(before[key], after[key])]


def _question_change(old: Asked, new: Asked) -> list[str]:
    sentences = []
    label = {"label": new.label}
    if old.label != new.label:
        sentences.append(_("The question “%(before)s” now reads “%(label)s”.") % {**label, "before": old.label})
    if (old.kind, old.required) != (new.kind, new.required):
        sentences.append(
            _("The question “%(label)s” is now: %(kind)s, %(required)s.") % {**label, "kind": new.kind, "required": new.required}
        )
    if old.options != new.options:
        sentences.append(_("The question “%(label)s” now offers: %(options)s.") % {**label, "options": "; ".join(new.options)})
    if old.place != new.place:
        sentences.append(_("The question “%(label)s” now names this place: %(place)s.") % {**label, "place": new.place or "–"})
    if old.when != new.when:
        sentences.append(_("The question “%(label)s” is now asked: %(when)s.") % {**label, "when": new.when or _("always")})
    if old.hint != new.hint:
        sentences.append(_("The help of the question “%(label)s” is now: “%(hint)s”.") % {**label, "hint": new.hint or "–"})
    return sentences
