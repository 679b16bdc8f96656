from django.urls import include, path

from portal.sandbox import pages
from portal.sandbox.faults import views as faults
from portal.sandbox.identity import views as identity
from portal.sandbox.messages import views as messages
from portal.sandbox.national import api, auth, catalogue, filings, groups, legacy, look
from portal.sandbox.national import pages as npsp
from portal.sandbox.payment import views as payment
from portal.sandbox.population import views as population

urlpatterns = [
    path("", pages.home, name="home"),
    path("readyz", pages.readyz, name="readyz"),
    path("faults", faults.api, name="faults-api"),
    path("faults/", faults.knobs, name="faults"),
    path("calls/", faults.calls, name="calls"),
    # National portal, 2026 generation
    path("npsp/v2/token", auth.token),
    path("npsp/v2/GetNextValue", api.next_value),
    path("npsp/v2/files", api.upload),
    path("npsp/v2/messages", api.messages),
    *(path(f"npsp/v2/{service}", api.named, {"service": service}) for service in api.SERVICES),
    path("npsp/v2/dossiers", look.dossiers),
    path("npsp/v2/dossiers/<str:code>", look.dossier),
    path("npsp/v2/lookups", look.lookups),
    path("npsp/v2/summary", look.summary),
    path("npsp/v2/summaries", look.summaries),
    path("npsp/v2/summaries/hours", groups.hours),
    path("npsp/v2/summaries/dossiers", groups.members),
    path("npsp/v2/effects", look.effects),
    path("npsp/v2/inbound", filings.handed_over),
    path("npsp/v2/replies", filings.reply),
    path("npsp/v2/procedures", catalogue.procedures),
    path("npsp/v2/procedures/<str:code>", catalogue.procedure),
    # National portal, older generation
    path("npsp/v1/session", legacy.session),
    path("npsp/v1/service", legacy.service),
    # National portal, for people
    path("npsp/", npsp.listing, name="npsp"),
    path("npsp/dossiers/<str:code>/", npsp.detail, name="npsp-dossier"),
    path("npsp/file/", filings.file_page, name="npsp-file"),
    path("npsp/file/<str:kind>/", filings.file_page, name="npsp-act"),
    path("npsp/procedures/", catalogue.listing, name="npsp-procedures"),
    path("npsp/procedures/<str:code>/", catalogue.edit, name="npsp-procedure"),
    # National portal, for programs that play a person or the ministry
    path("npsp/inbound", filings.file_api),
    path("npsp/procedures", catalogue.store_api),
    # Population register
    path("population/lookup", population.lookup),
    path("population/residents", population.add),
    path("population/", population.page, name="population"),
    # Identity provider: our door first, then everything of the library
    path("vneid/dang-nhap/", identity.sign_in, name="account_login"),
    path("vneid/dang-nhap-lai/", identity.sign_in, name="account_reauthenticate"),
    path("vneid/dang-xuat/", identity.sign_out, name="account_logout"),
    path("identity/o/authorize", identity.authorization),
    path("", include("allauth.idp.urls")),
    # Payment gateway
    path("pay/orders", payment.create),
    path("pay/orders/<str:reference>", payment.state),
    path("pay/", payment.orders, name="orders"),
    path("pay/<uuid:gateway_ref>/", payment.pay, name="pay"),
    # SMS and e-mail
    path("messages", messages.api),
    path("inbox/", messages.inbox, name="inbox"),
]
