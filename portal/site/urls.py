from django.conf import settings
from django.urls import path

from portal.site import finding, health, views
from portal.site.completeness.urls import urlpatterns as completeness
from portal.site.operations.urls import urlpatterns as operations

app_name = "site"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", views.home, name="home"),
    path("tim/", finding.find, name="find"),
    path("tuy-chon/", views.preferences, name="preferences"),
    path("tro-giup/", views.help_page, name="help"),
    path("phim-tat/", views.shortcuts, name="shortcuts"),
    path("kha-nang-tiep-can/", views.accessibility, name="accessibility"),
    path("quyen-rieng-tu/", views.privacy, name="privacy"),
    *completeness,
    *operations,
]
if settings.DEMO:
    urlpatterns.append(path("bo-giao-dien/", views.kit, name="kit"))
