"""`manage.py demo`, really started: it serves, heals, says so, and leaves nothing behind."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.core import paths
from portal.devtools import services
from portal.devtools.children import free_port
from portal.devtools.processes import process_command, wait_until

pytestmark = [pytest.mark.slow_setup, pytest.mark.timeout(1800)]


class Demo:
    """A demo of a flavour of its own, so that a developer's running demo is not touched."""

    def __init__(self, flavour: str, output: Path) -> None:
        self.port = free_port(25000)
        self.output = output
        self.register = paths.LOCAL / flavour / "logs" / "processes.json"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "SANDBOX_", "PYTEST_"))}
        self.environment = inherited | {"MOTCUA_FLAVOUR": flavour, "DATABASE_URL": ""}

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "manage.py", "demo", "--no-journey", "--port", str(self.port), *arguments]
        with self.output.open("wb") as output:
            return subprocess.Popen(command, cwd=paths.ROOT, env=self.environment, stdout=output, stderr=subprocess.STDOUT)

    def says(self, text: str, *, seconds: float) -> bool:
        return wait_until(lambda: text in self.output.read_text(), seconds=seconds, interval=0.2)

    def processes(self) -> dict[str, int]:
        found: dict[str, int] = json.loads(self.register.read_text())["processes"]
        return found


@pytest.fixture
def demo(tmp_path) -> Iterator[Demo]:
    flavour = f"demo{os.getpid()}"
    yield Demo(flavour, tmp_path / "output.txt")
    services.stop(flavour)
    for folder in (paths.service_home(flavour), paths.run_dir(flavour), paths.LOCAL / flavour):
        shutil.rmtree(folder, ignore_errors=True)


def test_a_demo_serves_heals_and_leaves_nothing_behind(demo):
    process = demo.start()
    try:
        assert demo.says("Ctrl-C stops everything", seconds=200), demo.output.read_text()
        started = demo.processes()
        assert sorted(started) == ["beat", "dispatcher", "sandbox", "web", "worker"]

        os.kill(started["dispatcher"], signal.SIGKILL)
        assert demo.says("'dispatcher' ended (status -9) and is started again", seconds=10)
        assert wait_until(lambda: demo.processes()["dispatcher"] != started["dispatcher"], seconds=5)
        all_of_them = [*started.values(), *demo.processes().values()]

        process.send_signal(signal.SIGINT)
        assert process.wait(300) == 0
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(300)
    assert [pid for pid in all_of_them if process_command(pid)] == []
    assert not demo.register.exists()
    assert [service.running for service in services.status(demo.environment["MOTCUA_FLAVOUR"])] == [False, False]


def test_a_taken_port_is_one_sentence_with_the_remedy(demo):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        demo.port = other.getsockname()[1]

        assert demo.start().wait(300) == 1

    expected = f'CommandError: Port {demo.port} is taken by another program: stop it, or run `make demo ARGS="--port {demo.port + 100}"`.'
    assert demo.output.read_text().strip() == expected


def test_a_demo_on_own_servers_says_what_is_missing():
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "SANDBOX_", "PYTEST_", "DEMO"))}
    environment = inherited | {"DATABASE_URL": "postgres://portal_web@127.0.0.1:9/motcua", "SECRET_KEY": "x" * 50}
    command = [sys.executable, "manage.py", "demo", "--no-journey", "--port", str(free_port(25000))]

    done = subprocess.run(command, cwd=paths.ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)

    assert done.returncode != 0
    assert "SANDBOX_DATABASE_URL is not" in done.stderr
    assert "Traceback" not in done.stderr
