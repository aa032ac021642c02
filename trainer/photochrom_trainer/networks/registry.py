"""Every generator by the name that configurations and checkpoints give it."""

from collections.abc import Callable

from photochrom.errors import UsageError
from photochrom_trainer.networks.classes import LiteClasses
from photochrom_trainer.networks.generator import Generator
from photochrom_trainer.networks.lite_unet import LiteUNet
from photochrom_trainer.networks.unet256 import UNet256


def _unet128() -> Generator:
    """pix2pix's ``unet_128``: one level less, for pictures that 256 does not divide."""
    return UNet256(levels=7)


GENERATORS: dict[str, Callable[[], Generator]] = {
    "lite-unet": LiteUNet,
    "lite-classes": LiteClasses,
    "unet256": UNet256,
    "unet128": _unet128,
}


def build(name: str) -> Generator:
    """A generator with its random first weights.

    Raises:
        UsageError: if there is none of that name.
    """
    if name not in GENERATORS:
        raise UsageError(f"no network {name!r}; known are {', '.join(GENERATORS)}")
    return GENERATORS[name]()
