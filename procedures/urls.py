from django.urls import include, path

from procedures.views import imports, keeping, public
from procedures.views.drafting import pages, questions

DRAFT = "quan-tri/thu-tuc/<str:code>/ban-nhap/"

app_name = "procedures"
urlpatterns = [
    path("thu-tuc/", public.catalogue, name="catalogue"),
    path("thu-tuc/<str:code>/", public.procedure, name="procedure"),
    path("thu-tuc/<str:code>/to-khai/", public.blank, name="blank"),
    path("quan-tri/thu-tuc/", keeping.index, name="keep_all"),
    path("quan-tri/thu-tuc/nhap-quoc-gia/", imports.index, name="imports"),
    path("quan-tri/thu-tuc/moi/", pages.new, name="new"),
    path("quan-tri/thu-tuc/<str:code>/", keeping.show, name="keep"),
    path("quan-tri/thu-tuc/<str:code>/ket-thuc/", imports.end, name="end"),
    path("quan-tri/thu-tuc/<str:code>/soan/", keeping.start, name="start"),
    path(DRAFT, keeping.edit, name="edit"),
    path(f"{DRAFT}ket-qua/", pages.results, name="draft_results"),
    path(f"{DRAFT}to-khai/", questions.index, name="draft_form"),
    path(f"{DRAFT}to-khai/them/", questions.add, name="draft_question_new"),
    path(f"{DRAFT}to-khai/xem/", questions.preview, name="draft_form_preview"),
    path(f"{DRAFT}to-khai/cau/<slug:key>/", questions.edit, name="draft_question"),
    path(f"{DRAFT}to-khai/cau/<slug:key>/chuyen/", questions.move, name="draft_question_move"),
    path(f"{DRAFT}to-khai/cau/<slug:key>/bo/", questions.remove, name="draft_question_remove"),
    path("quan-tri/thu-tuc/<str:code>/trinh-duyet/", keeping.submit, name="submit"),
    path("quan-tri/thu-tuc/<str:code>/tra-lai/", keeping.back, name="send_back"),
    path("quan-tri/thu-tuc/<str:code>/huy/", keeping.discard, name="discard"),
    path("quan-tri/thu-tuc/<str:code>/cong-bo/", keeping.approve, name="approve"),
    path("quan-tri/le-phi/", include("procedures.views.fees.urls")),
    path("quan-tri/tham-quyen/", include("procedures.views.registry.urls")),
]
