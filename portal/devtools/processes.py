"""Processes and folders of the embedded services: who runs them, who may enter, what is still alive."""

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.core import paths
from portal.core.patience import patient

MEGABYTE = 1024 * 1024
MINIMUM_PYTHON = (3, 11)


class ServiceError(Exception):
    """Something a person can put right. The message is one sentence with the remedy."""


@dataclass(frozen=True)
class Account:
    """The system account that a service runs as."""

    name: str
    uid: int
    gid: int


def service_account(data: Path) -> Account | None:
    """The unprivileged account for services started by root: the owner of existing data, else postgres, else nobody.

    None as an ordinary user, who runs them as himself.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        with contextlib.suppress(KeyError):
            return _account(pwd.getpwuid(data.stat().st_uid))
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return _account(pwd.getpwnam(name))
    raise ServiceError(
        "PostgreSQL does not run as root and this machine has neither 'postgres' nor 'nobody': run the command as an ordinary user."
    )


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def run_as(account: Account | None, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end as `account`, in a folder that it can enter, and return its output."""
    arguments = [str(part) for part in command]
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    if account is None:
        return subprocess.run(arguments, cwd="/", env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return subprocess.run(
        arguments,
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        user=account.uid,
        group=account.gid,
        extra_groups=[],
    )


def private_dir(path: Path, account: Account | None, *, mode: int = 0o700) -> Path:
    """Make `path` a real folder that belongs to `account` and has `mode`. Refuse one that somebody else put there."""
    owner = account.uid if account else os.geteuid()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=mode)
        found = path.lstat()
        if path.is_symlink() or not path.is_dir() or found.st_uid not in {owner, os.geteuid()}:
            raise ServiceError(f"{path} belongs to another account: remove it, or run the command as the user who made it.")
        if account:
            os.chown(path, account.uid, account.gid)
        path.chmod(mode)
    except OSError as error:
        raise ServiceError(f"{path} cannot be written ({error.strerror}): free space there or give yourself the right to write.") from error
    return path


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the lock `name` of this checkout, so that two starts at once end as one."""
    folder = private_dir(private_dir(paths.LOCAL, None, mode=0o755) / "locks", None)
    try:
        handle = (folder / f"{name}.lock").open("w")
    except OSError as error:
        raise ServiceError(
            f"{folder} cannot be written ({error.strerror}): it may belong to another user; remove it or run as that user."
        ) from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def require_python() -> None:
    """Refuse a Python that the locked packages do not support."""
    if sys.version_info < MINIMUM_PYTHON:
        raise ServiceError("Python 3.11 or newer is needed: install it and run `make setup PYTHON=python3.11`.")


def require_space(folder: Path, megabytes: int) -> None:
    """Refuse to start on a nearly full disk, on which a database would stop half-way."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free // MEGABYTE
    if free < megabytes:
        raise ServiceError(f"Only {free} MB are free at {existing}, {megabytes} MB are needed: free some space and start again.")


def process_command(pid: int) -> str:
    """The command line of a live process, or an empty string."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()


def pid_in(file: Path, *, needle: str) -> int | None:
    """The live process named in the first line of `file` whose command line contains `needle`; None for a stale file."""
    try:
        pid = int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if needle in process_command(pid) else None


def wait_until(ready: Callable[[], bool], *, seconds: float, interval: float = 0.05) -> bool:
    """True as soon as `ready()` is, False after `seconds` of a usual machine (see `patient`)."""
    end = time.monotonic() + patient(seconds)
    while not ready():
        if time.monotonic() > end:
            return False
        time.sleep(interval)
    return True


def manage(*arguments: str, environment: Mapping[str, str] | None = None, quiet: bool = True) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` in a process of its own, as its own database role, and return its output."""
    return subprocess.run(
        [sys.executable, str(paths.ROOT / "manage.py"), *arguments],
        cwd=paths.ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | dict(environment or {}),
        capture_output=quiet,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
