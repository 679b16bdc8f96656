"""The embedded servers, really started: twice, after a crash, as root below a closed folder, as an ordinary user."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.core import paths
from portal.devtools import postgres, roles, services, valkey
from portal.devtools.processes import ServiceError, process_command, require_space, wait_until

pytestmark = [pytest.mark.slow_setup, pytest.mark.timeout(1800)]

CODE = ("portal", "requirements", "manage.py")


@pytest.fixture
def scratch() -> Iterator[str]:
    """A flavour of this test's own."""
    name = f"scratch{os.getpid()}"
    yield name
    services.stop(name)
    shutil.rmtree(paths.service_home(name), ignore_errors=True)
    shutil.rmtree(paths.run_dir(name), ignore_errors=True)


def test_a_second_start_changes_nothing(scratch):
    services.ensure_cluster(scratch)
    first = services.status(scratch)

    services.ensure_cluster(scratch)

    assert services.status(scratch) == first
    assert [service.running for service in first] == [True, True]


def test_stop_leaves_no_process_and_data_survives(scratch):
    services.ensure_cluster(scratch)
    pids = [service.pid for service in services.status(scratch)]
    with postgres.connect(scratch, role=roles.OWNER, database=paths.DATABASE) as connection:
        connection.execute("CREATE TABLE kept (id int)")

    assert services.stop(scratch) == ["valkey", "postgres"]
    assert [process_command(pid or 0) for pid in pids if pid] == ["", ""]
    assert services.stop(scratch) == []

    services.ensure_cluster(scratch)
    with postgres.connect(scratch, role=roles.WEB, database=paths.DATABASE) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_starts_after_a_crash_whose_pid_now_belongs_to_another_program(scratch):
    services.ensure_cluster(scratch)
    server = postgres.cluster(scratch)
    for pid in (server.pid(), valkey.pid(scratch)):
        assert pid
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: server.pid() is None, seconds=5)
    file = server.data / "postmaster.pid"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    services.ensure_cluster(scratch)

    assert [service.running for service in services.status(scratch)] == [True, True]


def test_another_majors_data_is_refused_with_the_remedy(scratch):
    services.ensure_cluster(scratch)
    services.stop(scratch)
    (postgres.cluster(scratch).data / "PG_VERSION").write_text("17\n")

    with pytest.raises(ServiceError, match=r"PostgreSQL 17, not 18.*--reset"):
        services.ensure_cluster(scratch)


def test_a_full_disk_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(ServiceError, match=r"^Only \d+ MB are free at .*: free some space"):
        require_space(tmp_path / "not" / "yet", 10**9)


def _start_and_stop(clone: Path, *, interpreter: str = sys.executable, user: int | None = None) -> dict[str, dict[str, str | None]]:
    """Start and stop the services of `clone` in processes of their own; what its services.json says."""
    libraries = str(Path(pytest.__file__).parents[1])
    environment = {"PATH": os.defpath, "PYTHONPATH": f"{clone}:{libraries}", "HOME": str(clone), "MOTCUA_FLAVOUR": "demo"}
    environment["LD_LIBRARY_PATH"] = str(Path(interpreter).resolve().parents[1] / "lib")  # a copied Python finds its own library
    pids: list[int] = []
    for action in ("start", "status", "stop"):
        done = subprocess.run(
            [interpreter, "-m", "portal.devtools.services", action],
            cwd=clone, env=environment, capture_output=True, text=True, check=False,
            user=user, group=user, extra_groups=[] if user else None,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count("running" if action != "stop" else "stopped") == 2
        if action != "stop":
            pids += [int(line.split()[2]) for line in done.stdout.splitlines()]
    assert [pid for pid in pids if process_command(pid)] == []
    location: dict[str, dict[str, str | None]] = json.loads((clone / ".local/services.json").read_text())
    return location


def _copy_code(target: Path) -> Path:
    target.mkdir(parents=True)
    for name in CODE:
        source = paths.ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target / name)
    return target


@pytest.mark.skipif(os.geteuid() != 0, reason="is about root")
def test_root_below_a_closed_folder_starts_them_and_loosens_nothing(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    clone = _copy_code(closed / "clone with a space")
    accounts = Path("/etc/passwd").read_bytes()
    home: Path | None = None

    try:
        location = _start_and_stop(clone)["demo"]
        home = Path(str(location["home"])).parent

        assert location["account"] in {"postgres", "nobody"}
        assert home.stat().st_mode & 0o777 == 0o755
        assert (home / "demo" / "pg").stat().st_mode & 0o777 == 0o700
        assert (home / "demo" / "run").stat().st_mode & 0o777 == 0o700
        assert closed.stat().st_mode & 0o777 == 0o700
        assert Path("/etc/passwd").read_bytes() == accounts
    finally:
        if home:
            shutil.rmtree(home)


def _interpreter_for_others(folder: Path) -> str:
    """A Python that any account can run: this one, or a copy of it when it lies below a closed home."""
    base = Path(sys.base_prefix).resolve()
    if all(parent.stat().st_mode & 0o005 == 0o005 for parent in (base, *base.parents)):
        return str(base / "bin" / "python3")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    shutil.copytree(base / "lib" / version, folder / "lib" / version, ignore=shutil.ignore_patterns("site-packages", "test", "__pycache__"))
    for library in (base / "lib").glob("libpython*"):
        shutil.copy2(library, folder / "lib")
    (folder / "bin").mkdir()
    shutil.copy2(base / "bin" / version, folder / "bin")
    return str(folder / "bin" / version)


@pytest.mark.skipif(os.geteuid() != 0, reason="every other test of this file runs as an ordinary user already")
def test_an_ordinary_user_keeps_everything_in_the_checkout():
    user = pwd.getpwnam("nobody").pw_uid
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="motcua-user-") as name:
        folder = Path(name)
        interpreter = _interpreter_for_others(folder / "python")
        clone = _copy_code(folder / "clone")
        packages = Path(pytest.__file__).parents[1]
        if not all(parent.stat().st_mode & 0o005 == 0o005 for parent in (packages, *packages.parents)):
            pytest.skip("the packages lie in a folder that other accounts cannot read")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, user, follow_symlinks=False)

        location = _start_and_stop(clone, interpreter=interpreter, user=user)["demo"]

        assert location["account"] is None
        assert location["home"] == str(clone / ".local" / "demo")
        assert (clone / ".local/demo/pg").stat().st_uid == user


@pytest.mark.parametrize("variable", ["DATABASE_NAME", "DATABASE_URL"])
def test_a_run_refuses_a_database_that_is_not_for_tests(variable):
    value = "motcua" if variable == "DATABASE_NAME" else "postgres://portal_web@db.invalid/motcua"
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("PYTEST_", "MOTCUA_", "DATABASE_"))}

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/devtools/test_database.py"],
        cwd=paths.ROOT, env=environment | {variable: value}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 4
    assert f"{variable} names the database 'motcua', which does not start with 'test_'" in done.stderr
