"""What the tests of film share."""

from pathlib import Path

import pytest

from photochrom.video.colorizer import FilmColorizer


@pytest.fixture(scope="session")
def films(toys: Path) -> FilmColorizer:
    """Another hue in every corner, at 64 pixels."""
    return FilmColorizer(str(toys / "corners.onnx"), "cpu")
