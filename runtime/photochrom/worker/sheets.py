"""A picture that another program sends in strips of rows, and gets back in strips, coloured."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyvips

from photochrom.color.arrays import PictureArray
from photochrom.color.profile import (
    ProfileError,
    TableProfileError,
    ToneProfile,
    default_profile,
    parse_profile,
)
from photochrom.errors import OutputError, UsageError
from photochrom.files.blocks import Form
from photochrom.files.pulling import Watch
from photochrom.files.recombine import in_blocks
from photochrom.looking import Look, Looker
from photochrom.models import predict
from photochrom.options import Options
from photochrom.report import Finding
from photochrom.tiles.answers import TileModel
from photochrom.worker import mending
from photochrom.worker.asked import options_of
from photochrom.worker.calls import Answer, Call, watch_of
from photochrom.worker.painted import Painted
from photochrom.worker.remembering import remembering

DTYPES: dict[str, np.dtype[Any]] = {
    "u8": np.dtype("<u1"),
    "u16": np.dtype("<u2"),
    "float": np.dtype("<f4"),
}
"""Of pixels in a payload."""
CHANNELS = (1, 2, 3, 4)
"""Grey, grey and alpha, RGB, RGB and alpha."""
IN_MEMORY = 600 << 20
"""Bytes of a picture up to which it stays in memory; larger ones lie in a file."""


@dataclass(eq=False)
class Sheet:
    """A picture that comes in strips."""

    pixels: PictureArray
    """H x W x channels, as they came."""
    profile: ToneProfile
    icc: bytes | None
    """What `profile` was read from."""
    digest: Any = field(default_factory=hashlib.sha256)
    """Of all that came; it tells this picture from others in the cache."""
    filled: int = 0
    """Rows that are there, from the top."""
    painted: Painted | None = None
    """Hints of the same size."""

    @property
    def color(self) -> PictureArray:
        """H x W x 1 or 3."""
        return self.pixels[..., : 1 if self.pixels.shape[2] < 3 else 3]

    @property
    def alpha(self) -> PictureArray | None:
        """H x W x 1, if there is some."""
        return None if self.pixels.shape[2] % 2 else self.pixels[..., -1:]

    def add(self, top: int, payload: bytes) -> None:
        """Take the next rows.

        Raises:
            UsageError: if they are not the next, or no whole rows.
        """
        height, width, channels = self.pixels.shape
        row = width * channels * self.pixels.dtype.itemsize
        count, rest = divmod(len(payload), row)
        if top != self.filled or rest or not 0 < count <= height - top:
            raise UsageError(
                f"row {self.filled} comes next of {height}, each of {row} bytes; "
                f"not {len(payload)} bytes from row {top} on"
            )
        rows = np.frombuffer(payload, self.pixels.dtype)
        self.pixels[top : top + count] = rows.reshape(count, width, channels)
        self.digest.update(payload)
        self.filled += count


class Sheets:
    """The sheet that is held, and the model that colours it; a new sheet takes its place."""

    def __init__(self) -> None:
        self._sheet: Sheet | None = None
        self._model: tuple[TileModel, TileModel] | None = None

    def open(self, sheet: Sheet | None) -> None:
        """Hold one in place of that before."""
        self._sheet = sheet

    @property
    def sheet(self) -> Sheet:
        """The one that is held.

        Raises:
            UsageError: if there is none.
        """
        if self._sheet is None:
            raise UsageError("no sheet is open; send a job of the task sheet first")
        return self._sheet

    def model(self, bare: TileModel) -> TileModel:
        """A model with a memory, the same as long as `bare` is the same."""
        if self._model is None or self._model[0] is not bare:
            self._model = bare, remembering(bare)
        return self._model[1]


def begin(call: Call) -> Answer:
    """Tell the size and kind of a picture whose rows will follow."""
    head = call.head
    shape, kind = _shape(head)
    icc = _icc(head)
    profile = default_profile()
    own = icc is not None and kind != "float"
    if icc is not None and own:
        try:
            profile = parse_profile(icc)
        except (ProfileError, TableProfileError):
            own = False
    call.sheets.open(None)  # two do not have to fit into memory
    pixels = _room(shape, DTYPES[kind])
    call.sheets.open(Sheet(pixels, profile, icc if own else None))
    return {"own": own}, b""


def rows(call: Call) -> Answer:
    """Take the next rows of the sheet."""
    call.sheets.sheet.add(_top(call), call.payload)
    return {"filled": call.sheets.sheet.filled}, b""


def hints(call: Call) -> Answer:
    """Forget all hints, if no rows are given; or take rows of them."""
    sheet = call.sheets.sheet
    if not call.payload:
        sheet.painted = None
        return {}, b""
    if sheet.painted is None:
        height, width = sheet.pixels.shape[:2]
        sheet.painted = Painted(width, height)
    sheet.painted.add(_top(call), call.payload)
    return {}, b""


def _top(call: Call) -> int:
    top = call.head.get("top")
    if type(top) is not int:
        raise UsageError(f"rows need a top, a whole number, not {top!r}")
    return top


def color(call: Call) -> Answer:
    """Colour the sheet, and send its rows as frames ``progress`` of the stage ``rows``."""
    sheet = call.sheets.sheet
    if sheet.filled < len(sheet.pixels):
        raise UsageError(f"{sheet.filled} of {len(sheet.pixels)} rows came; send the others first")
    options, watch = _options(call), watch_of(call)
    colorizer = call.models.photo(call.head)
    model = call.sheets.model(colorizer.tiles)
    predict.check_options(model.manifest, options)
    seen = _seen(sheet, model, options, watch)
    for top, part in _strips(sheet, seen, options.strength, watch):
        done = (top + len(part)) / len(sheet.pixels)
        call.tell(np.ascontiguousarray(part), stage="rows", top=top, fraction=done)
    told = [{"step": one.step, "seen": one.seen, "done": one.done} for one in seen.findings]
    named = {"device": colorizer.device, "model": colorizer.manifest.name}
    return {**named, "notes": seen.look.notes, "findings": told}, b""


@dataclass(frozen=True)
class Seen:
    """A sheet after the first pass."""

    image: pyvips.Image
    """What is coloured, after restoration: one or three bands."""
    look: Look
    findings: list[Finding]


def _seen(sheet: Sheet, model: TileModel, options: Options, watch: Watch) -> Seen:
    height, width = sheet.pixels.shape[:2]
    looker = Looker(model, options, width, height, turned=1)
    watch("look", 0.0)
    if options.restoration.steps == ():
        image = mending.image_of(_in_range(sheet.pixels)).extract_band(0, n=sheet.color.shape[2])
        return Seen(image, looker.look(looker.shrunk(image), sheet.profile, watch), [])
    mended = mending.mended(sheet, looker, watch)
    return Seen(mended.image, looker.look(mended.codes, sheet.profile, watch), mended.findings)


def _strips(
    sheet: Sheet, seen: Seen, strength: float, watch: Watch
) -> Iterator[tuple[int, PictureArray]]:
    """First rows and pixels, RGB and alpha, from top to bottom."""
    height, width = sheet.pixels.shape[:2]
    form = Form(width, height, 3, sheet.pixels.dtype.newbyteorder("="))
    top = 0
    for part in in_blocks(seen.image, sheet.profile, seen.look.chroma, strength, form):
        watch("write", top / height)
        yield top, _whole(sheet, top, part)
        top += len(part)


def _whole(sheet: Sheet, top: int, part: PictureArray) -> PictureArray:
    """Rows with their alpha; floats that no colour was worked out for stay as they came."""
    lines = slice(top, top + len(part))
    own = sheet.color[lines]
    if own.dtype.kind == "f":
        outside = ~((own >= 0) & (own <= 1)).all(-1)
        part[outside] = np.broadcast_to(own, part.shape)[outside]
    alpha = sheet.alpha
    return part if alpha is None else np.concatenate((part, alpha[lines]), axis=-1)


def _in_range(codes: PictureArray) -> PictureArray:
    """Floats as 0..1: brighter ones, negative ones and NaN are no light that a file could hold."""
    if codes.dtype.kind != "f" or bool(((codes >= 0) & (codes <= 1)).all()):
        return codes
    return np.clip(np.nan_to_num(codes), 0, 1)


def _shape(head: Mapping[str, Any]) -> tuple[tuple[int, int, int], str]:
    """Height, width and channels, and the type's name."""
    sides = [head.get(name) for name in ("height", "width", "channels")]
    kind = head.get("type")
    counted = all(type(side) is int and side > 0 for side in sides)
    if not counted or sides[2] not in CHANNELS or kind not in DTYPES:
        raise UsageError("a sheet needs width, height, channels 1 to 4, and type u8, u16 or float")
    height, width, channels = (int(side or 0) for side in sides)
    return (height, width, channels), str(kind)


def _icc(head: Mapping[str, Any]) -> bytes | None:
    said = head.get("profile")
    if said is None:
        return None
    try:
        return base64.b64decode(said, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise UsageError("a profile is an ICC profile in base64") from error


def _room(shape: tuple[int, int, int], dtype: np.dtype[Any]) -> PictureArray:
    size = math.prod(shape) * dtype.itemsize
    if size <= IN_MEMORY:
        return np.empty(shape, dtype)
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if size > free:
        raise OutputError(
            f"{tempfile.gettempdir()} has room for {free / 1e9:.1f} GB, and the picture takes "
            f"{size / 1e9:.1f}; free some"
        )
    # it has no name, so it is gone with this process
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, dtype, "w+", shape=shape)


def _options(call: Call) -> Options:
    """What a job asks for, with the hints that came."""
    options, painted = options_of(call.head.get("options")), call.sheets.sheet.painted
    return options if painted is None else replace(options, layer=painted.layer)
