"""What tests of the window share."""

from pathlib import Path

import numpy as np
import pyvips

PATIENCE = 60_000
"""Milliseconds that a worker may take to start, load a model and answer."""


def picture(path: Path, width: int = 150, height: int = 100) -> Path:
    """A grey ramp."""
    ramp = np.tile(np.linspace(30, 220, width), (height, 1)).astype(np.uint8)
    pyvips.Image.new_from_array(ramp).write_to_file(path)
    return path
