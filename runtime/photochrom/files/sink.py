"""Writing a picture file whole or not at all, with everything that described its source."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pyvips

from photochrom.errors import OutputError
from photochrom.files import iptc, png, provenance, tiff_tags
from photochrom.files.formats import EIGHT_BIT, LONGEST_SIDE, NAMES, OPAQUE, WITHOUT_IPTC, format_of
from photochrom.files.source import ICC, Source, is_tiff
from photochrom.files.tiff_directory import Tag
from photochrom.files.tiff_pages import Layout
from photochrom.files.whole import sweep_once, whole_file

BIG_TIFF = 3 << 30
"""Bytes of pixels from which a TIFF is written as BigTIFF; classic TIFF ends at 4 GB."""
LONGEST_XMP = provenance.LONGEST_IN_JPEG - 1000
"""Bytes of a source's XMP from which JPEG has no room for it and the mark."""
EXIF = "exif-data"
IPTC = "iptc-data"
XMP = "xmp-data"


def check_target(source: Path, target: Path, overwrite: bool) -> None:
    """Refuse a destination before any work is done.

    Raises:
        UsageError: if the name's ending is of no format that can be written.
        OutputError: if it is the source, exists already, or lies in no writable folder.
    """
    format_of(target)
    check_path(source, target, overwrite)


def check_path(source: Path, target: Path, overwrite: bool) -> None:
    """Refuse a destination of any kind of file.

    Raises:
        OutputError: if it is the source, exists already, or lies in no writable folder.
    """
    sweep_once(target.parent)
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


def check_size(target: Path, width: int, height: int) -> None:
    """Refuse a kind of file that has no room for a picture of this size.

    Raises:
        OutputError: if a side is too long.
    """
    kind = format_of(target)
    longest = max(width, height)
    if longest > LONGEST_SIDE.get(kind, longest):
        raise OutputError(
            f"can't write {target}: {NAMES[kind]} holds at most {LONGEST_SIDE[kind]} pixels a "
            f"side, and the picture has {longest}; save it as .tif or .png"
        )


def write(
    target: Path,
    image: pyvips.Image,
    source: Source,
    follow: Callable[[pyvips.Image], AbstractContextManager[None]] | None = None,
    mark: bool = True,
) -> None:
    """Pull `image` through to `target`, with the source's metadata.

    Args:
        target: by its ending JPEG, PNG, TIFF or WebP; JPEG and WebP hold 8 bits.
        image: R, G, B (and alpha) of uchar or ushort, in the profile of `source`.
        source: whose metadata the file gets.
        follow: given the final picture, what goes on around its pulling (progress, cancelling);
            an error of it leaves nothing behind.
        mark: whether the file says that a model coloured it (`photochrom.files.provenance`).

    Raises:
        OutputError: if it can't be written. Nothing is left at `target` then.
    """
    with whole_file(target) as temporary:
        write_into(temporary, image, source, follow, mark)


def write_into(
    path: Path,
    image: pyvips.Image,
    source: Source,
    follow: Callable[[pyvips.Image], AbstractContextManager[None]] | None = None,
    mark: bool = True,
) -> None:
    """`write` into a temporary file, whose ending tells its kind."""
    kind = format_of(path)
    described, tags = _describe(image, source)
    if mark:
        _mark(described, kind)
    _fit(described, kind)
    around = nullcontext() if follow is None else follow(described)
    with around:
        _WRITERS[kind](described, path, tags, source.layout)


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


def losses(source: Source, target: Path, mark: bool = True) -> list[str]:
    """What a file of the target's kind can't hold of this picture, in words for the person."""
    kind = format_of(target)
    notes = []
    if kind in EIGHT_BIT and source.color.format == "ushort":
        notes.append(f"{NAMES[kind]} holds 8 bits; save as .tif or .png to keep 16")
    if kind in OPAQUE and source.alpha is not None:
        notes.append(f"{NAMES[kind]} holds no transparency; it was left out")
    if kind in WITHOUT_IPTC and source.image.get_typeof(IPTC):
        notes.append(f"{NAMES[kind]} holds no IPTC captions; they were left out")
    xmp = _xmp(source.image)
    if mark and xmp is not None and not provenance.is_sound(xmp):
        notes.append("its XMP is damaged and was left out")
    elif kind == "jpeg" and xmp is not None and len(xmp) > LONGEST_XMP:
        notes.append("JPEG holds 64 kB of XMP; the picture's was left out")
    return notes


