"""What the runtime's tests share: colorizers with toy models, and no warning left unseen."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from photochrom import Colorizer


@pytest.fixture(autouse=True)
def no_unexpected_warnings(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A test in which photochrom logs a warning must look at it and clear it.

    What the decoders log through pyvips is theirs: photochrom must turn it into notes or errors.
    """
    yield
    ours = [record for record in caplog.get_records("call") if record.name.startswith("photochrom")]
    assert [record.getMessage() for record in ours if record.levelno >= logging.WARNING] == []


@pytest.fixture(scope="session")
def warm(toys: Path) -> Colorizer:
    """Mild colour everywhere."""
    return Colorizer(str(toys / "warm.onnx"), "cpu")


@pytest.fixture(scope="session")
def saturated(toys: Path) -> Colorizer:
    """Chroma far outside every gamut, another hue in every corner."""
    return Colorizer(str(toys / "saturated.onnx"), "cpu")


@pytest.fixture(scope="session")
def corners(toys: Path) -> Colorizer:
    """a* grows to the right and b* downwards."""
    return Colorizer(str(toys / "corners.onnx"), "cpu")
