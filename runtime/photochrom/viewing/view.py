"""One picture that a person looks at: decoded once, coloured as often as they change their mind."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pyvips

from photochrom import pages
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.errors import UsageError
from photochrom.files import blocks, orientation
from photochrom.files.blocks import Form
from photochrom.files.pulling import Watch
from photochrom.files.recombine import ChromaModel, Parts
from photochrom.files.shelf import PYRAMIDS
from photochrom.files.source import Source, open_source, unreadable
from photochrom.hints import variants
from photochrom.looking import Looker
from photochrom.models import predict
from photochrom.options import Options
from photochrom.pages import Job
from photochrom.restoration.plan import Plan, planned
from photochrom.tiles.answers import TileModel
from photochrom.viewing import levels, screen
from photochrom.viewing.levels import Levels

IN_MEMORY = 600 << 20
"""Bytes of a decoded picture up to which it stays in memory."""
Side = Literal["before", "after", "mask"]


@dataclass(eq=False)
class View:
    """A picture that is open. Not for several threads at once."""

    source: Source
    """As restored; its pixels are pulled already."""
    levels: Levels
    _job: Job
    _plan: Plan
    _page: int
    _codes: dict[tuple[int, int], pyvips.Image] = field(default_factory=dict)
    _chroma: ChromaModel | None = None
    """Of the upright picture."""
    _strength: float = 1.0
    _parts: dict[int, Parts] = field(default_factory=dict)
    """By level, as they are asked for."""

    def look(self, options: Options, watch: Watch) -> list[str]:
        """Colour the picture; `window` shows it from now on.

        Args:
            options: what the person asks for; restoration is what the view was opened with.
            watch: told of the stages ``look`` (the first time at a size) and ``color``.

        Returns:
            What a person should know.
        """
        looker, codes = self._seen(options, watch)
        look = looker.look(codes, self.source.profile, watch)
        slope, offset = (
            orientation.upright(planes, self.source.orientation)
            for planes in (look.chroma.slope, look.chroma.offset)
        )
        self._chroma, self._strength = ChromaModel(slope, offset), options.strength
        self._parts.clear()
        return look.notes

    def confidence(self, options: Options, watch: Watch) -> FloatImage:
        """Where the model is sure, upright: H x W, 0..1, at the size at which it sees a picture."""
        looker, codes = self._seen(options, watch)
        return looker.working(codes, self.source.profile).confidence

    def variants(self, count: int, options: Options, watch: Watch) -> dict[int, PictureArray]:
        """Other colourings by their numbers, as `Previewer.variants` gives them, upright.

        Raises:
            UsageError: if the count is out of range, or the model takes no hints.
        """
        variants.check_count(count)
        predict.check_variants(self._job.model.manifest)
        looker, codes = self._seen(options, watch)
        working = looker.working(codes, self.source.profile)
        return working.variants(count, lambda part: watch("color", part))

    def _seen(self, options: Options, watch: Watch) -> tuple[Looker, pyvips.Image]:
        """What looks at the picture, and the copy it looks at; that is decoded once for a size."""
        job = replace(self._job, options=options)
        looker = job.looker(self.source)
        if looker.guide_size not in self._codes:
            self._codes[looker.guide_size] = job.codes(looker, self._plan, self._page, watch)
        return looker, self._codes[looker.guide_size]

    def window(
        self, level: int, left: int, top: int, width: int, height: int, side: Side
    ) -> PictureArray:
        """A part as it is shown: uint8 sRGB, h x w x 3.

        At level 0, "after" has the very codes that a file gets, brought to 8 bits of sRGB.

        Args:
            level: 0 is the full size, each further one half of it.
            left, top, width, height: in pixels of the level; the part lies inside.
            side: before or after colouring; or the mask of damage, white where there is some.

        Raises:
            UsageError: if there is no such part, or nothing was coloured yet.
        """
        self._check(level, left, top, width, height)
        if side == "mask":
            return self._masked(level, left, top, width, height)
        codes = self.levels.window(level, left, top, width, height)
        if side == "after":
            codes = self._at(level).colored(codes, top, left)
        return screen.shown(codes, self.source.profile)

    def _masked(self, level: int, left: int, top: int, width: int, height: int) -> PictureArray:
        shown = np.zeros((height, width), np.uint8)
        if self._plan.mask is not None:
            scale = 2**level
            rows = slice(top * scale, (top + height) * scale)
            columns = slice(left * scale, (left + width) * scale)
            part = self._plan.mask.part(rows, columns, self.source.orientation)
            # a speck is seen, however small the picture is shown
            shown = part.reshape(height, scale, width, scale).max((1, 3))
        return np.repeat(shown[..., None], 3, axis=2)

    def _at(self, level: int) -> Parts:
        if self._chroma is None:
            raise UsageError("the picture was not coloured yet; ask for a look first")
        if level not in self._parts:
            full = self.levels.images[0]
            form = Form(*self.levels.sizes[level], 3, blocks.DTYPES[full.format])
            self._parts[level] = Parts(
                self.source.profile, self._chroma, self._strength, form, full.bands
            )
        return self._parts[level]

    def _check(self, level: int, left: int, top: int, width: int, height: int) -> None:
        sizes = self.levels.sizes
        if not 0 <= level < len(sizes):
            raise UsageError(f"there are {len(sizes)} levels, counted from 0; not {level}")
        wide, high = sizes[level]
        across = 0 <= left < left + width <= wide
        if not (across and 0 <= top < top + height <= high):
            raise UsageError(f"level {level} has {wide} x {high} pixels, and no such part")


@contextmanager
def open_view(
    model: TileModel, path: Path, options: Options, watch: Watch, scratch: Path | None = None
) -> Iterator[View]:
    """A picture, for as long as the block lasts.

    Args:
        model: that colours it.
        path: of its file.
        options: its page and restoration count; `View.look` hears the others.
        watch: told of the stages of a restoration.
        scratch: folder for what does not fit into memory; None: the system's for such files.

    Raises:
        InputError: if it can't be read.
    """
    with pages.open_job(model, path, path, options, watch, scratch) as job:
        page = (options.page or 1) - 1
        with planned(job.file, page, options.restoration, watch, scratch) as plan:
            source = plan.restored(open_source(job.file, page=page))
            try:
                held = _held(source, options)
            except pyvips.Error as error:
                raise unreadable(path, error) from error
            yield View(source, held, job, plan, page)


def _held(source: Source, options: Options) -> Levels:
    color = source.color
    size = color.width * color.height * color.bands * (2 if color.format == "ushort" else 1)
    if size <= IN_MEMORY:
        return levels.in_memory(color, source.orientation)

    def write(path: Path) -> None:
        levels.write(color, source.orientation, path)

    return levels.of_file(PYRAMIDS.obtain(_key(source, options), round(size * 4 / 3), write))


def _key(source: Source, options: Options) -> str:
    """Tells a file as it is now, and what was done to it."""
    status = os.stat(source.path)
    restoration = {name: str(value) for name, value in asdict(options.restoration).items()}
    told = [status.st_size, status.st_mtime_ns, source.page, source.orientation, restoration]
    known = [os.path.realpath(source.path), *told]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:32]
