"""Valkey from its wheel, on a Unix socket: broker of Celery and cache of pages. It may lose everything at any time."""

import os
import signal
from pathlib import Path

import redis

from portal.core import paths
from portal.core.patience import patient
from portal.devtools.processes import Account, ServiceError, locked, pid_in, private_dir, run_as, service_account, wait_until
from portal.devtools.wheels import binaries

FLAVOURS = {
    "demo": ("--appendonly", "yes", "--appendfsync", "everysec"),
    "test": ("--appendonly", "no"),
}


def _data(flavour: str) -> Path:
    return paths.service_home(flavour) / "valkey"


def client(flavour: str) -> "redis.Redis":
    """A client of the embedded Valkey."""
    return redis.Redis(unix_socket_path=str(paths.valkey_socket(flavour)), socket_timeout=patient(2), socket_connect_timeout=patient(2))


def pid(flavour: str) -> int | None:
    """The live server's process id, or None."""
    return pid_in(_data(flavour) / "valkey.pid", needle="valkey-server")


def is_ready(flavour: str) -> bool:
    """Whether the server answers now."""
    try:
        return bool(client(flavour).ping())
    except redis.RedisError:
        return False


def start(flavour: str) -> None:
    """Valkey answers on its socket; one that already does is left alone. Raises ServiceError."""
    with locked(f"valkey-{flavour}"):
        if pid(flavour) and wait_until(lambda: is_ready(flavour), seconds=10):
            return
        account = service_account(_data(flavour))
        private_dir(paths.service_home(flavour), None, mode=0o755)
        private_dir(paths.run_dir(flavour), account)
        data = private_dir(_data(flavour), account)
        (data / "valkey.pid").unlink(missing_ok=True)
        paths.valkey_socket(flavour).unlink(missing_ok=True)
        _launch(flavour, data, account)


def _launch(flavour: str, data: Path, account: Account | None) -> None:
    log = data / "valkey.log"
    launched = run_as(
        account,
        *(binaries().valkey, "--port", "0", "--unixsocket", paths.valkey_socket(flavour), "--unixsocketperm", "700"),
        *("--dir", data, "--pidfile", data / "valkey.pid", "--logfile", log, "--daemonize", "yes"),
        *("--save", "", "--maxmemory-policy", "noeviction", *FLAVOURS.get(flavour, FLAVOURS["demo"])),
    )
    if launched.returncode or not wait_until(lambda: is_ready(flavour), seconds=10):
        raise ServiceError(
            f"Valkey does not start ({(launched.stderr or launched.stdout).strip() or 'no answer within 10 s'}): look at {log}."
        )


def stop(flavour: str) -> bool:
    """Valkey is stopped. True if it was running."""
    with locked(f"valkey-{flavour}"):
        running = pid(flavour)
        if not running:
            return False
        for number in (signal.SIGTERM, signal.SIGKILL):
            os.kill(running, number)
            if wait_until(lambda: not pid(flavour), seconds=10):
                return True
        raise ServiceError(f"Valkey (process {running}) does not stop: end that process.")
