"""What a citizen does to the own dossier: answer a supplement, withdraw, open the result."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from dossiers.actions.delay import withdraw as withdraw_dossier
from dossiers.actions.hand_back import Collector, open_as_file
from dossiers.actions.reasons import ReasonMissing
from dossiers.actions.transition import By
from dossiers.lifecycle import State, Verb, verbs_for
from dossiers.matterrows import matter_of
from dossiers.models import Dossier
from dossiers.queries import found_or_404, own
from dossiers.states import Actor
from dossiers.views.applicant.frame import citizen, profile_of
from dossiers.views.applicant.picture import signed_result
from dossiers.views.applicant.supplement import answer_page
from portal.accounts.access import citizens, identity
from portal.core.clock import business_now
from portal.core.errors import DomainError
from portal.core.htmx import render_page


class WithdrawForm(forms.Form):
    """Why the dossier is taken back."""

    use_required_attribute = False

    reason = forms.CharField(
        label=gettext_lazy("Why do you withdraw the dossier?"),
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Write the reason in a few words.")},
    )


@citizens
@require_http_methods(["GET", "HEAD", "POST"])
def supplement(request: HttpRequest, code: str) -> HttpResponse:
    """Answer what was asked for."""
    dossier = found_or_404(own(identity(request)), code)
    return answer_page(request, dossier, by=citizen(request), base=reverse("dossiers:my_dossier", args=[dossier.code]))


@citizens
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """The dossier is withdrawn, with a reason, while nothing is decided."""
    dossier = found_or_404(own(identity(request)), code)
    if Verb.WITHDRAW not in verbs_for(State(dossier.state), Actor.APPLICANT):
        messages.error(request, _("This dossier can no longer be withdrawn."))
        return redirect("dossiers:my_dossier", code=code)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = _withdrawn(request, dossier, form)
        if not form.errors:
            messages.success(request, _("The dossier has been withdrawn."))
            return redirect("dossiers:my_dossier", code=code)
    return render_page(
        request, "dossiers/applicant/withdraw.html", {"dossier": dossier, "form": form, "matter": matter_of(dossier)}, status=status
    )


def _withdrawn(request: HttpRequest, dossier: Dossier, form: WithdrawForm) -> int:
    """The dossier is withdrawn, or the form says why not, with the status of that."""
    if not form.is_valid():
        return 422
    try:
        withdraw_dossier(dossier, by=By(citizen(request), business_now()), reason=form.cleaned_data["reason"])
    except DomainError as refused:
        form.add_error("reason" if isinstance(refused, ReasonMissing) else None, str(refused))
        return refused.status
    return 200


@citizens
@require_POST
def open_result(request: HttpRequest, code: str) -> HttpResponse:
    """The electronic result is opened and thereby received."""
    dossier = found_or_404(own(identity(request)), code)
    result = signed_result(dossier)
    if result is None or result.document is None or not result.is_electronic:
        raise Http404
    user = citizen(request)
    collector = Collector(user.full_name, profile_of(user).personal_id, identity_checked=True)
    open_as_file(dossier, by=By(user, business_now()), collector=collector)
    return redirect("dossiers:document", code=result.document.verification_code)
