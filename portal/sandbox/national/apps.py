from django.apps import AppConfig


class NationalConfig(AppConfig):
    name = "portal.sandbox.national"
    label = "sandbox_national"
    default_auto_field = "django.db.models.BigAutoField"
