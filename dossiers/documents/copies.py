"""Which copy of a document a page is: the original, a logged reprint, or only a look at it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dossiers.documents import wording
from dossiers.models import DocumentPrint, IssuedDocument
from portal.accounts.access import identity

FRESH = timedelta(minutes=30)
"""How long whoever issued a document, or had a copy logged, may send it to the printer."""

LOOK = "Bản xem trên màn hình, chưa ghi vào sổ in; không thay cho bản đã giao."
"""What a page says that a member of staff only looks at, should it be printed all the same."""


@dataclass(frozen=True, slots=True)
class Copies:
    """`mark` is printed on the paper; empty on the original and on the citizen's own. Without `may_print` a copy must be logged first."""

    mark: str
    may_print: bool
    is_print_now: bool
    said: str


OWN = Copies("", may_print=True, is_print_now=False, said="")
"""A document that its addressee opens: printed as often as they like."""


def copies_of(document: IssuedDocument, request: HttpRequest, *, at: datetime) -> Copies:
    """What this request may print. A member of staff prints the original once, right after issuing it; then logged copies."""
    who = identity(request)
    wants = "in" in request.GET
    if who.is_citizen:
        return replace(OWN, is_print_now=wants)
    prints = list(document.prints.select_related("by", "office").order_by("-copy_no")[:50])
    said = _said(prints)
    copy = next((each for each in prints if str(each.copy_no) == request.GET.get("ban") and each.by_id == who.user_id), None)
    if copy is not None and at - copy.at < FRESH:
        return Copies(mark_of(copy), may_print=True, is_print_now=wants, said=said)
    is_original = not prints and document.issued_by_id == who.user_id and at - document.issued_at < FRESH
    if is_original:
        return Copies("", may_print=True, is_print_now=wants, said=said)
    return Copies(LOOK, may_print=False, is_print_now=False, said=said)


def mark_of(copy: DocumentPrint) -> str:
    """What the paper says of itself, in Vietnamese whoever prints it."""
    where = f", {copy.office.name}" if copy.office else ""
    return f"In lại lần {copy.copy_no}: {wording.moment(copy.at)}; người in: {copy.by.full_name}{where}."


def _said(prints: list[DocumentPrint]) -> str:
    if not prints:
        return ""
    last = prints[0]
    return _("Printed again %(count)d times, last by %(name)s at %(at)s.") % {
        "count": last.copy_no,
        "name": last.by.full_name,
        "at": wording.moment(last.at),
    }
