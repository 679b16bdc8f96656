from django.apps import AppConfig


class PaymentConfig(AppConfig):
    name = "portal.sandbox.payment"
    label = "sandbox_payment"
    default_auto_field = "django.db.models.BigAutoField"
