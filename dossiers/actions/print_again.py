"""A document is printed again: numbered, logged, and marked on the paper itself.

Source: Thông tư 03/2025/TT-VPCP: a slip that was handed out is proof; a second one must be told from the first.
"""

from django.db import transaction
from django.db.models import Max

from dossiers.actions.transition import By
from dossiers.models import DocumentPrint, IssuedDocument


@transaction.atomic
def print_again(document: IssuedDocument, *, by: By, reason: str = "") -> DocumentPrint:
    """The next copy of the document is on record; its number is one more than that of the last."""
    assert by.user is not None  # noqa: S101 -- a person prints
    IssuedDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
    last = document.prints.aggregate(last=Max("copy_no"))["last"] or 0
    return DocumentPrint.objects.create(
        document=document, copy_no=last + 1, by=by.user, office=by.office, reason=reason.replace("\0", "").strip()[:200], at=by.at
    )
