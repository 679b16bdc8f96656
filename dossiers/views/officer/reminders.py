"""What watching offices urge, and the answers that they wait for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dossiers.actions.transition import By
from dossiers.actions.watch import answer_reminder
from dossiers.history import state_pill
from dossiers.models import Reminder
from dossiers.reminders import for_agencies
from dossiers.views.officer.forms import ReminderForm
from dossiers.views.officer.frame import page
from portal.accounts.access import identity, staff
from portal.accounts.models import Role, User
from portal.core.clock import business_now

MOST = 100


@staff(Role.OFFICER, Role.LEADER)
@require_safe
def reminders(request: HttpRequest) -> HttpResponse:
    """Every reminder without an answer, the first due first."""
    return _shown(request)


@staff(Role.OFFICER, Role.LEADER)
@require_POST
def answer(request: HttpRequest, reminder_id: int) -> HttpResponse:
    """The office that urged can read the answer."""
    who = identity(request)
    reminder = get_object_or_404(for_agencies(who), pk=reminder_id)
    form = ReminderForm(request.POST, auto_id=f"id_{reminder_id}_%s")
    if not form.is_valid():
        return _shown(request, answered=reminder_id, form=form, status=422)
    user = who.user if isinstance(who.user, User) else None
    answer_reminder(reminder, by=By(user, business_now(), agency=reminder.agency), text=form.cleaned_data["text"])
    messages.success(request, _("Your answer to the reminder about %(code)s is sent.") % {"code": reminder.dossier.code})
    return redirect("dossiers:officer-reminders")


def _shown(request: HttpRequest, *, answered: int = 0, form: ReminderForm | None = None, status: int = 200) -> HttpResponse:
    waiting: list[Reminder] = list(for_agencies(identity(request))[:MOST])
    now = business_now()
    rows = [
        (
            each,
            each.due_at < now,
            state_pill(each.dossier.state),
            reverse("dossiers:officer-dossier", args=[each.dossier.code]),
            form if form is not None and each.pk == answered else ReminderForm(auto_id=f"id_{each.pk}_%s"),
        )
        for each in waiting
    ]
    return page(request, "dossiers/officer/reminders.html", {"rows": rows, "form": form}, status=status)
