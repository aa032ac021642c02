"""Restoring picture files, without colour."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pyvips

from photochrom.files import sink
from photochrom.files.decoders import decoded
from photochrom.files.formats import EIGHT_BIT, OPAQUE, format_of
from photochrom.files.pulling import Progress, Watch, pull
from photochrom.files.source import ICC, PictureFile, Source, open_source, pages_of
from photochrom.files.whole import scratch_folder, sweep_once
from photochrom.report import Report
from photochrom.restoration.masks import check_mask_target
from photochrom.restoration.options import Restoration
from photochrom.restoration.plan import Plan, planned


def restore_file(
    source: Path | str,
    target: Path | str,
    options: Restoration | None = None,
    *,
    page: int | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
    scratch: Path | str | None = None,
) -> Report:
    """Restore a picture file into another; memory grows with its width, not its area.

    Args:
        source: anything that libvips opens, with 8 or 16 bits.
        target: ``.jpg``, ``.png``, ``.tif`` or ``.webp``; appears whole or not at all.
        options: what the person asks for; None does what the picture surely needs.
        page: which page of a file that holds several, from 1; None: the first.
        overwrite: whether a file at `target` may be replaced; the source never is.
        progress: told how far the work is.
        cancel: set it from another thread to stop.
        scratch: folder for the mask, a byte a pixel; None: the system's for such files.

    Raises:
        InputError, OutputError, UsageError, CancelledError: see `photochrom.errors`.
    """
    began = time.perf_counter()
    source, target, options = Path(source), Path(target), options or Restoration(steps=None)
    sink.check_target(source, target, overwrite)
    if options.mask_out is not None:
        check_mask_target(options.mask_out, _read_files(source, options), overwrite)
    watch = Watch(progress, cancel)
    where = None if scratch is None else Path(scratch)
    sweep_once(scratch_folder(where))
    with decoded(source, where) as pixels:
        file = PictureFile(source, pixels)
        (number, *_), _ = pages_of(file, page, every=False)
        image = open_source(file, page=number).image
        sink.check_size(target, image.width, image.height)
        with planned(file, number, options, watch, where) as plan:
            opened = plan.restored(open_source(file, page=number))
            _write(opened, plan, target, watch)
            notes = _notes(opened, plan, target, page)
    return Report(
        source=source,
        target=target,
        width=opened.image.width,
        height=opened.image.height,
        seconds=time.perf_counter() - began,
        findings=tuple(plan.findings),
        notes=tuple(notes),
    )


def _read_files(source: Path, options: Restoration) -> tuple[Path, ...]:
    """Files that are read, so that none of them is written over."""
    return (source,) if options.mask is None else (source, options.mask)


def _write(opened: Source, plan: Plan, target: Path, watch: Watch) -> None:
    described = _with_own_profile(opened)
    pull(_as_written(opened, target), described, target, watch, False, sink.write)
    if plan.options.mask_out is not None and plan.mask is not None:
        plan.mask.save(plan.options.mask_out, opened.orientation)


def _as_written(source: Source, target: Path) -> pyvips.Image:
    """Colour and alpha in the depth that the target's kind holds."""
    kind = format_of(target)
    picture = source.color
    if source.alpha is not None and kind not in OPAQUE:
        picture = picture.bandjoin(source.alpha)
    if kind in EIGHT_BIT and picture.format == "ushort":
        picture = (picture / 257).rint().cast("uchar")
    names = ("grey16", "rgb16") if picture.format == "ushort" else ("b-w", "srgb")
    return picture.copy(interpretation=names[source.color.bands == 3])


def _with_own_profile(source: Source) -> Source:
    """Grey pictures stay grey here, so they keep the grey profile that they came with."""
    if source.color.bands == 3 or not source.image.get_typeof(ICC):
        return source
    return replace(source, profile=replace(source.profile, icc=bytes(source.image.get(ICC))))


def _notes(opened: Source, plan: Plan, target: Path, page: int | None) -> list[str]:
    notes = [*opened.notes, *sink.losses(opened, target, mark=False)]
    if not any(finding.done for finding in plan.findings):
        notes.append("nothing was changed; the picture was only written anew")
    count = opened.image.get("n-pages") if opened.image.get_typeof("n-pages") else 1
    if count > 1 and page is None:
        notes.append(f"only the first of {count} pages is restored; --page takes another")
    if plan.infrared_is_band:
        notes.append("its infrared band was left out, as no other program expects one there")
    if plan.options.mask_out is not None and plan.mask is None:
        notes.append("no mask was written, as no damage was found")
    return notes
