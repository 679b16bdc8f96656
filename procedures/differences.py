"""What changes between two versions, in plain sentences. Pure but for the language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A version as people read it: labelled texts, lines of longer texts, papers by key for each case, named by its key."""

    texts: Mapping[str, str]
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    papers: Mapping[str, Mapping[str, Paper]] = field(default_factory=dict)
    cases: Mapping[str, str] = field(default_factory=dict)


def differences(old: Snapshot, new: Snapshot) -> list[str]:
    """One sentence for each change; empty when nothing changes."""
    sentences = []
    for label in dict.fromkeys([*old.texts, *new.texts]):
        before, after = old.texts.get(label, ""), new.texts.get(label, "")
        if before != after:
            sentences.append(_text_change(label, before, after))
    for label in dict.fromkeys([*old.lists, *new.lists]):
        sentences += _list_changes(label, old.lists.get(label, ()), new.lists.get(label, ()))
    return sentences + _changes_by_case(old, new)


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


def _changes_by_case(old: Snapshot, new: Snapshot) -> list[str]:
    """What all cases have in common is said once; what only some of them change names the case."""
    by_case = {key: _paper_changes(old.papers.get(key, {}), papers) for key, papers in new.papers.items()}
    sentences = []
    for sentence in dict.fromkeys(each for changes in by_case.values() for each in changes):
        concerned = [key for key, changes in by_case.items() if sentence in changes]
        if len(concerned) == len(by_case):
            sentences.append(sentence)
        else:
            sentences += [
                _("In the case “%(case)s”: %(change)s") % {"case": new.cases.get(key, key), "change": sentence} for key in concerned
            ]
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
        if old.condition != new.condition:
            sentences.append(_("The condition of the paper “%(name)s” is now: “%(condition)s”.") % {**name, "condition": new.condition})
    return sentences
