"""One film's way from file to file: looked through, cut, made piece by piece, joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import onnxruntime

from photochrom import __version__
from photochrom.errors import UsageError
from photochrom.files.provenance import DIGITAL_SOURCE_TYPE
from photochrom.files.pulling import Watch
from photochrom.files.sink import check_path
from photochrom.files.whole import whole_file
from photochrom.report import FilmReport
from photochrom.tiles.answers import TileModel
from photochrom.video import opening, pictures, space
from photochrom.video.coloring import Colorist
from photochrom.video.container import joining, sequences
from photochrom.video.container.codecs import ENDINGS, Encoding, check_container, what_changes
from photochrom.video.container.info import VideoInfo
from photochrom.video.container.sequences import Names
from photochrom.video.container.streams import what_is_lost
from photochrom.video.film import Film
from photochrom.video.keyframes import check_folder
from photochrom.video.making import FilmProgress, Maker
from photochrom.video.options import FilmOptions
from photochrom.video.pictures import Pictures
from photochrom.video.segments import Segment
from photochrom.video.space import Space
from photochrom.video.survey import Gap
from photochrom.video.work import Work


@dataclass(frozen=True)
class Job:
    """What is made of one film."""

    info: VideoInfo
    target: Path
    model: TileModel
    options: FilmOptions
    watch: Watch
    tell: Callable[[FilmProgress], None] | None = None
    overwrite: bool = False
    names: Names | None = None
    """Of the pictures that are written; None: a film is."""

    @classmethod
    def of(
        cls,
        info: VideoInfo,
        target: Path,
        model: TileModel,
        options: FilmOptions,
        watch: Watch,
        tell: Callable[[FilmProgress], None] | None = None,
        overwrite: bool = False,
    ) -> Job:
        """What is made, as a film or as pictures.

        Raises:
            UsageError: if it names one picture, or pictures are to have a codec.
        """
        names = sequences.wanted(target, info.images, tuple(ENDINGS))
        if names is not None and options.encoding != Encoding():
            raise UsageError(f"{target} is pictures, which have no codec; leave those options out")
        if names is not None:
            options = replace(options, encoding=pictures.PIECES)
        return cls(info, target, model, options, watch, tell, overwrite, names)

    def check_target(self) -> None:
        """Refuse a destination before any work is done.

        Raises:
            UsageError: if it can't hold what is asked for.
            OutputError: if it is the source, exists already, or lies in no writable folder.
            InputError: if there is no folder of corrected frames.
        """
        if self.options.keyframes is not None:
            check_folder(self.options.keyframes)
        self.check_kind()
        if self.names is not None:
            self.names.check(self.info.images)
        else:
            check_path(self.info.path, self.target, self.overwrite)

    def check_kind(self) -> None:
        """Refuse a kind of file that can't hold what is asked for.

        Raises:
            UsageError: if it can't.
        """
        if self.names is None:
            check_container(self.target, self.options.encoding)

    def make(self, seen: Film, work: Work) -> int:
        """Everything, to the finished file.

        Returns:
            How many frames were made in this run.
        """
        segments, maker = seen.segments(self.options.preview), self.maker(seen, work)
        names = [maker.name(segment) for segment in segments]
        writer = self.pictures(seen)
        if writer is not None:
            writer.check(segments, work, names)
        if maker.missing(segments):
            self.check_room(seen, segments, work)
        maker.make(segments)
        if writer is not None:
            writer.write(segments, work, names)
        else:
            self._join(seen, segments, [work.path(name) for name in names])
        work.keep_only({*names, opening.survey_name(self.info)})
        return maker.made

    def maker(self, seen: Film, work: Work) -> Maker:
        """What makes its pieces."""
        encoding = self.options.encoding
        colorist = Colorist.of(seen, self.model, self.options, encoding.look(self.info))
        facts = {**opening.known(self.info), **self._facts()}
        return Maker(seen, colorist, encoding, work, facts, self.watch, self.tell)

    def pictures(self, seen: Film) -> Pictures | None:
        """What writes pictures, where those are wanted."""
        if self.names is None:
            return None
        mark = self.options.colors.provenance
        return Pictures(seen, self.names, mark, self.overwrite, self.watch)

    def room(self, seen: Film, segments: Sequence[Segment], scratch: Path) -> Space:
        """What it takes, about.

        Args:
            seen: the film.
            segments: what is wanted of it.
            scratch: folder for frames that are tried.
        """
        room = space.needed(seen, segments, self.options.encoding, scratch)
        writer = self.pictures(seen)
        return room if writer is None else replace(room, result=writer.room(segments))

    def check_room(self, seen: Film, segments: Sequence[Segment], work: Work) -> None:
        """Refuse what does not fit onto the disk.

        Raises:
            OutputError: if it does not.
        """
        folders = work.folder, self.target.parent
        if not space.is_plenty(seen, segments, *folders):
            space.check(self.room(seen, segments, work.folder), *folders, work.size)

    def report(self, seen: Film, made: int, seconds: float, kept: Path | None) -> FilmReport:
        """What is told at the end.

        Args:
            seen: the film.
            made: frames that this run made.
            seconds: that it took.
            kept: the folder of finished pieces, if it stays.
        """
        frames = sum(one.frames for one in seen.segments(self.options.preview))
        where = [] if kept is None else [f"the pieces are in {kept}, for the next correction"]
        width, height = self.info.shown_size
        return FilmReport(
            source=self.info.path,
            target=self.target,
            width=width,
            height=height,
            seconds=seconds,
            findings=(),
            notes=(*notes(self, seen), *where),
            device=self.model.session.device,
            model=self.model.manifest.name,
            frames=frames,
            made=made,
            shots=len(seen.shots),
        )

    def _facts(self) -> dict[str, Any]:
        manifest, colors = self.model.manifest, self.options.colors
        versions = (__version__, cv2.__version__, onnxruntime.__version__)
        return {
            "model": [manifest.name, manifest.sha256, self.model.session.device, *versions],
            "colors": [colors.strength, colors.saturation, colors.warmth, colors.size],
        }

    def _join(self, seen: Film, segments: Sequence[Segment], pieces: Sequence[Path]) -> None:
        starts = self._starts(seen, segments)
        with whole_file(self.target) as temporary:
            joining.join(
                list(zip(pieces, starts, strict=True)),
                self.info,
                temporary,
                self.options.encoding,
                mark(self.info, self.model) if self.options.colors.provenance else {},
                copy=self.options.preview is None,
                watch=self.watch,
            )

    def _starts(self, seen: Film, segments: Sequence[Segment]) -> list[int]:
        """Time stamp of each piece's first frame: previews follow each other without holes."""
        starts: list[int] = []
        for before, segment in zip((None, *segments), segments, strict=False):
            if before is None:
                starts.append(seen.pts[segment.start])
            else:
                starts.append(starts[-1] + seen.pts[before.end] - seen.pts[before.start])
        return starts


