"""Looking into another program's network before it is trusted: its graph, then trial runs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from photochrom.color.arrays import FloatImage
from photochrom.errors import ModelError
from photochrom.models import foreign
from photochrom.models.graph import Layout
from photochrom.models.kinds import Kind
from photochrom.models.manifest import Manifest
from photochrom.session import Session

LEAST = 1.0
"""An answer whose a*b* all lie within this is divided by something, or has no colour."""
OTHER_LIGHT = 0.15
"""Mean difference of light, of 0..1, from which a picture counts as another one."""
VALUES_IN_WORDS = {
    "bytes": "light counts 0..255, in and out",
    "imagenet": "light is normalised with ImageNet's mean and deviation, in and out",
    "fractions": "light counts 0..1, in and out",
}


@dataclass(frozen=True)
class Finding:
    """What was found out about a network."""

    manifest: Manifest
    assumed: tuple[str, ...]
    """What it is taken for, one line each."""
    notes: tuple[str, ...]
    """What its owner should know, one line each."""


def inspect(session: Session, kind: Kind, found: Layout, draft: Manifest, path: Path) -> Finding:
    """Try a network out and complete its manifest.

    Args:
        session: the file, loaded on the CPU.
        kind: what it is said to be.
        found: what its graph says.
        draft: what `draft_manifest` makes of that.
        path: where it came from, for messages.

    Raises:
        ModelError: if its answers are not those of the kind.
    """
    pictures = trial_pictures(draft.native_size)
    manifest = _with_values(draft, session, kind, pictures, path)
    shape = _run(manifest, session, pictures[0], path).shape
    manifest = replace(manifest, output_stride=_stride(shape, manifest, path))
    chroma = np.stack([_chroma(manifest, session, picture, path) for picture in pictures])
    _check_chroma(chroma, kind, path)
    return Finding(manifest, _assumed(manifest, kind, found, chroma), _notes(kind, found, chroma))


def trial_pictures(side: int) -> tuple[FloatImage, FloatImage]:
    """L* of a soft picture and of one full of edges and grain, both from black to white."""
    across = np.linspace(0, 1, side, dtype=np.float32)
    soft = 50 * (across[None] + (1 - np.cos(3 * np.pi * across[:, None])) / 2)
    board = (across[None] * 8 % 2 < 1) != (across[:, None] * 8 % 2 < 1)
    busy = 70 * board + np.random.default_rng(0).uniform(0, 30, (side, side))
    return soft.astype(np.float32), busy.astype(np.float32)


def draft_manifest(kind: Kind, name: str, found: Layout, sha256: str) -> Manifest:
    """What is known of a network before it runs."""
    side = found.side or kind.native_size
    return Manifest(
        name=name,
        version=sha256[:8],
        sha256=sha256,
        kind=kind.name,
        scale=1.0,
        native_size=side,
        multiple=side,
        output_stride=1,
        tiling="whole",
        weights=found.precision,
        tolerance={},
        license=kind.license,
        trained={"source": kind.source},
        tensors=found.tensors,
        values=kind.values[0],
    )


def _with_values(
    draft: Manifest, session: Session, kind: Kind, pictures: Sequence[FloatImage], path: Path
) -> Manifest:
    """The manifest with the first way of counting light in which a network of pictures keeps it."""
    if len(kind.values) == 1:
        return draft
    errors = []
    for values in kind.values:
        trial = replace(draft, values=values)
        try:
            results = [_run(trial, session, picture, path) for picture in pictures]
        except ModelError as error:  # numbers far from those it was trained on may overflow
            errors.append(error)
            continue
        if _keeps_light(trial, pictures, results):
            return trial
    if errors:
        raise errors[-1]
    raise ModelError(
        f"{path} is no deoldify: its answer has another light than the picture that it is shown"
    )


def _keeps_light(
    trial: Manifest, pictures: Sequence[FloatImage], results: Sequence[FloatImage]
) -> bool:
    if any(result.shape[1:] != pictures[0].shape for result in results):
        return False
    differences = [
        foreign.luma(foreign.decode(result, trial.values)) - foreign.luma(foreign.grey(picture))
        for picture, result in zip(pictures, results, strict=True)
    ]
    return bool(np.abs(differences).mean() < OTHER_LIGHT)


def _run(manifest: Manifest, session: Session, picture: FloatImage, path: Path) -> FloatImage:
    """The network's answer as it is, C x h x w."""
    try:
        return foreign.ask(manifest, session, picture, _no_hints(picture))
    except ModelError as error:
        advice = "" if manifest.weights == "fp32" else f"; it is {manifest.weights}, get it in fp32"
        raise ModelError(f"{path} failed on a trial picture: {error}{advice}") from error


def _stride(shape: tuple[int, ...], manifest: Manifest, path: Path) -> int:
    side = manifest.native_size
    if shape[1] == shape[2] and side % shape[1] == 0:
        return side // shape[1]
    raise ModelError(
        f"{path} is no {manifest.kind}: it answers {side} x {side} pixels with "
        f"{shape[1]} x {shape[2]}, which is no fraction of them"
    )


def _chroma(manifest: Manifest, session: Session, picture: FloatImage, path: Path) -> FloatImage:
    result = _run(manifest, session, picture, path)
    return foreign.to_chroma(manifest, picture, result)


def _no_hints(picture: FloatImage) -> FloatImage:
    return np.zeros((3, *picture.shape), np.float32)


def _check_chroma(chroma: FloatImage, kind: Kind, path: Path) -> None:
    most, usual = float(np.abs(chroma).max()), float(np.median(np.abs(chroma)))
    if most <= LEAST:
        raise ModelError(
            f"{path} answers a*b* within ±{most:.2g}: it has no colour, or its a*b* are divided by "
            f"something; {kind.name} gives a*b* as they are"
        )
    if usual > foreign.MOST:
        raise ModelError(
            f"{path} is no {kind.name}: half of its a*b* lie beyond ±{foreign.MOST:g}, "
            "where no colours are"
        )


def _assumed(manifest: Manifest, kind: Kind, found: Layout, chroma: FloatImage) -> tuple[str, ...]:
    """What the network is taken for, for its owner to check."""
    side = manifest.native_size
    fixed = "fixed in the file" if found.side else "free in the file"
    hints = "the network itself" if foreign.takes_hints(manifest) else "photochrom, after the model"
    counts = (VALUES_IN_WORDS[manifest.values],) if manifest.values else ()
    return (
        f"kind: {kind.name}; {kind.contract}",
        *counts,
        f"size: {side} x {side}, {fixed}; every picture is squashed to it, as its authors do",
        f"answer: {side // manifest.output_stride} x {side // manifest.output_stride}, a*b* from "
        f"{chroma.min():.0f} to {chroma.max():.0f} on two trial pictures",
        f"weights: {found.precision}",
        f"hints: obeyed by {hints}",
        f"licence: {kind.license}, as {kind.source} gives it; weights trained anew may "
        "have another",
    )


def _notes(kind: Kind, found: Layout, chroma: FloatImage) -> tuple[str, ...]:
    notes = []
    if found.precision in kind.doubted:
        notes.append(
            f"{kind.name} as {found.precision} loses colour, because of its spectral norm; "
            "compare it with fp32"
        )
    if np.abs(chroma).max() > foreign.MOST:
        share = float((np.abs(chroma) > foreign.MOST).mean())
        notes.append(
            f"{share:.1%} of its a*b* on the trial pictures lie beyond ±{foreign.MOST:g}; "
            "they are cut off there"
        )
    return tuple(notes)
