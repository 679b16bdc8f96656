"""Loaded before pytest-django reads the settings: points this process at a test database of its own.

Every run has the test cluster (its own data folder, `fsync=off`), and each of its processes a clone of one template
database there. The names say so, and a run refuses to start on any other.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.support import databases

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
if not IS_WORKER:
    os.environ["MOTCUA_TEST_RUN"] = str(os.getpid())
    databases.refuse_other_databases(os.environ)
RUN = os.environ["MOTCUA_TEST_RUN"]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

os.environ["MOTCUA_FLAVOUR"] = databases.FLAVOUR
os.environ.setdefault("MOTCUA_PATIENCE", "6")
os.environ.update(
    {
        "DATABASE_NAME": databases.clone_name(RUN, WORKER),
        "SANDBOX_DATABASE_NAME": databases.clone_name(RUN, WORKER) + databases.SANDBOX_SUFFIX,
        "DATABASE_ROLE": "web",
        # Whatever a `.env` file says, tests never leave their own cluster and broker.
        **dict.fromkeys(
            ("DATABASE_URL", "DATABASE_WORKER_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CELERY_BROKER_URL", "SANDBOX_DATABASE_URL"), ""
        ),
    }
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--e2e", action="store_true", help="run the tests that drive a real browser; always on in CI")
    parser.addoption("--screenshots", action="store_true", help="with --e2e: write the pictures of the README to docs/screenshots/")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """The controller starts the cluster and builds the template once, before any worker asks for a clone."""
    if not IS_WORKER and not session.config.option.collectonly:
        databases.begin_run(RUN)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """The run leaves no database, and no server that it started unless another run still uses it."""
    if not IS_WORKER and not session.config.option.collectonly:
        databases.end_run(RUN)


def pytest_report_header() -> str:
    return f"database: {databases.describe(RUN)}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for variable, title in ((databases.FAILURE_VARIABLE, "no test database"), (databases.STATIC_VARIABLE, "no static files")):
        if variable in os.environ:
            terminalreporter.section(title, red=True)
            terminalreporter.line(os.environ[variable])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Flushing is impossible (append-only triggers), and browser tests need a browser."""
    in_ci = bool(os.environ.get("CI"))
    wanted = config.getoption("--e2e") or in_ci
    chromium = Path("/usr/bin/chromium").exists()
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and (marker.kwargs.get("transaction") or "transactional_db" in getattr(item, "fixturenames", ())):
            raise pytest.UsageError(f"{item.nodeid}: a test that needs real commits uses the fixture 'live' or 'committed_db'.")
        if not item.get_closest_marker("browser"):
            continue
        if not wanted:
            item.add_marker(pytest.mark.skip(reason="drives a browser; run with --e2e"))
        elif not chromium and not in_ci:
            item.add_marker(pytest.mark.skip(reason="/usr/bin/chromium is missing: apt-get install chromium"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests of one file that share processes or committed rows go to one worker. (Group marks do not reach pytest 9's node ids.)"""

    @cache
    def shares(path: str) -> bool:
        text = (config.rootpath / path).read_text(encoding="utf-8")
        return "mark.live" in text or "mark.together" in text

    class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return path if shares(path) else nodeid

    return Together(config, log) if config.getoption("dist") == "loadgroup" else None
