"""What is done to a picture: every step measured once and small, then applied as it streams."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import pyvips

from photochrom.color.arrays import FloatImage
from photochrom.errors import InputError, UsageError
from photochrom.files import scaling, tone
from photochrom.files.pulling import Watch
from photochrom.files.source import PictureFile, Source, open_source, unreadable
from photochrom.report import Finding
from photochrom.restoration import contrast, dust, grain, levels, negative, repair
from photochrom.restoration import tone as toning
from photochrom.restoration.infrared import Infrared, locate
from photochrom.restoration.masks import MaskFile, scratch_mask
from photochrom.restoration.opencv import cv2
from photochrom.restoration.options import STEPS, Restoration
from photochrom.restoration.view import SURE, Apply, Proposal, View, percent
from photochrom.restoration.windows import windows

PERSONAL = ("tone", "grain")
"""Steps that ``auto`` does to the model's copy alone: what is written keeps its tone and grain."""
DUSTY = 0.0005
"""Share of the pixels from which dust is worth a word."""


@dataclass
class Plan:
    """The steps for one picture. Each call makes a pipeline that may be pulled once."""

    options: Restoration
    findings: list[Finding] = field(default_factory=list)
    mask: MaskFile | None = None
    infrared_is_band: bool = False
    _output: list[Apply] = field(default_factory=list)
    _model: list[Apply] = field(default_factory=list)

    def restored(self, source: Source) -> Source:
        """The picture that is written."""
        return self._through(source, self._output)

    def seen(self, source: Source) -> Source:
        """The model's copy: neutral and without grain too, where that was found to help."""
        return self._through(source, self._model)

    @property
    def needs_all_pixels(self) -> bool:
        """Whether the model's copy can't be opened shrunk."""
        return self.mask is not None

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return self.mask is None and not self._output and not self._model

    def take(self, apply: Apply, to_output: bool) -> None:
        """Add a step to the model's copy, and to the picture that is written."""
        self._model.append(apply)
        if to_output:
            self._output.append(apply)

    def _through(self, source: Source, steps: list[Apply]) -> Source:
        color = source.color
        if self.mask is not None:
            color = repair.repaired(color, self.mask)
        for apply in steps:
            color = apply(color)
        alpha = None if self.infrared_is_band else source.alpha
        return replace(source, color=color, alpha=alpha)


@contextmanager
def planned(
    file: PictureFile, page: int, options: Restoration, watch: Watch, scratch: Path | None = None
) -> Iterator[Plan]:
    """Measure a picture and decide; the plan is good inside the block.

    Args:
        file: the picture.
        page: which of the file's, from 0.
        options: what the person asks for.
        watch: told how far that is, as stage ``look``.
        scratch: folder for the mask, a byte a pixel; None takes the system's.

    Raises:
        InputError: if the picture, the mask or the infrared picture can't be used.
        UsageError: if a step that was asked for needs an extra that is not installed.
    """
    plan = Plan(options)
    if options.steps == () and not options.touches:
        yield plan
        return
    try:
        source = open_source(file, page=page)
        width, height = source.image.width, source.image.height
        view = View.of(open_source(file, page=page).color, source.profile)
        with scratch_mask(scratch, width, height) as mask:
            if _asked("dust", options) or options.touches:
                _Dust(file, page, source, view, options, watch).into(plan, mask)
            _plan_steps(plan, view)
            yield plan
    except pyvips.Error as error:
        raise unreadable(file.path, error) from error


def suggested(view: View) -> list[Finding]:
    """What ``auto`` would do to the picture that is written, dust aside; nothing is done."""
    proposals = {
        step: _propose(step, view, Restoration(steps=None))
        for step in STEPS[1:]
        if step not in PERSONAL
    }
    return [
        Finding(step, found.seen, found.sure)
        for step, found in proposals.items()
        if found is not None and found.sure >= SURE
    ]


def _asked(step: str, options: Restoration) -> bool:
    return options.steps is None or step in options.steps


def _plan_steps(plan: Plan, view: View) -> None:
    """All but dust, each measured on what the one before it leaves."""
    for step in STEPS[1:]:
        if not _asked(step, plan.options):
            continue
        proposal = _propose(step, view, plan.options)
        if proposal is None:
            continue
        named = plan.options.steps is not None
        done = named or (proposal.sure >= SURE and step not in PERSONAL)
        if done or proposal.sure >= SURE:
            plan.take(proposal.apply, to_output=done)
        plan.findings.append(Finding(step, proposal.seen, proposal.sure, done))
        # denoising is the last step, so nothing is measured behind it
        view = view.through(proposal.apply) if done and step != "grain" else view


