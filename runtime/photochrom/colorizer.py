"""The colorizer: a loaded model, and what it does with arrays and files."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pyvips

from photochrom.color import srgb
from photochrom.color.arrays import PictureArray
from photochrom.color.profile import default_profile
from photochrom.errors import UsageError
from photochrom.files import sink
from photochrom.files.decoders import decoded
from photochrom.files.formats import format_of
from photochrom.files.pulling import Progress, Watch, followed
from photochrom.files.recombine import recombine
from photochrom.files.source import PictureFile, pages_of
from photochrom.files.whole import scratch_folder, sweep_once
from photochrom.looking import Looker
from photochrom.models import predict
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import open_model
from photochrom.options import Options
from photochrom.pages import Job
from photochrom.report import ColorReport, together
from photochrom.tiles.answers import TileModel


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
        if options.restoration.steps != ():
            raise UsageError("files are restored, not arrays; save the picture to one first")
        color, alpha = _check_array(picture)
        profile = default_profile()
        image = pyvips.Image.new_from_array(np.ascontiguousarray(color))
        looker = Looker(self._tiles, options, image.width, image.height)
        watch("look", 0.0)
        chroma = looker.look(looker.shrunk(image), profile, 1, watch)
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
    ) -> ColorReport:
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
            file = PictureFile(source, pixels)
            job = Job(file, target, self._tiles, options, watch, where)
            pages, notes = pages_of(file, options.page, every=format_of(target) == "tiff")
            done = job.write_pages(pages) if len(pages) > 1 else [job.write(pages[0])]
        notes += together(done)
        if any(page.detail for page in done) and self._tiles.note:
            notes.append(self._tiles.note)
        first, seconds = done[0], time.perf_counter() - began
        return ColorReport(
            source=source,
            target=target,
            device=self.device,
            model=self.manifest.name,
            width=first.width,
            height=first.height,
            seconds=seconds,
            detail=first.detail,
            notes=tuple(notes),
            findings=tuple(first.findings),
        )


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
