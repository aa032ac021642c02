"""The film colorizer: a loaded model, and what it does with films."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from av.video.frame import VideoFrame

from photochrom.color.arrays import PictureArray
from photochrom.errors import CancelledError
from photochrom.files.pulling import Progress, Watch
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import open_model
from photochrom.parts import Parts
from photochrom.report import FilmReport
from photochrom.tiles.answers import TileModel
from photochrom.video import job, opening, parts, plan, rendering, segments, worth
from photochrom.video.ahead import ahead
from photochrom.video.coloring import Colorist
from photochrom.video.container import codecs
from photochrom.video.container.info import VideoInfo
from photochrom.video.container.probe import probe
from photochrom.video.film import Film
from photochrom.video.job import Job
from photochrom.video.making import FilmProgress
from photochrom.video.options import FilmOptions
from photochrom.video.plan import Plan
from photochrom.video.segments import Segment
from photochrom.video.work import open_work


@dataclass(frozen=True, eq=False)
class ColorFrame:
    """One coloured frame."""

    number: int
    """In the film, from 0."""
    seconds: float
    """After the film's first frame."""
    shot: int
    """From 0."""
    frame: VideoFrame
    """Planar Y'CbCr, 4:4:4; Y' is the film's."""
    info: VideoInfo = field(repr=False)

    def picture(self) -> PictureArray:
        """uint8 sRGB, H x W x 3, upright."""
        return rendering.picture(self.frame, self.info)


