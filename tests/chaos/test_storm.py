"""The storm of `make storm`, shortened, as its user runs it: on a cluster of its own, whose server is killed too."""

import json
import subprocess
import sys
from typing import Any

import pytest

from portal.core import paths

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800), pytest.mark.xdist_group("storm")]
SEED = 2026
WORST_RATIO = 4
"""A step that waited behind refused ones would wait for minutes, forty times as long. `make storm ARGS=--poison` measures against 1.1."""


def storm(*arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit status and outcome; what it says on the way is shown when the test fails."""
    command = [sys.executable, "-m", "tests.storm", "--json", "--hurry", "--seed", str(SEED), *arguments]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, timeout=1700, check=False)
    sys.stderr.write(done.stderr)
    assert done.returncode in {0, 1}, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_thousand_and_a_half_changes_arrive_once_and_in_order_whoever_dies() -> None:
    status, found = storm("--changes", "1500", "--kills", "10", "--outage", "5")

    assert found["verdict"] == {name: [0, []] for name in found["verdict"]}, found["left"]
    assert "not by us" not in found["kills"], "nothing ends by itself"
    assert (status, found["violations"], found["parked"]) == (0, 0, 0)
    assert found["changes"] >= 1500
    assert found["compared"][-1] == 0, "after the comparisons nothing differs"
    assert found["faults"].get("lost_write"), "what was acknowledged and lost was among it"
    assert {"worker", "dispatcher", "broker", "sandbox", "database"} <= set(found["kills"])
    assert len(found["faults"]) >= 12
    assert found["spoilt_share"] >= 0.3


def test_poison_in_one_dossier_delays_no_other_and_is_told_within_a_minute() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.storm", "--poison"], cwd=paths.ROOT, capture_output=True, text=True, timeout=1700, check=False
    )
    sys.stderr.write(done.stdout + done.stderr)

    ratio = float(done.stdout.split("ratio of the medians: ")[1].split()[0])
    assert done.returncode == 0, "all are parked, and people hear of each within a minute"
    assert ratio <= WORST_RATIO


def test_the_control_without_care_does_not_pass_the_same_check() -> None:
    status, found = storm("--changes", "240", "--naive", "--outage", "0")

    assert status == 1
    assert found["verdict"]["doubled"][0] > 0
    assert found["verdict"]["out_of_order"][0] > 0
    assert found["verdict"]["final_states"][0] > 0
