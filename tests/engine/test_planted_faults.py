"""Every fault that is planted in the engine is caught; the summary of the test run lists by what."""

import json
import subprocess
import sys

import pytest

from tests.engine.faults import FAULTS
from tests.studio import ROOT


@pytest.fixture(scope="module")
def told():
    """What ``tests.engine.faults`` prints, by the name of the fault; None: the engine as it is."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.faults"], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return {line["fault"]: line for line in map(json.loads, done.stdout.splitlines())}


def test_the_engine_without_a_fault_passes(told):
    assert told[None]["caught_by"] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_caught(told, fault, record_in_summary):
    line = told[fault.name]
    assert "cannot_be_planted" not in line, line["cannot_be_planted"]

    caught_by = line["caught_by"]
    record_in_summary("Planted faults", f"{fault.name}: {'; '.join(caught_by) or 'NOT CAUGHT'}")

    assert caught_by
