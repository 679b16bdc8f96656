"""What the compose file, the image and the example environment say of each other. Docker itself is not needed, and not run."""

import http.server
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from portal.core.celeryconf import LONG, QUEUES
from portal.management.commands.settings_explain import VARIABLES

ROOT = Path(settings.BASE_DIR)
PATHS = ("MEDIA_ROOT", "STATIC_ROOT", "SEALS_DIR")
PORTAL = ("web", "worker", "dispatcher", "beat")


def example() -> dict[str, str]:
    """The variables of `.env.example`, those for trials too."""
    lines = re.findall(r"^#?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    return dict(lines)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return found


def mounts(service: dict[str, Any]) -> dict[str, str]:
    """Where each volume or file of the service is mounted."""
    return {target.partition(":")[0]: source for source, _colon, target in (each.partition(":") for each in service.get("volumes", []))}


def test_every_folder_of_the_environment_is_a_volume_that_all_processes_share(compose: dict[str, Any]) -> None:
    for name in PATHS:
        folder = example()[name]
        assert {mounts(compose["services"][service]).get(folder) for service in PORTAL} & set(compose["volumes"]), (name, folder)
        assert f"{name}={folder}" in (ROOT / "Dockerfile").read_text()
    assert (
        mounts(compose["services"]["migrate"])[example()["STATIC_ROOT"]] == mounts(compose["services"]["proxy"])[example()["STATIC_ROOT"]]
    )


def test_every_process_of_the_image_has_the_fonts_and_no_key_is_baked_into_it() -> None:
    steps = (ROOT / "Dockerfile").read_text()
    made = steps.index("python manage.py build_assets && rm -f .local/secret_key")

    assert steps.index("USER portal") < made < steps.index("CMD")
    assert ".local" in (ROOT / ".dockerignore").read_text().split()


def test_every_variable_is_known_to_the_settings() -> None:
    sandbox = (ROOT / "portal" / "sandbox" / "settings.py").read_text()
    known = {variable.name for variable in VARIABLES} | set(re.findall(r'"((?:SANDBOX|PORTAL)_\w+)"', sandbox))

    assert set(example()) - known == set()


def test_one_service_is_reached_from_outside_and_it_reaches_the_portal(compose: dict[str, Any]) -> None:
    open_ones = [name for name, service in compose["services"].items() if "ports" in service and "profiles" not in service]
    proxied = (ROOT / "docker" / "Caddyfile").read_text()

    assert open_ones == ["proxy"]
    assert "reverse_proxy web:8000" in proxied
    assert "{$PORTAL_BASE_URL}" in proxied
    assert example()["BEHIND_PROXY"] == "1"


def test_workers_read_every_queue_and_the_long_work_is_read_by_one_of_its_own(compose: dict[str, Any]) -> None:
    commands = [service["command"] for service in compose["services"].values() if "worker" in service.get("command", ())]
    named = [command[command.index("--queues") + 1].split(",") if "--queues" in command else list(QUEUES) for command in commands]

    assert sorted(queue for queues in named for queue in queues) == sorted(QUEUES)
    assert [LONG] in named


def test_every_file_that_is_mounted_is_there_or_said_to_be_made(compose: dict[str, Any]) -> None:
    files = {source for service in compose["services"].values() for source in mounts(service).values() if source.startswith("./")}

    assert [source for source in files if not (ROOT / source).exists()] == []
    secret = compose["secrets"]["postgres"]["file"].removeprefix("./")
    assert secret in (ROOT / "README.md").read_text()
    assert secret in (ROOT / ".gitignore").read_text().splitlines()


class _Ready(http.server.BaseHTTPRequestHandler):
    hosts: list[str] = []

    def do_GET(self) -> None:
        self.hosts.append(self.headers["Host"])
        self.send_response(200 if self.path == "/readyz" else 400)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Nothing on the error stream of the test."""


def test_the_probe_asks_under_a_host_that_is_allowed() -> None:
    source = (ROOT / "docker" / "probe.py").read_text()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Ready)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        code = source.replace("8000", str(server.server_port))
        up = subprocess.run([sys.executable, "-c", code], env={"ALLOWED_HOSTS": "motcua.example.vn,x"}, check=False).returncode
    finally:
        server.shutdown()
        server.server_close()
    down = subprocess.run([sys.executable, "-c", code], env={"ALLOWED_HOSTS": "motcua.example.vn"}, check=False).returncode

    assert (up, down) == (0, 1)
    assert _Ready.hosts == ["motcua.example.vn"]
