"""A procedure from nothing, and the results of a draft."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.core.errors import DomainError
from procedures.actions.form_editing import save_results
from procedures.actions.new_procedure import draft_new_procedure
from procedures.models import ProcedureVersion
from procedures.queries.drafts import draft_or_404
from procedures.views.drafting.forms import NewProcedureForm, ResultFormSet
from procedures.views.registry.frame import actor


def editable(code: str) -> ProcedureVersion:
    """The draft that an editor writes now. Raises Http404 while it waits for approval."""
    draft = draft_or_404(code)
    if draft.state != ProcedureVersion.State.DRAFT:
        raise Http404(_("Only a draft can be changed."))
    return draft


@staff(Role.CATALOGUE_EDITOR)
def new(request: HttpRequest) -> HttpResponse:
    """A procedure that the catalogue does not have yet."""
    form = NewProcedureForm(request.POST or None, initial={"code": request.GET.get("ma", "")[:30]})
    if request.method == "POST" and form.is_valid():
        try:
            draft = draft_new_procedure(form.new(), actor=actor(request))
        except DomainError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The draft exists. Supply what it still lacks."))
            return redirect("procedures:edit", code=draft.procedure.code)
    return render(request, "procedures/keep/new.html", {"form": form}, status=422 if form.errors else 200)


@staff(Role.CATALOGUE_EDITOR)
def results(request: HttpRequest, code: str) -> HttpResponse:
    """What the procedure can end with."""
    draft = editable(code)
    rows = ResultFormSet(request.POST if request.method == "POST" else None, queryset=draft.results.order_by("pk"), prefix="results")
    if request.method == "POST" and rows.is_valid():
        save_results(draft, rows, actor=actor(request))
        messages.success(request, _("The draft is saved."))
        return redirect("procedures:keep", code=code)
    return render(request, "procedures/keep/results.html", {"draft": draft, "rows": rows}, status=422 if rows.is_bound else 200)
