"""What a document is issued on, and what its description consists of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dossiers.models import Dossier, IssuedDocument, Party
from portal.accounts.models import User
from portal.agencies.models import Agency, Office


@dataclass(frozen=True, slots=True)
class Occasion:
    """One act of issuing. `extra` holds what the rows do not say; see the describing functions for its keys."""

    dossier: Dossier
    kind: IssuedDocument.Kind
    at: datetime
    actor: User | None
    office: Office | None
    agency: Agency | None
    extra: Mapping[str, object]
    code: str

    def text(self, key: str, default: str = "") -> str:
        """The extra as text; the default when it is missing or empty."""
        value = self.extra.get(key)
        return str(value).strip() if value else default

    def moment(self, key: str) -> datetime | None:
        """The extra if it is a point in time."""
        value = self.extra.get(key)
        return value if isinstance(value, datetime) else None

    def rows(self, key: str) -> list[object] | None:
        """The extra as a list; None if it was not given."""
        value = self.extra.get(key)
        return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else None

    @property
    def receiving(self) -> Office:
        """The office that speaks to the person here: the acting one, else the one that received the dossier."""
        return self.office or self.dossier.receiving_office

    @property
    def deciding(self) -> Office | Agency:
        """The body that decides; the office when no agency is known yet."""
        return self.agency or self.dossier.agency or self.receiving


@dataclass(frozen=True, slots=True)
class Content:
    """Title, issuer, template and its values, or the finished page. A given number replaces the running one, a given file the PDF."""

    title: str
    body: Office | Agency
    template: str
    context: dict[str, object] = field(default_factory=dict)
    html: str = ""
    number: str = ""
    storage_key: str = ""
    sha256: str = ""
    sealed_at: datetime | None = None

    @property
    def issuer(self) -> str:
        return self.body.name[:200]

    @property
    def issuer_code(self) -> str:
        """By which the issuer's key is found."""
        return self.body.code if isinstance(self.body, Office) else self.body.identifier


def parties_of(dossier: Dossier) -> dict[str, Party]:
    """The dossier's parties by role; empty for one that has none yet."""
    return {party.role: party for party in dossier.parties.order_by("pk")}
