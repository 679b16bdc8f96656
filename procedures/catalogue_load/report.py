"""What an import did and every choice it made, for a person to check."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Choice:
    """The import decided something that the source does not say."""

    code: str
    about: str
    text: str


@dataclass(slots=True)
class ImportReport:
    """Counts of procedures, and the choices."""

    read: int = 0
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    kept_in_use: list[str] = field(default_factory=list)
    fee_rules: int = 0
    competence_rules: int = 0
    choices: list[Choice] = field(default_factory=list)

    def note(self, code: str, about: str, text: str) -> None:
        self.choices.append(Choice(code, about, text))

    def about(self, subject: str) -> list[Choice]:
        return [choice for choice in self.choices if choice.about == subject]

    def as_dict(self) -> dict[str, Any]:
        """The counts, and how many choices of which sort; `choices` itself is the list."""
        counts = asdict(self)
        counts["choices"] = dict(Counter(choice.about for choice in self.choices))
        return counts

    def in_full(self) -> dict[str, Any]:
        """Everything, with each choice."""
        return asdict(self)

    def lines(self) -> list[str]:
        """The report as lines of text."""
        counts = f"{self.read} read, {len(self.created)} created, {len(self.updated)} updated, {self.unchanged} unchanged, "
        rules = f"{self.fee_rules} fee rules, {self.competence_rules} competence rules, {len(self.choices)} choices:"
        head = [f"{counts}{len(self.kept_in_use)} kept because dossiers use them", rules]
        return head + [f"  {choice.code:10} {choice.about:12} {choice.text}" for choice in self.choices]
