from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "portal.sandbox.delivery"
    label = "sandbox_delivery"
    default_auto_field = "django.db.models.BigAutoField"
