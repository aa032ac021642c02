"""Averages of trained weights.

Between a network and what it became by further training there is a straight line of weights, on
which the middle is often better than both ends: Wortsman et al., "Robust fine-tuning of zero-shot
models" (WiSE-FT), arXiv:2109.01903.
"""

from typing import Any

from photochrom.errors import InputError


def between(first: dict[str, Any], second: dict[str, Any], share: float) -> dict[str, Any]:
    """A checkpoint with generators averaged; all else is the second's.

    Args:
        first: a loaded checkpoint.
        second: another, of the same network.
        share: of the second's weights, 0..1; whole numbers (counters) are the second's.

    Raises:
        InputError: if the two hold different networks.
    """
    old, new = first["average"], second["average"]
    if old.keys() != new.keys() or any(old[key].shape != new[key].shape for key in new):
        raise InputError("the two checkpoints hold different networks; average those of one")
    mixed = {
        key: old[key].lerp(value, share) if value.is_floating_point() else value
        for key, value in new.items()
    }
    kept = {key: value for key, value in second.items() if key not in ("format", "commit")}
    return {**kept, "average": mixed, "generator": mixed}
