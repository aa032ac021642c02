"""Writing a picture file whole or not at all, with everything that described its source."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pyvips

from photochrom.errors import OutputError
from photochrom.files import iptc, png, tiff_tags
from photochrom.files.formats import format_of
from photochrom.files.source import ICC, Source
from photochrom.files.whole import whole_file

BIG_TIFF = 3 << 30
"""Bytes of pixels from which a TIFF is written as BigTIFF; classic TIFF ends at 4 GB."""
EXIF = "exif-data"
IPTC = "iptc-data"


def check_target(source: Path, target: Path, overwrite: bool) -> None:
    """Refuse a destination before any work is done.

    Raises:
        UsageError: if the name's ending is of no format that can be written.
        OutputError: if it is the source, exists already, or lies in no writable folder.
    """
    format_of(target)
    exists = os.path.exists(target)  # Path.exists raises on names that are too long
    if exists and os.path.exists(source) and target.samefile(source):
        raise OutputError(f"{target} is the source itself; sources are never changed")
    if os.path.isdir(target):
        raise OutputError(f"{target} is a folder; give a file name, or end it with /")
    if exists and not overwrite:
        raise OutputError(f"{target} exists already; use --overwrite or another name")
    if not os.path.isdir(target.parent):
        raise OutputError(f"no such folder: {target.parent}; make it first")
    if not os.access(target.parent, os.W_OK):
        raise OutputError(f"can't write into {target.parent}; choose another folder")


def write(
    image: pyvips.Image,
    source: Source,
    target: Path,
    follow: Callable[[pyvips.Image], AbstractContextManager[None]] | None = None,
) -> None:
    """Pull `image` through to `target`, with the source's metadata.

    Args:
        image: R, G, B (and alpha) of uchar or ushort, in the profile of `source`.
        source: whose metadata the file gets.
        target: by its ending JPEG, PNG or TIFF; JPEG gets 8 bits.
        follow: given the final picture, what goes on around its pulling (progress, cancelling);
            an error of it leaves nothing behind.

    Raises:
        OutputError: if it can't be written. Nothing is left at `target` then.
    """
    kind = format_of(target)
    described, tags = _describe(image, source)
    _fit(described, kind)
    around = nullcontext() if follow is None else follow(described)
    with whole_file(target) as temporary, around:
        _WRITERS[kind](described, temporary, tags)


def _describe(image: pyvips.Image, source: Source) -> tuple[pyvips.Image, tiff_tags.Tags]:
    """The picture with its source's metadata, less what would contradict it."""
    described = image.copy(xres=source.image.xres, yres=source.image.yres)
    for name in source.image.get_fields():
        if _is_kept(name):
            described.set_type(source.image.get_typeof(name), name, source.image.get(name))
    # Last, as setting an EXIF block brings its thumbnail back, and the pipeline brings the rest.
    for name in described.get_fields():
        if described.get_typeof(name) and not _is_kept(name):
            described.remove(name)
    if source.profile.icc is not None:
        described.set_type(pyvips.GValue.blob_type, ICC, source.profile.icc)
    tags = _tags(source)
    if not described.get_typeof(EXIF) and (tags.main or tags.exif or tags.gps):
        block = tiff_tags.to_exif(tags, source.orientation)
        described.set_type(pyvips.GValue.blob_type, EXIF, block)
    return described, tags


def _fit(described: pyvips.Image, kind: str) -> None:
    """Change metadata that another kind of file would hold otherwise, or not accept."""
    for in_kind, name, change in (("png", ICC, png.acceptable), ("jpeg", IPTC, iptc.wrapped)):
        if kind == in_kind and described.get_typeof(name):
            blob = change(bytes(described.get(name)))
            described.set_type(pyvips.GValue.blob_type, name, blob)


def _is_kept(name: str) -> bool:
    """Metadata that stays true of the coloured picture; the embedded thumbnail is still grey."""
    kept = {EXIF, IPTC, "xmp-data", "orientation", "resolution-unit", "image-description"}
    return name in kept or name.startswith(("exif-ifd0", "exif-ifd2", "exif-ifd3", "png-comment"))


def _tags(source: Source) -> tiff_tags.Tags:
    image = source.image
    if image.get_typeof(EXIF):
        return tiff_tags.from_exif(bytes(image.get(EXIF)))
    if image.get_typeof("vips-loader") and image.get("vips-loader").startswith("tiffload"):
        return tiff_tags.from_tiff(source.path)
    return tiff_tags.Tags({}, {}, {})


def _write_jpeg(image: pyvips.Image, path: Path, tags: tiff_tags.Tags) -> None:
    del tags  # they are in the EXIF block
    image.jpegsave(os.fsencode(path), Q=95, subsample_mode="off", optimize_coding=True)


def _write_png(image: pyvips.Image, path: Path, tags: tiff_tags.Tags) -> None:
    del tags
    image.pngsave(os.fsencode(path))


def _write_tiff(image: pyvips.Image, path: Path, tags: tiff_tags.Tags) -> None:
    bytes_a_sample = 2 if image.format == "ushort" else 1
    size = image.width * image.height * image.bands * bytes_a_sample
    if image.get_typeof(IPTC):  # libvips 8.18 would write only a quarter of them
        captions = iptc.bare(bytes(image.get(IPTC)))
        image.remove(IPTC)
        tag = {iptc.TAG: tiff_tags.Tag(7, len(captions), captions)} if captions else {}
        tags = replace(tags, main=tags.main | tag)
    compression = tags.compression or "deflate"
    image.tiffsave(
        os.fsencode(path), compression=compression, predictor="horizontal", bigtiff=size > BIG_TIFF
    )
    if tags.main or tags.exif or tags.gps:
        tiff_tags.add_to_tiff(path, tags)


_WRITERS = {"jpeg": _write_jpeg, "png": _write_png, "tiff": _write_tiff}
