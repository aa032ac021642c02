"""EXIF orientations: small pictures turned upright for the model, and back for the stored pixels.

The full-size picture is never turned, so it streams and keeps its layout and its orientation tag.
"""

import numpy as np

from photochrom.color.arrays import FloatImage


def upright(stored: FloatImage, orientation: int) -> FloatImage:
    """Turn the last two axes from stored order to how a person sees the picture.

    `orientation` is EXIF's tag 0x0112, 1..8 (EXIF 2.32, section 4.6.4).
    """
    if orientation >= 5:
        stored = np.swapaxes(stored, -2, -1)
    mirror_rows = orientation in (3, 4, 7, 8)
    mirror_columns = orientation in (2, 3, 6, 7)
    return _mirror(stored, mirror_rows, mirror_columns)


def stored(upright_image: FloatImage, orientation: int) -> FloatImage:
    """Undo `upright`."""
    mirror_rows = orientation in (3, 4, 7, 8)
    mirror_columns = orientation in (2, 3, 6, 7)
    image = _mirror(upright_image, mirror_rows, mirror_columns)
    return np.swapaxes(image, -2, -1) if orientation >= 5 else image


def _mirror(image: FloatImage, rows: bool, columns: bool) -> FloatImage:
    if rows:
        image = image[..., ::-1, :]
    return image[..., ::-1] if columns else image


def stored_place(place: tuple[float, float], orientation: int) -> tuple[float, float]:
    """Where a place of the upright picture is in the stored one; both x and y, 0..1."""
    x, y = place
    if orientation in (2, 3, 6, 7):
        x = 1 - x
    if orientation in (3, 4, 7, 8):
        y = 1 - y
    return (y, x) if orientation >= 5 else (x, y)
