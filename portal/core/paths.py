"""Where the embedded services keep their files. Importing this module touches nothing.

As an ordinary user everything stays under `.local/` of the checkout. As root, PostgreSQL must run as an
unprivileged account that cannot enter a mode-700 home, so the files live in the system's persistent
temporary directory, in a folder named by a hash of the checkout's path.
"""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
SOCKET_PATH_LIMIT = 90
POSTGRES_PORT = 5432
DATABASE = "motcua"
SANDBOX_DATABASE = "motcua_sandbox"


def checkout_key() -> str:
    """Twelve hexadecimal digits that name this checkout."""
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


def flavour() -> str:
    """The cluster in use: `demo`, or `test` with its own cluster. Set by MOTCUA_FLAVOUR."""
    return os.environ.get("MOTCUA_FLAVOUR", "demo")


def sandbox_database_name() -> str:
    """The simulators' database on the embedded server. Set by SANDBOX_DATABASE_NAME; tests name their clones."""
    return os.environ.get("SANDBOX_DATABASE_NAME", SANDBOX_DATABASE)


def shared_home() -> Path:
    """The folder above both flavours, with the binaries that an unprivileged account can run."""
    if os.geteuid() == 0:
        return Path("/var/tmp") / f"motcua-{checkout_key()}"  # noqa: S108 -- persistent, enterable by others; ownership is checked
    return LOCAL


def service_home(name: str | None = None) -> Path:
    """The folder with the data of one flavour's services."""
    return shared_home() / (name or flavour())


def run_dir(name: str | None = None) -> Path:
    """The folder of the Unix sockets, short enough for the 108-byte limit of socket paths."""
    path = service_home(name) / "run"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT - len("/.s.PGSQL.5432"):
        return path
    return Path("/tmp") / f"motcua-{os.geteuid()}-{checkout_key()}-{name or flavour()}"  # noqa: S108 -- short; ownership is checked


def valkey_socket(name: str | None = None) -> Path:
    """The Unix socket on which Valkey listens."""
    return run_dir(name) / "valkey.sock"


def media_root() -> Path:
    """Uploaded and issued files of this flavour; private, never served directly."""
    return LOCAL / flavour() / "media"
