"""Film: colour that holds still, light that never changes, nothing lost."""

from photochrom.errors import UsageError

try:
    import av as _av  # noqa: F401
    import cv2 as _cv2
except ImportError as _error:
    raise UsageError(
        "film needs PyAV and OpenCV; install the extra: pip install 'photochrom[video]'"
    ) from _error

_cv2.setNumThreads(1)  # decoder, network and encoder run beside it, and results stay the same
