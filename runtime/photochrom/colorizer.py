"""The colorizer: a model, and the way of a picture through it."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyvips

from photochrom.color import srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.profile import ToneProfile, default_profile
from photochrom.errors import UsageError
from photochrom.files import orientation, scaling, sink, tone
from photochrom.files.decoders import decoded
from photochrom.files.formats import EIGHT_BIT, OPAQUE, format_of
from photochrom.files.pulling import Progress, Watch, followed, pull
from photochrom.files.recombine import ChromaModel, recombine
from photochrom.files.source import PictureFile, Source, open_source, pages_of, unreadable
from photochrom.files.tiff_pages import PageJoiner, layouts
from photochrom.files.whole import scratch_file, scratch_folder, sweep_once, whole_file
from photochrom.models import predict
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import open_model
from photochrom.options import Options
from photochrom.tiles import levels, passes, strips
from photochrom.tiles.answers import TileModel

GUIDE_RADIUS = 3
"""Half a window's side of the guided filter, in pixels of the guide."""
GUIDE_EPSILON = 2.0
"""Variance (in L* squared) below which an area counts as flat."""


@dataclass(frozen=True)
class Report:
    """What was done to one file."""

    source: Path
    target: Path
    device: str
    model: str
    width: int
    height: int
    seconds: float
    detail: int
    """How often the picture was looked at again in tiles (of the first page, if there are more)."""
    notes: tuple[str, ...]
    """What the person should know: conversions, depth lost, pages left out."""


