"""Names for arrays, by what they hold."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatImage: TypeAlias = NDArray[np.floating[Any]]
"""Floating point, float32 unless a docstring says otherwise; shape and space are the function's."""
PictureArray: TypeAlias = NDArray[Any]
"""uint8, uint16 or float32 in 0..1, sRGB-encoded; H x W, H x W x 3 or H x W x 4."""
