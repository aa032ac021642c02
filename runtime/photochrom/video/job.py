"""One film's way from file to file: looked through, cut, made piece by piece, joined."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import onnxruntime

from photochrom import __version__
from photochrom.errors import InputError
from photochrom.files.provenance import DIGITAL_SOURCE_TYPE
from photochrom.files.pulling import Watch
from photochrom.files.sink import check_path
from photochrom.files.whole import whole_file
from photochrom.report import FilmReport
from photochrom.tiles.answers import TileModel
from photochrom.video import film, space
from photochrom.video.coloring import Colorist
from photochrom.video.container import joining
from photochrom.video.container.codecs import check_container, what_changes
from photochrom.video.container.info import VideoInfo
from photochrom.video.container.streams import what_is_lost
from photochrom.video.film import Film
from photochrom.video.keyframes import check_folder
from photochrom.video.making import FilmProgress, Maker
from photochrom.video.options import FilmOptions
from photochrom.video.segments import Segment
from photochrom.video.survey import Survey, survey
from photochrom.video.work import FOUND, Work, key_of

SAMPLE = 1 << 20
"""Bytes at a file's beginning and end by which it is known again."""


@dataclass(frozen=True)
class Job:
    """What is made of one film."""

    info: VideoInfo
    target: Path
    model: TileModel
    options: FilmOptions
    watch: Watch
    tell: Callable[[FilmProgress], None] | None = None

    def check_target(self, overwrite: bool) -> None:
        """Refuse a destination before any work is done.

        Raises:
            UsageError: if it can't hold what is asked for.
            OutputError: if it is the source, exists already, or lies in no writable folder.
            InputError: if there is no folder of corrected frames.
        """
        check_container(self.target, self.options.encoding)
        if self.options.keyframes is not None:
            check_folder(self.options.keyframes)
        check_path(self.info.path, self.target, overwrite)

    def make(self, seen: Film, work: Work) -> int:
        """Everything, to the finished file.

        Returns:
            How many frames were made in this run.
        """
        encoding = self.options.encoding
        colorist = Colorist.of(seen, self.model, self.options, encoding.look(self.info))
        segments = seen.segments(self.options.preview)
        facts = {**known(self.info), **self._facts()}
        maker = Maker(seen, colorist, encoding, work, facts, self.watch, self.tell)
        if maker.missing(segments):
            self._check_room(seen, segments, work)
        maker.make(segments)
        names = [maker.name(segment) for segment in segments]
        self._join(seen, segments, [work.path(name) for name in names])
        work.keep_only({*names, survey_name(self.info)})
        return maker.made

    def _check_room(self, seen: Film, segments: Sequence[Segment], work: Work) -> None:
        folders = work.folder, self.target.parent
        if not space.is_plenty(seen, segments, *folders):
            room = space.needed(seen, segments, self.options.encoding, work.folder)
            space.check(room, *folders, work.size)

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


def look(info: VideoInfo, options: FilmOptions, watch: Watch, work: Work | None = None) -> Film:
    """The first pass; what an earlier run found is taken.

    Args:
        info: of the film.
        options: whether it may be damaged or have colours, and a list of shots.
        watch: told of the stage ``survey``.
        work: where what is found is kept; None: nowhere.

    Raises:
        InputError: if it is damaged or has colours, and that was not asked for.
    """
    if work is None:
        found = survey(info, watch)
    else:
        name = survey_name(info)
        if not work.has(name):
            with work.piece(name) as path:
                survey(info, watch).save(path)
        found = Survey.load(work.path(name))
    check(info, found, options)
    return film.from_survey(info, found, options.shots)


def survey_name(info: VideoInfo) -> str:
    """Of the piece that holds what the first pass found."""
    return key_of(known(info)) + FOUND


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
    told = [*job.info.notes, *what_changes(encoding, job.info)]
    if job.options.preview is None:
        told += what_is_lost(job.info, job.target.suffix)
    else:
        told.append("a preview has no sound and no subtitles")
    told += [f"can't be read {gap.seconds:.1f} s after its start: {gap.reason}" for gap in gaps]
    return told


def mark(info: VideoInfo, model: TileModel) -> dict[str, str]:
    """The container's metadata that say how the film was made."""
    manifest = model.manifest
    said = f"Colorized by photochrom {__version__} with {manifest.name} {manifest.version}."
    return {"comment": f"{said} Digital source type: {DIGITAL_SOURCE_TYPE}"}


def check(info: VideoInfo, found: Survey, options: FilmOptions) -> None:
    """Refuse what a person should be asked about first.

    Raises:
        InputError: if the film is damaged or has colours.
    """
    if found.gaps and not options.salvage:
        first, more = found.gaps[0], len(found.gaps) - 1
        others = f", and {more} more {'places' if more > 1 else 'place'}" if more else ""
        raise InputError(
            f"{info.path} is damaged {first.seconds:.1f} s after its start ({first.reason})"
            f"{others}; with --salvage what can be read is coloured"
        )
    if found.has_color and not options.force:
        raise InputError(
            f"{info.path} has colours already (in {100 * found.colored:.0f} % of its frames); "
            "--force leaves them aside and colours it anew"
        )


def known(info: VideoInfo) -> dict[str, Any]:
    """Facts by which a film is known again: not its name, but what is in it."""
    with info.path.open("rb") as file:
        digest = hashlib.sha256(file.read(SAMPLE))
        file.seek(max(0, info.path.stat().st_size - SAMPLE))
        digest.update(file.read(SAMPLE))
    return {"source": [digest.hexdigest(), *_stamp(info.path)]}


def _stamp(path: Path) -> list[int]:
    status = os.stat(path)
    return [status.st_size, status.st_mtime_ns]