class Colorizer:
    """A loaded model. Safe to use from several threads, one picture each.

    Args:
        model: name of a model, or path of an ``.onnx`` file.
        device: ``auto``, ``cpu``, ``cuda``, ``directml``, ``coreml``, ``openvino``, ``tensorrt``.

    Raises:
        ModelError: if the model is unknown, damaged or of another contract.
        DeviceError: if the device can't run.
    """

    def __init__(self, model: str = DEFAULT_MODEL, device: str = "auto") -> None:
        self.manifest, self.session = open_model(model, device)
        self._tiles = TileModel(self.manifest, self.session)

    @property
    def device(self) -> str:
        """The device that really runs the model."""
        return self.session.device

    def colorize(
        self,
        picture: PictureArray,
        options: Options | None = None,
        *,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
        pause: threading.Event | None = None,
    ) -> PictureArray:
        """Colorize an array.

        Args:
            picture: uint8, uint16 or float32 in 0..1, H x W, H x W x 3 or H x W x 4, sRGB-encoded.
            options: what the person asks for.
            progress: told how far the work is.
            cancel: set it from another thread to stop.
            pause: set it from another thread to hold the work, and clear it to go on.

        Returns:
            The same type, H x W x 3, or H x W x 4 if there was alpha. L* is the input's.

        Raises:
            UsageError: if the array is of another shape or type, or holds NaN, or if the options
                ask for what the model can't do.
            CancelledError: if the person asked for it.
        """
        options, watch = options or Options(), Watch(progress, cancel, pause)
        predict.check_options(self.manifest, options)
        color, alpha = _check_array(picture)
        profile = default_profile()
        image = pyvips.Image.new_from_array(np.ascontiguousarray(color))
        chroma = self._fit(image, profile, 1, image.width, image.height, options, watch)
        colored = recombine(image, profile, chroma, options.strength, image.format)
        with followed(colored, watch):
            result = colored.numpy()
        return result if alpha is None else np.concatenate((result, alpha), axis=-1)

    def colorize_file(
        self,
        source: Path | str,
        target: Path | str,
        options: Options | None = None,
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
        pause: threading.Event | None = None,
        scratch: Path | str | None = None,
    ) -> Report:
        """Colorize a picture file into another; memory grows with its width, not its area.

        Every page of a TIFF is colorized by itself, and all go into one file if `target` is a TIFF.

        Args:
            source: anything that libvips opens, with 8 or 16 bits (docs/formats.md lists it).
            target: ``.jpg``, ``.png``, ``.tif`` or ``.webp``; appears whole or not at all.
            options: what the person asks for.
            overwrite: whether a file at `target` may be replaced; the source never is.
            progress: told how far the work is.
            cancel: set it from another thread to stop.
            pause: set it from another thread to hold the work, and clear it to go on.
            scratch: folder for what does not fit into memory; None: the system's for such files.

        Raises:
            InputError, OutputError, UsageError, CancelledError: see `photochrom.errors`.
        """
        began = time.perf_counter()
        source, target, options = Path(source), Path(target), options or Options()
        sink.check_target(source, target, overwrite)
        predict.check_options(self.manifest, options)
        watch = Watch(progress, cancel, pause)
        where = None if scratch is None else Path(scratch)
        sweep_once(scratch_folder(where))
        with decoded(source, where) as pixels:
            job = _Job(source, target, options, watch, where, pixels)
            pages, notes = pages_of(job.file, options.page, every=format_of(target) == "tiff")
            done = self._write_pages(job, pages) if len(pages) > 1 else [self._write(job, pages[0])]
        notes += _together([page.notes for page in done])
        if any(page.detail for page in done) and self._tiles.note:
            notes.append(self._tiles.note)
        first, seconds = done[0], time.perf_counter() - began
        return Report(
            source=source,
            target=target,
            device=self.device,
            model=self.manifest.name,
            width=first.width,
            height=first.height,
            seconds=seconds,
            detail=first.detail,
            notes=tuple(notes),
        )

    def _write(self, job: _Job, page: int) -> _Done:
        """Colorize one picture into the target."""
        chroma = self._look(job, page, job.watch)
        opened = open_source(job.file, page=page)
        picture = _render(opened, chroma, job.options, job.target)
        pull(picture, opened, job.target, job.watch, job.options.provenance, sink.write)
        return self._done(opened, job)

    def _write_pages(self, job: _Job, pages: list[int]) -> list[_Done]:
        """Colorize page after page; each lies in a scratch file until it joins the others."""
        every = layouts(job.source)
        stored = [every[page] for page in pages]
        big = any(layout.big for layout in stored)
        big = big or sum(layout.size for layout in stored) > sink.BIG_TIFF
        done = []
        with (
            whole_file(job.target) as temporary,
            temporary.open("r+b") as file,
            closing(self._looks(job, pages)) as looks,
        ):
            joiner = PageJoiner(file, big)
            for page, layout, chroma in zip(pages, stored, looks, strict=True):
                opened = replace(open_source(job.file, page=page), layout=replace(layout, big=big))
                with scratch_file(job.scratch, ".tif") as alone:
                    picture = _render(opened, chroma, job.options, alone)
                    pull(picture, opened, alone, job.watch, job.options.provenance, sink.write_into)
                    joiner.add(alone)
                done.append(self._done(opened, job))
        return done

    def _looks(self, job: _Job, pages: list[int]) -> Generator[ChromaModel]:
        """The first pass of page after page, each while the one before it is being written."""
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self._look, job, pages[0], job.watch)
            for page in pages[1:]:
                chroma = coming.result()
                coming = ahead.submit(self._look, job, page, job.watch.quiet())
                yield chroma
                job.watch("color", 1.0)
            yield coming.result()

    def _look(self, job: _Job, page: int, watch: Watch) -> ChromaModel:
        """First pass: see the picture small, and fit its chroma."""
        full = open_source(job.file, page=page)
        sink.check_size(full, job.target)
        width, height = full.image.width, full.image.height
        guide = levels.guide_size(*self._seen_at(width, height, job.options))
        small = open_source(job.file, _jpeg_shrink(width, guide[0]), page)
        try:
            return self._fit(
                small.color, full.profile, full.orientation, width, height, job.options, watch
            )
        except pyvips.Error as error:
            raise unreadable(job.source, error) from error

    def _done(self, page: Source, job: _Job) -> _Done:
        lost = sink.losses(page, job.target, job.options.provenance)
        width, height = page.image.width, page.image.height
        detail = len(levels.tiled_sizes(*self._seen_at(width, height, job.options)))
        return _Done(width, height, detail, [*page.notes, *lost])

    def _seen_at(self, width: int, height: int, options: Options) -> tuple[int, int, int, int]:
        """What decides how large a picture is seen: its size, the model's, the level of detail."""
        side, detail = self.manifest.native_size, options.detail
        if detail is None:
            tiles = predict.takes_tiles(self.manifest)
            detail = levels.automatic(width, height, side) if tiles else 0
        return width, height, side, detail

    def _fit(
        self,
        color: pyvips.Image,
        profile: ToneProfile,
        turned: int,
        width: int,
        height: int,
        options: Options,
        watch: Watch,
    ) -> ChromaModel:
        """Chroma of a picture of width x height as a function of its lightness."""
        seen_at = self._seen_at(width, height, options)
        watch("look", 0.0)
        codes = scaling.fit(color, *levels.guide_size(*seen_at)).copy_memory()
        guide = orientation.upright(_plane(tone.lightness(codes, profile)), turned)
        sizes = [size[::-1] if turned >= 5 else size for size in levels.tiled_sizes(*seen_at)]
        seen = passes.see(self._tiles, guide, sizes, options.points, watch)
        chroma = seen * np.float32(options.saturation)
        slope, offset = strips.fitted(guide, chroma, GUIDE_RADIUS, GUIDE_EPSILON)
        return ChromaModel(orientation.stored(slope, turned), orientation.stored(offset, turned))


