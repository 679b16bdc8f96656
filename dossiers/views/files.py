"""Issued documents, papers and the files of drafts, for those who may open them. A foreign one is a 404."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from dossiers.actions.print_again import print_again
from dossiers.actions.transition import By
from dossiers.documents import access, pageimages, serve
from dossiers.documents.copies import copies_of
from dossiers.documents.numbering import cleaned_code
from dossiers.models import DraftFile, IssuedDocument, Paper
from portal.accounts.access import identity, signed_in, staff
from portal.accounts.models import Role, User
from portal.agencies.models import Office
from portal.core.clock import business_now
from portal.core.htmx import render_page


def _document_or_404(request: HttpRequest, code: str) -> IssuedDocument:
    return get_object_or_404(access.documents_for(identity(request)), verification_code=cleaned_code(code))


@signed_in
@require_safe
def document(request: HttpRequest, code: str) -> HttpResponse:
    """The page to read and print; `?in=1` opens the print dialog where scripts run, for the original or the copy `?ban=`."""
    found = _document_or_404(request, code)
    pdf_url = reverse("dossiers:document_pdf", args=[found.verification_code])
    return serve.document_response(request, found, copies_of(found, request, at=business_now()), pdf_url=pdf_url)


@staff(Role.CLERK, Role.OFFICER, Role.LEADER, Role.SUPERVISOR)
@require_POST
def document_print(request: HttpRequest, code: str) -> HttpResponse:
    """The next copy is logged, and its page opens the print dialog."""
    found = _document_or_404(request, code)
    who = identity(request)
    office = Office.objects.filter(pk__in=who.offices.get(Role.CLERK, ())[:1]).first()
    user = who.user if isinstance(who.user, User) else None
    copy = print_again(found, by=By(user, business_now(), office=office), reason=request.POST.get("reason", ""))
    return redirect(f"{reverse('dossiers:document', args=[found.verification_code])}?in=1&ban={copy.copy_no}")


@signed_in
@require_safe
def document_pdf(request: HttpRequest, code: str) -> HttpResponseBase:
    """The PDF, to be saved."""
    return serve.pdf_response(_document_or_404(request, code))


@signed_in
@require_safe
def paper(request: HttpRequest, paper_id: int) -> HttpResponseBase:
    """The file as an attachment; `?xem=1` shows its pages as pictures."""
    found = get_object_or_404(access.papers_for(identity(request)), pk=paper_id)
    if "xem" in request.GET:
        return _pages(request, found, "dossiers:paper_page")
    return serve.attachment(serve.StoredFile(found.storage_key, found.content_type, found.name))


@signed_in
@require_safe
def paper_page(request: HttpRequest, paper_id: int, number: int) -> HttpResponse:
    """One page of the paper as a picture."""
    return _picture(get_object_or_404(access.papers_for(identity(request)), pk=paper_id), number)


@signed_in
@require_safe
def draft_file(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """A file of the person's own draft, like a paper."""
    found = get_object_or_404(access.draft_files_for(identity(request)), pk=file_id)
    if "xem" in request.GET:
        return _pages(request, found, "dossiers:draft_file_page")
    return serve.attachment(serve.StoredFile(found.storage_key, found.content_type, found.name))


@signed_in
@require_safe
def draft_file_page(request: HttpRequest, file_id: int, number: int) -> HttpResponse:
    """One page of a file of the person's own draft as a picture."""
    return _picture(get_object_or_404(access.draft_files_for(identity(request)), pk=file_id), number)


def _pages(request: HttpRequest, found: Paper | DraftFile, page_view: str) -> HttpResponse:
    try:
        count = pageimages.page_count(found.storage_key, found.content_type)
    except FileNotFoundError as error:
        raise Http404 from error
    pages = [reverse(page_view, args=[found.pk, number]) for number in range(1, count + 1)]
    return render_page(request, "documents/paper_pages.html", {"paper": found, "pages": pages})


def _picture(found: Paper | DraftFile, number: int) -> HttpResponse:
    try:
        drawn = pageimages.page_png(found.storage_key, found.content_type, number)
    except (pageimages.NoSuchPage, FileNotFoundError) as error:
        raise Http404 from error
    return serve.locked_down(HttpResponse(drawn, content_type="image/png"))


urlpatterns = [
    path("tai-lieu/<str:code>/", document, name="document"),
    path("tai-lieu/<str:code>/in-lai/", document_print, name="document_print"),
    path("tai-lieu/<str:code>/pdf/", document_pdf, name="document_pdf"),
    path("giay-to/<int:paper_id>/", paper, name="paper"),
    path("giay-to/<int:paper_id>/trang/<int:number>.png", paper_page, name="paper_page"),
    path("giay-to/ban-nhap/<int:file_id>/", draft_file, name="draft_file"),
    path("giay-to/ban-nhap/<int:file_id>/trang/<int:number>.png", draft_file_page, name="draft_file_page"),
]
