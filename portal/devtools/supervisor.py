"""Runs the portal's processes for the demo: starts them in order, restarts one that dies, stops all of them."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable

from portal.core import paths
from portal.devtools.children import Child, Fleet, port_is_free
from portal.devtools.processes import ServiceError, process_command, wait_until

Say = Callable[[str], None]
WATCH_SECONDS = 0.5
QUICK_DEATH_SECONDS = 5
LONGEST_PAUSE_SECONDS = 30


class Supervisor:
    """The demo's processes. A file of their ids lets a later start end what a killed supervisor left behind."""

    def __init__(self, fleet: Fleet, say: Say) -> None:
        self.fleet = fleet
        self.say = say
        self.children = [fleet.web(), fleet.sandbox(), fleet.worker(), fleet.dispatcher(), fleet.beat()]
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._watcher: threading.Thread | None = None

    def start(self) -> None:
        """Every process does its work; the web first, so that a person can look while the rest starts."""
        web, *others = self.children
        began = time.monotonic()
        web.start()
        self._write_register()
        web.wait_ready()
        self.say(f"serving {self.fleet.base_url} after {time.monotonic() - began:.1f} s")
        for child in others:
            child.start()
        self._write_register()
        for child in others:
            child.wait_ready()
            self.say(f"{child.name} is ready")
        self._watcher = threading.Thread(target=self._watch, name="watch", daemon=True)
        self._watcher.start()

    def _watch(self) -> None:
        """A process that died is started again: at once the first time, after growing pauses if it keeps dying."""
        pause: dict[str, float] = {}
        due: dict[str, float] = {}
        while not self._ending.wait(WATCH_SECONDS):
            for child in self.children:
                now = time.monotonic()
                if child.is_alive() or now < due.get(child.name, 0):
                    continue
                self.say(f"'{child.name}' ended (status {child.status()}) and is started again; log: {child.log}")
                died_at_once = now - due.get(child.name, 0) < QUICK_DEATH_SECONDS
                pause[child.name] = min(LONGEST_PAUSE_SECONDS, pause.get(child.name, 0.5) * 2) if died_at_once else 0.5
                due[child.name] = now + pause[child.name]
                self._start_again(child)

    def _start_again(self, child: Child) -> None:
        with self._lock:
            if not self._ending.is_set():
                child.kill()  # whatever is left of its group
                child.start()
                self._write_register()

    def stop(self) -> None:
        """No process is left: first the doors close, then the work in hand ends, then what it talked to."""
        self._ending.set()
        with self._lock:
            order = {"web": 0, "beat": 1, "dispatcher": 2, "worker": 3, "sandbox": 4}
            for child in sorted(self.children, key=lambda child: order[child.name]):
                child.stop()
                self.say(f"{child.name} stopped")
            forget(self.fleet)

    def _write_register(self) -> None:
        processes = {child.name: child.process.pid for child in self.children if child.process}
        self.fleet.logs.mkdir(parents=True, exist_ok=True)
        content = {"supervisor": os.getpid(), "url": self.fleet.base_url, "processes": processes}
        (self.fleet.logs / "processes.json").write_text(json.dumps(content, indent=2) + "\n")


def end_leftovers(fleet: Fleet, say: Say) -> None:
    """Processes of a supervisor that was killed are gone. Raises ServiceError when another demo runs."""
    file = fleet.logs / "processes.json"
    if not file.exists():
        return
    known = json.loads(file.read_text())
    if " demo" in process_command(known["supervisor"]) and known["supervisor"] != os.getpid():
        raise ServiceError(f"The demo already runs at {known['url']}: open it, or stop it with Ctrl-C (process {known['supervisor']}).")
    for name, pid in known["processes"].items():
        if any(word in process_command(pid) for word in ("granian", "celery", "manage.py")):
            say(f"{name} of an earlier start is ended")
            os.killpg(pid, signal.SIGKILL)
    wait_until(lambda: port_is_free(fleet.port) and port_is_free(fleet.sandbox_port), seconds=5)
    forget(fleet)


def forget(fleet: Fleet) -> None:
    """The file of process ids is gone."""
    (fleet.logs / "processes.json").unlink(missing_ok=True)


def demo_fleet(port: int) -> Fleet:
    """The demo's addresses and logs."""
    return Fleet(port=port, sandbox_port=port + 1, logs=paths.LOCAL / paths.flavour() / "logs")