def _propose(step: str, view: View, options: Restoration) -> Proposal | None:
    if step == "negative":
        try:
            return negative.propose(view, options.film)
        except InputError:
            if options.steps is None:
                return None
            raise
    if step == "grain" and options.steps is None and not _has_opencv():
        return None
    steps = {
        "tone": toning.propose,
        "levels": levels.propose,
        "contrast": contrast.propose,
        "grain": grain.propose,
    }
    return steps[step](view)


def _has_opencv() -> bool:
    try:
        cv2()
    except UsageError:
        return False
    return True


@dataclass(frozen=True)
class _Dust:
    """Finding the damage of one picture."""

    file: PictureFile
    page: int
    source: Source
    view: View
    options: Restoration
    watch: Watch

    def into(self, plan: Plan, mask: MaskFile) -> None:
        """Decide, and fill the mask."""
        options = self.options
        found = self._found(plan, mask) if _asked("dust", options) else None
        if options.touches:
            mask.touch(options.touches, self.source.orientation)
            words, sure = found or ("", 1.0)
            found = f"{words} and marked by hand".removeprefix(" and "), sure
        if found is not None:
            self._keep(plan, mask, *found)

    def _found(self, plan: Plan, mask: MaskFile) -> tuple[str, float] | None:
        """What is in the mask, in words, and how sure that is; None if it stays empty."""
        if self.options.mask is not None:
            mask.load(self.options.mask, self.source.orientation)
            return f"from the mask {self.options.mask.name}", 1.0
        if self.options.steps is None and not _has_opencv():
            return None
        infrared = locate(self.file, self.page, self.source, self.options.infrared)
        plan.infrared_is_band = infrared is not None and infrared.is_band
        words = "seen in the picture itself"
        if infrared is not None and self._is_silver(infrared):
            words = f"seen in the picture itself, as infrared ({infrared.where}) shows silver"
            infrared = None
        elif infrared is not None:
            words = f"seen by infrared ({infrared.where})"
        if infrared is None and self.options.steps is None:
            self._suggest(plan, words)
            return None
        self._fill(mask, infrared)
        return words, 0.5 if infrared is None else 0.9

    def _keep(self, plan: Plan, mask: MaskFile, words: str, sure: float) -> None:
        share = mask.share
        plan.mask = mask if share else None
        seen = f"dust and scratches {words}: {percent(share)} of the pixels"
        plan.findings.append(Finding("dust", seen, sure if share else 0.1, done=bool(share)))

    def _suggest(self, plan: Plan, words: str) -> None:
        """A look at the small copy, which costs little."""
        lightness = self.view.lab[..., 0]
        reach = dust.half_width(*lightness.shape)
        share = float(dust.find(lightness, reach, self._is_negative).mean())
        seen = f"what may be dust and scratches, {words}: about {percent(share)} of the pixels"
        plan.findings.append(Finding("dust", seen, 0.5 if share > DUSTY else 0.1))

    @property
    def _is_negative(self) -> bool:
        """Whether the picture is about to be inverted; dirt on a negative is dark until then."""
        if self.options.steps is not None:
            return "negative" in self.options.steps
        proposal = _propose("negative", self.view, self.options)
        return proposal is not None and proposal.sure >= SURE

    def _is_silver(self, infrared: Infrared) -> bool:
        picture = self.view.lab[..., 0]
        small = scaling.fit(infrared.open(), picture.shape[1], picture.shape[0]).numpy()
        return dust.sees_silver(np.asarray(small, np.float32).reshape(picture.shape), picture)

    def _fill(self, mask: MaskFile, infrared: Infrared | None) -> None:
        """A pass over the whole picture."""
        reach = dust.half_width(self.source.image.width, self.source.image.height)
        image, find = self._look_at(infrared)
        for window in windows(image, dust.margin(reach)):
            found = find(np.ascontiguousarray(window.codes[..., 0]), reach)
            mask.put(window.own, found[window.inner])
            self.watch("look", window.own.stop / image.height)

    def _look_at(
        self, infrared: Infrared | None
    ) -> tuple[pyvips.Image, Callable[[FloatImage, int], dust.Mask]]:
        """One band of float, and what finds dust in it."""
        if infrared is None:
            find = partial(dust.find, dark=self._is_negative)
            return tone.lightness(self.source.color, self.source.profile), find
        opened = infrared.open()
        return opened / (255 if opened.format == "uchar" else 65535), dust.find_infrared
