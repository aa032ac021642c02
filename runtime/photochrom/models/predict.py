"""Asking any model for chroma, whichever kind it is of."""

from photochrom.color.arrays import FloatImage
from photochrom.models import foreign, native
from photochrom.models.manifest import Manifest
from photochrom.session import Session


def predict(
    manifest: Manifest, session: Session, lightness: FloatImage, hints: FloatImage
) -> FloatImage:
    """Chroma of one picture.

    Args:
        manifest: of the model in `session`.
        session: the loaded model.
        lightness: H x W, L* in 0..100, at working size.
        hints: 3 x H x W: a*, b* and confidence 0..1.

    Returns:
        2 x h x w float32: a*, b* of the whole picture; the size is the model's.

    Raises:
        ModelError: if the network fails or breaks its manifest's contract.
    """
    ask = native.predict if manifest.kind == "native" else foreign.predict
    return ask(manifest, session, lightness, hints)
