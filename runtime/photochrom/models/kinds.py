"""The networks of others that photochrom runs: what goes in, what comes out, at which size.

Every kind's authors squash the picture to a square, whatever its shape, and so does photochrom.
Where the contracts come from:

- ``ddcolor``: piddnad/DDColor, ``scripts/export_onnx.py`` (names, sizes) and
  ``ddcolor/pipeline.py`` (colour). Its own program enlarges a*b* without interpolation
  (``F.interpolate`` by default), which makes blocks; photochrom does it bilinearly.
- ``deoldify``: jantic/DeOldify, ``deoldify/filters.py`` (colour, square, light of the source kept),
  ``deoldify/generators.py`` (output -3..3 in ImageNet's statistics) and ``deoldify/visualize.py``
  (render factor 35); instant-high/deoldify-onnx, ``convert_to_onnx.py`` (light as 0..255).
- ``siggraph17``, ``eccv16``: richzhang/colorization, ``colorizers/{siggraph17,eccv16}.py`` and
  ``colorizers/base_color.py`` (the networks themselves subtract and divide) and
  ``colorizers/util.py`` (256 x 256).
"""

from dataclasses import dataclass

from photochrom.errors import UsageError

Inputs = dict[str, int]
"""Channels of each input by role, in the order of the file."""


@dataclass(frozen=True)
class Kind:
    """A family of networks that share tensors and colours."""

    name: str
    """What ``--kind`` calls it."""
    inputs: tuple[Inputs, ...]
    """The sets of inputs that files of this kind have."""
    channels: int
    """Channels of the output."""
    native_size: int
    """Side of the square, in pixels, for files that leave it open."""
    contract: str
    """Which colours go in and come out, in words."""
    license: str
    """What the authors give the weights under, as an SPDX name."""
    source: str
    """The authors' repository."""
    values: tuple[str, ...] = ("",)
    """Ways in which its files count light (`photochrom.models.manifest.VALUES`). The widest range
    comes first: a network that keeps light in it may do so in a narrower one too, by chance."""
    refused: tuple[str, ...] = ()
    """Precisions at which it is known to give wrong colours."""
    doubted: tuple[str, ...] = ()
    """Precisions that are taken with a warning."""


_LIGHTNESS: Inputs = {"lightness": 1}
_GUIDED: Inputs = {"lightness": 1, "hints": 2, "mask": 1}

FOREIGN = {
    kind.name: kind
    for kind in (
        Kind(
            name="ddcolor",
            inputs=({"picture": 3},),
            channels=2,
            native_size=512,
            contract="in: the grey picture as sRGB 0..1; out: a*b* as they are",
            license="Apache-2.0",
            source="https://github.com/piddnad/DDColor",
            refused=("fp16", "int8"),
        ),
        Kind(
            name="deoldify",
            inputs=({"picture": 3},),
            channels=3,
            native_size=560,
            contract="in: the grey picture as sRGB; out: the picture in colour, of which only the "
            "chroma is used",
            license="MIT",
            source="https://github.com/jantic/DeOldify",
            values=("bytes", "imagenet", "fractions"),
            doubted=("int8",),
        ),
        Kind(
            name="siggraph17",
            inputs=(_LIGHTNESS, _GUIDED),
            channels=2,
            native_size=256,
            contract="in: L* 0..100, and if the file has them a*b* of hints and their mask; "
            "out: a*b* as they are",
            license="BSD-2-Clause",
            source="https://github.com/richzhang/colorization",
        ),
        Kind(
            name="eccv16",
            inputs=(_LIGHTNESS,),
            channels=2,
            native_size=256,
            contract="in: L* 0..100; out: a*b* as they are",
            license="BSD-2-Clause",
            source="https://github.com/richzhang/colorization",
        ),
    )
}
"""Kinds by name. DDColor: fp16 overflows in it (spandrel marks it so), and its spectral norm's
weights, divided while it runs, are spoilt by int8. DeOldify is of spectral norm too, but its int8
files are in use."""


def foreign_kind(name: str) -> Kind:
    """A kind by its name.

    Raises:
        UsageError: if there is none.
    """
    if name not in FOREIGN:
        raise UsageError(f"unknown kind {name!r}; choose {', '.join(FOREIGN)}")
    return FOREIGN[name]
