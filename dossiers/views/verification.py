"""Anyone checks an issued document: by its code, and by its file."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dossiers.documents.numbering import CODE_LENGTH, cleaned_code
from dossiers.documents.verification import check_code, code_of_file, is_same_file, seal_of
from portal.accounts.access import public
from portal.core.htmx import render_page


class CodeForm(forms.Form):
    """The code as it is printed on the paper."""

    ma = forms.CharField(
        label=_("Verification code"),
        help_text=_("16 letters and digits beside the QR code; blanks and hyphens do not matter."),
        max_length=60,
        error_messages={"required": _("Enter the verification code printed on the document.")},
    )

    def clean_ma(self) -> str:
        """The code without blanks and hyphens."""
        code = cleaned_code(self.cleaned_data["ma"])
        if len(code) != CODE_LENGTH:
            raise forms.ValidationError(_("A verification code has 16 letters and digits. Compare it with the paper."))
        return code


class FileForm(forms.Form):
    """The file that somebody was given."""

    file = forms.FileField(
        label=_("The PDF file that you were given"),
        error_messages={"required": _("Choose the file to compare."), "empty": _("This file is empty.")},
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def verification_form(request: HttpRequest) -> HttpResponse:
    """Ask for the code, or for the file; either leads to the document's page. The file is not kept."""
    if request.method == "POST":
        return _by_file(request)
    form = CodeForm(request.GET) if "ma" in request.GET else CodeForm()
    if form.is_bound and form.is_valid():
        return redirect("dossiers:verification", code=form.cleaned_data["ma"])
    context = {"form": form, "file_form": FileForm()}
    return render_page(request, "documents/verification_form.html", context, status=422 if form.errors else 200)


def _by_file(request: HttpRequest) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        code = code_of_file(form.cleaned_data["file"].chunks())
        if code:
            return redirect("dossiers:verification", code=code)
        form.add_error(
            "file", _("No document with exactly this content was issued here: it was changed, saved anew, or comes from elsewhere.")
        )
    context = {"form": CodeForm(), "file_form": form, "has_errors": True}
    return render_page(request, "documents/verification_form.html", context, status=422)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: HttpRequest, code: str) -> HttpResponse:
    """What is public about the document; a posted file is compared with the issued one and not kept."""
    checked = check_code(code)
    if checked is None:
        return render_page(request, "documents/verification_unknown.html", {"typed": code[:60], "form": CodeForm()}, status=404)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    context: dict[str, object] = {"checked": checked, "form": form}
    if form.is_bound and form.is_valid():
        context |= {"compared": True, "is_same": is_same_file(checked, form.cleaned_data["file"].chunks())}
    if checked.sealed_at and (not form.is_bound or context.get("is_same")):
        context["seal"] = seal_of(checked)
    return render_page(request, "documents/verification.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("xac-minh/", verification_form, name="verification_form"),
    path("xac-minh/<str:code>/", verification, name="verification"),
]
