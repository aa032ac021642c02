"""A reference: a colour picture whose colours are carried over to where another shows the same.

Both are described by the features of the network that colours them, so no second network is
needed. The reference is seen at several sizes and mirrored, as its things may be nearer, farther
off or turned about. docs/reference.md has what was measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvips

from photochrom.color import srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.profile import default_profile
from photochrom.errors import InputError, ModelError, UsageError
from photochrom.files import orientation, scaling
from photochrom.files.decoders import decoded
from photochrom.files.source import PictureFile, open_source, unreadable
from photochrom.hints import matching
from photochrom.models import native
from photochrom.models.manifest import Manifest
from photochrom.models.names import DEFAULT_MODEL
from photochrom.restoration.view import View
from photochrom.session import Session

SIZES = (0.7, 1.0, 1.4)
"""Sizes at which the reference is seen, over the model's own."""
COLORLESS = 2.0
"""Mean chroma, in a*b*, below which a picture is taken for black and white."""
ONE_TONE = 2.0
"""How far from one colour for each lightness nine of ten pixels stay in a toned print, in a*b*."""
FOUND = 0.3
"""Confidence from which a place counts as found again."""
OUTPUT = "features"


@dataclass(frozen=True, eq=False)
class ColorPicture:
    """A reference before any model has seen it."""

    planes: FloatImage
    """3 x h x w float32, upright: L*, a*, b*."""
    name: str
    """What messages call it."""


@dataclass(frozen=True, eq=False)
class Copy:
    """The reference as the model sees it once."""

    features: FloatImage
    """F x h x w float32, unit vectors."""
    chroma: FloatImage
    """2 x h x w float32: mean a*, b* of each of these places."""


@dataclass(frozen=True, eq=False)
class Carried:
    """What a reference says of a picture."""

    hints: FloatImage
    """3 x H x W float32: a*, b* and confidence 0..1, for the network alone (not to be spread)."""
    share: float
    """Of the picture that was found in the reference, 0..1."""

    @property
    def note(self) -> str:
        """What a person should know."""
        if self.share == 0:
            return "nothing in it was like the reference, so it was coloured without"
        return f"{max(100 * self.share, 1):.0f} % of it was found in the reference"


def read(path: Path, scratch: Path | None = None) -> ColorPicture:
    """A reference from a file of any kind that can be coloured, through its colour profile.

    Args:
        path: the picture; of several pages the first counts.
        scratch: folder for pixels that libvips can't decode; None: the system's.

    Raises:
        InputError: if it can't be read, or has no colour.
    """
    with decoded(path, scratch) as pixels:
        source = open_source(PictureFile(path, pixels))
        try:
            view = View.of(source.color, source.profile)
        except pyvips.Error as error:
            raise unreadable(path, error) from error
    return _colorful(view, source.orientation, str(path))


