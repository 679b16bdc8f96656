"""What must be so before the demo starts. Each refusal is one sentence with its remedy."""

import ctypes
import os
import shutil

from portal.core import paths
from portal.devtools import children
from portal.devtools.processes import ServiceError, private_dir, require_python, require_space

DEMO_MEGABYTES = 1024
PANGO_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
PANGO_REMEDY = "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def preflight(port: int, sandbox_port: int) -> list[str]:
    """Warnings about what will work less well. Raises ServiceError for what would not work at all."""
    require_python()
    private_dir(paths.LOCAL, None, mode=0o755)
    if not os.access(paths.LOCAL, os.W_OK):
        raise ServiceError(f"{paths.LOCAL} cannot be written: it belongs to another user; remove it, or run as that user.")
    require_space(paths.shared_home(), DEMO_MEGABYTES)
    for wanted in (port, sandbox_port):
        if not children.port_is_free(wanted):
            raise ServiceError(f'Port {wanted} is taken by another program: stop it, or run `make demo ARGS="--port {port + 100}"`.')
    return [] if pango_is_present() else [f"Pango is missing: documents open as print pages instead of PDFs. To have PDFs: {PANGO_REMEDY}"]


def pango_is_present() -> bool:
    """Whether the libraries that lay out PDFs can be loaded."""
    try:
        for library in PANGO_LIBRARIES:
            ctypes.CDLL(library)
    except OSError:
        return shutil.which("brew") is not None  # on macOS the names differ; WeasyPrint finds them itself
    return True
