"""Every URL of the portal. Each app names its own; a missing app is a missing feature, not an error page."""

from django.urls import include, path

urlpatterns = [
    path("", include("portal.site.urls")),
    path("", include("portal.site.places.urls")),
    path("", include("portal.accounts.urls")),
    path("", include("procedures.urls")),
    path("", include("dossiers.urls")),
    path("", include("counters.urls")),
    path("", include("payments.urls")),
    path("accounts/", include("allauth.urls")),
]

handler400 = "portal.core.views.bad_request"
handler403 = "portal.core.views.forbidden"
handler404 = "portal.core.views.not_found"
handler500 = "portal.core.views.server_error"
