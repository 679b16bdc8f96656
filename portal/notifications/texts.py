"""The message catalogue. English msgids; people read the Vietnamese text."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, Promise] = {
    "filed": _("Dossier %(code)s has been filed. Tracking secret %(secret)s. Follow it at %(link)s"),
    "accepted": _("Dossier %(code)s has been accepted. Tracking secret %(secret)s. See the return date at %(link)s"),
    "supplement": _("Dossier %(code)s needs more papers or corrections. See what is asked at %(link)s"),
    "payment": _("Dossier %(code)s has a fee to pay. Tracking secret %(secret)s. See the amount and the date at %(link)s"),
    "payment_due": _("The time for paying the fee of dossier %(code)s ends soon. See the amount and the last day at %(link)s"),
    "unpaid": _("Dossier %(code)s was not paid in time and could not be received. See how to file it again at %(link)s"),
    "unpaid_stopped": _("Dossier %(code)s was not paid in time and stands still. It goes on once you pay: %(link)s"),
    "paid": _("The fee of dossier %(code)s has been received. Receipt at %(link)s"),
    "new_date": _("Dossier %(code)s has a new return date; we apologise. See the letter at %(link)s"),
    "refused": _("Dossier %(code)s could not be received. Read the reason at %(link)s"),
    "stopped": _("The handling of dossier %(code)s has been stopped. Read the reason at %(link)s"),
    "resumed": _("The handling of dossier %(code)s goes on. See the new return date at %(link)s"),
    "recounted": _("Days off were announced: dossier %(code)s has a new return date. See it at %(link)s"),
    "reopened": _("The result of dossier %(code)s contained an error and is being issued anew. Read more at %(link)s"),
    "withdrawn": _("Dossier %(code)s has been withdrawn as asked. See %(link)s"),
    "result": _("The result of dossier %(code)s is ready. See how to receive it at %(link)s"),
    "message": _("The agency has written to you about dossier %(code)s. Sign in to read it at %(link)s"),
    "mentioned": _("A colleague mentions you in a note on dossier %(code)s. Read it at %(link)s"),
    "place_question": _("In which unit of today the address of dossier %(code)s lies is being determined. You need do nothing: %(link)s"),
    "alert_arrived": _("Dossier %(code)s was promised for today and waits in your agency's queue: %(link)s"),
    "alert_unclaimed": _("Nobody took dossier %(code)s, promised for today, in 30 minutes. You are named to take it: %(link)s"),
    "alert_due_soon": _("Dossier %(code)s is due soon: %(link)s"),
    "alert_overdue": _("Dossier %(code)s is overdue: %(link)s"),
    "alert_stuck": _("Dossier %(code)s has been in its present step for too long: %(link)s"),
    "alert_waiting": _("Dossier %(code)s has been waiting for the citizen for long. Ask whether the request is understood: %(link)s"),
    "alert_digest": _(
        "%(day)s: %(late)d overdue, %(soon)d due soon, %(stuck)d stuck, %(waiting)d waiting for the citizen, "
        "%(unclaimed)d of the day not taken. %(link)s"
    ),
}
