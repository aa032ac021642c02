"""The colorizer: a loaded model, and what it does with arrays and files."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np

from photochrom.color.arrays import PictureArray
from photochrom.color.profile import default_profile
from photochrom.files import sink
from photochrom.files.formats import format_of
from photochrom.files.pulling import Progress, Watch, followed
from photochrom.files.recombine import recombine
from photochrom.files.source import pages_of
from photochrom.looking import of_array
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import open_model
from photochrom.options import Options
from photochrom.pages import open_job
from photochrom.report import ColorReport, together
from photochrom.tiles.answers import TileModel


class Colorizer:
    """A loaded model. Safe to use from several threads, one picture each.

    Args:
        model: name of a model, or path of an ``.onnx`` file.
        device: ``auto``, ``cpu``, ``cuda``, ``directml``, ``coreml``, ``openvino``, ``tensorrt``.
        threads: how many CPU threads the model may use, without waiting busily for work; None: all.

    Raises:
        ModelError: if the model is unknown, damaged or of another contract.
        DeviceError: if the device can't run.
    """

    def __init__(
        self, model: str = DEFAULT_MODEL, device: str = "auto", threads: int | None = None
    ) -> None:
        self.manifest, self.session = open_model(model, device, threads, spinning=threads is None)
        self.tiles = TileModel(self.manifest, self.session)
        """Both, and what fits into the device's memory."""

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
            InputError: if the layer of hints has another aspect than the picture.
            CancelledError: if the person asked for it.
        """
        options, watch = options or Options(), Watch(progress, cancel, pause)
        image, alpha, looker = of_array(self.tiles, picture, options)
        profile = default_profile()
        watch("look", 0.0)
        chroma = looker.look(looker.shrunk(image), profile, watch).chroma
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
        watch = Watch(progress, cancel, pause)
        with open_job(self.tiles, source, target, options, watch, scratch) as job:
            pages, notes = pages_of(job.file, options.page, every=format_of(target) == "tiff")
            done = job.write_pages(pages) if len(pages) > 1 else [job.write(pages[0])]
        notes += [*together(done), *notes_on(options)]
        if any(page.detail for page in done) and self.tiles.note:
            notes.append(self.tiles.note)
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


def notes_on(options: Options) -> list[str]:
    """What a person should know of what they asked for."""
    empty = options.layer is not None and options.layer.empty
    return [f"nothing is painted on {options.layer.name}"] if empty and options.layer else []
