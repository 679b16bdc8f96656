"""URLs of the citizen's side."""

from django.urls import URLPattern, path

from dossiers.views.applicant import check, draft, filed, followed, matter, messages, mine, papers, start, steps

DRAFT = "nop-ho-so/nhap/<uuid:draft_id>/"
urlpatterns: list[URLPattern] = [
    path("nop-ho-so/da-nop/<str:code>/", filed.filed, name="filed_online"),
    path(DRAFT, draft.task_list, name="draft"),
    path(f"{DRAFT}cac-ben/", draft.parties, name="draft_parties"),
    path(f"{DRAFT}phan/<slug:key>/", draft.section, name="draft_section"),
    path(f"{DRAFT}phan/<slug:key>/luu/", draft.autosave, name="draft_autosave"),
    path(f"{DRAFT}giay-to/", papers.papers, name="draft_papers"),
    path(f"{DRAFT}giay-to/<slug:key>/", papers.papers, name="draft_upload"),
    path(f"{DRAFT}tep/<int:file_id>/xoa/", draft.remove_file, name="draft_remove_file"),
    path(f"{DRAFT}tep/<int:file_id>/xep/", papers.sort, name="draft_sort_file"),
    path(f"{DRAFT}kiem-tra/", check.check, name="check_online"),
    path(f"{DRAFT}xoa/", draft.discard, name="draft_discard"),
    path(f"{DRAFT}phien-ban-moi/", draft.move, name="draft_move"),
    path("nop-ho-so/<str:code>/", start.start, name="start_online"),
    path("nop-ho-so/<str:code>/bat-dau/", start.begin, name="begin_online"),
    path("ho-so-cua-toi/", mine.home, name="mine"),
    path("ho-so-cua-toi/lien-thong/<str:code>/", matter.mine, name="my_matter"),
    path("ho-so-cua-toi/<str:code>/", mine.dossier, name="my_dossier"),
    path("ho-so-cua-toi/<str:code>/bo-sung/", steps.supplement, name="my_supplement"),
    path("ho-so-cua-toi/<str:code>/trao-doi/", messages.thread, name="my_messages"),
    path("ho-so-cua-toi/<str:code>/rut/", steps.withdraw, name="my_withdrawal"),
    path("ho-so-cua-toi/<str:code>/ket-qua/", steps.open_result, name="my_result"),
    path("tra-cuu/", followed.follow, name="follow"),
    path("tra-cuu/lien-thong/<str:code>/", matter.followed, name="followed_matter"),
    path("tra-cuu/<str:code>/", followed.dossier, name="followed"),
    path("tra-cuu/<str:code>/giay/<str:verification_code>/", followed.document, name="followed_document"),
    path("tra-cuu/<str:code>/bo-sung/", followed.supplement, name="followed_supplement"),
    path("tra-cuu/<str:code>/ket-qua/", followed.open_result, name="followed_result"),
]
