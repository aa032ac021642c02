"""Making results as they are delivered, where that is not as their sources: size and profile."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pyvips

from photochrom.color.profile import default_profile
from photochrom.files.source import ICC, Source
from photochrom.options import Delivery

BITS = {8: "uchar", 16: "ushort"}


def band_format(delivery: Delivery, usual: str) -> str:
    """libvips' name of the depth; `usual` is the one without a wish."""
    return usual if delivery.bits is None else BITS[delivery.bits]


def changed(
    picture: pyvips.Image, source: Source, delivery: Delivery
) -> tuple[pyvips.Image, Source]:
    """A coloured picture as it is delivered, and what it is made from, to describe it.

    Args:
        picture: R, G, B (and alpha) in the source's profile, not yet computed.
        source: whose metadata the file gets.
        delivery: what the person wants.
    """
    if delivery.profile == "srgb" and source.profile.icc is not None:
        picture = _in_srgb(picture, source.profile.icc)
        source = replace(source, profile=replace(default_profile(), icc=_srgb()))
    return _smaller(picture, *delivery.size(picture.width, picture.height)), source


def notes(source: Source, delivery: Delivery) -> list[str]:
    """What is not as in the source, in words for the person."""
    told, before = [], (source.image.width, source.image.height)
    size = delivery.size(*before)
    if size != before:
        told.append(f"made smaller, to {size[0]} x {size[1]} pixels")
    if delivery.bits == 8 and source.color.format == "ushort":
        told.append("16 bits became 8")
    if delivery.profile == "srgb" and source.profile.icc is not None:
        told.append("its colour profile became sRGB")
    return told


def _smaller(picture: pyvips.Image, width: int, height: int) -> pyvips.Image:
    if (width, height) == (picture.width, picture.height):
        return picture
    across, down = width / picture.width, height / picture.height
    if picture.bands == 3:
        return picture.resize(across, vscale=down)
    # what is transparent has no say in the colours beside it
    straight = {"max_alpha": 255 if picture.format == "uchar" else 65535}
    small = picture.premultiply(**straight).resize(across, vscale=down)
    return small.unpremultiply(**straight).rint().cast(picture.format)


def _in_srgb(picture: pyvips.Image, icc: bytes) -> pyvips.Image:
    deep = picture.format == "ushort"
    color = picture[0:3].copy(interpretation="rgb16" if deep else "srgb")
    color.set_type(pyvips.GValue.blob_type, ICC, icc)
    depth = 16 if deep else 8
    converted = color.icc_transform("srgb", embedded=True, intent="relative", depth=depth)
    return converted if picture.bands == 3 else converted.bandjoin(picture[3])


@cache
def _srgb() -> bytes:
    """libvips' own profile of sRGB."""
    return bytes(pyvips.Operation.call("profile_load", "srgb"))
