"""What a database's content depends on: one hash, so that a prepared database is recognised and a stale one rebuilt."""

import hashlib
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from portal.core import paths

APPS = ("portal", "procedures", "dossiers", "counters", "payments", "data")
# Migrations, data, and the code that loads the data.
RELEVANT = re.compile(
    r"/migrations/|/data/|/management/commands/|^data/|reference|import|load|seed|^procedures/(forms_catalogue|formschema)/"
)
ALWAYS = ("portal/devtools/roles.py", "portal/devtools/services.py", "portal/devtools/postgres.py")
SANDBOX = "portal/sandbox"
STATIC = ("static", "procedures/static", ".local/assets")
STATIC_CODE = re.compile(r"^portal/core/(assets|management/commands/build_assets)")


def database_fingerprint() -> str:
    """Sixteen hexadecimal digits of migrations, reference data and the code that loads it."""
    return _digest(path for path in _files(APPS) if (RELEVANT.search(path) and not path.startswith(SANDBOX)) or path in ALWAYS)


def sandbox_fingerprint() -> str:
    """The same of the simulators' own database."""
    return _digest(path for path in _files((SANDBOX,)) if path.endswith(".py"))


def world_fingerprint() -> str:
    """The same of a database with the demo world in it."""
    return _digest(path for path in _files(("portal/devtools",)) if "/world" in path) + database_fingerprint()


def static_fingerprint() -> str:
    """Sixteen hexadecimal digits of the style sheets, scripts and pictures that are served."""
    return _digest(chain(_files(STATIC), filter(STATIC_CODE.search, _files(("portal/core",)))))


def _files(folders: tuple[str, ...]) -> Iterator[str]:
    for folder in folders:
        for path in (paths.ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
                yield path.relative_to(paths.ROOT).as_posix()


def _digest(files: Iterator[str]) -> str:
    whole = hashlib.sha256()
    for name in sorted(files):
        content = hashlib.sha256(Path(paths.ROOT / name).read_bytes()).hexdigest()
        whole.update(f"{name}\0{content}\n".encode())
    return whole.hexdigest()[:16]