def work_folder(target: Path, options: FilmOptions, chosen: Path | str | None) -> tuple[Path, bool]:
    """Where pieces are kept, and whether they stay at the end."""
    if chosen is not None:
        return Path(chosen), True
    if options.keyframes is not None:
        return options.keyframes / ".photochrom-work", True
    return target.parent / f".{target.name}.photochrom-work", False


def notes(job: Job, seen: Film) -> list[str]:
    """What the person should know of what was asked for."""
    encoding, gaps = job.options.encoding, seen.survey.gaps
    if job.names is not None:
        return [*job.info.notes, *_of_pictures(job), *of_gaps(job.info, gaps)]
    told = [*job.info.notes, *what_changes(encoding, job.info)]
    if job.options.preview is None:
        told += what_is_lost(job.info, job.target.suffix)
    else:
        told.append("a preview has no sound and no subtitles")
    return told + of_gaps(job.info, gaps)


def _of_pictures(job: Job) -> list[str]:
    assert job.names is not None
    if job.info.images is None:
        return ["pictures hold no sound, no subtitles and no time stamps"]
    told = {".dpx": "what a DPX file's maker put behind its header is left out"}
    return [told[job.names.kind]] if job.names.kind in told else []


def of_gaps(info: VideoInfo, gaps: Sequence[Gap]) -> list[str]:
    """Where a film can't be read, for people."""
    return [f"can't be read {opening.place_of(info, gap)}: {gap.reason}" for gap in gaps]


def mark(info: VideoInfo, model: TileModel) -> dict[str, str]:
    """The container's metadata that say how the film was made."""
    manifest = model.manifest
    said = f"Colorized by photochrom {__version__} with {manifest.name} {manifest.version}."
    return {"comment": f"{said} Digital source type: {DIGITAL_SOURCE_TYPE}"}
