from django.apps import AppConfig


class FaultsConfig(AppConfig):
    name = "portal.sandbox.faults"
    label = "sandbox_faults"
    default_auto_field = "django.db.models.BigAutoField"
