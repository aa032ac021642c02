"""Restoration of a sheet: as if it were a file; what came of it is kept in the cache."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyvips

from photochrom import __version__
from photochrom.color.arrays import PictureArray
from photochrom.errors import OutputError
from photochrom.files import blocks
from photochrom.files.blocks import Form
from photochrom.files.pulling import Watch
from photochrom.files.shelf import RESTORED, SEEN
from photochrom.files.source import ICC, PictureFile, open_source
from photochrom.files.whole import scratch_file
from photochrom.looking import Looker
from photochrom.report import Finding
from photochrom.restoration.plan import planned

if TYPE_CHECKING:
    from photochrom.worker.sheets import Sheet

HEAD = 1024
"""Bytes of .npy and .npz files beside their values, at most."""


@dataclass(frozen=True)
class Mended:
    """A picture that was put right."""

    image: pyvips.Image
    """Its colour, one or three bands."""
    codes: pyvips.Image
    """The small copy at which the model looks."""
    findings: list[Finding]


def image_of(pixels: PictureArray) -> pyvips.Image:
    """An array, H x W x bands, as a picture; its memory is shared where that is possible."""
    native = pixels.dtype.newbyteorder("=")
    return pyvips.Image.new_from_array(np.ascontiguousarray(pixels, native))


def mended(sheet: Sheet, looker: Looker, watch: Watch) -> Mended:
    """Put a sheet right by the steps in `looker`'s options; floats go through 16 bits.

    Raises:
        UsageError: if a step needs an extra that is not installed.
    """
    key = _key(sheet, looker)
    known = _recall(key)
    return known if known is not None else _made(sheet, looker, watch, key)


def _key(sheet: Sheet, looker: Looker) -> str:
    """Tells pixels, steps, and how small they are looked at."""
    restoration = {name: str(value) for name, value in asdict(looker.options.restoration).items()}
    pixels = sheet.digest.hexdigest(), sheet.pixels.shape, sheet.pixels.dtype.str
    profile = hashlib.sha256(sheet.icc or b"").hexdigest()
    told = [__version__, pixels, profile, restoration, looker.guide_size]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _recall(key: str) -> Mended | None:
    try:
        full = np.load(RESTORED.folder / f"{key}{RESTORED.ending}", mmap_mode="r")
        with np.load(SEEN.folder / f"{key}{SEEN.ending}") as kept:
            codes, findings = kept["codes"], json.loads(str(kept["findings"]))
        return Mended(image_of(full), image_of(codes), [Finding(**one) for one in findings])
    except (OSError, ValueError, EOFError, KeyError, TypeError):
        return None


def _made(sheet: Sheet, looker: Looker, watch: Watch, key: str) -> Mended:
    with scratch_file(None, ".tif") as path:
        _write(sheet, path)
        file = PictureFile(path)
        with planned(file, 0, looker.options.restoration, watch) as plan:
            small = plan.seen(open_source(file))
            codes = looker.shrunk(small.color)
            full = _pulled(plan.restored(open_source(file)).color)
            findings = plan.findings
    with suppress(OutputError):  # without room for it the work is done again next time
        RESTORED.obtain(key, full.nbytes + HEAD, lambda path: np.save(path, full))
        told = json.dumps([asdict(one) for one in findings])
        seen = codes.numpy().reshape(codes.height, codes.width, -1)
        SEEN.obtain(key, seen.nbytes + HEAD, lambda path: np.savez(path, codes=seen, findings=told))
    return Mended(image_of(full), codes, findings)


def _write(sheet: Sheet, path: Path) -> None:
    codes = sheet.color
    if codes.dtype.kind == "f":
        codes = np.rint(np.clip(np.nan_to_num(codes), 0, 1) * 65535).astype(np.uint16)
    image = image_of(codes).copy()
    if sheet.icc is not None:
        image.set_type(pyvips.GValue.blob_type, ICC, sheet.icc)
    image.tiffsave(str(path), bigtiff=True)


def _pulled(color: pyvips.Image) -> PictureArray:
    form = Form(color.width, color.height, color.bands, blocks.DTYPES[color.format])
    full: PictureArray = np.empty((form.height, form.width, form.bands), form.dtype)
    top = 0
    for part in blocks.of(color, form):
        full[top : top + len(part)] = part
        top += len(part)
    return full
