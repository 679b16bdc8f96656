from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "portal.core"
    label = "core"

    def ready(self) -> None:
        from portal.core import checks, lookups  # noqa: F401, PLC0415 -- register, once settings are ready