def from_array(rgb: PictureArray) -> ColorPicture:
    """A reference in memory: uint8, uint16 or float32 in 0..1, H x W x 3, sRGB-encoded.

    Raises:
        UsageError: if it has another shape or type.
        InputError: if it has no colour.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.size == 0:
        raise UsageError(f"a reference is an H x W x 3 array, not {rgb.shape}")
    codes = srgb.from_float(srgb.to_float(rgb), np.dtype(np.uint16))
    image = pyvips.Image.new_from_array(codes)
    return _colorful(View.of(image, default_profile()), 1, "the reference")


def check_model(manifest: Manifest, session: Session) -> None:
    """Refuse a model that does not tell its features.

    Raises:
        UsageError: if it doesn't.
    """
    if OUTPUT not in session.shapes:
        raise UsageError(
            f"model {manifest.name} can't use a reference: it has no output {OUTPUT!r}; take "
            f"--model {DEFAULT_MODEL}"
        )


def describe(manifest: Manifest, session: Session, picture: ColorPicture) -> tuple[Copy, ...]:
    """The reference as the model sees it, for any number of pictures; six runs of the network.

    Raises:
        UsageError: if the model does not tell its features.
        ModelError: if the network fails or breaks its contract.
    """
    height, width = picture.planes.shape[1:]
    copies = []
    for times in SIZES:
        side = round(times * manifest.native_size)
        seen = scaling.fit_planes(picture.planes, *native.working_size(width, height, side))
        copies += [_copy(manifest, session, planes) for planes in (seen, seen[..., ::-1])]
    return tuple(copies)


def carry(
    manifest: Manifest, session: Session, lightness: FloatImage, copies: tuple[Copy, ...]
) -> Carried:
    """Hints for a picture from a reference; one run of the network.

    Args:
        manifest: of the model in `session`.
        session: the model that described the reference.
        lightness: H x W, L* 0..100, at working size.
        copies: what `describe` made.

    Raises:
        UsageError, ModelError: as for `describe`.
    """
    own, stride = features(manifest, session, lightness)
    chosen, found = matching.best_of([matching.find(own, copy.features) for copy in copies])
    believed = matching.confidence(found)
    chroma = np.zeros((2, *chosen.shape), np.float32)
    for number, copy in enumerate(copies):
        here = chosen == number
        rows, columns = found.places[:, here]
        chroma[:, here] = copy.chroma[:, rows, columns]
    told = np.concatenate((chroma * (believed > 0), believed[None]))
    # as training had them: one colour all over a place
    large = told.repeat(stride, axis=1).repeat(stride, axis=2)
    height, width = lightness.shape
    return Carried(large[:, :height, :width], float((believed >= FOUND).mean()))


def features(manifest: Manifest, session: Session, lightness: FloatImage) -> tuple[FloatImage, int]:
    """What the model says of each place of a picture, without hints.

    Args:
        manifest: of the model in `session`.
        session: the loaded model.
        lightness: H x W, L* 0..100, at working size.

    Returns:
        F x H/t x W/t float32, unit vectors (sizes rounded up), and t, the side of a place.

    Raises:
        UsageError: if the model does not tell its features.
        ModelError: if the network fails, or answers in a size that is no part of the picture's.
    """
    check_model(manifest, session)
    light = native.mirrored(lightness[None, None], manifest.multiple) / np.float32(100)
    nothing = np.zeros((1, 3, *light.shape[2:]), np.float32)
    answer = session.run({"luminance": light, "hints": nothing}, OUTPUT)
    stride = light.shape[2] // max(answer.shape[2], 1)
    if (stride * answer.shape[2], stride * answer.shape[3]) != light.shape[2:]:
        raise ModelError(
            f"model {manifest.name} described {light.shape[2]} x {light.shape[3]} pixels with a "
            f"tensor of {answer.shape}, which is no even part of them; export it again"
        )
    rows, columns = (-(-side // stride) for side in lightness.shape)
    return answer[0, :, :rows, :columns], stride


def _colorful(view: View, turned: int, name: str) -> ColorPicture:
    """A picture seen small, upright.

    Raises:
        InputError: if it is black and white, or toned like an old print.
    """
    planes = orientation.upright(np.moveaxis(view.lab, -1, 0), turned)
    if float(np.hypot(*planes[1:]).mean()) < COLORLESS or view.tint[1] < ONE_TONE:
        raise InputError(
            f"{name} has no colours to carry over: it is black and white or of one tone; give a "
            "colour picture as reference"
        )
    return ColorPicture(np.ascontiguousarray(planes, np.float32), name)


def _copy(manifest: Manifest, session: Session, planes: FloatImage) -> Copy:
    told, stride = features(manifest, session, np.ascontiguousarray(planes[0]))
    chroma = native.mirrored(planes[1:], stride)
    shape = (2, told.shape[1], stride, told.shape[2], stride)
    return Copy(told, chroma.reshape(shape).mean(axis=(2, 4)))
