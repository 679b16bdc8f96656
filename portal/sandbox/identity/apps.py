from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "portal.sandbox.identity"
    label = "sandbox_identity"
    default_auto_field = "django.db.models.BigAutoField"
