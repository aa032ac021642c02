"""Which file formats are written, by the name's ending, and what they hold. Nothing heavy."""

from pathlib import Path

from photochrom.errors import UsageError

WRITABLE = {
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".png": "png",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".webp": "webp",
}
NAMES = {"jpeg": "JPEG", "png": "PNG", "tiff": "TIFF", "webp": "WebP"}
EIGHT_BIT = ("jpeg", "webp")
"""Formats without 16 bits."""
OPAQUE = ("jpeg",)
"""Formats without transparency."""
WITHOUT_IPTC = ("png", "webp")
"""Formats that have no place for IPTC captions; XMP has."""
LONGEST_SIDE = {"jpeg": 65535, "webp": 16383}
"""Pixels; the others have room for more than any scanner gives."""


def format_of(path: Path) -> str:
    """``jpeg``, ``png``, ``tiff`` or ``webp``.

    Raises:
        UsageError: for other endings.
    """
    try:
        return WRITABLE[path.suffix.lower()]
    except KeyError:
        endings = ", ".join(WRITABLE)
        raise UsageError(f"can't write {path}: its name must end in one of {endings}") from None
