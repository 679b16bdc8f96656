from django.urls import include, path

from procedures.views import imports, keeping, public

app_name = "procedures"
urlpatterns = [
    path("thu-tuc/", public.catalogue, name="catalogue"),
    path("thu-tuc/<str:code>/", public.procedure, name="procedure"),
    path("thu-tuc/<str:code>/to-khai/", public.blank, name="blank"),
    path("quan-tri/thu-tuc/", keeping.index, name="keep_all"),
    path("quan-tri/thu-tuc/nhap-quoc-gia/", imports.index, name="imports"),
    path("quan-tri/thu-tuc/<str:code>/", keeping.show, name="keep"),
    path("quan-tri/thu-tuc/<str:code>/ket-thuc/", imports.end, name="end"),
    path("quan-tri/thu-tuc/<str:code>/soan/", keeping.start, name="start"),
    path("quan-tri/thu-tuc/<str:code>/ban-nhap/", keeping.edit, name="edit"),
    path("quan-tri/thu-tuc/<str:code>/trinh-duyet/", keeping.submit, name="submit"),
    path("quan-tri/thu-tuc/<str:code>/tra-lai/", keeping.back, name="send_back"),
    path("quan-tri/thu-tuc/<str:code>/huy/", keeping.discard, name="discard"),
    path("quan-tri/thu-tuc/<str:code>/cong-bo/", keeping.approve, name="approve"),
    path("quan-tri/tham-quyen/", include("procedures.views.registry.urls")),
]
