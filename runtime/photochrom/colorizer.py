"""The colorizer: a model, and the way of a picture through it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from photochrom import guided, hints
from photochrom.color import srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.profile import ToneProfile, default_profile
from photochrom.errors import CancelledError, InputError, OutputError, UsageError
from photochrom.files import orientation, scaling, sink, tone
from photochrom.files.formats import format_of
from photochrom.files.recombine import ChromaModel, recombine
from photochrom.files.source import Source, open_source, unreadable
from photochrom.models import native
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import open_model
from photochrom.options import Options

Progress = Callable[[str, float], None]
"""Called with a stage (``look``, ``color``, ``write``) and its done fraction 0..1."""

GUIDE_OVER_WORKING = 2
"""The guided filter is fitted at this many times the working size, for sharper colour edges."""
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

    @property
    def device(self) -> str:
        """The device that really runs the model."""
        return self.session.device

    def colorize(self, picture: PictureArray, options: Options | None = None) -> PictureArray:
        """Colorize an array.

        Args:
            picture: uint8, uint16 or float32 in 0..1, H x W, H x W x 3 or H x W x 4, sRGB-encoded.
            options: what the person asks for.

        Returns:
            The same type, H x W x 3, or H x W x 4 if there was alpha. L* is the input's.

        Raises:
            UsageError: if the array is of another shape or type, or holds NaN.
        """
        options = options or Options()
        color, alpha = _check_array(picture)
        profile = default_profile()
        image = pyvips.Image.new_from_array(np.ascontiguousarray(color))
        chroma = self._fit(image, profile, 1, image.width, image.height, options)
        result = recombine(image, profile, chroma, options.strength, image.format).numpy()
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
    ) -> Report:
        """Colorize a picture file into another; memory grows with its width, not its area.

        Args:
            source: anything that libvips opens, with 8 or 16 bits.
            target: ``.jpg``, ``.png`` or ``.tif``; appears whole or not at all.
            options: what the person asks for.
            overwrite: whether a file at `target` may be replaced; the source never is.
            progress: told how far the work is.
            cancel: set it from another thread to stop.

        Raises:
            InputError, OutputError, UsageError, CancelledError: see `photochrom.errors`.
        """
        began = time.perf_counter()
        source, target, options = Path(source), Path(target), options or Options()
        sink.check_target(source, target, overwrite)
        watch = _Watch(progress or _ignore, cancel or threading.Event())
        chroma = self._look(source, options, watch)
        opened = open_source(source)
        notes = [*opened.notes, *_losses(opened, target)]
        picture = _render(opened, chroma, options, target)
        _pull(picture, opened, target, watch)
        size = opened.image.width, opened.image.height
        seconds = time.perf_counter() - began
        name = self.manifest.name
        return Report(source, target, self.device, name, *size, seconds, tuple(notes))

    def _look(self, path: Path, options: Options, watch: _Watch) -> ChromaModel:
        """First pass: see the picture small, and fit its chroma."""
        full = open_source(path)
        width, height = full.image.width, full.image.height
        guide = native.working_size(width, height, self._guide_side)
        small = open_source(path, _jpeg_shrink(width, guide[0]))
        watch("look", 0.0)
        try:
            chroma = self._fit(small.color, full.profile, full.orientation, width, height, options)
        except pyvips.Error as error:
            raise unreadable(path, error) from error
        watch("color", 1.0)
        return chroma

    @property
    def _guide_side(self) -> int:
        return self.manifest.native_size * GUIDE_OVER_WORKING

    def _fit(
        self,
        color: pyvips.Image,
        profile: ToneProfile,
        turned: int,
        width: int,
        height: int,
        options: Options,
    ) -> ChromaModel:
        """Chroma of a picture of width x height as a function of its lightness."""
        size = native.working_size(width, height, self._guide_side)
        codes = scaling.fit(color, *size).copy_memory()
        guide = orientation.upright(_plane(tone.lightness(codes, profile)), turned)
        chroma = self._predict(guide, options) * np.float32(options.saturation)
        slope, offset = guided.coefficients(guide, chroma, GUIDE_RADIUS, GUIDE_EPSILON)
        return ChromaModel(orientation.stored(slope, turned), orientation.stored(offset, turned))

    def _predict(self, guide: FloatImage, options: Options) -> FloatImage:
        """The model's chroma (2 x H x W) for a guide of lightness (H x W)."""
        height, width = guide.shape
        columns, rows = native.working_size(width, height, self.manifest.native_size)
        lightness = scaling.fit_planes(guide[None], columns, rows)[0]
        told = hints.from_points(options.points, rows, columns)
        chroma = native.predict(self.manifest, self.session, lightness, told)
        return scaling.fit_planes(chroma, width, height)


@dataclass(frozen=True)
class _Watch:
    """Progress and cancelling in one."""

    progress: Progress
    cancel: threading.Event

    def __call__(self, stage: str, fraction: float) -> None:
        if self.cancel.is_set():
            raise CancelledError("cancelled; nothing was written")
        self.progress(stage, fraction)


def _ignore(stage: str, fraction: float) -> None:
    del stage, fraction


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


def _losses(source: Source, target: Path) -> list[str]:
    """What a JPEG can't hold of this picture."""
    if format_of(target) != "jpeg":
        return []
    notes = []
    if source.color.format == "ushort":
        notes.append("JPEG holds 8 bits; save as .tif or .png to keep 16")
    if source.alpha is not None:
        notes.append("JPEG holds no transparency; it was left out")
    return notes


def _render(source: Source, chroma: ChromaModel, options: Options, target: Path) -> pyvips.Image:
    jpeg = format_of(target) == "jpeg"
    band_format = "uchar" if jpeg else source.color.format
    picture = recombine(source.color, source.profile, chroma, options.strength, band_format)
    return picture if source.alpha is None or jpeg else picture.bandjoin(source.alpha)


def _pull(picture: pyvips.Image, source: Source, target: Path, watch: _Watch) -> None:
    """Second pass: decode, recombine and encode in strips."""
    try:
        sink.write(picture, source, target, lambda final: _followed(final, watch))
    except pyvips.Error as error:
        raise _write_failure(source, target, error) from error


@contextmanager
def _followed(picture: pyvips.Image, watch: _Watch) -> Iterator[None]:
    """Report while a picture is pulled; an error of the callback, or a cancel, ends the pulling."""
    failures: list[BaseException] = []

    def report(image: pyvips.Image, state: Any) -> None:
        try:
            watch("write", state.percent / 100)
        except BaseException as error:  # libvips can't carry it; it is raised again below
            failures.append(error)
            image.set_kill(True)

    picture.set_progress(True)
    picture.signal_connect("eval", report)
    try:
        yield
    except pyvips.Error:
        if not failures:
            raise
    if failures:
        raise failures[0]
    watch("write", 1.0)


def _write_failure(source: Source, target: Path, error: pyvips.Error) -> InputError | OutputError:
    """libvips names one error for both ends of a pipeline; its words tell which end broke."""
    text = str(error.detail or error)
    if any(word in text for word in ("rite", "No space", "unable to open")):
        line = text.strip().splitlines()[-1]
        return OutputError(f"can't write {target}: {line}; is the disk full or the folder gone?")
    return unreadable(source.path, error)


def _jpeg_shrink(width: int, wanted: int) -> int:
    """How much a JPEG decoder may shrink and still leave twice the wanted size."""
    return next((factor for factor in (8, 4, 2) if width // factor >= 2 * wanted), 1)


def _plane(image: pyvips.Image) -> FloatImage:
    return image.numpy().reshape(image.height, image.width)