def _mark(described: pyvips.Image, kind: str) -> None:
    """Say in the picture's XMP that a model coloured it."""
    xmp = _xmp(described)
    if xmp is not None and kind == "jpeg" and len(xmp) > LONGEST_XMP:
        xmp = None
    try:
        packet = provenance.marked(xmp)
    except provenance.DamagedXmpError:
        packet = provenance.marked(None)
    described.set_type(pyvips.GValue.blob_type, XMP, packet)


def _xmp(image: pyvips.Image) -> bytes | None:
    return bytes(image.get(XMP)) if image.get_typeof(XMP) else None


def _fit(described: pyvips.Image, kind: str) -> None:
    """Change metadata that another kind of file would hold otherwise, or not accept."""
    for in_kind, name, change in (("png", ICC, png.acceptable), ("jpeg", IPTC, iptc.wrapped)):
        if kind == in_kind and described.get_typeof(name):
            blob = change(bytes(described.get(name)))
            described.set_type(pyvips.GValue.blob_type, name, blob)


def _is_kept(name: str) -> bool:
    """Metadata that stays true of the coloured picture; the embedded thumbnail is still grey."""
    kept = {EXIF, IPTC, XMP, "orientation", "resolution-unit", "image-description"}
    return name in kept or name.startswith(("exif-ifd0", "exif-ifd2", "exif-ifd3", "png-comment"))


def _tags(source: Source) -> tiff_tags.Tags:
    image = source.image
    if image.get_typeof(EXIF):
        return tiff_tags.from_exif(bytes(image.get(EXIF)))
    if is_tiff(image):
        return tiff_tags.from_tiff(source.path, source.page)
    return tiff_tags.Tags({}, {}, {})


def _write_jpeg(image: pyvips.Image, path: Path, tags: tiff_tags.Tags, layout: Layout) -> None:
    del tags, layout  # the tags are in the EXIF block
    image.jpegsave(os.fsencode(path), Q=95, subsample_mode="off", optimize_coding=True)


def _write_png(image: pyvips.Image, path: Path, tags: tiff_tags.Tags, layout: Layout) -> None:
    del tags, layout
    xmp = _xmp(image)
    if xmp is not None:
        image.remove(XMP)
        comment = f"png-comment-0-{png.XMP_KEY}"
        image.set_type(pyvips.GValue.gstr_type, comment, png.room_for_xmp(xmp))
    image.pngsave(os.fsencode(path))
    if xmp is not None:
        png.put_xmp(path, xmp)


def _write_webp(image: pyvips.Image, path: Path, tags: tiff_tags.Tags, layout: Layout) -> None:
    """Without loss: lossy WebP halves the colour's resolution and rounds the light to 219 steps."""
    del tags, layout
    image.webpsave(os.fsencode(path), lossless=True, exact=True)


def _write_tiff(image: pyvips.Image, path: Path, tags: tiff_tags.Tags, layout: Layout) -> None:
    """Strips or tiles, compression and BigTIFF as the source has them; never one that loses."""
    bytes_a_sample = 2 if image.format == "ushort" else 1
    size = image.width * image.height * image.bands * bytes_a_sample
    if image.get_typeof(IPTC):  # libvips 8.18 would write only a quarter of them
        captions = iptc.bare(bytes(image.get(IPTC)))
        image.remove(IPTC)
        tag = {iptc.TAG: Tag(7, len(captions), captions)} if captions else {}
        tags = replace(tags, main=tags.main | tag)
    tiles: dict[str, object] = {}
    if layout.tile is not None:
        tiles = {"tile": True, "tile_width": layout.tile[0], "tile_height": layout.tile[1]}
    image.tiffsave(
        os.fsencode(path),
        compression=layout.compression or "deflate",
        predictor="horizontal",
        bigtiff=layout.big or size > BIG_TIFF,
        **tiles,
    )
    if tags.main or tags.exif or tags.gps:
        tiff_tags.add_to_tiff(path, tags)


_WRITERS = {"jpeg": _write_jpeg, "png": _write_png, "tiff": _write_tiff, "webp": _write_webp}
