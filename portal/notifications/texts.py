"""The message catalogue. English msgids; people read the Vietnamese text."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, Promise] = {
    "filed": _("Dossier %(code)s has been filed. Tracking secret %(secret)s. Follow it at %(link)s"),
    "accepted": _("Dossier %(code)s has been accepted. Tracking secret %(secret)s. See the return date at %(link)s"),
    "supplement": _("Dossier %(code)s needs more papers or corrections. See what is asked at %(link)s"),
    "payment": _("Dossier %(code)s has a fee to pay. Tracking secret %(secret)s. See the amount and the date at %(link)s"),
    "paid": _("The fee of dossier %(code)s has been received. Receipt at %(link)s"),
    "new_date": _("Dossier %(code)s has a new return date; we apologise. See the letter at %(link)s"),
    "refused": _("Dossier %(code)s could not be received. Read the reason at %(link)s"),
    "stopped": _("The handling of dossier %(code)s has been stopped. Read the reason at %(link)s"),
    "resumed": _("The handling of dossier %(code)s goes on. See the new return date at %(link)s"),
    "recounted": _("Days off were announced: dossier %(code)s has a new return date. See it at %(link)s"),
    "reopened": _("The result of dossier %(code)s contained an error and is being issued anew. Read more at %(link)s"),
    "withdrawn": _("Dossier %(code)s has been withdrawn as asked. See %(link)s"),
    "result": _("The result of dossier %(code)s is ready. See how to receive it at %(link)s"),
    "place_question": _("Dossier %(code)s has a question about the place. Answer it at %(link)s"),
}
