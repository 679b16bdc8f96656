"""The first page of a filing: what it takes, whether it can be done online, and for whom."""

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.actions.drafts import start_draft
from dossiers.models import Draft
from dossiers.views.applicant.acting import LABELS, Mode, Person, first_parties
from dossiers.views.applicant.frame import citizen, drafts_of, profile_of
from portal.accounts.access import citizens, identity, public
from portal.core.clock import business_now, business_today
from portal.core.htmx import render_page
from procedures.formschema.answers import prefill
from procedures.formschema.finder import placed
from procedures.models import Channel, ProcedureCase, ProcedureVersion
from procedures.queries import has_ended, version_or_404
from procedures.queries.linked import led_by, linked_procedures
from procedures.queries.pages import procedure_page
from procedures.wording import visit_note


class StartForm(forms.Form):
    """For whom, on what ground, and which case."""

    use_required_attribute = False

    acting_for = forms.ChoiceField(
        label=gettext_lazy("For whom do you file?"),
        choices=[(mode.value, LABELS[mode]) for mode in Mode],
        initial=Mode.SELF.value,
        widget=forms.RadioSelect,
    )
    ground = forms.CharField(
        label=gettext_lazy("On what ground do you act?"),
        help_text=gettext_lazy("For example: mother of the child, legal guardian, written authorisation of 12/10/2026, director."),
        required=False,
        max_length=300,
        widget=forms.TextInput({"data-show": '{"field":"acting_for","in":["other","organisation"]}'}),
    )

    def __init__(self, *args: object, cases: list[ProcedureCase], represents: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.represents = represents
        if len(cases) > 1:
            choices = [(case.key, case.name_vi) for case in cases]
            self.fields["case"] = forms.ChoiceField(
                label=gettext_lazy("Which case applies?"), choices=choices, initial=cases[0].key, widget=forms.RadioSelect
            )

    def clean(self) -> dict[str, object]:
        """Acting for another person needs a ground; a legal representative is known to the identity provider."""
        given: dict[str, object] = super().clean() or self.cleaned_data
        mode = given.get("acting_for")
        needs_ground = mode == Mode.OTHER or (mode == Mode.ORGANISATION and not self.represents)
        if needs_ground and not given.get("ground"):
            self.add_error("ground", _("Write why you may act for the owner."))
        return given


def fileable(version: ProcedureVersion) -> bool:
    """Whether the procedure can be filed online today at all."""
    is_online = version.online_level != ProcedureVersion.OnlineLevel.INFORMATION
    return is_online and not has_ended(version.procedure, business_today())


def _open_drafts(request: HttpRequest, version: ProcedureVersion) -> "QuerySet[Draft] | list[Draft]":
    if not identity(request).is_citizen:
        return []
    mine: QuerySet[Draft] = drafts_of(citizen(request))
    return mine.filter(version__procedure=version.procedure, dossier__isnull=True, expires_at__gt=business_now())[:10]


def _page(request: HttpRequest, version: ProcedureVersion, form: StartForm | None) -> HttpResponse:
    context = {
        "page": procedure_page(version, business_today()),
        "version": version,
        "visit": visit_note(version),
        "can_file": fileable(version),
        "is_citizen": identity(request).is_citizen,
        "sign_in_url": f"{reverse('accounts:sign_in')}?next={request.path}",
        "drafts": _open_drafts(request, version),
        "linked": [step.version.short_name for step in linked_procedures(version.procedure, business_today())],
        "bundles": led_by(version.procedure, business_today()),
        "form": form,
    }
    return render_page(request, "dossiers/applicant/start.html", context, status=422 if form is not None and form.errors else 200)


def _form(request: HttpRequest, version: ProcedureVersion, *, bound: bool) -> StartForm:
    cases = list(version.cases.order_by("-is_default", "pk"))
    represents = bool(profile_of(citizen(request)).organisation_tax_code)
    return StartForm(request.POST if bound else None, cases=cases, represents=represents)


@public
@require_safe
def start(request: HttpRequest, code: str) -> HttpResponse:
    """What the filing takes; the button obeys the online level and asks for a sign-in first."""
    version = version_or_404(code, business_today())
    return _page(request, version, _form(request, version, bound=False) if identity(request).is_citizen else None)


@citizens
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """A draft exists, with what the identity provider knows already written in."""
    version = version_or_404(code, business_today())
    if request.method != "POST" or not fileable(version):
        return redirect("dossiers:start_online", code=code)
    form = _form(request, version, bound=True)
    if not form.is_valid():
        return _page(request, version, form)
    user = citizen(request)
    person = Person(user, profile_of(user))
    given = form.cleaned_data
    case = version.cases.filter(key=given.get("case", "")).first() or version.cases.get(is_default=True)
    draft = start_draft(
        version,
        case,
        owner=user,
        office=None,
        channel=Channel.ONLINE,
        at=business_now(),
        answers=placed(prefill(case.form, person.answers())),
        parties=first_parties(Mode(given["acting_for"]), person, given["ground"].strip()),
    )
    return redirect("dossiers:draft", draft_id=draft.pk)
