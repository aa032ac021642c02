"""What was coloured last, kept in the image: so that Ctrl+F on the hints means the photograph."""

from __future__ import annotations

import json
from typing import NamedTuple

from gi.repository import Gimp

NAME = "photochrom-last"
PERSISTENT = 1
"""It is saved in the image's file; it is no step of undo."""


class Last(NamedTuple):
    """Layers of the last run; None for those that there were none of, or that are gone."""

    source: Gimp.Layer | None = None
    hints: Gimp.Layer | None = None
    result: Gimp.Layer | None = None


def recall(image: Gimp.Image) -> Last:
    """What was kept."""
    parasite = image.get_parasite(NAME)
    if parasite is None:
        return Last()
    try:
        numbers = json.loads(bytes(parasite.get_data()))
        return Last(*(_layer(image, numbers.get(name)) for name in Last._fields))
    except (ValueError, AttributeError):
        return Last()


def keep(image: Gimp.Image, last: Last) -> None:
    """Keep it."""
    numbers = {name: layer.get_tattoo() for name, layer in last._asdict().items() if layer}
    data = json.dumps(numbers).encode("ascii")
    image.attach_parasite(Gimp.Parasite.new(NAME, PERSISTENT, data))


def _layer(image: Gimp.Image, tattoo: object) -> Gimp.Layer | None:
    return image.get_layer_by_tattoo(tattoo) if isinstance(tattoo, int) and tattoo > 0 else None
