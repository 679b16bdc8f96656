"""The contracts of pyproject.toml hold, and they can fail."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings

LINT = str(Path(sys.executable).with_name("lint-imports"))


def linted(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([LINT, "--no-cache", *arguments], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)


def test_every_import_points_down() -> None:
    done = linted()

    assert done.returncode == 0, done.stdout[done.stdout.find("Broken contracts") :]


def test_a_contract_that_is_turned_round_fails(tmp_path: Path) -> None:
    contract = tmp_path / "turned.toml"
    contract.write_text(
        '[tool.importlinter]\nroot_packages = ["portal", "dossiers"]\n'
        '[[tool.importlinter.contracts]]\nname = "turned"\ntype = "layers"\nlayers = ["portal.outbox", "dossiers"]\n'
    )

    assert linted("--config", str(contract)).returncode == 1
