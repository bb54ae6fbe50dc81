"""What pytwain does with a driver's answers, seen on the Windows Python under Wine; and what our backend makes of it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from drivers.client import DriverFault, list_devices
from drivers.contract import FaultCode
from drivers.twain_faults import _CODES
from tests.wine import DEVICE, PYTHON, TwainBench, windows_path


@pytest.fixture(scope="module")
def facts(wine: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What tests/twain/inside.py found."""
    script = Path(__file__).with_name("inside.py")
    command = [*PYTHON, windows_path(script), DEVICE, windows_path(tmp_path_factory.mktemp("spool"))]
    ended = subprocess.run(command, input=b"", capture_output=True, env={**os.environ, **wine}, timeout=100, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


@pytest.mark.parametrize(
    ("fact", "found"),
    [
        ("without a window", "ValueError()"),
        ("empty", "UnknownError('ConditionCode = 29')"),
        ("uncounted", "65535"),
        ("resolution", "'TW_FIX32'"),
        ("range", "'int'"),
        ("protocol", "1"),
        ("bits", "64"),
    ],
)
def test_what_the_backend_has_to_cope_with(facts: dict[str, Any], fact: str, found: str) -> None:
    """When one of these changes with a new pytwain, the part of the backend that copes with it can go."""
    assert facts[fact] == found


@pytest.mark.parametrize("step", ["enable", "transfer"])
def test_every_condition_code_is_told_by_its_meaning(facts: dict[str, Any], step: str) -> None:
    expected = {str(code): _CODES.get(code, FaultCode.IO_ERROR).value for code in range(1, 40)}
    assert facts["faults"][step] == expected


def test_a_scanner_that_cannot_be_opened_is_not_there(facts: dict[str, Any]) -> None:
    told = facts["faults"]["open"]
    # Wine's manager keeps the driver's code to itself.
    assert set(told.values()) <= {"no_device"}


def test_the_worker_loads_neither_qt_nor_numpy(facts: dict[str, Any]) -> None:
    assert "PIL" in facts["modules"]
    assert not {"numpy", "PySide6", "shiboken6", "cv2", "app", "ui"} & set(facts["modules"])


def test_a_windows_without_the_64_bit_manager_says_so(twain: TwainBench) -> None:
    overrides = f"{twain.environment['WINEDLLOVERRIDES']};twaindsm=d"
    with pytest.raises(DriverFault) as caught:
        list_devices("twain", environment={**twain.environment, "WINEDLLOVERRIDES": overrides})
    assert caught.value.fault.code is FaultCode.BACKEND_MISSING
    assert "64-bit TWAIN manager" in caught.value.fault.detail
