"""Sign-in and sign-out. The provider's addresses are those that it was told at its set-up; every other one of the library is closed."""

from django.urls import path

from portal.accounts.views import doors, national

app_name = "accounts"
urlpatterns = [
    path("dang-nhap/", doors.sign_in, name="sign_in"),
    path("dang-xuat/", doors.sign_out, name="sign_out"),
    path("ban-lam-viec/", doors.desk, name="desk"),
    path("accounts/oidc/vneid/login/", national.start, name="national_start"),
    path("accounts/oidc/vneid/login/callback/", national.callback, name="national_callback"),
    path("accounts/", national.closed),
    path("accounts/<path:rest>", national.closed),
]
