"""Which file formats are written, by the name's ending. Imports nothing heavy."""

from pathlib import Path

from photochrom.errors import UsageError

WRITABLE = {".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".tif": "tiff", ".tiff": "tiff"}


def format_of(path: Path) -> str:
    """``jpeg``, ``png`` or ``tiff``.

    Raises:
        UsageError: for other endings.
    """
    try:
        return WRITABLE[path.suffix.lower()]
    except KeyError:
        endings = ", ".join(WRITABLE)
        raise UsageError(f"can't write {path}: its name must end in one of {endings}") from None
