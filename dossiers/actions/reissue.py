"""A tracking secret is given out anew at any counter; the former one is worthless from then on."""

from django.db import transaction

from dossiers.actions.hand_back import Collector, require_right_person
from dossiers.actions.transition import By, locked
from dossiers.documents.issue import issue
from dossiers.models import Dossier, IssuedDocument
from dossiers.secrets import secret_for


@transaction.atomic
def reissue_secret(dossier: Dossier, *, by: By, person: Collector) -> IssuedDocument:
    """The dossier has a new secret and a slip that carries it. Raises WrongCollector.

    The slip is the receipt slip once the dossier was accepted, else the acknowledgement.
    """
    dossier = locked(dossier.pk)
    require_right_person(dossier, person)
    dossier.secret_issue += 1
    dossier.save(update_fields=["secret_issue"])
    kind = IssuedDocument.Kind.RECEIPT_SLIP if dossier.accepted_at else IssuedDocument.Kind.ACKNOWLEDGEMENT
    return issue(
        dossier,
        kind=kind,
        at=by.at,
        actor=by.user,
        office=dossier.receiving_office,
        counter=by.office,
        extra={"secret": secret_for(dossier.code, dossier.secret_issue)},
    )
