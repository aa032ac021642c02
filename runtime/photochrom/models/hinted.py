"""Asking any model for chroma when a person has said something: network and spreading together."""

import numpy as np

from photochrom.color.arrays import FloatImage
from photochrom.files import scaling
from photochrom.hints import draw
from photochrom.models import after, predict
from photochrom.models.manifest import Manifest
from photochrom.session import Session

FAR = 0.6
"""How much of what the network makes of the bare hints is taken where none reaches: hints tell it
of the whole picture, but it also lets them leak. With less, ten points of true colour help less
than the network alone; with more, colours that contradict the picture leak more than there."""


def predict_hinted(
    manifest: Manifest,
    session: Session,
    lightness: FloatImage,
    hints: FloatImage,
    guess: FloatImage | None = None,
    plain: FloatImage | None = None,
) -> FloatImage:
    """Chroma of one picture; where nothing is hinted, as `photochrom.models.predict` has it.

    The network answers without hints first. Hints then spread to their objects' edges. A network
    that takes hints is told what spread, and its answer is taken as far as hints reach; elsewhere
    it is told the bare hints, and believed by `FAR`. docs/hints.md has what was measured.

    Args:
        manifest: of the model in `session`, of any kind.
        session: the loaded model.
        lightness: H x W, L* in 0..100, at working size.
        hints: 3 x H x W: a*, b* and confidence 0..1, what the person says.
        guess: hints below those, that only the network is told, of a variant; None: nothing.
        plain: what the network answers to the guess alone, 2 x h x w; None: it is asked.

    Returns:
        2 x H x W float32: a*, b*; where confidence is 1 it is the hint. 2 x h x w at the model's
        own size if there are no hints.

    Raises:
        ModelError: if the network fails or breaks its manifest's contract.
    """
    unhinted = plain
    if unhinted is None:
        below = np.zeros_like(hints) if guess is None else guess
        unhinted = predict.predict(manifest, session, lightness, below)
    if not hints[2].any():
        return unhinted
    chroma = _full(unhinted, lightness)
    if not predict.listens(manifest):
        return after.spread(lightness, chroma, hints)
    told = after.told(lightness, chroma, hints)
    near, bare = (
        _full(predict.predict(manifest, session, lightness, given), lightness)
        for given in (_over(told, guess), _over(hints, guess))
    )
    far = chroma + np.float32(FAR) * (bare - chroma)
    return after.exact(far + told[2] * (near - far), hints)


def _over(hints: FloatImage, guess: FloatImage | None) -> FloatImage:
    return hints if guess is None else draw.over(hints, guess)


def _full(chroma: FloatImage, lightness: FloatImage) -> FloatImage:
    return scaling.fit_planes(chroma, lightness.shape[1], lightness.shape[0])
