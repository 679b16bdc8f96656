"""Which generation of the national portal this installation talks to. The setting names an adapter and nothing else."""

from collections.abc import Callable, Mapping

from django.conf import settings

from dossiers.national.generation2026 import Generation2026
from dossiers.national.port import NationalPort
from dossiers.national.provincial import Provincial

ADAPTERS: Mapping[str, Callable[[], NationalPort]] = {Generation2026.name: Generation2026, Provincial.name: Provincial}


def national_port() -> NationalPort:
    """The port behind `NATIONAL_GENERATION`. Raises KeyError, which a system check reports first."""
    return ADAPTERS[settings.NATIONAL_GENERATION]()
