"""Following a dossier with its code and second secret, without an account."""

from datetime import timedelta

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers.actions.hand_back import Collector, open_as_file
from dossiers.actions.transition import By
from dossiers.codes import normalise_code
from dossiers.documents import copies, serve
from dossiers.matterrows import matter_of, own_matters
from dossiers.models import Dossier
from dossiers.models.matter import PREFIX
from dossiers.queries import own
from dossiers.tracking import followed_matter_or_own, followed_or_own, follower_account, open_with_code
from dossiers.views.applicant.picture import followable, picture, signed_result
from dossiers.views.applicant.supplement import answer_page
from portal.accounts.access import identity, own_transaction, public
from portal.core.attempts import count_attempt, forgive_attempt
from portal.core.clock import business_now, technical_now
from portal.core.db import Scope, acting_as
from portal.core.htmx import render_page
from portal.core.views import too_many_requests

WINDOW = timedelta(minutes=15)
TRIES_PER_CODE = 5
TRIES_PER_ADDRESS = 20
"""A whole village may share an address; eight random characters leave a guesser no hope in twenty tries."""


class FollowForm(forms.Form):
    """Code and secret as they stand on the slip; blanks, hyphens and case do not matter."""

    use_required_attribute = False

    ma = forms.CharField(
        label=gettext_lazy("Dossier code"),
        help_text=gettext_lazy("On your slip and in our messages, for example H26-261122-0001."),
        max_length=200,
        widget=forms.TextInput({"class": "medium code", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter the dossier code.")},
    )
    secret = forms.CharField(
        label=gettext_lazy("Tracking code"),
        help_text=gettext_lazy("Eight letters and digits beside the dossier code on your slip."),
        max_length=40,
        widget=forms.TextInput({"class": "short code", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter the tracking code.")},
    )

    def clean_ma(self) -> str:
        """The code as it is stored."""
        code = any_code(self.cleaned_data["ma"])
        if code is None:
            raise forms.ValidationError(_("This is not a dossier code. Compare it with your slip."))
        return code


@never_cache
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
@public
@own_transaction
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for code and secret. An unknown code and a wrong secret get the same answer, in the same time."""
    if request.method != "POST":
        code = any_code(request.GET.get("ma", "")[:200])
        if code and own(identity(request)).filter(code=code).exists():
            return redirect("dossiers:my_dossier", code=code)
        if code and own_matters(identity(request)).filter(code=code).exists():
            return redirect("dossiers:my_matter", code=code)
        return render_page(
            request, "dossiers/applicant/follow.html", {"form": FollowForm(initial={"ma": code or request.GET.get("ma", "")[:200]})}
        )
    form = FollowForm(request.POST)
    if form.is_valid():
        code = form.cleaned_data["ma"]
        if not _may_try(request, code):
            return too_many_requests(request, retry_after=int(WINDOW.total_seconds()))
        if open_with_code(request, code, form.cleaned_data["secret"]):
            for what in _keys(request, code):
                forgive_attempt(what)
            return redirect("dossiers:followed_matter" if code.startswith(PREFIX) else "dossiers:followed", code=code)
        form.add_error(None, _("Code and tracking code do not belong together. Compare both with your slip; any counter prints a new one."))
    return render_page(request, "dossiers/applicant/follow.html", {"form": form}, status=422)


def any_code(text: str) -> str | None:
    """The code of a dossier or of a linked matter in what was typed."""
    code = normalise_code(text)
    marked = "".join(text.upper().split()).startswith(PREFIX.rstrip("-"))
    return f"{PREFIX}{code}" if code and marked else code


def _keys(request: HttpRequest, code: str) -> tuple[str, str]:
    return f"follow-code:{code}", f"follow-address:{get_adapter().get_client_ip(request)}"


def _may_try(request: HttpRequest, code: str) -> bool:
    """Both counters move, whichever says no."""
    counts = [count_attempt(what, now=technical_now(), window=WINDOW) for what in _keys(request, code)]
    return counts[0] <= TRIES_PER_CODE and counts[1] <= TRIES_PER_ADDRESS


def _followed_or_404(request: HttpRequest, code: str) -> Dossier:
    dossier = followed_or_own(request, code)
    if dossier is None:
        raise Http404
    return dossier


def _base(dossier: Dossier) -> str:
    return reverse("dossiers:followed", args=[dossier.code])


@never_cache
@public
@require_safe
def dossier(request: HttpRequest, code: str) -> HttpResponse:
    """The dossier for whoever holds the slip: no names, answers or papers. A session that has ended asks for the secret again."""
    found = followed_or_own(request, code)
    if found is None:
        return redirect(f"{reverse('dossiers:follow')}?ma={code}")
    matter = matter_of(found)
    is_open = matter is not None and followed_matter_or_own(request, matter.code) is not None
    shown = {"matter": matter, "matter_url": reverse("dossiers:followed_matter", args=[matter.code]) if matter and is_open else ""}
    page = picture(found, now=business_now(), base=_base(found), is_own=False)
    return render_page(request, "dossiers/applicant/dossier.html", page | shown)


@never_cache
@public
@require_safe
def document(request: HttpRequest, code: str, verification_code: str) -> HttpResponseBase:
    """A slip or the result, to read and print; `?pdf=1` to save."""
    found = get_object_or_404(followable(_followed_or_404(request, code)), verification_code=verification_code)
    if "pdf" in request.GET:
        return serve.pdf_response(found)
    return serve.document_response(request, found, copies.OWN, pdf_url=f"{request.path}?pdf=1")


@never_cache
@public
@require_http_methods(["GET", "HEAD", "POST"])
def supplement(request: HttpRequest, code: str) -> HttpResponse:
    """Whoever holds the slip may hand in what was asked for; it is on record that no account did it."""
    found = _followed_or_404(request, code)
    account = follower_account()
    agencies = (found.agency_id,) if found.agency_id and request.method == "POST" else ()
    # The new slip lists all papers of the dossier; whoever answers sees only those that came this way.
    with acting_as(Scope(user_id=account.pk, agencies=agencies)):
        return answer_page(request, found, by=account, base=_base(found))


@never_cache
@public
@require_POST
def open_result(request: HttpRequest, code: str) -> HttpResponse:
    """The electronic result is opened by the holder of code and secret and thereby received."""
    found = _followed_or_404(request, code)
    result = signed_result(found)
    if result is None or result.document is None or not result.is_electronic:
        raise Http404
    account = follower_account()
    open_as_file(found, by=By(account, business_now()), collector=Collector(_("Holder of the tracking code"), ""))
    messages.success(request, _("The result is yours now. Anyone can check it with its code."))
    return redirect("dossiers:followed_document", code=found.code, verification_code=result.document.verification_code)