class FilmColorizer:
    """A loaded model. One film at a time.

    Args:
        model: name of a model, or path of an ``.onnx`` file.
        device: ``auto``, ``cpu``, ``cuda``, ``directml``, ``coreml``, ``openvino``, ``tensorrt``.
        threads: how many CPU threads the model may use; None: all.

    Raises:
        ModelError: if the model is unknown, damaged or of another contract.
        DeviceError: if the device can't run.
    """

    def __init__(
        self, model: str = DEFAULT_MODEL, device: str = "auto", threads: int | None = None
    ) -> None:
        self.model = TileModel(*open_model(model, device, threads, spinning=False))

    def colorize_file(
        self,
        source: Path | str,
        target: Path | str,
        options: FilmOptions | None = None,
        *,
        overwrite: bool = False,
        work: Path | str | None = None,
        progress: Progress | None = None,
        tell: Callable[[FilmProgress], None] | None = None,
        cancel: threading.Event | None = None,
        pause: threading.Event | None = None,
    ) -> FilmReport:
        """Colorize a film, into another.

        Work is cut into pieces; a finished one stays whatever happens, and the same call goes on
        after it. Memory does not grow with the film's length.

        Args:
            source: a film, or numbered pictures: their folder, or a pattern as ``scan.####.tif``.
            target: ``.mp4``, ``.mov``, ``.mkv``, ``.webm``, which appears whole or not at all; or a
                pattern for pictures, or a folder for those that come from pictures.
            options: what the person asks for.
            overwrite: whether what is at `target` may be replaced; the source never is.
            work: folder that keeps finished pieces, so that after a correction only its shot is
                made again; None: beside the keyframes if there are any, else a hidden folder
                beside the target, for as long as it takes.
            progress: told how far the work is: stages ``survey``, ``color`` and ``join``.
            tell: told of frames, shots and speed.
            cancel: set it from another thread to stop.
            pause: set it from another thread to hold the work, and clear it to go on.

        Raises:
            InputError, OutputError, UsageError, CancelledError: see `photochrom.errors`.
        """
        began = time.perf_counter()
        options, watch = options or FilmOptions(), Watch(progress, cancel, pause)
        task = self._job(source, target, options, watch, tell, overwrite)
        task.check_target()
        folder, keep = job.work_folder(task.target, options, work)
        try:
            with open_work(folder, keep) as pieces:
                seen = opening.look(task.info, options, watch, pieces)
                result = task.make(seen, pieces)
        except CancelledError as error:
            raise CancelledError("cancelled; the same command goes on where it was") from error
        seconds = time.perf_counter() - began
        return task.report(seen, result, seconds, folder if keep else None)

    def cut(
        self,
        source: Path | str,
        target: Path | str,
        options: FilmOptions | None = None,
        *,
        work: Path | str,
        overwrite: bool = False,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> Parts:
        """Cut a film into pieces that several processes can make, each with `make_part`.

        When all are made, `colorize_file` with the same arguments joins them.

        Args:
            source, target, options, overwrite: as for `colorize_file`.
            work: folder for finished pieces, the same for all processes.
            progress: told of the stage ``survey``.
            cancel: set it from another thread to stop.

        Raises:
            InputError, OutputError, UsageError, CancelledError: see `photochrom.errors`.
        """
        watch = Watch(progress, cancel)
        task = self._job(source, target, options or FilmOptions(), watch, overwrite=overwrite)
        return parts.cut(task, Path(work))

    def make_part(
        self,
        source: Path | str,
        target: Path | str,
        options: FilmOptions | None = None,
        *,
        work: Path | str,
        number: int,
        piece: str,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
        pause: threading.Event | None = None,
    ) -> int:
        """Make one piece of a film, unless it is finished.

        Args:
            source, target, options, work: as for `cut`.
            number, piece: of the part, as `cut` told them.
            progress: told of the stage ``color``.
            cancel: set it from another thread to stop.
            pause: set it from another thread to hold the work, and clear it to go on.

        Returns:
            How many frames were made.

        Raises:
            InputError, OutputError, DeviceError, CancelledError: see `photochrom.errors`.
        """
        watch = Watch(progress, cancel, pause)
        task = self._job(source, target, options or FilmOptions(), watch)
        return parts.make(task, Path(work), number, piece)

    def plan(
        self,
        source: Path | str,
        target: Path | str,
        options: FilmOptions | None = None,
        *,
        film: Film | None = None,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> Plan:
        """What `colorize_file` would do; writes nothing that stays.

        Args:
            source, target, options: as there.
            film: what `look` gave; None: the film is looked through first.
            progress: told of the stage ``survey``.
            cancel: set it from another thread to stop.

        Raises:
            InputError, OutputError, UsageError, CancelledError: see `photochrom.errors`.
        """
        options = options or FilmOptions()
        watch = Watch(progress, cancel)
        task = self._job(source, target, options, watch)
        task.check_kind()
        return plan.of(task, film or opening.look(task.info, options, watch))

    def frames(
        self,
        source: Path | str,
        options: FilmOptions | None = None,
        film: Film | None = None,
        start: int = 0,
    ) -> Generator[ColorFrame]:
        """Coloured frames in order, for other programs; close it to stop early.

        Args:
            source: a film.
            options: what the person asks for; its encoding is not used.
            film: what `look` gave; None: the film is looked through first.
            start: number of the first frame; inside a shot its colours begin there, as they know
                nothing of the frames before it.

        Raises:
            InputError: if it can't be read, is damaged or has colours, unless options allow that.
        """
        options = options or FilmOptions()
        seen = film or look(source, options)
        colorist = Colorist.of(seen, self.model, options, codecs.fullest(seen.info))
        for segment in segments.later(seen.segments(options.preview, len(seen.pts)), start):
            with closing(ahead(_colored(seen, colorist, segment))) as colored:
                for number, frame in enumerate(colored, segment.start):
                    yield ColorFrame(number, seen.seconds(number), segment.shot, frame, seen.info)

    def keyframes(
        self,
        source: Path | str,
        folder: Path | str,
        options: FilmOptions | None = None,
        *,
        most: int = 3,
        times: Sequence[float] = (),
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Path]:
        """Write the frames of each shot that are worth judging, coloured, as PNG.

        Args:
            source: a film.
            folder: where they go; made if it is not there. What is there already stays.
            options: what the person asks for; its encoding is not used.
            most: frames of a shot, the most different ones; a still shot gets one.
            times: seconds after the film's start of frames that are wanted too.
            progress: told how far the work is: stages ``survey`` and ``color``.
            cancel: set it from another thread to stop.

        Raises:
            InputError, OutputError, UsageError, CancelledError: see `photochrom.errors`.
        """
        options, watch = options or FilmOptions(), Watch(progress, cancel)
        seen = opening.look(probe(Path(source), options.rate), options, watch)
        colorist = Colorist.of(seen, self.model, options, codecs.fullest(seen.info))
        return worth.write(seen, colorist, Path(folder), most, times, watch)

    def _job(
        self,
        source: Path | str,
        target: Path | str,
        options: FilmOptions,
        watch: Watch,
        tell: Callable[[FilmProgress], None] | None = None,
        overwrite: bool = False,
    ) -> Job:
        info = probe(Path(source), options.rate)
        return Job.of(info, Path(target), self.model, options, watch, tell, overwrite)


def look(
    source: Path | str,
    options: FilmOptions | None = None,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Film:
    """A film's time stamps and shots; it needs no model.

    Raises:
        InputError: if it can't be read, is damaged or has colours, unless options allow that.
        CancelledError: if the person asked for it.
    """
    options = options or FilmOptions()
    return opening.look(probe(Path(source), options.rate), options, Watch(progress, cancel))


def _colored(seen: Film, colorist: Colorist, segment: Segment) -> Iterator[VideoFrame]:
    with closing(ahead(seen.frames(segment.start, segment.end))) as frames:
        yield from colorist.color(frames, segment, None)
