"""A file's pages on their way through a model, one by one, into one target."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pyvips

from photochrom.files import delivery, sink
from photochrom.files.decoders import decoded
from photochrom.files.formats import EIGHT_BIT, OPAQUE, format_of
from photochrom.files.pulling import Watch, pull
from photochrom.files.recombine import ChromaModel, recombine
from photochrom.files.source import PictureFile, Source, open_source, unreadable
from photochrom.files.tiff_pages import Layout, PageJoiner, layouts
from photochrom.files.whole import scratch_file, scratch_folder, sweep_once, whole_file
from photochrom.looking import Look, Looker
from photochrom.models import predict
from photochrom.options import AS_IT_IS, Delivery, Options
from photochrom.report import Finding, Page
from photochrom.restoration.plan import Plan, planned, suggested
from photochrom.restoration.view import View
from photochrom.tiles.answers import TileModel
from photochrom.working import Working


@dataclass(frozen=True)
class Seen:
    """A page after the first pass."""

    look: Look
    plan: Plan
    findings: list[Finding]
    held: ExitStack
    """What the plan needs until the page is written; closing it lets go of that."""


@dataclass(frozen=True)
class Job:
    """One file's way."""

    file: PictureFile
    target: Path
    model: TileModel
    options: Options
    watch: Watch
    scratch: Path | None

    def write(self, page: int) -> Page:
        """Colorize one picture into the target."""
        seen = self._look(page, self.watch)
        with seen.held:
            opened = seen.plan.restored(open_source(self.file, page=page))
            self._pull(opened, seen, self.target, sink.write)
            return self._told(opened, seen)

    def write_pages(self, pages: list[int]) -> list[Page]:
        """Colorize page after page; each lies in a scratch file until it joins the others."""
        every = layouts(self.file.path)
        stored = [every[page] for page in pages]
        big = any(layout.big for layout in stored)
        big = big or sum(layout.size for layout in stored) > sink.BIG_TIFF
        with (
            whole_file(self.target) as temporary,
            temporary.open("r+b") as file,
            closing(self._looks(pages)) as looks,
        ):
            joiner = PageJoiner(file, big)
            return [
                self._join(joiner, page, replace(layout, big=big), seen)
                for page, layout, seen in zip(pages, stored, looks, strict=True)
            ]

    def _join(self, joiner: PageJoiner, page: int, layout: Layout, seen: Seen) -> Page:
        opened = seen.plan.restored(replace(open_source(self.file, page=page), layout=layout))
        with scratch_file(self.scratch, ".tif") as alone:
            self._pull(opened, seen, alone, sink.write_into)
            joiner.add(alone)
        return self._told(opened, seen)

    def _pull(self, opened: Source, seen: Seen, target: Path, write: Callable[..., None]) -> None:
        """Second pass, into a file of the target's kind."""
        options = self.options
        picture = rendered(opened, seen.look.chroma, options.strength, target, options.delivery)
        picture, described = delivery.changed(picture, opened, options.delivery)
        pull(picture, described, target, self.watch, options.provenance, write)

    def _looks(self, pages: list[int]) -> Generator[Seen]:
        """The first pass of page after page, each while the one before it is being written."""
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self._look, pages[0], self.watch)
            try:
                for page in pages[1:]:
                    seen = coming.result()
                    coming = ahead.submit(self._look, page, self.watch.quiet())
                    with seen.held:
                        yield seen
                    self.watch("color", 1.0)
                yield coming.result()
            finally:
                if not coming.exception():
                    coming.result().held.close()

    def _look(self, page: int, watch: Watch) -> Seen:
        """First pass: see the picture small, and fit its chroma."""
        full = open_source(self.file, page=page)
        width, height = full.image.width, full.image.height
        sink.check_size(self.target, *self.options.delivery.size(width, height))
        looker = self.looker(full)
        with ExitStack() as held:
            restoration = self.options.restoration
            plan = held.enter_context(planned(self.file, page, restoration, watch, self.scratch))
            codes = self.codes(looker, plan, page, watch)
            look = looker.look(codes, full.profile, watch)
            findings = plan.findings or suggested(View(codes, full.profile))
            return Seen(look, plan, findings, held.pop_all())

    def working(self, page: int) -> Working:
        """One picture at the size at which the model sees it, after restoration."""
        full = open_source(self.file, page=page)
        looker = self.looker(full)
        restoration = self.options.restoration
        with planned(self.file, page, restoration, self.watch, self.scratch) as plan:
            return looker.working(self.codes(looker, plan, page, self.watch), full.profile)

    def codes(self, looker: Looker, plan: Plan, page: int, watch: Watch) -> pyvips.Image:
        """The page in the size at which it is looked at."""
        watch("look", 0.0)
        shrink = _jpeg_shrink(looker.width, looker.guide_size[0])
        shrink = 1 if plan.needs_all_pixels else shrink
        small = plan.seen(open_source(self.file, shrink, page))
        try:
            return looker.shrunk(small.color)
        except pyvips.Error as error:
            raise unreadable(self.file.path, error) from error

    def looker(self, page: Source) -> Looker:
        width, height = page.image.width, page.image.height
        return Looker(self.model, self.options, width, height, page.orientation)

    def _told(self, page: Source, seen: Seen) -> Page:
        lost = sink.losses(page, self.target, self.options.provenance)
        width, height = page.image.width, page.image.height
        detail = len(self.looker(page).tiled_sizes)
        changed = delivery.notes(page, self.options.delivery)
        notes = [*page.notes, *seen.look.notes, *lost, *changed]
        return Page(width, height, detail, notes, seen.findings)


@contextmanager
def open_job(
    model: TileModel,
    source: Path,
    target: Path,
    options: Options,
    watch: Watch,
    scratch: Path | str | None,
) -> Iterator[Job]:
    """A file's way, and its pixels for as long as it takes.

    Raises:
        UsageError: if the options ask for what the model can't do.
        InputError: if the file can't be read.
    """
    predict.check_options(model.manifest, options)
    where = None if scratch is None else Path(scratch)
    sweep_once(scratch_folder(where))
    with decoded(source, where) as pixels:
        yield Job(PictureFile(source, pixels), target, model, options, watch, where)


def rendered(
    source: Source, chroma: ChromaModel, strength: float, target: Path, wanted: Delivery = AS_IT_IS
) -> pyvips.Image:
    """A picture with new chroma, its transparency too where the target's kind of file has any.

    Args:
        source: what is coloured; its L* stays.
        chroma: of the whole picture, at any size.
        strength: 1 takes the new chroma, 0 the picture's own.
        target: whose ending tells how deep the result may be.
        wanted: how deep it is to be.
    """
    kind = format_of(target)
    usual = delivery.band_format(wanted, source.color.format)
    band_format = "uchar" if kind in EIGHT_BIT else usual
    picture = recombine(source.color, source.profile, chroma, strength, band_format)
    if source.alpha is None or kind in OPAQUE:
        return picture
    return picture.bandjoin(_as_deep(source.alpha, band_format))


def _as_deep(alpha: pyvips.Image, band_format: str) -> pyvips.Image:
    if alpha.format == band_format:
        return alpha
    if band_format == "ushort":
        return (alpha * 257).cast(band_format)
    return (alpha / 257).rint().cast(band_format)


def _jpeg_shrink(width: int, wanted: int) -> int:
    """How much a JPEG decoder may shrink and still leave twice the wanted size."""
    return next((factor for factor in (8, 4, 2) if width // factor >= 2 * wanted), 1)
