"""Asking a network of another kind for chroma."""

from collections.abc import Callable

import numpy as np

from photochrom.color import gamut, lab, srgb
from photochrom.color.arrays import FloatImage
from photochrom.errors import ModelError
from photochrom.files import scaling
from photochrom.models import after
from photochrom.models.kinds import FOREIGN
from photochrom.models.manifest import Manifest
from photochrom.session import Session

MOST = 128.0
"""Largest |a*| or |b*| that is believed: DDColor answers -180 where it was not trained, and its own
program lets that wrap around (piddnad/DDColor issue 54)."""
TOLD = 0.5
"""Confidence from which siggraph17 is told a hint: its mask was 0 or 1 in training."""
MEAN = np.array([0.485, 0.456, 0.406], np.float32)[:, None, None]
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)[:, None, None]
"""ImageNet's statistics, that networks trained by fastai want their input in."""
LUMA = np.array([0.299, 0.587, 0.114], np.float32)[:, None, None]
"""Weights of Y' in BT.601."""


def predict(
    manifest: Manifest, session: Session, lightness: FloatImage, hints: FloatImage
) -> FloatImage:
    """Chroma of one picture.

    Args:
        manifest: of the model in `session`, of any kind but ``native``.
        session: the loaded model.
        lightness: H x W, L* in 0..100.
        hints: 3 x H x W: a*, b* and confidence 0..1.

    Returns:
        2 x H x W float32: a*, b*, within ±128. Hints act inside siggraph17 if its file has inputs
        for them, and after every other network.

    Raises:
        ModelError: if the network fails or answers in another shape than when it was added.
    """
    side = manifest.native_size
    chroma = answer(manifest, session, *_squash(lightness, hints, side))
    height, width = lightness.shape
    enlarged = scaling.fit_planes(np.clip(chroma, -MOST, MOST), width, height)
    return enlarged if takes_hints(manifest) else after.spread(lightness, enlarged, hints)


def takes_hints(manifest: Manifest) -> bool:
    """Whether the network itself listens to hints."""
    return "hints" in manifest.tensors


def answer(
    manifest: Manifest, session: Session, lightness: FloatImage, hints: FloatImage
) -> FloatImage:
    """The network's own a*, b* (2 x S/s x S/s, not limited) for S x S of L* and 3 x S x S hints."""
    result = ask(manifest, session, lightness, hints)
    side = manifest.native_size // manifest.output_stride
    if result.shape[1:] != (side, side):
        raise ModelError(
            f"model {manifest.name} answered {manifest.native_size} pixels square with "
            f"{result.shape[1]} x {result.shape[2]}, not {side} x {side}; add it again"
        )
    return to_chroma(manifest, lightness, result)


def ask(
    manifest: Manifest, session: Session, lightness: FloatImage, hints: FloatImage
) -> FloatImage:
    """What the network answers, C x h x w in its own units, for S x S of L* and 3 x S x S hints."""
    given = _inputs(manifest, lightness, hints)
    tensors = manifest.tensors
    inputs = {
        tensors[role]: np.ascontiguousarray(planes[None], np.float32)
        for role, planes in given.items()
    }
    result = session.run(inputs, tensors["output"])
    channels = FOREIGN[manifest.kind].channels
    if result.ndim != 4 or result.shape[:2] != (1, channels):
        raise ModelError(
            f"model {manifest.name} answered with a tensor of {result.shape}, "
            f"not 1 x {channels} x H x W"
        )
    return result[0]


def to_chroma(manifest: Manifest, lightness: FloatImage, result: FloatImage) -> FloatImage:
    """An answer (C x h x w) as a*, b* (2 x h x w)."""
    return _of_picture(manifest, lightness, result) if len(result) == 3 else result


def _squash(lightness: FloatImage, hints: FloatImage, side: int) -> tuple[FloatImage, FloatImage]:
    """Lightness and hints as squares; hints are averaged by their confidence."""
    light = scaling.fit_planes(lightness[None], side, side)[0]
    *chroma, confidence = scaling.fit_planes(
        np.concatenate((hints[:2] * hints[2], hints[2:])), side, side
    )
    known = np.maximum(confidence, 1e-6)
    return light, np.stack((chroma[0] / known, chroma[1] / known, confidence))


def _inputs(manifest: Manifest, lightness: FloatImage, hints: FloatImage) -> dict[str, FloatImage]:
    """What the network is shown, C x S x S float32 by role."""
    if "picture" in manifest.tensors:
        return {"picture": encode(grey(lightness), manifest.values)}
    given = {"lightness": lightness[None]}
    if takes_hints(manifest):
        mask = (hints[2:] >= TOLD).astype(np.float32)
        given |= {"hints": hints[:2] * mask, "mask": mask}
    return given


def grey(lightness: FloatImage) -> FloatImage:
    """The grey picture of an L*: 3 x H x W encoded sRGB, 0..1."""
    value = srgb.encode(lab.luminance(lightness))
    return np.stack((value, value, value))


_ENCODE: dict[str, Callable[[FloatImage], FloatImage]] = {
    "": lambda rgb: rgb,
    "fractions": lambda rgb: rgb,
    "bytes": lambda rgb: rgb * np.float32(255),
    "imagenet": lambda rgb: (rgb - MEAN) / DEVIATION,
}
_DECODE: dict[str, Callable[[FloatImage], FloatImage]] = {
    "": lambda values: values,
    "fractions": lambda values: values,
    "bytes": lambda values: values / np.float32(255),
    "imagenet": lambda values: values * DEVIATION + MEAN,
}


def encode(rgb: FloatImage, values: str) -> FloatImage:
    """sRGB 0..1 (3 x H x W) as a file wants it: `photochrom.models.manifest.VALUES`."""
    return _ENCODE[values](rgb)


def decode(tensor: FloatImage, values: str) -> FloatImage:
    """The inverse of `encode`; light outside 0..1 is cut off."""
    return np.clip(_DECODE[values](tensor), 0, 1)


def luma(rgb: FloatImage) -> FloatImage:
    """Y' of encoded sRGB (3 x H x W) after BT.601."""
    return (LUMA * rgb).sum(axis=0)


def _of_picture(manifest: Manifest, lightness: FloatImage, result: FloatImage) -> FloatImage:
    """a*, b* of DeOldify's answer once it has the source's light, as its authors join them in Y'UV.

    They let OpenCV take red for blue in Y'; here the weights are the right way round.
    """
    rgb = decode(result, manifest.values)
    joined = rgb + grey(lightness) - luma(rgb)
    linear = gamut.limit(srgb.decode(np.moveaxis(joined, 0, -1)))
    return np.moveaxis(lab.from_linear(linear), -1, 0)[1:]
