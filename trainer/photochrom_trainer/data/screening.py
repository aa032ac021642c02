"""Which pictures can be trained on, found out as they are drawn."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from photochrom.color import lab, srgb

UNKNOWN, GOOD, UNREADABLE, GREY = range(4)
"""What is known of a picture."""
CELLS = 32
"""A picture's chroma is measured on this many cells a side, or somewhat more: noise of chroma
averages out, and a thousand pixels cost next to nothing."""


@dataclass(frozen=True)
class Screening:
    """What has been found out so far about the pictures of a folder."""

    pictures: int
    """Pictures in all."""
    seen: int
    """Pictures that were decoded or tried."""
    unreadable: int
    """Pictures that can't be decoded; they are left out."""
    grey: int
    """Pictures with almost no colour; they are left out."""


def new_states(pictures: int) -> Tensor:
    """One state a picture (uint8) in shared memory, where worker processes write and all read."""
    states = torch.full((pictures,), UNKNOWN, dtype=torch.uint8)
    return states.share_memory_()  # type: ignore[no-untyped-call]


def count(states: Tensor) -> Screening:
    """Counts of the states (uint8, one a picture)."""
    counts = torch.bincount(states, minlength=4).tolist()
    pictures = len(states)
    return Screening(pictures, pictures - counts[UNKNOWN], counts[UNREADABLE], counts[GREY])


def mean_chroma(image: Image.Image) -> float:
    """Mean of sqrt(a*² + b*²) over the whole picture (8-bit RGB), shrunk to about 32 x 32."""
    width, height = (max(side // CELLS, 1) for side in image.size)
    small = np.asarray(image.reduce((width, height)))
    chroma = lab.from_srgb(srgb.to_float(small))[..., 1:]
    return float(np.hypot(chroma[..., 0], chroma[..., 1]).mean())