@dataclass(frozen=True)
class _Job:
    """One file's way."""

    source: Path
    target: Path
    options: Options
    watch: Watch
    scratch: Path | None
    decoded: Path | None
    """The source's pixels, where libvips can't decode them itself."""

    @property
    def file(self) -> PictureFile:
        return PictureFile(self.source, self.decoded)


def _check_array(picture: PictureArray) -> tuple[PictureArray, PictureArray | None]:
    """Colour (H x W x 1 or 3) and alpha (H x W x 1) of a picture array."""
    if picture.ndim == 2:
        picture = picture[..., None]
    if picture.ndim != 3 or picture.shape[2] not in (1, 3, 4) or picture.size == 0:
        raise UsageError(f"pictures are H x W, H x W x 3 or H x W x 4 arrays, not {picture.shape}")
    srgb.check(picture)
    if picture.shape[2] == 4:
        return picture[..., :3], picture[..., 3:]
    return picture, None


def _render(source: Source, chroma: ChromaModel, options: Options, target: Path) -> pyvips.Image:
    kind = format_of(target)
    band_format = "uchar" if kind in EIGHT_BIT else source.color.format
    picture = recombine(source.color, source.profile, chroma, options.strength, band_format)
    if source.alpha is None or kind in OPAQUE:
        return picture
    return picture.bandjoin(_as_deep(source.alpha, band_format))


def _as_deep(alpha: pyvips.Image, band_format: str) -> pyvips.Image:
    if alpha.format == band_format:
        return alpha
    return (alpha / 257).rint().cast(band_format)


@dataclass(frozen=True)
class _Done:
    """What is told of a page; its pipeline is let go."""

    width: int
    height: int
    detail: int
    notes: list[str]


def _together(pages: list[list[str]]) -> list[str]:
    """The pages' notes, each once, with the pages that it is about unless it is about all."""
    if len(pages) == 1:
        return pages[0]
    notes = [f"{len(pages)} pages, each colorized by itself"]
    for note in dict.fromkeys(note for page in pages for note in page):
        having = [str(number) for number, page in enumerate(pages, 1) if note in page]
        notes.append(note if len(having) == len(pages) else f"{note} (page {', '.join(having)})")
    return notes


def _jpeg_shrink(width: int, wanted: int) -> int:
    """How much a JPEG decoder may shrink and still leave twice the wanted size."""
    return next((factor for factor in (8, 4, 2) if width // factor >= 2 * wanted), 1)


def _plane(image: pyvips.Image) -> FloatImage:
    return image.numpy().reshape(image.height, image.width)
