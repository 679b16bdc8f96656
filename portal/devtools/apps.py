"""The Django app of the development tools."""

from django.apps import AppConfig


class DevtoolsConfig(AppConfig):
    """Installed only where the embedded demo is in use; production knows nothing of it."""

    name = "portal.devtools"
    label = "devtools"
