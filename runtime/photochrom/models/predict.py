"""Asking any model for chroma, whichever kind it is of."""

from photochrom.color.arrays import FloatImage
from photochrom.errors import UsageError
from photochrom.models import foreign, native
from photochrom.models.manifest import Manifest
from photochrom.options import Options
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


def takes_tiles(manifest: Manifest) -> bool:
    """Whether the model can be told what the whole picture looks like, so that tiles agree."""
    return manifest.kind == "native" and manifest.hints and manifest.tiling == "anchored"


def listens(manifest: Manifest) -> bool:
    """Whether the network itself takes hints; after others, hints spread all the same."""
    return manifest.hints if manifest.kind == "native" else foreign.takes_hints(manifest)


def check_variants(manifest: Manifest) -> None:
    """Refuse variants of a model that has none.

    Raises:
        UsageError: if its network takes no hints.
    """
    if not listens(manifest):
        raise UsageError(
            f"model {manifest.name} takes no hints, so it has no variants; choose another"
        )


def working_side(manifest: Manifest, options: Options) -> int:
    """Pixels of the short side at which the model sees the whole picture."""
    return options.size or manifest.native_size


def check_options(manifest: Manifest, options: Options) -> None:
    """Refuse what a model can't do.

    Raises:
        UsageError: if it is asked for a variant but takes no hints, for detail but not for
            tiles, or for another size than the only one that it has.
    """
    if options.variant:
        check_variants(manifest)
    if options.size is not None and manifest.kind != "native":
        raise UsageError(
            f"model {manifest.name} sees every picture at {manifest.native_size} pixels; "
            "leave out its size"
        )
    if options.detail and not takes_tiles(manifest):
        raise UsageError(
            f"model {manifest.name} can't see a picture in tiles, so its detail is 0 or auto, "
            f"not {options.detail}"
        )
