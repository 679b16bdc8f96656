"""Two windows on one draft: both versions side by side, and the person decides."""

from collections.abc import Iterable, Mapping

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from dossiers.forms import PartiesForm
from dossiers.models import Draft
from dossiers.views.applicant.frame import schema_of
from portal.core.htmx import render_page
from procedures.formschema.answers import clean_partial, read_back
from procedures.formschema.compile import DeclarationForm
from procedures.formschema.conditions import Json

Line = tuple[str, str]


def section_page(request: HttpRequest, current: Draft, key: str, form: DeclarationForm) -> HttpResponse:
    """409: what is stored and what was typed here, question by question."""
    schema, language = schema_of(current), (get_language() or "vi")[:2]
    titles = {each.title.in_language(language) for each in schema.sections if each.key == key}

    def lines(answers: Mapping[str, Json]) -> list[Line]:
        return [line for title, found in read_back(schema, answers, language) if title in titles for line in found]

    return _page(request, current, lines(current.answers), lines(clean_partial(form)))


def parties_page(request: HttpRequest, current: Draft, form: PartiesForm) -> HttpResponse:
    """409: the parties as stored and as typed here."""
    labels = [(name, str(field.label)) for name, field in form.fields.items()]
    stored = [(label, str(current.parties.get(name) or "")) for name, label in labels]
    typed = [(label, str(form[name].data or "")) for name, label in labels]
    return _page(request, current, stored, typed)


def _page(request: HttpRequest, current: Draft, stored: Iterable[Line], typed: Iterable[Line]) -> HttpResponse:
    theirs, mine = dict(stored), dict(typed)
    rows = [(label, theirs.get(label, ""), mine.get(label, "")) for label in dict.fromkeys([*theirs, *mine])]
    posted = [(name, value) for name in request.POST if name not in {"csrfmiddlewaretoken", "rev"} for value in request.POST.getlist(name)]
    context = {
        "draft": current,
        "rows": [(label, there, here, there != here) for label, there, here in rows if there or here],
        "posted": posted,
        "revision": current.revision,
        "address": request.get_full_path(),
    }
    return render_page(request, "dossiers/applicant/conflict.html", context, status=409)
