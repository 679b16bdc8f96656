"""The examples of docs/sandbox.md are run as a reader would run them: in a shell, in their order, against a running sandbox."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from portal.core import paths
from portal.sandbox.faults.kinds import KINDS
from tests.sandbox.client import Services

PAGE = Path(paths.ROOT / "docs" / "sandbox.md")


def test_every_example_answers_what_the_page_says(services: Services, in_ci: bool) -> None:
    if not (shutil.which("curl") and shutil.which("openssl")):
        if in_ci:
            pytest.fail("curl and openssl are needed")
        pytest.skip("curl and openssl are needed")
    blocks = re.findall(r"```sh run\n(.*?)```", PAGE.read_text(), re.DOTALL)
    script = "\n".join(blocks)

    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "SANDBOX_BASE_URL": services.url}
    careful = script.replace(" $3", " ${3-}").replace(".$3", ".${3-}")  # so that `sh -u` finds any other name that is not set
    done = subprocess.run(["sh", "-eu", "-c", careful], capture_output=True, text=True, env=environment, timeout=300, check=False)

    assert done.returncode == 0, done.stderr
    answers = [line for line in done.stdout.splitlines() if line.strip()]
    expected = re.findall(r"# expect (.*?)\s*$", script, re.MULTILINE)
    assert len(answers) == len(expected) >= 12
    for answer, wanted in zip(answers, expected, strict=True):
        assert any(part in answer for part in wanted.split("|")), (wanted, answer)
        json.loads(answer)


def test_every_fault_is_described() -> None:
    text = PAGE.read_text()

    assert [kind.code for kind in KINDS if f"`{kind.code}`" not in text] == []
