"""What a person looks at before they decide: where a model is sure, and other colourings."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.profile import default_profile
from photochrom.colorizer import Colorizer, notes_on
from photochrom.errors import UsageError
from photochrom.files import sink
from photochrom.files.pulling import Progress, Watch
from photochrom.files.source import pages_of
from photochrom.hints import confidence, variants
from photochrom.looking import of_array
from photochrom.models import predict
from photochrom.options import Options
from photochrom.pages import Job, open_job
from photochrom.report import ColorReport
from photochrom.working import Working


class Previewer:
    """Previews by a colorizer's model, at the size at which it sees a picture; safe as that is."""

    def __init__(self, colorizer: Colorizer) -> None:
        self._colorizer = colorizer
        self._model = colorizer.tiles

    def confidence(self, picture: PictureArray, options: Options | None = None) -> FloatImage:
        """Where the model is sure of its colours (docs/hints.md says what that means).

        Args:
            picture: as `Colorizer.colorize` takes it.
            options: what the person asks for; where they say a colour, the map is sure.

        Returns:
            h x w float32 0..1, at the size at which the model sees the picture.

        Raises:
            UsageError, InputError: as `Colorizer.colorize`.
        """
        return self._small(picture, options or Options()).confidence

    def confidence_file(
        self,
        source: Path | str,
        target: Path | str,
        options: Options | None = None,
        *,
        overwrite: bool = False,
        cancel: threading.Event | None = None,
        scratch: Path | str | None = None,
    ) -> None:
        """Write the map of one picture as a grey PNG, upright, white where the model is sure.

        Arguments and errors are as `Colorizer.colorize_file`'s; of several pages it is the first,
        unless the options name one.
        """
        source, target, options = Path(source), Path(target), options or Options()
        check_png(source, target, overwrite)
        with open_job(self._model, source, target, options, Watch(cancel=cancel), scratch) as job:
            confidence.write(_working(job)[0].confidence, target)

    def variants(
        self,
        picture: PictureArray,
        count: int,
        options: Options | None = None,
        *,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
        pause: threading.Event | None = None,
    ) -> dict[int, PictureArray]:
        """Clearly different colourings of a picture, to choose from by looking.

        Args:
            picture: as `Colorizer.colorize` takes it.
            count: how many, 2 to 16.
            options: what the person asks for; its `variant` and `strength` are of no account.
            progress, cancel, pause: as `Colorizer.colorize` takes them.

        Returns:
            By their numbers, of which each can be asked for as `Options.variant`: uint8 sRGB,
            h x w x 3, at the size at which the model sees the picture. 0 is always among them.

        Raises:
            UsageError: if `count` is out of range or the model takes no hints, and as
                `Colorizer.colorize`.
        """
        options, watch = options or Options(), Watch(progress, cancel, pause)
        variants.check_count(count)
        predict.check_variants(self._model.manifest)
        return self._small(picture, options).variants(count, lambda part: watch("color", part))

    def variants_file(
        self,
        source: Path | str,
        target: Path | str,
        count: int,
        options: Options | None = None,
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
        pause: threading.Event | None = None,
        scratch: Path | str | None = None,
    ) -> ColorReport:
        """Write `variants` of one picture side by side into a PNG, upright, each with its number.

        Arguments and errors are as those of `variants` and `Colorizer.colorize_file`; of several
        pages it is the first, unless the options name one.
        """
        began = time.perf_counter()
        source, target, options = Path(source), Path(target), options or Options()
        variants.check_count(count)
        predict.check_variants(self._model.manifest)
        check_png(source, target, overwrite)
        watch = Watch(progress, cancel, pause)
        with open_job(self._model, source, target, options, watch, scratch) as job:
            working, notes = _working(job)
            found = working.variants(count, lambda part: watch("color", part))
        sheet = variants.sheet(found)
        variants.write_sheet(sheet, target)
        return ColorReport(
            source=source,
            target=target,
            device=self._colorizer.device,
            model=self._model.manifest.name,
            width=sheet.shape[1],
            height=sheet.shape[0],
            seconds=time.perf_counter() - began,
            detail=0,
            notes=(*notes, *notes_on(options)),
            findings=(),
            variants=tuple(found),
        )

    def _small(self, picture: PictureArray, options: Options) -> Working:
        image, _, looker = of_array(self._model, picture, options)
        return looker.working(looker.shrunk(image), default_profile())


def check_png(source: Path, target: Path, overwrite: bool) -> None:
    """Refuse a place for a preview before any work is done.

    Raises:
        UsageError: if its name does not end in ``.png``.
        OutputError: if it is the source, exists already, or lies in no writable folder.
    """
    if target.suffix.lower() != ".png":
        raise UsageError(f"previews are written as PNG; let {target} end in .png")
    sink.check_target(source, target, overwrite)


def _working(job: Job) -> tuple[Working, list[str]]:
    """The page that a preview is of, and remarks on the others."""
    pages, _ = pages_of(job.file, job.options.page, every=True)
    notes = [f"it is of the first of {len(pages)} pages"] if len(pages) > 1 else []
    return job.working(pages[0]), notes
