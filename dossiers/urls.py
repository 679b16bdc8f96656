"""URLs of the case. Documents and papers name theirs beside their views."""

from django.urls import URLPattern

from dossiers.views import calendar, files, national, verification
from dossiers.views.applicant import urls as applicant
from dossiers.views.officer import urls as officer
from dossiers.views.reorganisations import pages as reorganisations

app_name = "dossiers"
urlpatterns: list[URLPattern] = [
    *calendar.urlpatterns,
    *verification.urlpatterns,
    *files.urlpatterns,
    *national.urlpatterns,
    *applicant.urlpatterns,
    *officer.urlpatterns,
    *reorganisations.urlpatterns,
]
