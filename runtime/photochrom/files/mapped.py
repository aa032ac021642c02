"""Arrays in scratch files, for what does not fit into memory."""

from __future__ import annotations

import math
import os
import tempfile
from typing import IO

import numpy as np
from numpy.typing import NDArray

from photochrom.errors import OutputError


def mapped_bytes(file: IO[bytes], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """A uint8 array of zeros in an empty file, whose room is taken at once.

    A file with holes would end the process (SIGBUS) when the disk fills up behind it.

    Args:
        file: open for reading and writing; may be closed then.
        shape: of the array.

    Raises:
        OutputError: if there is no room.
    """
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, math.prod(shape))
        return np.memmap(file, np.uint8, "w+", shape=shape)
    except OSError as error:
        name = file.name
        folder = os.path.dirname(name) if isinstance(name, str) else tempfile.gettempdir()
        raise OutputError(
            f"can't write scratch data into {folder}: {error.strerror}; is the disk full? "
            "--scratch takes another folder"
        ) from error
