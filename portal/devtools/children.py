"""The portal's own processes, as the demo and the tests start them: web, dispatcher, worker, beat, sandbox."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from portal.core import paths
from portal.core.patience import patient
from portal.devtools.processes import ServiceError, wait_until

Ready = Callable[["Child"], bool]


@dataclass
class Child:
    """One process of the portal, in a process group of its own so that it ends with all that it started."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    ready: Ready
    stop_seconds: float = 25
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self) -> None:
        """The process runs; its output goes to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=paths.ROOT,
                env=os.environ | {"PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"} | dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def is_alive(self) -> bool:
        """Whether the process that was started still runs."""
        return self.process is not None and self.process.poll() is None

    def status(self) -> int | None:
        """The exit status; negative for a signal, None while it runs."""
        return self.process.returncode if self.process else None

    def wait_ready(self, seconds: float = 60) -> None:
        """The process does its work. Raises ServiceError with the end of its log when it does not in time."""
        wait_until(lambda: not self.is_alive() or self.ready(self), seconds=seconds)
        if not self.is_alive() or not self.ready(self):
            raise ServiceError(f"'{self.name}' did not start, see {self.log}:\n{self.last_lines()}")

    def last_lines(self, count: int = 25) -> str:
        """The end of the process's output."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:]) if self.log.exists() else ""

    def kill(self) -> None:
        """The process and all that it started are gone at once, as in a power cut."""
        self._signal(signal.SIGKILL)
        if self.process:
            self.process.wait()

    def stop(self) -> None:
        """The process ended in its own time, or was ended after `stop_seconds`."""
        if self.process is None:
            return
        if self.is_alive():
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.stop_seconds)
        self.kill()

    def _signal(self, number: int) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


def free_port(start: int = 20000, end: int = 32000) -> int:
    """A free port on the loopback interface, below those that the kernel gives to clients."""
    for port in range(start + os.getpid() * 7 % (end - start), end):
        if port_is_free(port):
            return port
    raise ServiceError("No free port was found: close some programs.")


def port_is_free(port: int) -> bool:
    """Whether nothing listens on the loopback interface's `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(url: str) -> Ready:
    """Ready when `url` answers 200; a page that does not exist yet counts as an answer."""

    def ready(_child: Child) -> bool:
        try:
            with urllib.request.urlopen(url, timeout=patient(5)) as response:  # noqa: S310 -- our own address
                return bool(response.status == 200)
        except urllib.error.HTTPError as error:
            return error.code == 404
        except OSError:
            return False

    return ready


def says(text: str) -> Ready:
    """Ready when the log contains `text`."""
    return lambda child: child.log.exists() and text in child.log.read_text(errors="replace")


def _granian(application: str, port: int, *, workers: int, threads: int = 2) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(threads), "--respawn-failed-workers", "--workers-kill-timeout", "10"),
        *("--log-level", "warning", application),
    ]


@dataclass(frozen=True)
class Fleet:
    """What the children have in common: addresses, databases, and where their logs go."""

    port: int
    sandbox_port: int
    logs: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """Where the portal answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """Where the simulated national services answer."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def addresses(self) -> dict[str, str]:
        """Where everybody finds everybody."""
        return {"PORTAL_BASE_URL": self.base_url, "SANDBOX_BASE_URL": self.sandbox_url}

    def _child(self, name: str, command: list[str], role: str, ready: Ready, **extra: str) -> Child:
        common = dict(self.environment) | self.addresses | {"DATABASE_ROLE": role, "DJANGO_SETTINGS_MODULE": "portal.settings"}
        return Child(name, command, common | extra, self.logs / f"{name}.log", ready)

    def web(self, workers: int | None = None) -> Child:
        """The portal's web server."""
        command = _granian("portal.wsgi:application", self.port, workers=workers or os.cpu_count() or 2)
        return self._child("web", command, "web", answers(f"{self.base_url}/readyz"))

    def dispatcher(self) -> Child:
        """The process that wakes workers for due outbox rows."""
        return self._child("dispatcher", [sys.executable, "manage.py", "dispatch"], "worker", Child.is_alive)

    def worker(self, concurrency: int = 2) -> Child:
        """The Celery worker. SIGTERM lets running tasks end, within its soft shutdown time."""
        command = [
            *(sys.executable, "-m", "celery", "-A", "portal", "worker", "--without-gossip", "--without-mingle"),
            *("-c", str(concurrency), "-l", "INFO", "-n", f"motcua-{self.port}@%h"),
        ]
        return self._child("worker", command, "worker", says(" ready."), REMAP_SIGTERM="SIGQUIT")

    def beat(self) -> Child:
        """The process that says when periodic work is due."""
        schedule = str(self.logs / "beat-schedule")
        command = [sys.executable, "-m", "celery", "-A", "portal", "beat", "-l", "INFO", "-s", schedule, "--pidfile="]
        return self._child("beat", command, "worker", says("beat: Starting"))

    def sandbox(self) -> Child:
        """The simulated national services."""
        command = _granian("portal.sandbox.wsgi:application", self.sandbox_port, workers=1, threads=4)
        ready = answers(f"{self.sandbox_url}/readyz")
        return self._child("sandbox", command, "worker", ready, DJANGO_SETTINGS_MODULE="portal.sandbox.settings")
