"""What the demo says before it starts, when something is missing: one sentence with its remedy."""

import os
import subprocess
from pathlib import Path

import pytest

from portal.core import paths
from portal.devtools import preflight
from portal.devtools.children import free_port
from portal.devtools.processes import ServiceError


@pytest.fixture
def ports() -> tuple[int, int]:
    first = free_port(25000)
    return first, free_port(first + 1)


def test_without_pango_it_says_that_documents_become_print_pages(ports: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "PANGO_LIBRARIES", ("libpango-that-nobody-has.so.0",))
    monkeypatch.setenv("PATH", "/nonexistent")

    (warning,) = preflight.preflight(*ports)

    assert warning.startswith("Pango is missing: documents open as print pages instead of PDFs.")
    assert "apt-get install -y libpango-1.0-0" in warning


def test_with_pango_it_says_nothing(ports: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "PANGO_LIBRARIES", ("libc.so.6",))

    assert preflight.preflight(*ports) == []


def test_an_old_python_is_one_sentence_with_the_remedy(ports: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.devtools.processes.MINIMUM_PYTHON", (99, 0))

    with pytest.raises(ServiceError, match=r"Python 3\.11 or newer is needed: install it and run `make setup PYTHON=python3\.11`\."):
        preflight.preflight(*ports)


def test_make_refuses_an_old_python_before_anything_is_installed(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements"):
        (tmp_path / name).symlink_to(paths.ROOT / name)
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}

    done = subprocess.run(
        ["make", "setup", f"PYTHON={old}"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=30
    )

    assert done.returncode != 0
    assert done.stdout.strip() == "Python 3.11 or newer is needed: install it, then run 'make setup PYTHON=python3.11'."
    assert not (tmp_path / ".venv").exists()
