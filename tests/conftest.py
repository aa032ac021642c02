"""Rules for the whole suite: seeded chance, no skipping in CI; toy models."""

import os
import random
import sys
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

SEED = 0
NO_SKIP = """\
{name} was skipped, and under CI=true a skip is a failure.
CI must have everything that a test needs: add what is missing to `make setup-system` (system
packages) or to the extra `test` in setup.cfg. The reason given for the skip:
{reason}"""


@pytest.fixture(autouse=True)
def seed_chance() -> None:
    """Start every test from the same random state, whichever tests ran before it."""
    random.seed(SEED)
    np.random.seed(SEED)
    if "torch" in sys.modules:  # only seeded where a test file uses it: its import takes seconds
        sys.modules["torch"].manual_seed(SEED)


@pytest.fixture(autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the models of whoever runs the tests out of them, and the tests out of those."""
    monkeypatch.setenv("PHOTOCHROM_DATA", str(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="session")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with toy models: ``warm.onnx``, ``saturated.onnx``, ``corners.onnx``."""
    from helpers.toy_model import CORNERS, SATURATED, WARM, write_toy

    folder = tmp_path_factory.mktemp("toys")
    for name, formula in (("warm", WARM), ("saturated", SATURATED), ("corners", CORNERS)):
        write_toy(folder / f"{name}.onnx", formula)
    return folder


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a test's skip into a failure in CI; an expected failure stays one."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _fail_skip_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a whole file's skip (for example `pytest.importorskip`) into a failure in CI."""
    report = yield
    _fail_skip_in_ci(report)
    return report


def _fail_skip_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("CI") == "true" and report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = NO_SKIP.format(name=report.nodeid, reason=reason)
