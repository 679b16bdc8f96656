from django.apps import AppConfig


class PopulationConfig(AppConfig):
    name = "portal.sandbox.population"
    label = "sandbox_population"
    default_auto_field = "django.db.models.BigAutoField"
