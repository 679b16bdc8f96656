"""While processing, the agency finds that a financial obligation must be met first. The clock stands still until it is.

Source: Luật Đất đai 2024 and its decrees: the time for fixing and paying the obligation is not processing time.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.say import say
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.documents.issue import issue
from dossiers.lifecycle import Verb
from dossiers.models import Dossier, FeeLine, IssuedDocument
from portal.core.errors import DomainError
from portal.core.money import MOST_VND


class ObligationUnclear(DomainError):
    """No name, no amount, or a day that has passed."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """What must be paid, to whom it belongs by `kind` (charge or levy), and until when. Integer đồng."""

    name: str
    kind: str
    amount_vnd: int
    pay_by: datetime
    basis: str = ""


@transaction.atomic
def require_payment(dossier: Dossier, *, by: By, obligation: Obligation, expected_version: int) -> IssuedDocument:
    """The obligation is owed, the notice issued, the person told; the clock waits (pause and resume, whatever the supplement policy).

    Raises ObligationUnclear, StaleVersion, StepNotPossible.
    """
    if not obligation.name.strip() or not 0 < obligation.amount_vnd <= MOST_VND or obligation.pay_by <= by.at:
        raise ObligationUnclear(_("Name the obligation, its amount and a day to come."))
    dossier = locked(dossier.pk, expected_version=expected_version)
    step = Step(note=obligation.name.strip(), legal_basis=obligation.basis, fields={"payment_due_at": obligation.pay_by})
    event = transition(dossier, Verb.REQUIRE_PAYMENT, by, step)
    FeeLine.objects.create(
        dossier=dossier, kind=obligation.kind, name=obligation.name.strip(), amount_vnd=obligation.amount_vnd, beneficiary=by.agency
    )
    notice = issue(dossier, kind="payment_notice", at=by.at, actor=by.user, agency=by.agency)
    say(dossier, "payment", event)
    return notice
