"""OpenCV, which comes with an extra and is imported only where a step needs it."""

from __future__ import annotations

from functools import cache
from typing import Any

from photochrom.errors import UsageError


@cache
def cv2() -> Any:
    """The module.

    Raises:
        UsageError: if the extra is not installed.
    """
    try:
        import cv2 as module
    except ImportError as error:
        raise UsageError(
            "finding and repairing damage needs OpenCV; install the extra: "
            "pip install 'photochrom[restore]'"
        ) from error
    module.setNumThreads(1)  # strips run beside libvips' own threads, and results stay the same
    return module
