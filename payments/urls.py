"""Paying, and the gateway's callback."""

from django.urls import path

from payments.views import machine, person

app_name = "payments"
urlpatterns = [
    path("ho-so/<str:code>/nop-phi/", person.fees, name="fees"),
    path("ho-so/<str:code>/nop-phi/thanh-toan/", person.pay, name="pay"),
    path("ho-so/<str:code>/nop-phi/ket-qua/", person.back, name="back"),
    path("api/v1/payments/callback", machine.callback, name="callback"),
]
